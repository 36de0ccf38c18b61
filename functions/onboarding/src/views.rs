use serde::Serialize;
use shared::{
    domain::{Membership, PersonName},
    http::Cursor,
    new_organization::NewOrganization,
};

use crate::me::Me;

/// The response of `GET /me`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MeView {
    user_id: String,
    email: String,
    email_verified: bool,
    name: Option<String>,
    onboarding: OnboardingView,
    organizations: Vec<MyOrganizationView>,
    organizations_cursor: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct OnboardingView {
    status: &'static str,
    may_create_organization: bool,
    invitations: u64,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct MyOrganizationView {
    organization_id: String,
    name: String,
    roles: Vec<String>,
}

impl From<&Me> for MeView {
    fn from(me: &Me) -> Self {
        let Me { user, invitations, memberships, more_memberships } = me;
        Self {
            user_id: user.id.to_string(),
            email: user.email.as_str().to_owned(),
            email_verified: user.email_verified,
            name: user.name.as_ref().map(PersonName::as_str).map(str::to_owned),
            onboarding: OnboardingView {
                status: user.onboarding_status(*invitations).name(),
                may_create_organization: user.may_create_organization(),
                invitations: *invitations,
            },
            organizations: memberships.iter().map(MyOrganizationView::from).collect(),
            organizations_cursor: more_memberships.as_deref().map(|key| Cursor::of_organizations(&user.id).write(key)),
        }
    }
}

impl From<&Membership> for MyOrganizationView {
    fn from(Membership { organization, member }: &Membership) -> Self {
        Self {
            organization_id: organization.id.to_string(),
            name: organization.details.name.as_str().to_owned(),
            roles: member.roles.names(),
        }
    }
}

/// The response of `POST /organizations`.
#[derive(Debug, Serialize)]
pub(crate) struct CreatedView {
    organization: OrganizationView,
    workspace: WorkspaceView,
    membership: MembershipView,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct OrganizationView {
    organization_id: String,
    name: String,
    status: &'static str,
    created_at: String,
    phone: Option<String>,
    website: Option<String>,
    industry: Option<String>,
    company_size: Option<String>,
    country: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct WorkspaceView {
    workspace_id: String,
    name: String,
    default: bool,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct MembershipView {
    user_id: String,
    roles: Vec<String>,
}

impl From<&NewOrganization> for CreatedView {
    fn from(new: &NewOrganization) -> Self {
        let details = new.organization.details.clone();
        Self {
            organization: OrganizationView {
                organization_id: new.organization.id.to_string(),
                name: details.name.as_str().to_owned(),
                status: new.organization.status.name(),
                created_at: new.organization.created_at.to_string(),
                phone: details.phone,
                website: details.website,
                industry: details.industry,
                company_size: details.company_size,
                country: details.country,
            },
            workspace: WorkspaceView {
                workspace_id: new.workspace.id.to_string(),
                name: new.workspace.name.as_str().to_owned(),
                default: new.workspace.is_default,
            },
            membership: MembershipView { user_id: new.member.user_id.to_string(), roles: new.member.roles.names() },
        }
    }
}
