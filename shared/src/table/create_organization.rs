use super::{
    Occasion, Table, Written,
    expression::Expression,
    save_user::identity,
    transaction::{AuditRecord, Transaction},
};
use crate::{
    domain::Onboarding,
    items::{
        AddressGuardItem, AdminsItem, AuditAction, Holder, IdempotencyItem, Key, MemberItem, OrganizationItem,
        PointerItem, SeatsItem, SubscriptionItem, WorkspaceItem, WorkspaceNameItem,
    },
    new_organization::NewOrganization,
};

/// The reason why a user can create an organization (R3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RightToCreate {
    /// The user's onboarding is open.
    SignUp,
    /// An operator granted the user one more organization.
    Grant,
}

/// The conditions of a new organization.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CreateOrganizationCheck {
    /// The user can create an organization. The condition is on the user's item, so at most one transaction succeeds
    /// (I5).
    Right,
}

impl Table {
    /// Creates an organization with all its items, or nothing, in one round trip.
    pub async fn create_organization(
        &self,
        new: &NewOrganization,
        right: RightToCreate,
        idempotency: Option<&IdempotencyItem>,
        occasion: &Occasion,
    ) -> Written<CreateOrganizationCheck> {
        let organization = new.organization.id;
        let spend = identity(&new.creator)
            .string(":complete", Onboarding::Complete.name())
            .string(":organization", organization)
            .appended(", #onboarding = :complete, #created_organization_id = :organization, #granted_organizations = ");
        let (spend, allowed) = match right {
            RightToCreate::SignUp => (
                spend.appended("if_not_exists(#granted_organizations, :none)").number(":none", 0),
                Expression::new("attribute_not_exists(#pk) OR #onboarding = :open")
                    .string(":open", Onboarding::Open.name()),
            ),
            RightToCreate::Grant => (
                spend.appended("#granted_organizations - :one").number(":one", 1),
                Expression::new("#granted_organizations >= :one"),
            ),
        };
        let guard =
            AddressGuardItem::new(organization, &new.member.email.key(), &Holder::Member(new.creator.id.clone()));
        let record = AuditRecord {
            actor: Some(&new.creator.id),
            action: AuditAction::OrganizationCreated,
            target: Some(organization.to_string()),
            roles: Some(new.member.roles),
        };
        Transaction::new(self)
            .update(CreateOrganizationCheck::Right, &Key::profile(&new.creator.id), spend, allowed)
            .create(None, &OrganizationItem::from(&new.organization))
            .create(None, &AdminsItem::new(organization))
            .create(None, &SubscriptionItem::new(organization, &new.subscription))
            .create(None, &SeatsItem::new(organization, new.seats, occasion.at))
            .create(None, &WorkspaceItem::new(organization, &new.workspace))
            .create(None, &WorkspaceNameItem::new(organization, &new.workspace))
            .create(None, &MemberItem::from(&new.member))
            .create(None, &PointerItem::from(&new.member))
            .create(None, &guard)
            .answer(idempotency, occasion)
            .audit(organization, occasion, record)
            .commit()
            .await
    }
}
