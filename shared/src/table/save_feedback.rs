use aws_sdk_dynamodb::types::AttributeValue;

use super::{StoreError, Table, expression::Expression};
use crate::{
    domain::{DeliveryStatus, InvitationState},
    feedback::{Feedback, MailTags},
    items::Key,
};

impl Table {
    /// Stores a report of SES about an email. Reports come in any order and any number of times, and before the mailer has
    /// marked the email as sent. One condition decides, so the result does not depend on their order. The email has left, so
    /// it is not to be sent again.
    ///
    /// `false`: the report changes nothing. It is about an earlier email or an invitation that is gone or has a reply, or a
    /// later report is stored already.
    pub async fn save_feedback(&self, tags: &MailTags, feedback: &Feedback) -> Result<bool, StoreError> {
        let reason = feedback.reason().map_or(AttributeValue::Null(true), |text| AttributeValue::S(text.to_owned()));
        let change = Expression::new(
            "SET #delivery_status = :status, #delivery_reason = :reason, #delivery_at = :now REMOVE #mail_due_at",
        )
        .string(":status", feedback.status().name())
        .value(":reason", reason)
        .string(":now", self.environment.now());
        // A complaint can come when the invitation has expired, and must be known before it is resent.
        let wanted = Expression::new("#mail_id = :mail AND #state IN (:pending, :expired)")
            .string(":mail", &tags.mail)
            .string(":pending", InvitationState::Pending.name())
            .string(":expired", InvitationState::Expired.name())
            .and(replaced_by(feedback));
        let key = Key::invitation(tags.organization, tags.invitation);
        Ok(self.update_if(self.updating(&key, &change, &wanted)).await?.is_some())
    }
}

/// The condition that the stored delivery comes before this report.
fn replaced_by(feedback: &Feedback) -> Expression {
    let (statuses, status_values) = listed("s", feedback.replaces().iter().map(|status| status.name()));
    let (reasons, reason_values) = listed("r", feedback.replaces_bounces().iter().copied());
    let mut condition = Expression::new(format!("#delivery_status IN ({statuses})"));
    if !reasons.is_empty() {
        let uncertain = format!(" OR (#delivery_status = :bounced AND #delivery_reason IN ({reasons}))");
        condition = condition.appended(&uncertain).string(":bounced", DeliveryStatus::Bounced.name());
    }
    let values = status_values.into_iter().chain(reason_values);
    values.fold(condition, |condition, (placeholder, value)| condition.string(&placeholder, value))
}

/// The placeholders of the values, as text and one by one.
fn listed<'a>(prefix: &str, values: impl Iterator<Item = &'a str>) -> (String, Vec<(String, &'a str)>) {
    let named: Vec<_> = values.enumerate().map(|(index, value)| (format!(":{prefix}{index}"), value)).collect();
    let names: Vec<&str> = named.iter().map(|(name, _)| name.as_str()).collect();
    (names.join(", "), named)
}
