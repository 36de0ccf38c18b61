//! What the table holds, byte for byte: deployments read what earlier ones wrote.

use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::Value;
use uuid::Uuid;

use super::*;
use crate::domain::{
    Delivery, DeliveryStatus, EmailAddress, Invitation, InvitationId, InvitationMessage, InvitationState, Locale,
    Member, Metadata, Onboarding, Organization, OrganizationId, OrganizationName, OrganizationStatus, PersonName,
    RoleSet, Seats, SubmittedDetails, Subscription, SubscriptionStatus, Timestamp, User, UserId, Version, Workspace,
    WorkspaceAccess, WorkspaceGrant, WorkspaceId, WorkspaceName,
};

fn attribute(json: &Value) -> AttributeValue {
    let (kind, value) = json.as_object().unwrap().iter().next().unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    match kind.as_str() {
        "S" => AttributeValue::S(text(value)),
        "N" => AttributeValue::N(text(value)),
        "BOOL" => AttributeValue::Bool(value.as_bool().unwrap()),
        "NULL" => AttributeValue::Null(true),
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
        AdminsItem::ENTITY => through::<AdminsItem>(item),
        SubscriptionItem::ENTITY => through::<SubscriptionItem>(item),
        SeatsItem::ENTITY => through::<SeatsItem>(item),
        MemberItem::ENTITY => through::<MemberItem>(item),
        AddressGuardItem::ENTITY => through::<AddressGuardItem>(item),
        InvitationItem::ENTITY => through::<InvitationItem>(item),
        MailboxItem::ENTITY => through::<MailboxItem>(item),
        WatermarkItem::ENTITY => through::<WatermarkItem>(item),
        AcceptanceNoticeItem::ENTITY => through::<AcceptanceNoticeItem>(item),
        PastMembershipItem::ENTITY => through::<PastMembershipItem>(item),
        WorkspaceItem::ENTITY => through::<WorkspaceItem>(item),
        WorkspaceAccessItem::ENTITY => through::<WorkspaceAccessItem>(item),
        WorkspacePointerItem::ENTITY => through::<WorkspacePointerItem>(item),
        WorkspaceNameItem::ENTITY => through::<WorkspaceNameItem>(item),
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
        locale: Some(Locale::parse("pt-BR").unwrap()),
        roles: RoleSet::parse(["user_admin", "organization_admin"]).unwrap(),
        joined_at: at("2026-01-02T03:04:05Z"),
        changed_at: None,
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
        inviter_username: None,
        message: Some(InvitationMessage::parse("Hello\nAda").unwrap()),
        locale: Some(Locale::parse("pt-BR").unwrap()),
        created_at: at("2026-01-02T03:04:05Z"),
        expires_at: at("2026-01-09T03:04:05Z"),
        state: InvitationState::Pending,
        delivery: Delivery { status: DeliveryStatus::Queued, reason: None, at: at("2026-01-02T03:04:05Z") },
        secret_hashes: Vec::new(),
        expired_hashes: Vec::new(),
        workspaces: Vec::new(),
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
        metadata: Metadata::from_json("{\"tier\":{\"seats\":1e2}}").unwrap(),
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
        locale: Some(Locale::parse("pt-BR").unwrap()),
        onboarding: Onboarding::Complete,
        created_organization: Some(organization_id()),
        granted_organizations: 2,
        as_of: at("2026-01-02T03:04:05Z"),
    }));
    check(&PointerItem::from(&member()));
    check(&MemberItem::from(&member()));
    check(&OrganizationItem::from(&organization()));
    check(&AdminsItem::new(organization_id()));
    let subscription = Subscription {
        plan: "default".to_owned(),
        status: SubscriptionStatus::Active,
        billing_contact: "Ada@example.com".parse().unwrap(),
        workspaces_used: 1,
        workspace_limit: 100,
        version: Version::new(Uuid::from_u128(1)),
    };
    // Earlier releases stored one without the workspaces, under the same key.
    let subscription = SubscriptionItem::new(organization_id(), &subscription).to_attributes().unwrap();
    assert!(stored().contains(&subscription), "{subscription:?}");
    check(&SeatsItem::new(organization_id(), Seats { used: 3, limit: 1000 }, at("2026-01-02T03:04:05Z")));
    let key = member().email.key();
    check(&AddressGuardItem::new(organization_id(), &key, &Holder::Member(ada())));
    let (id, ends_at) = (Uuid::from_u128(0x0190_a6a4_7b3c_7def_8123_0000_0000_00d2), at("2026-02-03T03:04:05Z"));
    let past = (RoleSet::MEMBER, Some(at("2026-01-02T03:04:05Z")));
    let owner = (organization_id(), ada());
    check(&PastMembershipItem::new(
        owner,
        at("2026-01-04T03:04:05Z"),
        past.0,
        past.1,
        (id, Some(ends_at.as_seconds())),
    ));
    check(&WatermarkItem { swept_until: Some(at("2026-01-09T03:00:00Z").into()), reminded_until: None });
    check(&MailboxItem { address_key: Text(key.clone()), day: "2026-01-02".to_owned(), emails: 3, ttl: 1_767_495_845 });
    let queued =
        Invitation { id: "inv_0190a6a4-7b3c-7def-8123-0000000000af".parse::<InvitationId>().unwrap(), ..invitation() };
    check(&InvitationItem::new(&queued, "0190a6a4-7b3c-7def-8123-0000000000bb"));
    let workspace = Workspace {
        id: "ws_0190a6a4-7b3c-7def-8123-0000000000cc".parse::<WorkspaceId>().unwrap(),
        name: WorkspaceName::parse("Default workspace").unwrap(),
        is_default: true,
        created_at: at("2026-01-02T03:04:05Z"),
        version: Version::new(Uuid::from_u128(1)),
    };
    check(&WorkspaceItem::new(organization_id(), &workspace));
    check(&WorkspaceNameItem::new(organization_id(), &workspace));
    let grant = WorkspaceGrant { workspace: workspace.id, role: "agent".parse().unwrap() };
    check(&WorkspaceAccessItem::from(&WorkspaceAccess::of(&member(), &grant)));
    check(&WorkspacePointerItem::from(&WorkspaceAccess::of(&member(), &grant)));
    let mail_id = "0190a6a4-7b3c-7def-8123-0000000000bb".to_owned();
    let joined = "u-2".parse().unwrap();
    check(&AcceptanceNoticeItem::new(&invitation(), &joined, mail_id, at("2026-01-02T03:04:05Z")));
    // Both forms of a guard have one key; the second is not what `stored_at` finds.
    let invited = Holder::Invitation(invitation().id, invitation().expires_at);
    let guard = AddressGuardItem::new(organization_id(), &key, &invited).to_attributes().unwrap();
    assert!(stored().contains(&guard), "{guard:?}");
}

/// What nobody may ever see in an error or a log line.
const PLANTED: &str = "eve@planted.example";

/// Fields that are structure, kind by kind: a text that is none of theirs makes the item unreadable. The others hold
/// words, which are read whatever they say.
const STRUCTURE: &[(&str, &[&str])] = &[
    ("user", &["user_id", "onboarding", "created_organization_id", "as_of"]),
    ("membership_pointer", &["user_id", "organization_id"]),
    ("idempotency_record", &["user_id"]),
    ("organization", &["organization_id", "status", "created_at", "created_by", "metadata"]),
    ("admins", &["organization_id"]),
    ("subscription", &["organization_id", "status"]),
    ("seats", &["organization_id"]),
    ("member", &["organization_id", "user_id", "joined_at", "changed_at"]),
    ("address_guard", &["organization_id", "address_key", "member_id", "invitation_id", "invitation_expiry"]),
    (
        "invitation",
        &[
            "organization_id",
            "invitation_id",
            "invited_by",
            "created_at",
            "expires_at",
            "state",
            "delivery_status",
            "delivery_at",
            "mail_due_at",
            "mail_kind",
            "invited_address",
            "expiry_slot",
            "resent_at",
            "reminded",
        ],
    ),
    ("mailbox", &["address_key"]),
    ("watermark", &["swept_until", "reminded_until"]),
    (
        "acceptance_notice",
        &["organization_id", "invitation_id", "invited_by", "joined_id", "mail_kind", "delivery_at", "mail_due_at"],
    ),
    ("workspace", &["organization_id", "workspace_id", "created_at"]),
    ("workspace_access", ACCESS),
    ("workspace_pointer", ACCESS),
    ("workspace_name", &["organization_id", "name_key", "workspace_id"]),
    ("audit_record", &["organization_id", "audit_id", "actor", "action", "at", "workspace_id", "workspace_role"]),
    ("past_membership", &["organization_id", "user_id", "until", "past_membership_id", "joined_at"]),
];

const ACCESS: &[&str] = &["organization_id", "workspace_id", "user_id", "role", "joined_at"];

/// What every kind of item is without.
const OPTIONAL: &[&str] = &[
    "name",
    "phone",
    "website",
    "industry",
    "company_size",
    "country",
    "metadata",
    "fields",
    "created_organization_id",
    "granted_organizations",
    "member_id",
    "invitation_id",
    "invitation_expiry",
    "inviter_name",
    "message",
    "locale",
    "delivery_reason",
    "mail_attempts",
    "mail_due_at",
    "mail_kind",
    "expiry_slot",
    "resent_at",
    "reminded",
    "swept_until",
    "reminded_until",
    "secret_hashes",
    "inviter_username",
    "invitations_on",
    "invitations_made",
    "invitations_today",
    "invited_address",
    "actor",
    "target",
    "roles",
    "rows_left",
    "workspaces",
    "workspace_id",
    "workspace_role",
    "changed_at",
    "joined_at",
    "previous_roles",
    "ttl",
    "workspaces_used",
    "workspace_limit",
];

/// The fields that the kind declares: all but what every item carries, and what is there for an index only.
fn fields(item: &Attributes) -> Vec<String> {
    let carried = |name: &str| ["pk", "sk", "entity", "schema", "list", "list_key"].contains(&name);
    let mut names: Vec<_> = item.keys().filter(|name| !carried(name)).cloned().collect();
    names.sort();
    names
}

#[track_caller]
fn assert_names(error: &Corrupt, entity: &str, field: &str, problem: &str) {
    assert_eq!(error.to_string(), format!("an item of kind {entity} cannot be read: {field} {problem}"));
    let shown = format!("{error} {error:?} {}", crate::telemetry::chain(error));
    assert!(!shown.contains("planted") && !shown.contains("424242"), "{shown}");
}

#[test]
fn an_unreadable_field_is_named_and_its_value_is_not() {
    let mut planted = 0;
    for item in stored() {
        let entity = text(&item, "entity").to_owned();
        let (_, structure) = STRUCTURE.iter().find(|(kind, _)| *kind == entity).unwrap();
        for field in fields(&item) {
            let with = |value: AttributeValue| {
                let mut item = item.clone();
                item.insert(field.clone(), value);
                rewritten(item)
            };
            // A value of another type, in every field.
            let number = AttributeValue::N("-424242.5".to_owned());
            let other_type = AttributeValue::M([("planted".to_owned(), AttributeValue::S(PLANTED.to_owned()))].into());
            for wrong in [number, other_type, AttributeValue::Ns(vec!["424242".to_owned()])] {
                assert_names(&with(wrong).unwrap_err(), &entity, &field, "has no usable value");
                planted += 1;
            }
            // Another text, where there is a text.
            if item[&field].is_s() {
                let read = with(AttributeValue::S(PLANTED.to_owned()));
                if structure.contains(&field.as_str()) {
                    assert_names(&read.unwrap_err(), &entity, &field, "has no usable value");
                } else {
                    assert_eq!(read.unwrap()[&field], AttributeValue::S(PLANTED.to_owned()), "{entity} {field}");
                }
                planted += 1;
            }
            if let AttributeValue::Ss(_) = item[&field] {
                let read = with(AttributeValue::Ss(vec!["member".to_owned(), PLANTED.to_owned()]));
                assert_names(&read.unwrap_err(), &entity, &field, "has no usable value");
                planted += 1;
            }
        }
    }
    assert!(planted > 350, "{planted} values were planted");
}

#[test]
fn a_missing_field_is_named() {
    for item in stored() {
        let entity = text(&item, "entity").to_owned();
        for field in fields(&item) {
            let mut without = item.clone();
            without.remove(&field);
            let mut null = item.clone();
            null.insert(field.clone(), AttributeValue::Null(true));
            // A workspace, an organization has to have a name; a person need not. A member has roles; not every act gives some.
            let named = matches!((entity.as_str(), field.as_str()), ("organization" | "workspace", "name"));
            let granted = field == "roles" && entity != "audit_record";
            let ends = (field == "ttl" && !["audit_record", "past_membership"].contains(&entity.as_str()))
                || (field == "joined_at" && entity != "past_membership");
            let identified = match entity.as_str() {
                "invitation" => field == "invitation_id",
                "workspace" | "workspace_name" | "workspace_access" | "workspace_pointer" => field == "workspace_id",
                "acceptance_notice" => {
                    ["invitation_id", "mail_attempts", "mail_due_at", "mail_kind"].contains(&field.as_str())
                }
                _ => false,
            };
            match rewritten(without) {
                Ok(_) => assert!(OPTIONAL.contains(&field.as_str()), "{entity} without {field} was read"),
                Err(error) => {
                    assert!(!OPTIONAL.contains(&field.as_str()) || named || granted || ends || identified, "{error}");
                    assert_names(&error, &entity, &field, "is missing");
                    assert_names(&rewritten(null).unwrap_err(), &entity, &field, "has no usable value");
                }
            }
        }
    }
}

#[test]
fn a_guard_that_says_of_nobody_that_they_hold_the_address_is_named() {
    for (gone, said) in [
        (vec!["invitation_id", "invitation_expiry"], "member_id or invitation_id is missing"),
        (vec!["invitation_id"], "member_id or invitation_id is missing"),
        (vec!["invitation_expiry"], "invitation_expiry is missing"),
    ] {
        let mut item = stored().into_iter().find(|item| item.contains_key("invitation_expiry")).unwrap();
        gone.iter().for_each(|field| drop(item.remove(*field)));
        let error = Holder::try_from(AddressGuardItem::from_attributes(item).unwrap()).unwrap_err();
        assert_eq!(error.to_string(), format!("an item of kind address_guard cannot be read: {said}"));
    }
}

/// A release with stricter rules reads what earlier ones stored: here words that this release already refuses to write.
#[test]
fn words_are_read_by_no_rules_of_writing() {
    const REFUSED: &str = " <b>\u{202e}https://evil.example/ ";
    let refused = |item: &Attributes, fields: &[&str]| {
        let mut item = item.clone();
        fields.iter().for_each(|field| drop(item.insert((*field).to_owned(), AttributeValue::S(REFUSED.to_owned()))));
        item
    };
    let of = |entity: &str| stored().into_iter().find(|item| text(item, "entity") == entity).unwrap();

    let details = ["name", "phone", "website", "industry", "company_size", "country"];
    let item = OrganizationItem::from_attributes(refused(&of("organization"), &details)).unwrap();
    let details = Organization::from(item).details;
    let others = [details.phone, details.website, details.industry, details.company_size, details.country];
    assert_eq!(details.name.as_str(), REFUSED);
    assert!(others.iter().all(|text| text.as_deref() == Some(REFUSED)), "{others:?}");

    let workspace = Workspace::from(WorkspaceItem::from_attributes(refused(&of("workspace"), &["name"])).unwrap());
    assert_eq!(workspace.name.as_str(), REFUSED);

    let member = Member::from(MemberItem::from_attributes(refused(&of("member"), &["name", "email"])).unwrap());
    assert_eq!((member.name.unwrap().as_str(), member.email.as_str()), (REFUSED, REFUSED));

    let user = User::from(UserItem::from_attributes(refused(&of("user"), &["name", "email"])).unwrap());
    assert_eq!((user.name.unwrap().as_str(), user.email.as_str()), (REFUSED, REFUSED));

    let words = ["email", "inviter_name", "message", "locale"];
    let invitation = Invitation::from(InvitationItem::from_attributes(refused(&of("invitation"), &words)).unwrap());
    let (name, message) = (invitation.inviter_name.unwrap(), invitation.message.unwrap());
    assert_eq!((name.as_str(), message.as_str(), invitation.locale.unwrap().as_str()), (REFUSED, REFUSED, REFUSED));
    assert_eq!(invitation.email.as_str(), REFUSED);

    let item = SubscriptionItem::from_attributes(refused(&of("subscription"), &["billing_contact"])).unwrap();
    assert_eq!(Subscription::from(item).billing_contact.as_str(), REFUSED);

    for refused_now in [OrganizationName::parse(REFUSED).is_err(), REFUSED.parse::<EmailAddress>().is_err()] {
        assert!(refused_now, "this test is about words that the rules refuse");
    }
}
