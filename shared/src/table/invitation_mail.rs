use aws_sdk_dynamodb::{
    error::SdkError,
    types::{AttributeValue, ReturnValue},
};
use futures::future::try_join;

use super::{StoreError, Table, expression::Expression};
use crate::{
    domain::{
        DeliveryStatus, Invitation, InvitationId, InvitationState, Member, Organization, OrganizationId, SecretHash,
        Timestamp, UserId,
    },
    items::{InvitationItem, Item, Key, OrganizationItem},
};

/// A mail that is to be sent, as the stream says.
#[derive(Clone, Debug)]
pub struct MailRequest {
    pub organization: OrganizationId,
    pub invitation: InvitationId,
    pub inviter: UserId,
    pub mail_id: String,
}

/// A mail that was taken up: its secret is stored, everything that it says was read.
#[derive(Debug)]
pub struct ClaimedMail {
    pub invitation: Invitation,
    pub organization: Organization,
    /// Who invited, while a member.
    pub inviter: Option<Member>,
    pub attempts: u32,
}

impl Table {
    /// Takes a mail up: stores the hash of its secret before the secret leaves, side by side with reading what the mail
    /// says. Nothing if the mail is not wanted any more: sent, answered, revoked, expired, replaced by a newer one (I8).
    pub async fn claim_mail(
        &self,
        mail: &MailRequest,
        secret: &SecretHash,
        now: Timestamp,
    ) -> Result<Option<ClaimedMail>, StoreError> {
        let organization = Key::organization(mail.organization);
        let read = self.batch_get([organization.clone(), Key::member(mail.organization, &mail.inviter)]);
        let (claimed, mut batch) = try_join(self.claim(mail, secret, now), read).await?;
        let organization: Option<OrganizationItem> = batch.take(organization)?;
        let (Some(item), Some(organization)) = (claimed, organization) else { return Ok(None) };
        Ok(Some(ClaimedMail {
            attempts: item.mail_attempts(),
            invitation: item.into(),
            organization: organization.into(),
            inviter: batch.member(mail.organization, &mail.inviter)?,
        }))
    }

    async fn claim(
        &self,
        mail: &MailRequest,
        secret: &SecretHash,
        now: Timestamp,
    ) -> Result<Option<InvitationItem>, StoreError> {
        let change = Expression::new(
            "SET #secret_hashes = list_append(#secret_hashes, :secret), #mail_attempts = #mail_attempts + :one, #delivery_status = :sending",
        )
        .value(":secret", AttributeValue::L(vec![AttributeValue::S(secret.as_str().to_owned())]))
        .number(":one", 1)
        .string(":sending", DeliveryStatus::Sending.name());
        let wanted = self
            .unsent(mail)
            .and(
                Expression::new("#state = :pending AND #expires_at > :now")
                    .string(":pending", InvitationState::Pending.name()),
            )
            .string(":now", now);
        let updated = self.update_invitation(mail, &change, &wanted).await?;
        Ok(updated.map(InvitationItem::from_attributes).transpose()?)
    }

    /// Marks what became of a mail. What the recipient's side said in the meantime is not overwritten.
    pub async fn mark_mail(
        &self,
        mail: &MailRequest,
        status: DeliveryStatus,
        reason: Option<&str>,
        inviter: Option<&Member>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let text =
            |value: Option<&str>| value.map_or(AttributeValue::Null(true), |text| AttributeValue::S(text.to_owned()));
        let name = inviter.and_then(|inviter| inviter.name.as_ref()).map(|name| name.as_str());
        let change = Expression::new(
            "SET #delivery_status = :status, #delivery_at = :now, #delivery_reason = :reason, #inviter_name = :name",
        )
        .string(":status", status.name())
        .string(":now", now)
        .value(":reason", text(reason))
        .value(":name", text(name));
        self.update_invitation(mail, &change, &self.unsent(mail)).await.map(drop)
    }

    /// That this very mail has not been sent.
    fn unsent(&self, mail: &MailRequest) -> Expression {
        Expression::new("#mail_id = :mail AND #delivery_status IN (:queued, :in_flight)")
            .string(":mail", &mail.mail_id)
            .string(":queued", DeliveryStatus::Queued.name())
            .string(":in_flight", DeliveryStatus::Sending.name())
    }

    async fn update_invitation(
        &self,
        mail: &MailRequest,
        change: &Expression,
        condition: &Expression,
    ) -> Result<Option<crate::items::Attributes>, StoreError> {
        let update = self
            .client
            .update_item()
            .table_name(&self.name)
            .set_key(Some(Key::invitation(mail.organization, mail.invitation).to_attributes()))
            .update_expression(change.text())
            .condition_expression(condition.text())
            .set_expression_attribute_names(Expression::names([change, condition]))
            .set_expression_attribute_values(Expression::values([change, condition]))
            .return_values(ReturnValue::AllNew);
        match self.patiently(|| update.clone().send()).await {
            Ok(answer) => Ok(answer.attributes),
            Err(SdkError::ServiceError(error)) if error.err().is_conditional_check_failed_exception() => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}
