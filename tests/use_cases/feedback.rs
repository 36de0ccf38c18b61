//! R15, I8: what SES reports about an email, in any order and any number of times.

use std::{collections::BTreeMap, time::Duration};

use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::{Value, json};
use shared::{
    domain::{Authority, Invitation, InvitationLimits, Member},
    feedback::MailTags,
    items::{MailKind, UnsentMail},
    table::{DayCount, Occasion, Resend, ResendCheck, SendAgainCheck},
};

use crate::world::{Behavior, MEMBER, Reported, World};

const EVE: &str = "eve@example.com";
const DUE: &str = "2026-01-02T03:04:05Z";

/// An organization of `ada`'s with a pending invitation to `eve`, whose email SES accepted.
struct Invited {
    world: World,
    organization: String,
    token: String,
    tags: MailTags,
}

impl Invited {
    async fn new() -> Self {
        let world = World::new().await;
        let organization = world.creator("ada").await;
        let token = world.invite("ada", &organization, EVE, MEMBER).await;
        let tags = world.tags(EVE);
        Self { world, organization, token, tags }
    }

    fn path(&self) -> String {
        format!("/organizations/{}/invitations/{}", self.organization, self.tags.invitation)
    }

    async fn item(&self) -> Value {
        let key = (format!("ORG#{}", self.organization), format!("INVITATION#{}", self.tags.invitation));
        self.world.item(&key.0, &key.1).await
    }

    /// The invitation as the member's page has it.
    async fn delivery(&self) -> (String, Option<String>) {
        let answer = self.world.call("ada", "GET", &self.path(), None).await;
        let list = format!("/organizations/{}/invitations", self.organization);
        let list = self.world.call("ada", "GET", &list, None).await;
        let delivery = &answer.json["delivery"];
        assert_eq!(list.json["items"][0]["delivery"], *delivery);
        (answer.text("/delivery/status").to_owned(), delivery["reason"].as_str().map(str::to_owned))
    }

    /// Everything about the delivery, as the table has it.
    async fn state(&self) -> State {
        let item = self.item().await;
        let text = |name: &str| item[name].as_str().map(str::to_owned);
        State {
            status: text("delivery_status"),
            reason: text("delivery_reason"),
            name: text("inviter_name"),
            due: text("mail_due_at"),
        }
    }

    async fn put(&self, state: &State) {
        let State { status, reason, name, due } = state;
        let set = "SET delivery_status = :status, delivery_reason = :reason, inviter_name = :name";
        let due = due.as_ref().map_or(format!("{set} REMOVE mail_due_at"), |due| {
            assert_eq!(due, DUE);
            format!("{set}, mail_due_at = :due")
        });
        let (pk, sk) = (format!("ORG#{}", self.organization), format!("INVITATION#{}", self.tags.invitation));
        let mut update = self.world.operation(&pk, &sk, &due);
        for (placeholder, text) in [(":status", status), (":reason", reason), (":name", name)] {
            let value = text.clone().map_or(AttributeValue::Null(true), AttributeValue::S);
            update = update.expression_attribute_values(placeholder, value);
        }
        if state.due.is_some() {
            update = update.expression_attribute_values(":due", AttributeValue::S(DUE.to_owned()));
        }
        update.send().await.unwrap();
    }

    /// The mailer marks the email as sent.
    async fn mark(&self, inviter: &Member) {
        let mail = UnsentMail {
            organization: self.tags.organization,
            invitation: self.tags.invitation,
            inviter: inviter.user_id.clone(),
            joined: None,
            mail_id: self.tags.mail.clone(),
            kind: MailKind::Invitation,
            attempts: 1,
            due: None,
            since: self.world.environment.now(),
        };
        self.world.table().mark_mail_sent(&mail, inviter).await.unwrap();
    }

    async fn inviter(&self) -> Member {
        let table = self.world.table();
        let creator = "ada".parse().unwrap();
        let guarded = table.read_member(self.tags.organization, &creator, &creator).await.unwrap();
        guarded.open(shared::domain::Permission::MANAGE_USERS).ok().unwrap().1.unwrap()
    }

    /// As a request reads it before SES reports a bounce.
    async fn as_read(&self) -> Invitation {
        let key = EVE.parse::<shared::domain::EmailAddress>().unwrap().key();
        let (table, now) = (self.world.table(), self.world.environment.now());
        table.my_invitation(&key, now, self.tags.invitation).await.unwrap().unwrap()
    }
}

/// What the table has about a delivery.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct State {
    status: Option<String>,
    reason: Option<String>,
    name: Option<String>,
    due: Option<String>,
}

/// What happens to an email. `None`: the mailer marks it as sent.
type Step = Option<Reported>;

/// Every order of these steps.
fn orders(steps: &[Step]) -> Vec<Vec<Step>> {
    let [first, rest @ ..] = steps else { return vec![Vec::new()] };
    let with_first = |order: Vec<Step>| {
        (0..=order.len()).map(move |at| [&order[..at], &[*first], &order[at..]].concat()).collect::<Vec<_>>()
    };
    orders(rest).into_iter().flat_map(with_first).collect()
}

/// The steps that `mask` selects.
fn selected(steps: &[Step], mask: usize) -> Vec<Step> {
    steps.iter().enumerate().filter(|(index, _)| mask >> index & 1 == 1).map(|(_, step)| *step).collect()
}

/// What a step makes of a state depends on the state alone. So the engine takes each step from each state that there is, and
/// every order follows from that.
#[tokio::test]
async fn reports_lead_to_the_same_state_in_every_order_and_however_often_they_come() {
    let invited = Invited::new().await;
    let inviter = invited.inviter().await;
    let steps: Vec<Step> = std::iter::once(None).chain(Reported::ALL.map(Some)).collect();
    // SES has the email, and the mailer has not marked it yet.
    let text = |text: &str| Some(text.to_owned());
    let start = State { status: text("sending"), reason: None, name: None, due: text(DUE) };
    let mut leads = BTreeMap::new();
    let mut new = vec![start.clone()];
    while let Some(state) = new.pop() {
        for step in &steps {
            invited.put(&state).await;
            match step {
                None => invited.mark(&inviter).await,
                Some(reported) => invited.world.report(*reported, &invited.tags).await,
            }
            let next = invited.state().await;
            leads.insert((state.clone(), *step), next.clone());
            if !leads.contains_key(&(next.clone(), None)) && !new.contains(&next) && next != state {
                new.push(next);
            }
        }
    }
    let mut tried = 0;
    for order in (1..1 << steps.len()).flat_map(|mask| orders(&selected(&steps, mask))) {
        // Each twice, and all of them once more in the end.
        let repeated = order.iter().flat_map(|step| [*step, *step]).chain(order.iter().copied());
        let end = repeated.fold(&start, |state, step| &leads[&(state.clone(), step)]);
        let highest = order.iter().max().copied().flatten();
        let (status, reason) = highest.map_or(("sent", None), Reported::delivery);
        let name = order.contains(&None).then(|| "ada".to_owned());
        let expected = State { status: text(status), reason: reason.map(str::to_owned), name, due: None };
        assert_eq!(*end, expected, "{order:?}");
        tried += 1;
    }
    // The ordered selections of one to seven of seven.
    assert_eq!(tried, 13_699);
}

#[tokio::test]
async fn a_member_sees_what_ses_reported_and_no_more() {
    for reported in Reported::ALL {
        let invited = Invited::new().await;
        invited.world.report(reported, &invited.tags).await;
        let (status, reason) = reported.delivery();
        assert_eq!(invited.delivery().await, (status.to_owned(), reason.map(str::to_owned)));
        let item = invited.item().await.to_string();
        assert!(!item.contains("planted"), "{item}");
        invited.world.check_invariants(&invited.organization, &["ada"]).await;
    }
}

#[tokio::test]
async fn i8_reports_about_an_earlier_email_change_nothing() {
    let invited = Invited::new().await;
    invited.world.call("ada", "POST", &format!("{}/resend", invited.path()), None).await.expect(202, "");
    let queued = invited.item().await;
    let earlier = async || {
        for reported in Reported::ALL {
            invited.world.report(reported, &invited.tags).await;
        }
    };
    earlier().await;
    assert_eq!(invited.item().await, queued);
    invited.world.deliver(&invited.organization).await;
    let tags = invited.world.tags(EVE);
    assert_ne!(tags, invited.tags);
    for reported in Reported::ALL {
        invited.world.report(reported, &tags).await;
        let item = invited.item().await;
        earlier().await;
        assert_eq!(invited.item().await, item);
    }
}

#[tokio::test]
async fn reports_about_an_invitation_with_a_reply_or_none_change_nothing() {
    let invited = Invited::new().await;
    invited.world.sign_up("eve", None).await;
    invited.world.accept("eve", &invited.token).await.expect(200, "");
    let before = invited.world.items(&format!("ORG#{}", invited.organization)).await;
    let nobodys =
        MailTags { invitation: "inv_018f6e2a-7c1b-7e2f-9a53-0f2f5f0f6a02".parse().unwrap(), ..invited.tags.clone() };
    for reported in Reported::ALL {
        invited.world.report(reported, &invited.tags).await;
        invited.world.report(reported, &nobodys).await;
    }
    assert_eq!(invited.world.items(&format!("ORG#{}", invited.organization)).await, before);
}

#[tokio::test]
async fn i8_an_email_that_ses_reports_about_is_not_sent_again() {
    let world = World::new().await;
    let organization = world.creator("ada").await;
    let body = json!({"email": EVE, "roles": ["member"]});
    world.call("ada", "POST", &format!("/organizations/{organization}/invitations"), Some(body)).await.expect(201, "");
    world.inbox.behave([Behavior::TakeAndLoseTheAnswer]);
    world.deliver(&organization).await;
    world.report(Reported::Delay, &world.tags(EVE)).await;
    world.pass(Duration::from_secs(3600));
    world.send_due().await;
    assert_eq!(world.inbox.texts(EVE).len(), 1);
    let preview = json!({"token": world.inbox.token(EVE)});
    world.call("x", "POST", "/invitations/preview", Some(preview)).await.expect(200, "");
}

#[tokio::test]
async fn a_bounce_that_is_reported_during_a_resend_is_noticed() {
    let invited = Invited::new().await;
    let (table, now) = (invited.world.table(), invited.world.environment.now());
    let before = invited.as_read().await;
    invited.world.report(Reported::Bounce, &invited.tags).await;
    let occasion = Occasion { at: now, request_id: "request".to_owned() };
    let eve = "eve".parse().unwrap();
    let again = table.send_invitation_again(&before, &eve, 10, None, &occasion).await.ok().unwrap();
    assert!(again.err().unwrap().contains(SendAgainCheck::Invitation));
    let delivery = shared::domain::DeliveryChannel::Email.begins(now);
    let after = Invitation { delivery, ..before.clone() };
    let limits = InvitationLimits { organization: 10, inviter: 10, address: 10 };
    let authority = Authority::to_grant(before.organization_id, before.invited_by.clone(), before.roles);
    for (confirms_address, refused) in [(false, true), (true, false)] {
        let resend = Resend { before: &before, after: &after, confirms_address };
        let day = DayCount::default();
        let written = table.resend_invitation(&authority, resend, limits, &day, None, &occasion).await.ok().unwrap();
        assert_eq!(written.err().is_some_and(|error| error.contains(ResendCheck::Invitation)), refused);
    }
}
