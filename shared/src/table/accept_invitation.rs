use super::{
    Occasion, StoreError, Table, Written, admins,
    change_access::anything,
    expression::Expression,
    save_user::identity,
    transaction::{AuditRecord, Transaction},
};
use crate::{
    domain::{
        Authority, Invitation, InvitationId, InvitationState, InvitationToken, Member, Onboarding, Organization,
        OrganizationId, Role, User, UserId, WorkspaceAccess,
    },
    items::{
        AcceptanceNoticeItem, AddressGuardItem, AuditAction, Holder, IdempotencyItem, InvitationItem, Key, List,
        MemberItem, OrganizationItem, PointerItem,
    },
};

/// What somebody who holds a token can be told about.
#[derive(Debug)]
pub struct InvitationToAnswer {
    /// The reader's place in the organization, if a reader was named and has one.
    pub reader: Option<Member>,
    /// The invitation that the token belongs to.
    pub invitation: Invitation,
    pub organization: Organization,
    /// What the same request was answered before.
    pub answered: Option<IdempotencyItem>,
}

/// Somebody joins (R13).
#[derive(Debug)]
pub struct Acceptance<'a> {
    /// By which invitation, as it was read.
    pub invitation: &'a Invitation,
    /// Who, as Cognito has them.
    pub user: &'a User,
    pub member: &'a Member,
    /// Whether an email tells the inviter.
    pub tells_inviter: bool,
}

/// The conditions of joining.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AcceptanceCheck {
    /// The invitation is pending and not expired, and was not resent since it was read: one secret, at most one acceptance (I3).
    Invitation,
    /// Who invited may still grant the roles (R8).
    Inviter,
    /// The user is not a member yet (I2).
    Member,
}

impl Table {
    /// The invitation that a token belongs to: nothing unless the secret is one that was mailed. One round trip.
    ///
    /// `answered` is the key under which the answer to the same request would be kept.
    pub async fn invitation_by_token(
        &self,
        token: &InvitationToken,
        reader: Option<&UserId>,
        answered: Option<Key>,
    ) -> Result<Option<InvitationToAnswer>, StoreError> {
        let invitation = Key::invitation(token.organization(), token.invitation());
        let organization = Key::organization(token.organization());
        let member = reader.map(|user| Key::member(token.organization(), user));
        let keys = [invitation.clone(), organization.clone()].into_iter().chain(member).chain(answered.clone());
        let mut batch = self.batch_get(keys).await?;
        let found: Option<InvitationItem> = batch.take(invitation)?;
        let organization: Option<OrganizationItem> = batch.take(organization)?;
        let (Some(found), Some(organization)) = (found, organization) else { return Ok(None) };
        let mut invitation = Invitation::from(found);
        if !token.hash().is_one_of(&invitation.secret_hashes) {
            if !token.hash().is_one_of(&invitation.expired_hashes) {
                return Ok(None);
            }
            // The link expired; the invitation was resent since, with another.
            if invitation.state == InvitationState::Pending {
                invitation.state = InvitationState::Expired;
            }
        }
        let answered = answered.map(|key| batch.take(key)).transpose()?.flatten();
        let reader = reader.map(|user| batch.member(token.organization(), user)).transpose()?.flatten();
        Ok(Some(InvitationToAnswer { reader, invitation, organization: organization.into(), answered }))
    }

    /// Makes the invited user a member. Nothing that all who join share is written, unless an organization admin joins.
    pub async fn accept_invitation(
        &self,
        acceptance: &Acceptance<'_>,
        idempotency: Option<&IdempotencyItem>,
        occasion: &Occasion,
    ) -> Written<AcceptanceCheck> {
        let Acceptance { invitation, user, member, tells_inviter } = *acceptance;
        let organization = invitation.organization_id;
        let inviter = Authority::to_grant(organization, invitation.invited_by.clone(), invitation.roles);
        let (settle, live) = settled(organization, InvitationState::Accepted, Some(&user.id), occasion);
        // Who resends an invitation becomes its inviter: the authority that is checked has to be that of the latest.
        let live = live.and(Expression::new("#invited_by = :inviter").string(":inviter", &invitation.invited_by));
        let live = live.and(not_resent(invitation));
        // The index by address does not have the workspaces. Where an invitation has some that were not read, the condition fails
        // and returns the whole item for another try.
        let live = if invitation.workspaces.is_empty() {
            live.and(Expression::new("attribute_not_exists(#workspaces)"))
        } else {
            live
        };
        let guard = AddressGuardItem::new(organization, &invitation.email.key(), &Holder::Member(user.id.clone()));
        let complete = identity(user).string(":complete", Onboarding::Complete.name()).number(":none", 0).appended(
            ", #onboarding = :complete, #granted_organizations = if_not_exists(#granted_organizations, :none)",
        );
        let mut transaction = Transaction::new(self)
            .update(AcceptanceCheck::Invitation, &Key::invitation(organization, invitation.id), settle, live)
            .check(
                AcceptanceCheck::Inviter,
                &Key::member(organization, &invitation.invited_by),
                Expression::member_who_may(inviter.required()),
            )
            .create(AcceptanceCheck::Member, &MemberItem::from(member))
            .create(AcceptanceCheck::Member, &PointerItem::from(member))
            .put(None, &guard, holds(invitation.id))
            .update(None, &Key::profile(&user.id), complete, anything());
        if invitation.roles.contains(Role::OrganizationAdmin) {
            let (count, counted) = admins::one_more();
            transaction = transaction.update(None, &Key::admins(organization), count, counted);
        }
        if tells_inviter {
            let mail_id = self.environment.new_id().to_string();
            let notice = AcceptanceNoticeItem::new(invitation, &user.id, mail_id, occasion.at);
            transaction = transaction.create(None, &notice);
        }
        // Without a check of the workspaces: access to one that is gone is void.
        for grant in &invitation.workspaces {
            let access = WorkspaceAccess::of(member, grant);
            let action = AuditAction::WorkspaceMemberAdded;
            transaction =
                transaction.put_access(None, &access, anything()).audit_access(&user.id, action, &access, occasion);
        }
        let record = AuditRecord {
            actor: Some(&user.id),
            action: AuditAction::InvitationAccepted,
            target: Some(invitation.id.to_string()),
            roles: Some(invitation.roles),
        };
        transaction.answer(idempotency, occasion).audit(organization, occasion, record).commit().await
    }
}

/// The invitation was not resent since it was read. A link that was good then can be over since: the resend decides that.
pub(super) fn not_resent(invitation: &Invitation) -> Expression {
    Expression::new("#expires_at = :as_read").string(":as_read", invitation.expires_at)
}

/// An invitation leaves the pending ones, and with them the indexes by address and by expiry; only one that is live can.
pub(super) fn settled(
    organization: OrganizationId,
    state: InvitationState,
    by: Option<&UserId>,
    occasion: &Occasion,
) -> (Expression, Expression) {
    let by = by.map_or_else(String::new, ToString::to_string);
    let change = ended(organization, state, by, occasion);
    let live =
        Expression::new("#state = :pending AND #expires_at > :now").string(":pending", InvitationState::Pending.name());
    (change, live)
}

/// `SET …`: an invitation is over, and moves from the list of the pending ones to that of its state.
pub(super) fn ended(
    organization: OrganizationId,
    state: InvitationState,
    by: impl ToString,
    occasion: &Occasion,
) -> Expression {
    Expression::new(
        "SET #state = :settled, #list = :list, #settled_at = :now, #settled_by = :by REMOVE #invited_address, #expiry_slot",
    )
    .string(":settled", state.name())
    .string(":list", List::Invitations(state).name(organization))
    .string(":now", occasion.at)
    .string(":by", by)
}

/// That the invitation still holds its address.
pub(super) fn holds(invitation: InvitationId) -> Expression {
    Expression::new("#invitation_id = :invitation").string(":invitation", invitation)
}
