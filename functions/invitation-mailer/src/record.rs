use aws_lambda_events::event::dynamodb::EventRecord;
use serde_dynamo::AttributeValue;
use shared::{domain::Timestamp, table::MailRequest};

/// What a stream record asks for.
pub(crate) struct Asked {
    pub(crate) request: MailRequest,
    /// Since when the mail has been queued.
    pub(crate) since: Option<Timestamp>,
}

/// Which mail a stream record asks for; nothing if it asks for none. The template filters most of the others out.
pub(crate) fn mail_request(record: EventRecord) -> Option<Asked> {
    let image = record.change.new_image.into_inner();
    let text = |name: &str| match image.get(name) {
        Some(AttributeValue::S(text)) => Some(text.as_str()),
        _ => None,
    };
    if text("entity") != Some("invitation") || text("delivery_status") != Some("queued") {
        return None;
    }
    let request = MailRequest {
        organization: text("organization_id")?.parse().ok()?,
        invitation: text("invitation_id")?.parse().ok()?,
        inviter: text("invited_by")?.parse().ok()?,
        mail_id: text("mail_id")?.to_owned(),
    };
    Some(Asked { request, since: text("delivery_at").and_then(|text| text.parse().ok()) })
}
