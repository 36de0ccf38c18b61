use jiff::SignedDuration;

use super::{EmailAddress, Locale, OrganizationId, PermissionSet, PersonName, RoleSet, Timestamp, UserId, Version};

/// The membership of a user in one organization. A user has at most one in each organization (I2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    pub organization_id: OrganizationId,
    pub user_id: UserId,
    /// The email address that the user joined with: the creator's address, or the invited one.
    pub email: EmailAddress,
    /// The name of the user at the time of joining.
    pub name: Option<PersonName>,
    /// The language of the emails to the user, from Cognito at the time of joining.
    pub locale: Option<Locale>,
    pub roles: RoleSet,
    pub joined_at: Timestamp,
    /// The instant of the last change of the roles. `None` if they are as they were at joining.
    pub changed_at: Option<Timestamp>,
    /// The version of the membership. Every role change creates a new one.
    pub version: Version,
}

impl Member {
    pub fn permissions(&self) -> PermissionSet {
        PermissionSet::of(self.roles)
    }

    /// The instant of a change at `now`, after the last one: the clock of another machine may have been ahead.
    pub fn instant_of_change(&self, now: Timestamp) -> Timestamp {
        let after = self.changed_at.map(|last| last.plus(SignedDuration::from_millis(1)));
        after.map_or(now, |after| after.max(now))
    }
}

/// An organization of the user, as an entry of the list "my organizations".
#[derive(Clone, Debug)]
pub struct Membership {
    pub organization: super::Organization,
    pub member: Member,
}
