//! Everything that is created together with an organization (R5), by the trigger or by the creator's request.

use crate::{
    configuration::{InvalidConfiguration, Variables},
    domain::{
        Member, Metadata, Onboarding, Organization, OrganizationDetails, OrganizationId, OrganizationStatus, RoleSet,
        Seats, Subscription, SubscriptionStatus, User, Workspace, WorkspaceId, WorkspaceName,
    },
    environment::Environment,
};

/// The parameters of template.yaml for new organizations.
#[derive(Clone, Debug)]
pub struct OrganizationDefaults {
    /// The name of the default workspace.
    pub workspace_name: WorkspaceName,
    pub seat_limit: u64,
    pub workspace_limit: u64,
}

/// The name of the default workspace, if the parameter breaks the rules for names.
const WORKSPACE_NAME: &str = "Default workspace";

/// Parses the parameter for the name of the default workspace. The pattern in the template rejects every ASCII text
/// that the rules for names reject, except `www.`. A pattern cannot express the other rules, and an invalid name must
/// not stop every sign-up.
fn workspace_name(parameter: &str) -> Result<WorkspaceName, impl std::fmt::Display + use<>> {
    WorkspaceName::parse(parameter).or_else(|error| {
        tracing::error!(%error, "DefaultWorkspaceName breaks the rules for names: new workspaces are named {WORKSPACE_NAME}");
        WorkspaceName::parse(WORKSPACE_NAME)
    })
}

impl OrganizationDefaults {
    /// Reads `DEFAULT_WORKSPACE_NAME`, `SEAT_LIMIT` and `WORKSPACE_LIMIT`.
    ///
    /// # Errors
    /// When one of the variables is missing or not valid.
    pub fn new(variables: &Variables) -> Result<Self, InvalidConfiguration> {
        Ok(Self {
            workspace_name: variables.checked("DEFAULT_WORKSPACE_NAME", workspace_name)?,
            seat_limit: variables.parsed("SEAT_LIMIT")?,
            workspace_limit: variables.parsed("WORKSPACE_LIMIT")?,
        })
    }
}

/// Everything that one transaction creates.
#[derive(Clone, Debug)]
pub struct NewOrganization {
    /// The creator, with the data from Cognito.
    pub creator: User,
    pub organization: Organization,
    pub workspace: Workspace,
    pub subscription: Subscription,
    pub seats: Seats,
    pub member: Member,
}

impl NewOrganization {
    /// Creates the organization of `creator`, with new ids.
    pub fn new(
        creator: User,
        details: OrganizationDetails,
        defaults: &OrganizationDefaults,
        environment: &Environment,
    ) -> Self {
        let now = environment.now();
        let organization_id = OrganizationId::new(environment.new_id());
        Self {
            organization: Organization {
                id: organization_id,
                details,
                metadata: Metadata::default(),
                status: OrganizationStatus::Active,
                created_at: now,
                created_by: creator.id.clone(),
                version: environment.new_version(),
            },
            workspace: Workspace {
                id: WorkspaceId::new(environment.new_id()),
                name: defaults.workspace_name.clone(),
                is_default: true,
                created_at: now,
                version: environment.new_version(),
            },
            subscription: Subscription {
                plan: "default".to_owned(),
                status: SubscriptionStatus::Active,
                billing_contact: creator.email.clone(),
                workspaces_used: 1,
                workspace_limit: defaults.workspace_limit,
                version: environment.new_version(),
            },
            seats: Seats { used: 1, limit: defaults.seat_limit },
            member: Member {
                organization_id,
                user_id: creator.id.clone(),
                email: creator.email.clone(),
                name: creator.name.clone(),
                locale: creator.locale.clone(),
                roles: RoleSet::ORGANIZATION_ADMIN,
                joined_at: now,
                changed_at: None,
                version: environment.new_member_version(RoleSet::ORGANIZATION_ADMIN),
            },
            creator: User { onboarding: Onboarding::Complete, created_organization: Some(organization_id), ..creator },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_that_is_no_name_stops_nothing() {
        let name = |parameter| workspace_name(parameter).ok().map(|name| name.as_str().to_owned()).unwrap();
        assert_eq!(name("Home"), "Home");
        for wrong in ["<b>", "www.evil.example", "\u{2800}", "   ", &"x".repeat(101)] {
            assert_eq!(name(wrong), WORKSPACE_NAME, "{wrong:?}");
        }
    }
}
