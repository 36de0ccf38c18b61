use super::{EmailAddress, OrganizationId, PersonName, Timestamp, UserId, named};

/// Somebody who signed up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    pub id: UserId,
    /// The address, as Cognito had it at `as_of`.
    pub email: EmailAddress,
    pub email_verified: bool,
    pub name: Option<PersonName>,
    /// Whether sign-up is over.
    pub onboarding: Onboarding,
    /// The organization that the user created.
    pub created_organization: Option<OrganizationId>,
    /// How many more organizations an operator lets the user found (R3).
    pub granted_organizations: u32,
    /// When Cognito was asked.
    pub as_of: Timestamp,
}

/// Whether somebody still has to say which organization they belong to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Onboarding {
    /// Neither created an organization nor accepted an invitation yet. Only now may the user create one (R3).
    Open,
    /// Did one of both (R6).
    Complete,
}

impl Onboarding {
    pub const ALL: [Self; 2] = [Self::Open, Self::Complete];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Complete => "complete",
        }
    }
}

named!(Onboarding);

/// What `GET /me` says is to be done (R4, R6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnboardingStatus {
    /// The user is prompted for the organization's details.
    OrganizationRequired,
    /// The user is not made to create one: an invitation waits.
    InvitationPending,
    /// Nothing.
    Complete,
}

impl OnboardingStatus {
    pub const fn name(self) -> &'static str {
        match self {
            Self::OrganizationRequired => "organization_required",
            Self::InvitationPending => "invitation_pending",
            Self::Complete => "complete",
        }
    }
}

impl User {
    /// What is to be done, given how many live invitations wait for the user's verified address.
    pub fn onboarding_status(&self, invitations: u64) -> OnboardingStatus {
        match self.onboarding {
            Onboarding::Complete => OnboardingStatus::Complete,
            Onboarding::Open if invitations > 0 => OnboardingStatus::InvitationPending,
            Onboarding::Open => OnboardingStatus::OrganizationRequired,
        }
    }

    /// Whether the user may create an organization now (R3): during sign-up, or when an operator granted one more.
    pub fn may_create_organization(&self) -> bool {
        self.onboarding == Onboarding::Open || self.granted_organizations > 0
    }
}
