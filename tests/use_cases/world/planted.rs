use aws_sdk_dynamodb::types::{AttributeValue, PutRequest, WriteRequest};
use jiff::SignedDuration;
use shared::{
    domain::{
        Delivery, DeliveryStatus, Invitation, InvitationId, InvitationState, Member, Metadata, Organization,
        OrganizationDetails, OrganizationId, OrganizationName, OrganizationStatus, RoleSet, UserId,
    },
    items::{Attributes, InvitationItem, Item, List, MemberItem, OrganizationItem, PastMembershipItem, PointerItem},
};

use super::World;

/// What a large organization consists of, written past the functions. Only lists are asked for it: it has no seats.
impl World {
    /// A member whose id is `user` and whose address is `{user}@example.com`.
    pub(crate) fn member(&self, organization: &str, user: &str, roles: &[&str]) -> Member {
        Member {
            organization_id: organization.parse().unwrap(),
            user_id: user.parse().unwrap(),
            email: format!("{user}@example.com").parse().unwrap(),
            locale: None,
            name: None,
            roles: RoleSet::parse(roles.iter().copied()).unwrap(),
            joined_at: self.environment.now(),
            changed_at: None,
            version: self.environment.new_version(),
        }
    }

    /// An invitation that is in `state` and expires in `days`.
    pub(crate) fn invitation(&self, organization: &str, email: &str, state: InvitationState, days: i64) -> Attributes {
        let now = self.environment.now();
        let organization_id: OrganizationId = organization.parse().unwrap();
        let invitation = Invitation {
            id: InvitationId::new(self.environment.new_id()),
            organization_id,
            email: email.parse().unwrap(),
            roles: RoleSet::MEMBER,
            invited_by: "ada".parse().unwrap(),
            inviter_name: None,
            inviter_username: None,
            message: None,
            locale: None,
            created_at: now,
            expires_at: now.plus(SignedDuration::from_hours(24 * days)),
            state,
            delivery: Delivery { status: DeliveryStatus::Sent, reason: None, at: now },
            secret_hashes: Vec::new(),
            expired_hashes: Vec::new(),
            workspaces: Vec::new(),
        };
        let mut item = InvitationItem::new(&invitation, "mail").to_attributes().unwrap();
        for (name, value) in [
            ("state", state.name().to_owned()),
            ("list", List::Invitations(state).name(organization_id)),
            ("delivery_status", DeliveryStatus::Sent.name().to_owned()),
        ] {
            item.insert(name.to_owned(), AttributeValue::S(value));
        }
        item.remove("mail_due_at");
        if state != InvitationState::Pending {
            item.remove("expiry_slot");
        }
        item
    }

    /// Makes `user` a member of `count` organizations that nobody else is in.
    pub(crate) async fn plant_memberships(&self, user: &str, count: usize) {
        let mut items = Vec::new();
        for number in 0..count {
            let id = OrganizationId::new(self.environment.new_id());
            let member = self.member(&id.to_string(), user, super::ADMIN);
            let details = OrganizationDetails {
                name: OrganizationName::parse(&format!("Number {number}")).unwrap(),
                phone: None,
                website: None,
                industry: None,
                company_size: None,
                country: None,
            };
            let organization = Organization {
                metadata: Metadata::default(),
                id,
                details,
                status: OrganizationStatus::Active,
                created_at: self.environment.now(),
                created_by: user.parse::<UserId>().unwrap(),
                version: self.environment.new_version(),
            };
            items.push(OrganizationItem::from(&organization).to_attributes().unwrap());
            items.push(PointerItem::from(&member).to_attributes().unwrap());
            items.push(MemberItem::from(&member).to_attributes().unwrap());
        }
        self.plant(items).await;
    }

    /// Members of an organization.
    pub(crate) async fn plant_members(&self, members: &[Member]) {
        self.plant(members.iter().map(|member| MemberItem::from(member).to_attributes().unwrap())).await;
    }

    /// Past roles of a member, each a millisecond after the one before.
    pub(crate) async fn plant_past_memberships(&self, organization: &str, user: &str, count: i64) {
        let (organization, user): (OrganizationId, UserId) = (organization.parse().unwrap(), user.parse().unwrap());
        let roles = RoleSet::parse(["billing_admin"]).unwrap();
        let now = self.environment.now();
        let item = |number| {
            let until = now.plus(SignedDuration::from_millis(number));
            let id = (self.environment.new_id(), None);
            PastMembershipItem::new((organization, user.clone()), until, roles, None, id).to_attributes().unwrap()
        };
        self.plant((0..count).map(item)).await;
    }

    /// Writes items as they are.
    pub(crate) async fn plant(&self, items: impl IntoIterator<Item = Attributes>) {
        let put =
            |item| WriteRequest::builder().put_request(PutRequest::builder().set_item(Some(item)).build().unwrap());
        let requests: Vec<_> = items.into_iter().map(|item| put(item).build()).collect();
        for batch in requests.chunks(25) {
            let write = self.client.batch_write_item().request_items(&self.table_name, batch.to_vec());
            let rest = write.send().await.unwrap().unprocessed_items.unwrap_or_default();
            assert!(rest.is_empty(), "the engine left items unwritten");
        }
    }
}
