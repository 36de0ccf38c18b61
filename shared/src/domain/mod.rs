//! The rules, as types. Nothing here reads a clock, a table or a request.

mod authority;
mod details;
mod email_address;
mod ids;
mod invitation;
mod member;
mod metadata;
mod name;
mod organization;
mod patch;
mod permission;
#[cfg(test)]
mod properties;
mod role;
mod secret;
mod text;
mod time;
mod user;
mod violation;
mod workspace_name;

pub use authority::{Authority, Guarded, Refusal};
pub use details::{DetailsPatch, OrganizationDetails, SubmittedDetails};
pub use email_address::{AddressKey, EmailAddress, InvalidAddressKey};
pub use ids::{InvalidId, InvitationId, OrganizationId, UserId, Version, WorkspaceId};
pub use invitation::{
    Delivery, DeliveryChannel, DeliveryStatus, Invitation, InvitationLimits, InvitationState, InvitationStatus,
    InvitationTerms,
};
pub use member::{Member, Membership};
pub use metadata::Metadata;
pub use name::UnknownName;
pub(crate) use name::named;
pub use organization::{Organization, OrganizationStatus, Seats, Subscription, SubscriptionStatus, Workspace};
pub use patch::Patch;
pub use permission::{Access, Area, Permission, PermissionSet};
pub use role::{Role, RoleSet};
pub use secret::{InvalidToken, InvitationToken, SecretHash};
pub use text::{InvitationMessage, Locale, OrganizationName, PersonName, WorkspaceName};
pub use time::{Days, Timestamp};
pub use user::{Onboarding, OnboardingStatus, User};
pub use violation::{Violation, Violations};
pub use workspace_name::{InvalidWorkspaceNameKey, WorkspaceNameKey};
