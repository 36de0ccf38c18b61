use super::{
    Occasion, Table, Written,
    expression::Expression,
    save_user::identity,
    transaction::{AuditRecord, Transaction},
};
use crate::{
    domain::Onboarding,
    founding::Founding,
    items::{
        AddressGuardItem, AdminsItem, AuditAction, Holder, IdempotencyItem, Key, MemberItem, OrganizationItem,
        PointerItem, SeatsItem, SubscriptionItem, WorkspaceItem,
    },
};

/// By which right somebody founds (R3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RightToFound {
    /// Their sign-up is not over yet.
    SignUp,
    /// An operator granted them one more.
    Grant,
}

/// The conditions of founding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FoundingCheck {
    /// The user has the right, on the user's own item: at most one founding spends it (I5).
    Right,
}

impl Table {
    /// Founds an organization: all of it or none of it, in one round trip.
    pub async fn found_organization(
        &self,
        founding: &Founding,
        right: RightToFound,
        idempotency: Option<&IdempotencyItem>,
        occasion: &Occasion,
    ) -> Written<FoundingCheck> {
        let organization = founding.organization.id;
        let spend = identity(&founding.founder)
            .string(":complete", Onboarding::Complete.name())
            .string(":organization", organization)
            .appended(", #onboarding = :complete, #founded_organization_id = :organization, #granted_organizations = ");
        let (spend, allowed) = match right {
            RightToFound::SignUp => (
                spend.appended("if_not_exists(#granted_organizations, :none)").number(":none", 0),
                Expression::new("attribute_not_exists(#pk) OR #onboarding = :open")
                    .string(":open", Onboarding::Open.name()),
            ),
            RightToFound::Grant => (
                spend.appended("#granted_organizations - :one").number(":one", 1),
                Expression::new("#granted_organizations >= :one"),
            ),
        };
        let guard = AddressGuardItem::new(
            organization,
            &founding.member.email.key(),
            &Holder::Member(founding.founder.id.clone()),
        );
        let record = AuditRecord {
            actor: Some(&founding.founder.id),
            action: AuditAction::OrganizationFounded,
            target: Some(organization.to_string()),
            roles: Some(founding.member.roles),
        };
        Transaction::new(self)
            .update(FoundingCheck::Right, &Key::profile(&founding.founder.id), spend, allowed)
            .create(None, &OrganizationItem::from(&founding.organization))
            .create(None, &AdminsItem::new(organization))
            .create(None, &SubscriptionItem::new(organization, &founding.subscription))
            .create(None, &SeatsItem::new(organization, founding.seats, occasion.at))
            .create(None, &WorkspaceItem::new(organization, &founding.workspace))
            .create(None, &MemberItem::from(&founding.member))
            .create(None, &PointerItem::from(&founding.member))
            .create(None, &guard)
            .answer(idempotency, occasion)
            .audit(organization, occasion, record)
            .commit()
            .await
    }
}
