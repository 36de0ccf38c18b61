use super::{EmailAddress, Locale, OrganizationId, PersonName, Timestamp, UserId, named};

/// A user of the product.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    pub id: UserId,
    /// The user's email address in Cognito at the time `as_of`.
    pub email: EmailAddress,
    pub email_verified: bool,
    pub name: Option<PersonName>,
    /// The language of the emails to the user.
    pub locale: Option<Locale>,
    /// The state of the user's onboarding.
    pub onboarding: Onboarding,
    /// The organization that the user created.
    pub created_organization: Option<OrganizationId>,
    /// The number of further organizations that an operator allows the user to create (R3).
    pub granted_organizations: u32,
    /// The time when Cognito returned the user's data.
    pub as_of: Timestamp,
}

/// The state of a user's onboarding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Onboarding {
    /// The user has neither created an organization nor accepted an invitation. Only in this state can the user create
    /// one (R3).
    Open,
    /// The user has created an organization or accepted an invitation (R6).
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

/// The next step of the onboarding, which `GET /me` returns (R4, R6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnboardingStatus {
    /// The front end asks the user for the organization's details.
    OrganizationRequired,
    /// The user has a pending invitation, so the front end does not ask for an organization.
    InvitationPending,
    /// The onboarding is complete.
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
    /// The next step for a user with this number of pending invitations to the verified email address.
    pub fn onboarding_status(&self, invitations: u64) -> OnboardingStatus {
        match self.onboarding {
            Onboarding::Complete => OnboardingStatus::Complete,
            Onboarding::Open if invitations > 0 => OnboardingStatus::InvitationPending,
            Onboarding::Open => OnboardingStatus::OrganizationRequired,
        }
    }

    /// Whether the user can create an organization now (R3): while onboarding is open, or when an operator has granted
    /// one more.
    pub fn may_create_organization(&self) -> bool {
        self.onboarding == Onboarding::Open || self.granted_organizations > 0
    }
}
