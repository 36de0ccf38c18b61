//! The whole table against the model: I1, I2, I3, I14.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use shared::domain::{EmailAddress, InvitationToken, RoleSet, Timestamp};

use super::{
    model::{DAY, Email, Holder, Model},
    operation::USERS,
    product::{Product, email, user},
};

/// A day as the table writes it.
fn date(day: i64) -> String {
    at(day * DAY)[..10].to_owned()
}

fn at(milliseconds: i64) -> String {
    Timestamp::new(jiff::Timestamp::from_millisecond(milliseconds).unwrap()).to_string()
}

fn count_of(user_index: usize) -> String {
    format!("u_{}", user(user_index))
}

impl Product {
    /// Compares every item that a step can change with what the model says.
    pub(super) async fn compare(&self, model: &Model) {
        let partition = format!("ORG#{}", self.organization);
        let items = self.world.items(&partition).await;
        let of = |entity: &str| items.iter().filter(|item| item["entity"] == entity).collect::<Vec<_>>();

        let members: BTreeMap<usize, RoleSet> = of("member").into_iter().map(member).collect();
        assert_eq!(members, *model.members.all(), "the members");
        assert_eq!(of("admins")[0]["admins"], model.members.admins(), "I1: the count of the admins");

        let seats = of("seats")[0];
        assert_eq!(seats["seats_used"], model.seats(), "I14: the seats in use");
        assert!(model.seats() <= model.limits.seats, "R16: more seats than there are");
        assert_eq!(seats["invitations_on"], date(model.day), "the day of the counts");
        assert_eq!(seats["invitations_made"], model.made, "the invitations of the day");
        let by_inviter: BTreeMap<String, u32> =
            model.made_by.iter().map(|(actor, made)| (count_of(*actor), *made)).collect();
        assert_eq!(seats["invitations_today"], json!(by_inviter), "the inviters of the day");

        let mut stored: BTreeMap<&str, &Value> =
            of("invitation").into_iter().map(|item| (item["invitation_id"].as_str().unwrap(), item)).collect();
        for index in 0..model.invitations.len() {
            let item = stored.remove(self.ids[index].as_str()).expect("an invitation");
            let actual: Value = ["state", "expires_at", "invited_by", "roles", "delivery_status", "secret_hashes"]
                .into_iter()
                .chain(["expired_hashes", "invited_address", "mail_due_at"])
                .map(|name| (name.to_owned(), simplified(name, &item[name])))
                .collect();
            assert_eq!(actual, self.expected(model, index), "invitation {index}");
        }
        assert!(stored.is_empty(), "invitations that nobody made: {stored:?}");

        let mut guards: BTreeMap<String, Value> = of("address_guard")
            .into_iter()
            .map(|guard| {
                let holder = json!([guard["member_id"], guard["invitation_id"], guard["invitation_expiry"]]);
                (guard["address_key"].as_str().unwrap().to_owned(), holder)
            })
            .collect();
        for address in 0..USERS {
            let holder = model.holder(address).map(|holder| match holder {
                Holder::Member(holder) => json!([user(holder), null, null]),
                Holder::Invitation(index) => {
                    json!([null, self.ids[index], at(model.invitations[index].expires)])
                }
            });
            let key = email(address).parse::<EmailAddress>().unwrap().key().to_string();
            assert_eq!(guards.remove(&key), holder, "I3: who holds address {address}");
            let today = self.world.items(&format!("MAILBOX#{key}")).await;
            let today =
                today.iter().find(|item| item["day"] == date(model.now / DAY)).map(|item| item["emails"].clone());
            let counted = model.mailbox.get(&(address, model.now / DAY)).map(|emails| json!(emails));
            assert_eq!(today, counted, "the emails of today to address {address}");
        }
        assert!(guards.is_empty(), "addresses that nobody holds: {guards:?}");

        let users: Vec<String> = (0..USERS).map(user).collect();
        let users: Vec<&str> = users.iter().map(String::as_str).collect();
        self.world.check_invariants(&self.organization, &users).await;
    }

    /// An invitation as the table should have it.
    fn expected(&self, model: &Model, index: usize) -> Value {
        let invitation = &model.invitations[index];
        let hash =
            |link: &usize| InvitationToken::parse(&self.tokens[index][*link]).unwrap().hash().as_str().to_owned();
        let hashes = |links: &[usize]| links.iter().map(hash).collect::<Vec<_>>();
        let mut roles = invitation.roles.names();
        roles.sort();
        let status = match invitation.email {
            Email::Queued { .. } => "queued",
            Email::Waiting { .. } => "sending",
            Email::Sent => "sent",
            Email::Failed => "failed",
            Email::Delivered => "delivered",
            Email::Bounced => "bounced",
            Email::Complained => "complained",
            Email::Link => "link",
        };
        let holds = model.holding().any(|holding| holding == index);
        let waits = matches!(invitation.email, Email::Queued { .. } | Email::Waiting { .. });
        json!({
            "state": invitation.state.name(), "expires_at": at(invitation.expires), "roles": roles,
            "invited_by": user(invitation.inviter), "delivery_status": status,
            "secret_hashes": hashes(&invitation.good), "expired_hashes": hashes(&invitation.over),
            "invited_address": holds, "mail_due_at": waits,
        })
    }
}

fn member(item: &Value) -> (usize, RoleSet) {
    let index = item["user_id"].as_str().unwrap()[1..].parse().unwrap();
    let roles = item["roles"].as_array().unwrap().iter().map(|role| role.as_str().unwrap());
    (index, RoleSet::parse(roles).unwrap())
}

/// Sets sorted, and of two attributes only whether they are there.
fn simplified(name: &str, value: &Value) -> Value {
    match (name, value) {
        ("invited_address" | "mail_due_at", value) => json!(!value.is_null()),
        ("expired_hashes", Value::Null) => json!([]),
        ("roles", Value::Array(roles)) => {
            let mut roles: Vec<&str> = roles.iter().map(|role| role.as_str().unwrap()).collect();
            roles.sort_unstable();
            json!(roles)
        }
        (_, value) => value.clone(),
    }
}
