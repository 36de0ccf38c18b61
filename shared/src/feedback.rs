//! What SES reports about emails that it accepted, in its own words as far as they name no person (I11).

use crate::domain::{DeliveryStatus, InvitationId, OrganizationId};

/// The tags of an email. SES repeats them in every event about the email.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailTags {
    pub organization: OrganizationId,
    pub invitation: InvitationId,
    /// The id of the email. A report about an earlier email of the invitation changes nothing.
    pub mail: String,
}

impl MailTags {
    /// The name and value of each tag. SES allows letters, digits, `_` and `-`, which ids consist of.
    pub fn pairs(&self) -> [(&'static str, String); 3] {
        [
            ("organization", self.organization.to_string()),
            ("invitation", self.invitation.to_string()),
            ("mail", self.mail.clone()),
        ]
    }

    /// The tags, if `tag` finds them all.
    pub fn read<'a>(tag: impl Fn(&str) -> Option<&'a str>) -> Option<Self> {
        Some(Self {
            organization: tag("organization")?.parse().ok()?,
            invitation: tag("invitation")?.parse().ok()?,
            mail: tag("mail")?.to_owned(),
        })
    }
}

/// Bounces that SES also reports for an automatic reply, such as an absence notice. Such an email was delivered.
const UNCERTAIN: [&str; 2] = ["Transient/General", "Undetermined/Undetermined"];
/// The types of a complaint in SES's documentation, which come from the recipient's provider.
const COMPLAINTS: [&str; 5] = ["abuse", "auth-failure", "fraud", "other", "virus"];

/// A report about an email. The order of the kinds decides which of several reports counts: the last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Feedback {
    /// SES tries again.
    Delayed(String),
    /// A bounce that may be an automatic reply. So it counts only if no delivery is reported.
    Returned(String),
    /// The recipient's server accepted the email.
    Delivered,
    /// SES did not send the email.
    Failed(String),
    Bounced(String),
    /// The recipient reported the email as spam.
    Complained(String),
}

impl Feedback {
    pub fn delayed(kind: &str) -> Self {
        Self::Delayed(format!("DeliveryDelay/{}", word(kind)))
    }

    pub fn bounced(kind: &str, subtype: &str) -> Self {
        let reason = format!("{}/{}", word(kind), word(subtype));
        if UNCERTAIN.contains(&reason.as_str()) { Self::Returned(reason) } else { Self::Bounced(reason) }
    }

    /// A complaint, with the subtype if the suppression list of the account caused it. `None`: the recipient says that the
    /// email is no spam.
    pub fn complained(kind: Option<&str>, subtype: Option<&str>) -> Option<Self> {
        let reason = match (kind, subtype) {
            (_, Some(subtype)) => word(subtype),
            (Some("not-spam"), None) => return None,
            (Some(kind), None) if COMPLAINTS.contains(&kind) => kind.to_owned(),
            _ => "complaint".to_owned(),
        };
        Some(Self::Complained(reason))
    }

    /// The delivery status that the report leads to.
    pub const fn status(&self) -> DeliveryStatus {
        match self {
            Self::Delayed(_) => DeliveryStatus::Sent,
            Self::Delivered => DeliveryStatus::Delivered,
            Self::Failed(_) => DeliveryStatus::Failed,
            Self::Returned(_) | Self::Bounced(_) => DeliveryStatus::Bounced,
            Self::Complained(_) => DeliveryStatus::Complained,
        }
    }

    /// The delivery reason.
    pub fn reason(&self) -> Option<&str> {
        match self {
            Self::Delivered => None,
            Self::Delayed(reason)
            | Self::Returned(reason)
            | Self::Failed(reason)
            | Self::Bounced(reason)
            | Self::Complained(reason) => Some(reason),
        }
    }

    /// The statuses that the report replaces, whatever their reason.
    pub(crate) const fn replaces(&self) -> &'static [DeliveryStatus] {
        use DeliveryStatus::{Bounced, Delivered, Failed, Queued, Sending, Sent};
        match self {
            Self::Delayed(_) | Self::Returned(_) => &[Queued, Sending, Sent],
            Self::Delivered => &[Queued, Sending, Sent],
            Self::Failed(_) => &[Queued, Sending, Sent, Delivered],
            Self::Bounced(_) => &[Queued, Sending, Sent, Delivered, Failed],
            Self::Complained(_) => &[Queued, Sending, Sent, Delivered, Failed, Bounced],
        }
    }

    /// The reasons of a bounce that the report replaces, too.
    pub(crate) const fn replaces_bounces(&self) -> &'static [&'static str] {
        match self {
            Self::Delayed(_) | Self::Returned(_) => &[],
            Self::Delivered | Self::Failed(_) | Self::Bounced(_) | Self::Complained(_) => &UNCERTAIN,
        }
    }
}

/// A word of SES's, which has only letters.
fn word(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).take(40).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_read_as_they_were_written_and_hold_only_what_ses_allows() {
        let ids = ["org_018f6e2a-7c1b-7e2f-9a53-0f2f5f0f6a01", "inv_018f6e2a-7c1b-7e2f-9a53-0f2f5f0f6a02"];
        let [organization, invitation] = ids;
        let tags = MailTags {
            organization: organization.parse().unwrap(),
            invitation: invitation.parse().unwrap(),
            mail: "018f6e2a-7c1b-7e2f-9a53-0f2f5f0f6a03".to_owned(),
        };
        let pairs = tags.pairs();
        let allowed = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
        assert!(pairs.iter().all(|(name, value)| name.chars().chain(value.chars()).all(allowed)), "{pairs:?}");
        let tag = |name: &str| pairs.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str());
        assert_eq!(MailTags::read(tag), Some(tags.clone()));
        assert_eq!(MailTags::read(|name| tag(name).filter(|_| name != "mail")), None);
        assert_eq!(MailTags::read(|_| Some("org_1")), None);
    }

    #[test]
    fn a_reason_is_in_the_words_of_ses_and_names_no_person() {
        assert_eq!(
            Feedback::bounced("Permanent", "OnAccountSuppressionList").reason(),
            Some("Permanent/OnAccountSuppressionList")
        );
        assert_eq!(Feedback::bounced("Transient", "General"), Feedback::Returned("Transient/General".to_owned()));
        assert_eq!(Feedback::bounced("x", "eve@planted.example").reason(), Some("x/eveplantedexample"));
        assert_eq!(Feedback::delayed("MailboxFull").reason(), Some("DeliveryDelay/MailboxFull"));
        let complaint =
            |kind, subtype| Feedback::complained(kind, subtype).and_then(|it| it.reason().map(str::to_owned));
        assert_eq!(complaint(Some("abuse"), None).as_deref(), Some("abuse"));
        assert_eq!(complaint(None, Some("OnAccountSuppressionList")).as_deref(), Some("OnAccountSuppressionList"));
        assert_eq!(complaint(Some("eve@planted.example"), None).as_deref(), Some("complaint"));
        assert_eq!(complaint(None, None).as_deref(), Some("complaint"));
        assert_eq!(complaint(Some("not-spam"), None), None);
    }
}
