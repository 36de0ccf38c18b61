use serde::Deserialize;
use serde_json::{Map, Value};
use shared::{
    domain::{
        Access, Area, Authority, DetailsPatch, EmailAddress, Member, OrganizationId, Patch, Permission, UserId,
        Version, Violation,
    },
    failure::Failure,
    http::Problem,
    table::{Occasion, Settings, StoreError, TRIES, Table},
};

/// The body of `PATCH …/settings/general`: a JSON merge patch (RFC 7396).
#[derive(Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(crate) struct GeneralPatch {
    name: Patch<String>,
    phone: Patch<String>,
    website: Patch<String>,
    industry: Patch<String>,
    company_size: Patch<String>,
    country: Patch<String>,
    metadata: Patch<Map<String, Value>>,
}

/// The body of `PATCH …/settings/billing`: a JSON merge patch (RFC 7396).
#[derive(Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(crate) struct BillingPatch {
    billing_contact: Patch<String>,
}

/// A change of one tab.
#[derive(Clone)]
pub(crate) enum Change {
    General(GeneralPatch),
    Billing(BillingPatch),
}

/// A request to change a tab.
pub(crate) struct ChangeSettings {
    pub(crate) organization: OrganizationId,
    pub(crate) actor: UserId,
    pub(crate) change: Change,
    /// The version that the tab must still have. `None`: any.
    pub(crate) if_match: Option<Version>,
}

/// The reason why nothing was changed.
#[derive(Debug)]
pub(crate) enum NotChanged {
    Invalid(Vec<Violation>),
    /// The tab has changed since the client read it.
    VersionMismatch,
}

impl From<NotChanged> for Problem {
    fn from(reason: NotChanged) -> Self {
        match reason {
            NotChanged::Invalid(violations) => Self::validation(violations),
            NotChanged::VersionMismatch => Self::version_mismatch("settings"),
        }
    }
}

/// Changes a tab: one read, and one transaction with the conditions that the actor may do this and that nobody has changed
/// the tab since. A patch that changes nothing writes nothing. Returns the actor, and the settings afterwards.
pub(crate) async fn change_settings(
    table: &Table,
    request: &ChangeSettings,
    occasion: &Occasion,
) -> Result<(Member, Settings), Failure<NotChanged>> {
    let permission = Permission::Settings(request.change.area(), Access::Manage);
    let authority = Authority::new(request.organization, request.actor.clone(), permission.into());
    for _ in 0..TRIES {
        let (actor, mut settings) =
            table.read_settings(request.organization, &request.actor).await?.open(permission)?;
        let seen = request.change.version(&mut settings).clone();
        if request.if_match.as_ref().is_some_and(|version| *version != seen) {
            return Err(Failure::Reason(NotChanged::VersionMismatch));
        }
        let changed =
            request.change.apply(&mut settings).map_err(|error| Failure::Reason(NotChanged::Invalid(error)))?;
        if changed.is_empty() {
            return Ok((actor, settings));
        }
        *request.change.version(&mut settings) = table.environment().new_version();
        let written = match &request.change {
            Change::General(_) => {
                table.change_details(&authority, &settings.organization, &seen, &changed, occasion).await?
            }
            Change::Billing(_) => {
                let subscription = &settings.subscription;
                let versions = [&seen, &subscription.version];
                table.change_billing_contact(&authority, &subscription.billing_contact, versions, occasion).await?
            }
        };
        match written {
            Ok(_) => return Ok((actor, settings)),
            Err(_) if request.if_match.is_some() => return Err(Failure::Reason(NotChanged::VersionMismatch)),
            Err(_) => {}
        }
    }
    Err(StoreError::contended("the settings keep changing").into())
}

impl Change {
    pub(crate) fn area(&self) -> Area {
        match self {
            Self::General(_) => Area::General,
            Self::Billing(_) => Area::Billing,
        }
    }

    /// The version of the tab, which its ETag is.
    fn version<'a>(&self, settings: &'a mut Settings) -> &'a mut Version {
        match self {
            Self::General(_) => &mut settings.organization.version,
            Self::Billing(_) => &mut settings.subscription.version,
        }
    }

    /// Applies the patch and names the fields that it changed.
    fn apply(&self, settings: &mut Settings) -> Result<Vec<&'static str>, Vec<Violation>> {
        match self.clone() {
            Self::General(patch) => patch.apply(settings),
            Self::Billing(patch) => patch.apply(settings),
        }
    }
}

impl GeneralPatch {
    fn apply(self, settings: &mut Settings) -> Result<Vec<&'static str>, Vec<Violation>> {
        let Self { name, phone, website, industry, company_size, country, metadata } = self;
        let organization = &mut settings.organization;
        let before = (organization.details.clone(), organization.metadata.clone());
        let details = before.0.clone().patched(DetailsPatch { name, phone, website, industry, company_size, country });
        let metadata = metadata
            .applied(Some(before.1.clone()), |patch| before.1.clone().merged(patch))
            .map_err(|error| Violation { pointer: "/metadata".to_owned(), detail: error.to_string() });
        let (details, metadata) = match (details, metadata) {
            (Ok(details), Ok(metadata)) => (details, metadata.unwrap_or_default()),
            (details, metadata) => {
                return Err(details.err().into_iter().flatten().chain(metadata.err()).collect());
            }
        };
        let changed = [
            ("name", details.name != before.0.name),
            ("phone", details.phone != before.0.phone),
            ("website", details.website != before.0.website),
            ("industry", details.industry != before.0.industry),
            ("companySize", details.company_size != before.0.company_size),
            ("country", details.country != before.0.country),
            ("metadata", metadata != before.1),
        ];
        (organization.details, organization.metadata) = (details, metadata);
        Ok(changed.into_iter().filter_map(|(field, changed)| changed.then_some(field)).collect())
    }
}

impl BillingPatch {
    fn apply(self, settings: &mut Settings) -> Result<Vec<&'static str>, Vec<Violation>> {
        let invalid = |detail: String| vec![Violation { pointer: "/billingContact".to_owned(), detail }];
        let contact = match self.billing_contact {
            Patch::Keep => return Ok(Vec::new()),
            Patch::Clear => return Err(invalid("is required, so it cannot be removed".to_owned())),
            Patch::Set(text) => text.parse::<EmailAddress>().map_err(|error| invalid(error.to_string()))?,
        };
        let changed = contact.as_str() != settings.subscription.billing_contact.as_str();
        settings.subscription.billing_contact = contact;
        Ok(if changed { vec!["billingContact"] } else { Vec::new() })
    }
}
