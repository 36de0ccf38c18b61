//! The index `lists` contains the filtered lists, each in its own order. One index is sufficient, because every item is
//! in at most one list at a time.

use aws_sdk_dynamodb::types::AttributeValue;

use crate::domain::{EmailAddress, InvitationId, InvitationState, OrganizationId, Role, RoleSet, Timestamp, UserId};

/// The partition key of the index.
pub const LIST_ATTRIBUTE: &str = "list";
/// The sort key of the index.
pub const LIST_KEY_ATTRIBUTE: &str = "list_key";

/// The separator between the two parts of a list key. No email address, instant or id contains it, and it sorts before
/// all their characters.
const BETWEEN: char = ' ';
/// A character that sorts before every character of a list key except the space.
const FIRST: char = '!';
/// A character that sorts after every character of a list key.
const LAST: char = '\u{7f}';
/// The maximum length of an email address.
const LONGEST_ADDRESS: usize = 254;

/// One of the lists of an organization.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum List {
    /// The members with the `member` role, by email address.
    Members,
    /// The members with another role, by email address.
    Admins,
    /// The invitations in one state, by expiry.
    Invitations(InvitationState),
}

impl List {
    /// The list that a member with these roles is in.
    pub fn of_roles(roles: RoleSet) -> Self {
        if roles.contains(Role::Member) { Self::Members } else { Self::Admins }
    }

    /// The value of [`LIST_ATTRIBUTE`].
    pub fn name(self, organization: OrganizationId) -> String {
        let list = match self {
            Self::Members => "members",
            Self::Admins => "admins",
            Self::Invitations(state) => state.name(),
        };
        format!("{organization}#{list}")
    }
}

/// The position of an item in the index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listing {
    list: String,
    key: String,
}

impl Listing {
    pub fn of_member(organization: OrganizationId, roles: RoleSet, email: &EmailAddress, user: &UserId) -> Self {
        let key = format!("{}{BETWEEN}{user}", email.as_str().to_ascii_lowercase());
        Self { list: List::of_roles(roles).name(organization), key }
    }

    pub fn of_invitation(
        organization: OrganizationId,
        state: InvitationState,
        expires_at: Timestamp,
        invitation: InvitationId,
    ) -> Self {
        Self { list: List::Invitations(state).name(organization), key: Self::key_of_invitation(expires_at, invitation) }
    }

    /// The value of [`LIST_KEY_ATTRIBUTE`] of an invitation.
    pub fn key_of_invitation(expires_at: Timestamp, invitation: InvitationId) -> String {
        format!("{expires_at}{BETWEEN}{invitation}")
    }

    pub(super) fn into_attributes(self) -> [(String, AttributeValue); 2] {
        [(LIST_ATTRIBUTE, self.list), (LIST_KEY_ATTRIBUTE, self.key)]
            .map(|(name, value)| (name.to_owned(), AttributeValue::S(value)))
    }
}

/// A part of a list, from one key to another, including both.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    pub from: String,
    pub to: String,
}

impl Span {
    pub fn everything() -> Self {
        Self { from: FIRST.to_string(), to: LAST.to_string() }
    }

    /// The members whose email address begins with `prefix`, without regard to case. `None` if no address is that long.
    pub fn of_addresses(prefix: &str) -> Option<Self> {
        let prefix = prefix.to_ascii_lowercase();
        (prefix.len() <= LONGEST_ADDRESS).then(|| Self {
            from: if prefix.is_empty() { FIRST.to_string() } else { prefix.clone() },
            to: format!("{prefix}{LAST}"),
        })
    }

    /// The invitations that expire later than `now`.
    pub fn after(now: Timestamp) -> Self {
        Self { from: format!("{now}{LAST}"), ..Self::everything() }
    }

    /// The invitations that have expired at `now`.
    pub fn until(now: Timestamp) -> Self {
        Self { to: format!("{now}{LAST}"), ..Self::everything() }
    }

    /// The part after `key`. `None` if `key` is at or after the end.
    #[must_use]
    pub fn continued_after(self, key: &str) -> Option<Self> {
        // No key is another one with more behind it: each ends with an id.
        let from = self.from.max(format!("{key}{FIRST}"));
        (from <= self.to).then_some(Self { from, ..self })
    }

    /// The part before `key`, for a list that is read backwards. `None` if `key` is at or before the beginning.
    #[must_use]
    pub fn continued_before(self, key: &str) -> Option<Self> {
        // Instants and ids of invitations have one length, so nothing lies between the text one character lower and `key`.
        let mut lower: Vec<char> = key.chars().collect();
        let last = lower.pop()?;
        lower.push(char::from_u32(u32::from(last).checked_sub(1)?)?);
        lower.push(LAST);
        let to = self.to.min(lower.into_iter().collect());
        (self.from <= to).then_some(Self { to, ..self })
    }
}

/// Whether a text is the list key of a member.
pub fn is_member(key: &str) -> bool {
    key.rsplit_once(BETWEEN).is_some_and(|(email, user)| {
        (1..=LONGEST_ADDRESS).contains(&email.len()) && email.is_ascii() && user.parse::<UserId>().is_ok()
    })
}

/// Whether a text is the list key of an invitation.
pub fn is_invitation(key: &str) -> bool {
    key.split_once(BETWEEN).is_some_and(|(expiry, invitation)| {
        expiry.parse::<Timestamp>().is_ok_and(|at| at.to_string() == expiry)
            && invitation.parse::<InvitationId>().is_ok()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const INVITATION: &str = "inv_0190a6a4-7b3c-7def-8123-0000000000aa";

    fn organization() -> OrganizationId {
        "org_0190a6a4-7b3c-7def-8123-456789abcdef".parse().unwrap()
    }

    fn holds(span: &Span, key: &str) -> bool {
        *span.from <= *key && *key <= *span.to
    }

    #[test]
    fn a_prefix_finds_the_addresses_that_begin_with_it() {
        let key = |email: &str, user: &str| {
            Listing::of_member(organization(), RoleSet::MEMBER, &email.parse().unwrap(), &user.parse().unwrap()).key
        };
        let ada = key("Ada+~{x}@example.com", "u-1");
        assert!(is_member(&ada));
        for prefix in ["", "a", "ADA+~", "ada+~{x}@example.com"] {
            assert!(holds(&Span::of_addresses(prefix).unwrap(), &ada), "{prefix}");
        }
        for prefix in ["b", "ada@", "ada+~{x}@example.com.", "\u{e9}"] {
            assert!(!holds(&Span::of_addresses(prefix).unwrap(), &ada), "{prefix}");
        }
        assert_eq!(Span::of_addresses(&"a".repeat(255)), None);
        let second = key("Ada+~{x}@example.com", "u-10");
        let rest = Span::everything().continued_after(&ada).unwrap();
        assert!(!holds(&rest, &ada) && holds(&rest, &second) && ada < second);
        assert_eq!(Span::of_addresses("a").unwrap().continued_after(&key("b@example.com", "u-1")), None);
    }

    #[test]
    fn an_invitation_expires_at_its_instant() {
        let at: Timestamp = "2026-01-09T03:04:05.678Z".parse().unwrap();
        let key = Listing::of_invitation(organization(), InvitationState::Pending, at, INVITATION.parse().unwrap()).key;
        assert!(is_invitation(&key));
        let just_before = at.plus(jiff::SignedDuration::from_millis(-1));
        assert!(holds(&Span::after(just_before), &key) && !holds(&Span::until(just_before), &key));
        assert!(!holds(&Span::after(at), &key) && holds(&Span::until(at), &key));
    }

    #[test]
    fn a_list_read_backwards_goes_on_with_the_one_before() {
        let key = |end: &str| format!("2026-01-09T03:04:05.678Z inv_0190a6a4-7b3c-7def-8123-0000000000{end}");
        for (before, this) in [("9f", "a0"), ("aa", "ab"), ("09", "0a")] {
            let rest = Span::everything().continued_before(&key(this)).unwrap();
            assert!(holds(&rest, &key(before)) && !holds(&rest, &key(this)), "{this}");
        }
        let later = Span::after("2026-02-01T00:00:00Z".parse().unwrap());
        assert_eq!(later.continued_before(&key("00")), None);
    }

    #[test]
    fn what_a_client_makes_up_is_no_key() {
        for forged in ["", " ", " u-1", "a@b.example ", "a@b.example u#1", "a@b.example", "\u{e9}@b.example u-1"] {
            assert!(!is_member(forged), "{forged}");
        }
        for forged in ["", INVITATION, "2026-01-09 inv_1", &format!("2026-01-09T03:04:05Z {INVITATION}")] {
            assert!(!is_invitation(forged), "{forged}");
        }
    }
}
