use std::collections::{HashMap, HashSet};

use super::{StoreError, Table};
use crate::{
    domain::{
        AddressKey, DeliveryChannel, Guarded, Invitation, InvitationId, InvitationTerms, Member, OrganizationId,
        Timestamp, UserId, WorkspaceId,
    },
    items::{AddressGuardItem, Holder, IdempotencyItem, InvitationItem, Key, MailboxItem, SeatsItem, WorkspaceItem},
};

/// Everything that decides about the rows of a batch, as it was read.
#[derive(Debug)]
pub struct InvitationBatch {
    pub seats: SeatsItem,
    pub holders: HashMap<AddressKey, Holder>,
    /// The invitations among the holders that have not expired, with their inviters, if these are still members.
    pub pending: HashMap<InvitationId, (Invitation, Option<Member>)>,
    /// The workspaces of the rows that exist.
    pub workspaces: HashSet<WorkspaceId>,
    /// The number of emails that each address was sent today.
    pub emails: HashMap<AddressKey, u32>,
    /// The idempotency record of the request.
    pub answered: Option<IdempotencyItem>,
}

impl Table {
    /// Reads what decides about a batch of invitations, strongly consistent: in one round trip, and two more if pending
    /// invitations have addresses of the batch. One item after another, it is no snapshot: the write has to check it.
    pub async fn invitation_batch(
        &self,
        organization: OrganizationId,
        actor: &UserId,
        rows: &[&InvitationTerms],
        answered: Option<Key>,
        now: Timestamp,
    ) -> Result<Guarded<InvitationBatch>, StoreError> {
        let addresses: Vec<AddressKey> = rows.iter().map(|row| row.email.key()).collect();
        let is_mailed = |row: &&&InvitationTerms| row.channel == DeliveryChannel::Email;
        let mailed: Vec<AddressKey> = rows.iter().filter(is_mailed).map(|row| row.email.key()).collect();
        let mailbox = |address: &AddressKey| Key::mailbox(address, &now.date());
        let shared = [Key::seats(organization), Key::member(organization, actor)];
        let guards = addresses.iter().map(|address| Key::address(organization, address));
        let workspaces: HashSet<_> = rows.iter().flat_map(|row| &row.workspaces).map(|grant| grant.workspace).collect();
        let places = workspaces.iter().map(|workspace| Key::workspace(organization, *workspace));
        let keys = shared.into_iter().chain(guards).chain(mailed.iter().map(mailbox)).chain(answered.clone());
        let keys = keys.chain(places);
        let mut batch = self.batch_get(keys).await?;
        let reader = batch.member(organization, actor)?;
        let Some(seats) = batch.take::<SeatsItem>(Key::seats(organization))? else {
            return Ok(Guarded::found(None, None));
        };
        let answered = answered.map(|key| batch.take(key)).transpose()?.flatten();
        let mut holders = HashMap::new();
        for address in addresses {
            if let Some(guard) = batch.take::<AddressGuardItem>(Key::address(organization, &address))? {
                holders.insert(address, Holder::try_from(guard)?);
            }
        }
        let mut emails = HashMap::new();
        for address in mailed {
            if let Some(item) = batch.take::<MailboxItem>(mailbox(&address))? {
                emails.insert(address, item.emails());
            }
        }
        let mut found = HashSet::new();
        for workspace in workspaces {
            let item = batch.take::<WorkspaceItem>(Key::workspace(organization, workspace))?;
            found.extend(item.map(|_| workspace));
        }
        let pending = self.pending_among(organization, &holders, now).await?;
        Ok(Guarded::new(reader, InvitationBatch { seats, holders, pending, workspaces: found, emails, answered }))
    }

    /// The invitations among `holders` that have not expired, and then their inviters.
    async fn pending_among(
        &self,
        organization: OrganizationId,
        holders: &HashMap<AddressKey, Holder>,
        now: Timestamp,
    ) -> Result<HashMap<InvitationId, (Invitation, Option<Member>)>, StoreError> {
        let ids = holders.values().filter_map(|holder| match holder {
            Holder::Invitation(id, expiry) if *expiry > now => Some(*id),
            _ => None,
        });
        let ids: Vec<_> = ids.collect();
        let key = |id: &InvitationId| Key::invitation(organization, *id);
        let mut found = self.batch_get(ids.iter().map(key)).await?;
        let mut invitations = Vec::new();
        for id in &ids {
            invitations.extend(found.take::<InvitationItem>(key(id))?.map(Invitation::from));
        }
        let inviters = invitations.iter().map(|invitation| Key::member(organization, &invitation.invited_by));
        let inviters = self.batch_get(inviters).await?;
        let mut pending = HashMap::new();
        for invitation in invitations {
            let inviter = inviters.member(organization, &invitation.invited_by)?;
            pending.insert(invitation.id, (invitation, inviter));
        }
        Ok(pending)
    }
}
