use serde::{Deserialize, Serialize};

use super::{Corrupt, Item, Key, keys::sk, parse};
use crate::domain::{
    Delivery, DeliveryStatus, Invitation, InvitationMessage, InvitationState, Locale, PersonName, RoleSet,
};

/// `ORG#org` / `INVITATION#inv`; also the outbox that the mailer reads from the stream (R15).
#[derive(Debug, Serialize, Deserialize)]
pub struct InvitationItem {
    organization_id: String,
    invitation_id: String,
    email: String,
    #[serde(with = "serde_dynamo::string_set")]
    roles: Vec<String>,
    invited_by: String,
    inviter_name: Option<String>,
    message: Option<String>,
    locale: Option<String>,
    created_at: String,
    expires_at: String,
    state: String,
    delivery_status: String,
    delivery_reason: Option<String>,
    delivery_at: String,
    /// Which mail is to be sent; a new one with every mail that is asked for, so that an old stream record finds out.
    mail_id: String,
    /// How often the mailer took it up.
    #[serde(default)]
    mail_attempts: u32,
    #[serde(default)]
    secret_hashes: Vec<String>,
    /// Partition key of the index by address, only while pending.
    invited_address: Option<String>,
    /// Its sort key, only while pending.
    invitation_expires_at: Option<String>,
}

impl Item for InvitationItem {
    const ENTITY: &'static str = "invitation";

    fn key(&self) -> Key {
        Key::of_organization(&self.organization_id, sk::invitation(&self.invitation_id))
    }
}

impl InvitationItem {
    /// A new invitation, whose mail is to be sent.
    pub fn queued(invitation: &Invitation, mail_id: &str) -> Self {
        Self {
            organization_id: invitation.organization_id.to_string(),
            invitation_id: invitation.id.to_string(),
            email: invitation.email.as_str().to_owned(),
            roles: invitation.roles.names(),
            invited_by: invitation.invited_by.to_string(),
            inviter_name: None,
            message: invitation.message.as_ref().map(|message| message.as_str().to_owned()),
            locale: invitation.locale.as_ref().map(|locale| locale.as_str().to_owned()),
            created_at: invitation.created_at.to_string(),
            expires_at: invitation.expires_at.to_string(),
            state: InvitationState::Pending.name().to_owned(),
            delivery_status: DeliveryStatus::Queued.name().to_owned(),
            delivery_reason: None,
            delivery_at: invitation.created_at.to_string(),
            mail_id: mail_id.to_owned(),
            mail_attempts: 0,
            secret_hashes: Vec::new(),
            invited_address: Some(invitation.email.key().as_str().to_owned()),
            invitation_expires_at: Some(invitation.expires_at.to_string()),
        }
    }

    /// Which mail is to be sent.
    pub fn mail_id(&self) -> &str {
        &self.mail_id
    }

    /// How often the mailer took it up.
    pub fn mail_attempts(&self) -> u32 {
        self.mail_attempts
    }
}

impl TryFrom<InvitationItem> for Invitation {
    type Error = Corrupt;

    fn try_from(item: InvitationItem) -> Result<Self, Corrupt> {
        let states = [
            InvitationState::Pending,
            InvitationState::Accepted,
            InvitationState::Declined,
            InvitationState::Revoked,
            InvitationState::Expired,
        ];
        let state = states.into_iter().find(|state| state.name() == item.state).ok_or(());
        let delivery = DeliveryStatus::ALL.into_iter().find(|status| status.name() == item.delivery_status).ok_or(());
        Ok(Self {
            id: parse::<InvitationItem, _>("invitation_id", item.invitation_id.parse())?,
            organization_id: parse::<InvitationItem, _>("organization_id", item.organization_id.parse())?,
            email: parse::<InvitationItem, _>("email", item.email.parse())?,
            roles: parse::<InvitationItem, _>("roles", RoleSet::parse(item.roles.iter().map(String::as_str)))?,
            invited_by: parse::<InvitationItem, _>("invited_by", item.invited_by.parse())?,
            inviter_name: item.inviter_name.as_deref().and_then(PersonName::from_attribute),
            message: item.message.as_deref().and_then(|text| InvitationMessage::parse(text).ok()),
            locale: item.locale.as_deref().and_then(|text| Locale::parse(text).ok()),
            created_at: parse::<InvitationItem, _>("created_at", item.created_at.parse())?,
            expires_at: parse::<InvitationItem, _>("expires_at", item.expires_at.parse())?,
            state: parse::<InvitationItem, _>("state", state)?,
            delivery: Delivery {
                status: parse::<InvitationItem, _>("delivery_status", delivery)?,
                reason: item.delivery_reason,
                at: parse::<InvitationItem, _>("delivery_at", item.delivery_at.parse())?,
            },
            secret_hashes: item.secret_hashes,
        })
    }
}
