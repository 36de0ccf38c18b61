use shared::{
    new_organization::{NewOrganization, OrganizationDefaults},
    table::{Committed, Occasion, RightToCreate, StoreError, Table, WriteError},
};

use crate::event::SignUp;

/// What came of a sign-up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Welcomed {
    /// The user exists and created an organization.
    Created,
    /// An earlier or overlapping run had done it, or the user's onboarding is over for another reason.
    Already,
    /// The user exists and will be prompted: no organization was named.
    Prompted,
    /// Likewise: what was said about the organization breaks a rule, which never fails a sign-up.
    PromptedForCorrection,
}

impl Welcomed {
    /// For the log.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Already => "already",
            Self::Prompted => "prompted",
            Self::PromptedForCorrection => "prompted_for_correction",
        }
    }
}

/// Creates the user, and the organization if one was named: at most one, however often and however concurrently this runs
/// (I5), since the user's item carries the right to create one, and the transaction spends it.
///
/// # Errors
/// When the table does not do its part.
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
