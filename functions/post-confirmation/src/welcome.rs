use shared::{
    new_organization::{NewOrganization, OrganizationDefaults},
    table::{Committed, Occasion, RightToCreate, StoreError, Table, WriteError},
};

use crate::event::SignUp;

/// The outcome of a sign-up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Welcomed {
    /// The trigger created the user and the organization.
    Created,
    /// An earlier or concurrent run did it, or the user's onboarding is complete for another reason.
    Already,
    /// The trigger created the user. The sign-up named no organization, so the front end asks for one.
    Prompted,
    /// The trigger created the user. The details of the organization break a rule, so the front end asks for them
    /// again. This never fails a sign-up.
    PromptedForCorrection,
}

impl Welcomed {
    /// The name of the outcome in the log.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Already => "already",
            Self::Prompted => "prompted",
            Self::PromptedForCorrection => "prompted_for_correction",
        }
    }
}

/// Creates the user, and the organization if the sign-up named one. It creates at most one organization, however often
/// and concurrently it runs (I5): the user's item says whether the user can create one, and the transaction uses that
/// up.
///
/// # Errors
/// When the table is not available or returns an unexpected response.
pub(crate) async fn welcome(
    table: &Table,
    defaults: &OrganizationDefaults,
    sign_up: SignUp,
    occasion: &Occasion,
) -> Result<Welcomed, StoreError> {
    let user = sign_up.identity.into_user(sign_up.user_id, occasion.at);
    let is_named = sign_up.details.name.as_ref().is_some_and(|name| !name.trim().is_empty());
    let details = match sign_up.details.parse() {
        Ok(details) => details,
        Err(_) => {
            table.save_user(&user).await?;
            return Ok(if is_named { Welcomed::PromptedForCorrection } else { Welcomed::Prompted });
        }
    };
    let new = NewOrganization::new(user, details, defaults, table.environment());
    match table.create_organization(&new, RightToCreate::SignUp, None, occasion).await {
        Ok(Ok(Committed::Now)) => Ok(Welcomed::Created),
        Ok(Ok(Committed::Before(_)) | Err(_)) | Err(WriteError::Actor(_) | WriteError::KeyReused) => {
            Ok(Welcomed::Already)
        }
        Err(WriteError::Store(error)) => Err(error),
    }
}
