use std::error::Error;

use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue};
use futures::future::try_join;

use super::{StoreError, Table, expression::Expression};
use crate::{
    domain::{DeliveryStatus, Invitation, InvitationState, Member, Organization, SecretHash, Timestamp},
    items::{Attributes, Corrupt, InvitationItem, Item, Key, OrganizationItem, UnsentMail},
};

/// How many hashes of secrets an invitation keeps. Each is of a mail that SES took or may have taken; the oldest go first.
pub(super) const MOST_SECRETS: usize = 10;

/// A mail that was taken up: its secret is stored, everything that it says was read. Nobody else takes it up before `lease`.
pub struct ClaimedMail {
    pub invitation: Invitation,
    /// Missing once it is gone.
    pub organization: Option<Organization>,
    /// The inviter, while a member.
    pub inviter: Option<Member>,
    /// How often the mail was taken up, this time included.
    pub attempts: u32,
    /// Until when nobody else takes it up; then the schedule does, in case that this process died.
    pub lease: Timestamp,
    /// The hash of the secret that this attempt may send.
    pub secret: SecretHash,
}

impl Table {
    /// Takes a mail up until `lease`: stores the hash of its secret before the secret leaves, side by side with reading what
    /// the mail says. Nothing if the mail is not wanted any more, or if another process has it (I8).
    pub async fn claim_mail(
        &self,
        mail: &UnsentMail,
        secret: SecretHash,
        lease: Timestamp,
    ) -> Result<Option<ClaimedMail>, StoreError> {
        let organization = Key::organization(mail.organization);
        let read = self.batch_get([organization.clone(), Key::member(mail.organization, &mail.inviter)]);
        let (claimed, mut batch) = try_join(self.claim(mail, &secret, lease), read).await?;
        let Some(item) = claimed else { return Ok(None) };
        let organization: Option<OrganizationItem> = batch.take(organization)?;
        Ok(Some(ClaimedMail {
            attempts: item.mail_attempts(),
            invitation: item.into(),
            organization: organization.map(Organization::from),
            inviter: batch.member(mail.organization, &mail.inviter)?,
            lease,
            secret,
        }))
    }

    async fn claim(
        &self,
        mail: &UnsentMail,
        secret: &SecretHash,
        lease: Timestamp,
    ) -> Result<Option<InvitationItem>, StoreError> {
        let change = Expression::new(
            "SET #secret_hashes = list_append(#secret_hashes, :secret), #mail_attempts = #mail_attempts + :one, #delivery_status = :sending, #mail_due_at = :lease",
        )
        .value(":secret", hashes([secret.as_str()]))
        .number(":one", 1)
        .string(":sending", DeliveryStatus::Sending.name())
        .string(":lease", lease);
        let wanted = self.unsent(mail).and(self.free()).and(self.live());
        let Some(updated) = self.update_invitation(mail, &change, &wanted).await? else { return Ok(None) };
        let item = InvitationItem::from_attributes(updated)?;
        let stored = item.secret_hashes();
        if let Some(surplus) = stored.len().checked_sub(MOST_SECRETS).filter(|surplus| *surplus > 0) {
            let kept = stored.iter().skip(surplus).map(String::as_str);
            let trim = Expression::new("SET #secret_hashes = :kept").value(":kept", hashes(kept));
            self.update_invitation(mail, &trim, &self.unsent(mail).and(held(lease))).await?;
        }
        Ok(Some(item))
    }

    /// Marks a mail as sent. If SES has reported more about it by then, only the inviter's name is stored.
    pub async fn mark_mail_sent(&self, mail: &UnsentMail, inviter: &Member) -> Result<(), StoreError> {
        let name = inviter.name.as_ref().map(|name| AttributeValue::S(name.as_str().to_owned()));
        let name = name.unwrap_or(AttributeValue::Null(true));
        let change = Expression::new(
            "SET #delivery_status = :status, #delivery_at = :now, #delivery_reason = :none, #inviter_name = :name REMOVE #mail_due_at",
        )
        .string(":status", DeliveryStatus::Sent.name())
        .string(":now", self.environment.now())
        .value(":none", AttributeValue::Null(true))
        .value(":name", name.clone());
        if self.update_invitation(mail, &change, &self.unsent(mail)).await?.is_none() {
            let change = Expression::new("SET #inviter_name = :name").value(":name", name);
            self.update_invitation(mail, &change, &this(mail)).await?;
        }
        Ok(())
    }

    /// Lets a mail wait until `due`. Without `secret_left`, the secret of this attempt is forgotten: no mail carries it.
    pub async fn let_mail_wait(
        &self,
        mail: &UnsentMail,
        claimed: &ClaimedMail,
        secret_left: bool,
        reason: &str,
        due: Timestamp,
    ) -> Result<(), StoreError> {
        let change = Expression::new("SET #mail_due_at = :due, #delivery_reason = :reason, #secret_hashes = :hashes")
            .string(":due", due)
            .string(":reason", reason)
            .value(":hashes", claimed.hashes(secret_left));
        self.update_invitation(mail, &change, &self.unsent(mail).and(held(claimed.lease))).await.map(drop)
    }

    /// Marks a mail that was taken up as failed. No mail carries the secret of this attempt.
    pub async fn fail_mail(&self, mail: &UnsentMail, claimed: &ClaimedMail, reason: &str) -> Result<(), StoreError> {
        let change = self.failed(reason, ", #secret_hashes = :hashes").value(":hashes", claimed.hashes(false));
        self.update_invitation(mail, &change, &self.unsent(mail).and(held(claimed.lease))).await.map(drop)
    }

    /// Marks a mail as failed whose invitation cannot be read.
    pub async fn fail_unreadable_mail(&self, mail: &UnsentMail, reason: &str) -> Result<(), StoreError> {
        self.update_invitation(mail, &self.failed(reason, ""), &self.unsent(mail)).await.map(drop)
    }

    /// Marks a mail as failed whose invitation has ended before it was sent. Whether it was so.
    pub async fn end_mail(&self, mail: &UnsentMail, reason: &str) -> Result<bool, StoreError> {
        let over = Expression::new("#state <> :pending OR #expires_at <= :now")
            .string(":pending", InvitationState::Pending.name())
            .string(":now", self.environment.now());
        let wanted = self.unsent(mail).and(self.free()).and(over);
        let ended = self.update_invitation(mail, &self.failed(reason, ""), &wanted).await?;
        Ok(ended.is_some())
    }

    fn failed(&self, reason: &str, more: &str) -> Expression {
        Expression::new("SET #delivery_status = :status, #delivery_at = :now, #delivery_reason = :reason")
            .string(":status", DeliveryStatus::Failed.name())
            .string(":now", self.environment.now())
            .string(":reason", reason)
            .appended(more)
            .appended(" REMOVE #mail_due_at")
    }

    /// That this very mail was neither sent nor failed.
    fn unsent(&self, mail: &UnsentMail) -> Expression {
        let unsent = Expression::new("#delivery_status IN (:queued, :in_flight)")
            .string(":queued", DeliveryStatus::Queued.name())
            .string(":in_flight", DeliveryStatus::Sending.name());
        this(mail).and(unsent)
    }

    /// That no process has the mail. One that was never taken up is free before it is due: the stream is quicker than the
    /// schedule.
    fn free(&self) -> Expression {
        Expression::new("#delivery_status = :queued OR attribute_not_exists(#mail_due_at) OR #mail_due_at <= :now")
            .string(":queued", DeliveryStatus::Queued.name())
            .string(":now", self.environment.now())
    }

    /// That the invitation can still be accepted.
    fn live(&self) -> Expression {
        Expression::new("#state = :pending AND #expires_at > :now")
            .string(":pending", InvitationState::Pending.name())
            .string(":now", self.environment.now())
    }

    async fn update_invitation(
        &self,
        mail: &UnsentMail,
        change: &Expression,
        condition: &Expression,
    ) -> Result<Option<Attributes>, StoreError> {
        let update = self.updating(&Key::invitation(mail.organization, mail.invitation), change, condition);
        let updated = self.update_if(update.return_values(ReturnValue::AllNew)).await?;
        Ok(updated.and_then(|updated| updated.attributes))
    }
}

impl ClaimedMail {
    /// The hashes to keep: all that are stored, or all but this attempt's.
    fn hashes(&self, with_this: bool) -> AttributeValue {
        let stored = self.invitation.secret_hashes.iter().map(String::as_str);
        let kept: Vec<&str> = stored.filter(|hash| with_this || *hash != self.secret.as_str()).collect();
        hashes(kept.iter().skip(kept.len().saturating_sub(MOST_SECRETS)).copied())
    }
}

/// Whether what the table holds is at fault: then no other attempt will fare better.
pub fn is_unreadable(error: &StoreError) -> bool {
    error.source().is_some_and(|source| source.is::<Corrupt>())
}

/// That no other mail was asked for since.
fn this(mail: &UnsentMail) -> Expression {
    Expression::new("#mail_id = :mail").string(":mail", &mail.mail_id)
}

/// That nobody has taken the mail up since.
fn held(lease: Timestamp) -> Expression {
    Expression::new("#mail_due_at = :held").string(":held", lease)
}

pub(super) fn hashes<'a>(hashes: impl IntoIterator<Item = &'a str>) -> AttributeValue {
    AttributeValue::L(hashes.into_iter().map(|hash| AttributeValue::S(hash.to_owned())).collect())
}
