//! What the table holds, byte for byte: deployments read what earlier ones wrote.

use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::Value;
use uuid::Uuid;

use super::*;
use crate::domain::{
    Delivery, DeliveryStatus, Invitation, InvitationId, InvitationMessage, InvitationState, Locale, Member, Onboarding,
    Organization, OrganizationId, OrganizationStatus, PersonName, RoleSet, Seats, SubmittedDetails, Subscription,
    SubscriptionStatus, Timestamp, User, UserId, Version, Workspace, WorkspaceId, WorkspaceName,
};

fn attribute(json: &Value) -> AttributeValue {
    let (kind, value) = json.as_object().unwrap().iter().next().unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    match kind.as_str() {
        "S" => AttributeValue::S(text(value)),
        "N" => AttributeValue::N(text(value)),
        "BOOL" => AttributeValue::Bool(value.as_bool().unwrap()),
        "SS" => AttributeValue::Ss(value.as_array().unwrap().iter().map(text).collect()),
        "L" => AttributeValue::L(value.as_array().unwrap().iter().map(attribute).collect()),
        "M" => AttributeValue::M(attributes(value)),
        other => panic!("no attribute is of type {other}"),
    }
}

fn attributes(json: &Value) -> Attributes {
    json.as_object().unwrap().iter().map(|(name, value)| (name.clone(), attribute(value))).collect()
}

/// One item of every kind and form, as the first release wrote it. Never edited: a new form is another item.
fn stored() -> Vec<Attributes> {
    let json: Vec<Value> = serde_json::from_str(include_str!("stored.json")).unwrap();
    json.iter().map(attributes).collect()
}

fn text<'a>(item: &'a Attributes, name: &str) -> &'a str {
    item[name].as_s().unwrap()
}

/// The stored item with this sort key.
fn stored_at(key: &Key) -> Attributes {
    stored().into_iter().find(|item| text(item, "pk") == key.pk && text(item, "sk") == key.sk).unwrap()
}

/// Reads an item as the kind that it says it is, and writes it again.
fn rewritten(item: Attributes) -> Result<Attributes, Corrupt> {
    fn through<I: Item>(item: Attributes) -> Result<Attributes, Corrupt> {
        I::from_attributes(item)?.to_attributes()
    }
    match text(&item, "entity") {
        UserItem::ENTITY => through::<UserItem>(item),
        PointerItem::ENTITY => through::<PointerItem>(item),
        IdempotencyItem::ENTITY => through::<IdempotencyItem>(item),
        OrganizationItem::ENTITY => through::<OrganizationItem>(item),
        SubscriptionItem::ENTITY => through::<SubscriptionItem>(item),
        SeatsItem::ENTITY => through::<SeatsItem>(item),
        MemberItem::ENTITY => through::<MemberItem>(item),
        AddressGuardItem::ENTITY => through::<AddressGuardItem>(item),
        InvitationItem::ENTITY => through::<InvitationItem>(item),
        WorkspaceItem::ENTITY => through::<WorkspaceItem>(item),
        AuditItem::ENTITY => through::<AuditItem>(item),
        other => panic!("no item is of kind {other}"),
    }
}

#[test]
fn an_item_of_every_kind_is_read_and_written_as_it_was() {
    for item in stored() {
        assert_eq!(rewritten(item.clone()).unwrap(), item);
    }
}

fn organization_id() -> OrganizationId {
    "org_0190a6a4-7b3c-7def-8123-456789abcdef".parse().unwrap()
}

fn ada() -> UserId {
    "u-1".parse().unwrap()
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn member() -> Member {
    Member {
        organization_id: organization_id(),
        user_id: ada(),
        email: "Ada@example.com".parse().unwrap(),
        name: Some(PersonName::parse("Ada Lovelace").unwrap()),
        roles: RoleSet::parse(["user_admin", "organization_admin"]).unwrap(),
        joined_at: at("2026-01-02T03:04:05Z"),
        version: Version::new(Uuid::from_u128(1)),
    }
}

fn invitation() -> Invitation {
    Invitation {
        id: "inv_0190a6a4-7b3c-7def-8123-0000000000aa".parse::<InvitationId>().unwrap(),
        organization_id: organization_id(),
        email: "Ada@example.com".parse().unwrap(),
        roles: RoleSet::MEMBER,
        invited_by: ada(),
        inviter_name: None,
        message: Some(InvitationMessage::parse("Hello\nAda").unwrap()),
        locale: Some(Locale::parse("pt-BR").unwrap()),
        created_at: at("2026-01-02T03:04:05Z"),
        expires_at: at("2026-01-09T03:04:05Z"),
        state: InvitationState::Pending,
        delivery: Delivery { status: DeliveryStatus::Queued, reason: None, at: at("2026-01-02T03:04:05Z") },
        secret_hashes: Vec::new(),
    }
}

fn organization() -> Organization {
    let details = SubmittedDetails {
        name: Some("Acme".to_owned()),
        phone: Some("+49 30 123456".to_owned()),
        website: Some("https://example.com".to_owned()),
        industry: Some("Engines".to_owned()),
        company_size: Some("11-50".to_owned()),
        country: Some("GB".to_owned()),
    };
    Organization {
        id: organization_id(),
        details: details.parse().unwrap(),
        status: OrganizationStatus::Active,
        created_at: at("2026-01-02T03:04:05Z"),
        created_by: ada(),
        version: Version::new(Uuid::from_u128(1)),
    }
}

#[test]
fn what_the_domain_writes_is_what_is_stored() {
    fn check(item: &impl Item) {
        let written = item.to_attributes().unwrap();
        assert_eq!(written, stored_at(&item.key()), "{:?}", item.key());
    }
    check(&UserItem::from(&User {
        id: ada(),
        email: "Ada@example.com".parse().unwrap(),
        email_verified: true,
        name: Some(PersonName::parse("Ada Lovelace").unwrap()),
        onboarding: Onboarding::Complete,
        founded: Some(organization_id()),
        granted_organizations: 2,
        as_of: at("2026-01-02T03:04:05Z"),
    }));
    check(&PointerItem::from(&member()));
    check(&MemberItem::from(&member()));
    check(&OrganizationItem::founded(&organization()));
    let subscription = Subscription {
        plan: "default".to_owned(),
        status: SubscriptionStatus::Active,
        billing_contact: "Ada@example.com".parse().unwrap(),
        version: Version::new(Uuid::from_u128(1)),
    };
    check(&SubscriptionItem::new(organization_id(), &subscription));
    check(&SeatsItem::new(organization_id(), Seats { used: 3, limit: 1000 }));
    let key = member().email.key();
    check(&AddressGuardItem::new(organization_id(), &key, &Holder::Member(ada())));
    check(&InvitationItem::queued(&invitation(), "0190a6a4-7b3c-7def-8123-0000000000bb"));
    let workspace = Workspace {
        id: "ws_0190a6a4-7b3c-7def-8123-0000000000cc".parse::<WorkspaceId>().unwrap(),
        name: WorkspaceName::parse("Default workspace").unwrap(),
        is_default: true,
        created_at: at("2026-01-02T03:04:05Z"),
        version: Version::new(Uuid::from_u128(1)),
    };
    check(&WorkspaceItem::new(organization_id(), &workspace));
    // Both forms of a guard have one key; the second is not what `stored_at` finds.
    let invited = Holder::Invitation(invitation().id, invitation().expires_at);
    let guard = AddressGuardItem::new(organization_id(), &key, &invited).to_attributes().unwrap();
    assert!(stored().contains(&guard), "{guard:?}");
}
