use aws_sdk_dynamodb::types::ReturnValue;
use futures::future::try_join;

use super::{StoreError, Table, expression::Expression};
use crate::{
    domain::{Invitation, Member, Organization, Timestamp},
    items::{AcceptanceNoticeItem, InvitationItem, Item, Key, OrganizationItem, UnsentMail},
};

/// A claimed email about an acceptance, with everything that it says.
pub struct ClaimedNotice {
    pub invitation: Invitation,
    pub organization: Organization,
    /// The recipient.
    pub inviter: Member,
    pub joined: Member,
    /// The number of claims, this one included.
    pub attempts: u32,
    /// Until when no other process claims it.
    pub lease: Timestamp,
}

/// What a claim found.
pub enum NoticeClaim {
    Claimed(Box<ClaimedNotice>),
    /// The email is sent, or another process has it.
    Taken,
    /// Nobody needs it any more, and it is deleted: the inviter or the new member has left, or it is a day old.
    Dropped,
}

impl Table {
    /// Claims an email about an acceptance until `lease`, side by side with reading what it says.
    pub async fn claim_notice(&self, mail: &UnsentMail, lease: Timestamp) -> Result<NoticeClaim, StoreError> {
        let (organization, invitation) =
            (Key::organization(mail.organization), Key::invitation(mail.organization, mail.invitation));
        let members = [Some(&mail.inviter), mail.joined.as_ref()];
        let members = members.into_iter().flatten().map(|user| Key::member(mail.organization, user));
        let read = self.batch_get([organization.clone(), invitation.clone()].into_iter().chain(members));
        let (notice, mut batch) = try_join(self.lease_notice(mail, lease), read).await?;
        let Some(notice) = notice else { return Ok(NoticeClaim::Taken) };
        let found: (Option<OrganizationItem>, Option<InvitationItem>) =
            (batch.take(organization)?, batch.take(invitation)?);
        let inviter = batch.member(mail.organization, &mail.inviter)?;
        let joined = mail.joined.as_ref().map(|user| batch.member(mail.organization, user)).transpose()?.flatten();
        match (found, inviter, joined) {
            ((Some(organization), Some(invitation)), Some(inviter), Some(joined))
                if notice.is_worth_sending(self.environment.now()) =>
            {
                Ok(NoticeClaim::Claimed(Box::new(ClaimedNotice {
                    invitation: invitation.into(),
                    organization: organization.into(),
                    inviter,
                    joined,
                    attempts: notice.attempts(),
                    lease,
                })))
            }
            _ => self.delete_notice(mail).await.map(|()| NoticeClaim::Dropped),
        }
    }

    async fn lease_notice(
        &self,
        mail: &UnsentMail,
        lease: Timestamp,
    ) -> Result<Option<AcceptanceNoticeItem>, StoreError> {
        let change = Expression::new("SET #mail_attempts = #mail_attempts + :one, #mail_due_at = :lease")
            .number(":one", 1)
            .string(":lease", lease);
        // The stream is quicker than the schedule: an email that was never claimed is free before it is due.
        let free = Expression::new("#mail_id = :mail AND (#mail_attempts = :none OR #mail_due_at <= :now)")
            .string(":mail", &mail.mail_id)
            .number(":none", 0)
            .string(":now", self.environment.now());
        let update = self.updating(&notice_key(mail), &change, &free).return_values(ReturnValue::AllNew);
        let Some(leased) = self.update_if(update).await? else { return Ok(None) };
        Ok(Some(AcceptanceNoticeItem::from_attributes(leased.attributes.unwrap_or_default())?))
    }

    /// Lets an email about an acceptance wait until `due`, unless another process has claimed it since.
    pub async fn let_notice_wait(&self, mail: &UnsentMail, lease: Timestamp, due: Timestamp) -> Result<(), StoreError> {
        let change = Expression::new("SET #mail_due_at = :due").string(":due", due);
        let held = Expression::new("#mail_due_at = :held").string(":held", lease);
        self.update_if(self.updating(&notice_key(mail), &change, &held)).await.map(drop)
    }

    /// Deletes an email about an acceptance: it is sent, or never will be.
    pub async fn delete_notice(&self, mail: &UnsentMail) -> Result<(), StoreError> {
        let delete = self.client.delete_item().table_name(&self.name).set_key(Some(notice_key(mail).to_attributes()));
        self.patiently(|| delete.clone().send()).await?;
        Ok(())
    }
}

fn notice_key(mail: &UnsentMail) -> Key {
    Key::acceptance_notice(mail.organization, mail.invitation)
}
