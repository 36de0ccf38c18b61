use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use serde_json::{Value, json};
use shared::{
    domain::{DeliveryChannel, InvitationId, InvitationToken, RoleSet, Timestamp},
    feedback::MailTags,
};

use super::{
    answer::Answer,
    model::{HOUR, Limits, Model},
    operation::{Link, Operation, Ses, USERS},
};
use crate::world::{self, Behavior, World, stream_record};

/// The product, with everything that was handed out.
pub(super) struct Product {
    pub(super) world: World,
    pub(super) organization: String,
    /// The ids of the invitations, in the order in which they were made.
    pub(super) ids: Vec<String>,
    /// The tokens of each, in the order in which they were handed out.
    pub(super) tokens: Vec<Vec<String>>,
    /// The tags of the last email of each, by its id.
    tags: BTreeMap<String, MailTags>,
}

pub(super) fn user(index: usize) -> String {
    format!("u{index}")
}

pub(super) fn email(index: usize) -> String {
    format!("u{index}@example.com")
}

impl Product {
    pub(super) async fn new(limits: Limits, start: Timestamp) -> Self {
        let counts = [limits.inviter, limits.organization, limits.address];
        let world = World::with_all_limits(limits.seats.try_into().unwrap(), counts, 0).await;
        world.clock.stop_at(start);
        world.nothing_expired_before(1).await;
        let organization = world.creator(&user(0)).await;
        for index in 1..USERS {
            world.sign_up(&user(index), None).await;
        }
        Self { world, organization, ids: Vec::new(), tokens: Vec::new(), tags: BTreeMap::new() }
    }

    /// Does what `model`, as it is before, means by the operation.
    pub(super) async fn perform(&mut self, operation: Operation, model: &Model) -> Option<Answer> {
        let (actor, method, path, body) = match operation {
            Operation::Deliver(which, ses) => {
                if let Some(index) = model.queued(which) {
                    self.deliver(index, ses).await;
                }
                return None;
            }
            Operation::Schedule => {
                self.world.send_due().await;
                return None;
            }
            Operation::Report(which, reported) => {
                if let Some(tags) = model.nth(which).and_then(|index| self.tags.get(&self.ids[index])) {
                    self.world.report(reported, tags).await;
                }
                return None;
            }
            Operation::Sweep => {
                // As if it had run every hour: the hours in which nothing expired cost a run most of its time.
                let since = model.holding().map(|index| model.now - model.invitations[index].expires).max();
                self.world.nothing_expired_before(1 + since.unwrap_or(0).max(0) / HOUR).await;
                self.world.sweep().await;
                return None;
            }
            Operation::Pass(span) => {
                let milliseconds = model.after(span) - model.now;
                self.world.pass(Duration::from_millis(milliseconds.try_into().unwrap()));
                return None;
            }
            Operation::List(..) | Operation::ListMine(_) => return Some(self.list(operation).await),
            request => self.request(request, model),
        };
        let answer = self.world.call(&user(actor), method, &path, body).await;
        if answer.status == 201 {
            self.ids.push(answer.text("/invitationId").to_owned());
            self.tokens.push(Vec::new());
        }
        if let Some(url) = answer.json["acceptUrl"].as_str() {
            self.keep(url.split_once("#token=").unwrap().1);
        }
        let mut shown = shown(&answer);
        if matches!(operation, Operation::SetRoles(..)) {
            // The member, with the roles that were asked for.
            shown.roles = None;
        }
        Some(shown)
    }

    /// Keeps a token that was handed out, and answers with whose it is.
    fn keep(&mut self, token: &str) -> usize {
        let id = InvitationToken::parse(token).unwrap().invitation().to_string();
        let index = self.ids.iter().position(|known| *known == id).unwrap();
        self.tokens[index].push(token.to_owned());
        index
    }

    /// The invitations that an email arrived for since this was last asked.
    pub(super) fn arrived(&mut self) -> Vec<usize> {
        let mails = self.world.inbox.collect();
        let mut arrived = Vec::new();
        for mail in mails {
            // An email to an inviter, about an acceptance, has no link.
            let Some((_, link)) = mail.text.split_once("#token=") else { continue };
            arrived.push(self.keep(link.split_whitespace().next().unwrap()));
            self.tags.insert(mail.tags.invitation.to_string(), mail.tags);
        }
        arrived
    }

    fn request(&self, operation: Operation, model: &Model) -> (usize, &'static str, String, Option<Value>) {
        let organization = format!("/organizations/{}", self.organization);
        let member = |target: usize| format!("{organization}/members/{}", user(target));
        let id = |which: usize| {
            model.nth(which).map_or_else(|| InvitationId::NONE.to_string(), |index| self.ids[index].clone())
        };
        let invitation = |which: usize| format!("{organization}/invitations/{}", id(which));
        let mine = |which: usize, action: &str| format!("/me/invitations/{}/{action}", id(which));
        let token = |link: Link| Some(json!({ "token": self.token(link, model) }));
        match operation {
            Operation::Invite { actor, invited, roles, channel, days } => {
                let path = format!("{organization}/invitations");
                (actor, "POST", path, Some(invite_body(invited, roles, channel, days)))
            }
            Operation::Resend { actor, which, channel, days, confirms } => {
                let body = json!({ "delivery": channel.name(), "expiresInDays": days, "confirmAddress": confirms });
                (actor, "POST", format!("{}/resend", invitation(which)), Some(body))
            }
            Operation::Revoke { actor, which } => (actor, "DELETE", invitation(which), None),
            Operation::Preview(link) => (0, "POST", "/invitations/preview".to_owned(), token(link)),
            Operation::Accept(named, link) => {
                (model.person(named, link.which), "POST", "/invitations/accept".to_owned(), token(link))
            }
            Operation::Decline(link) => (0, "POST", "/invitations/decline".to_owned(), token(link)),
            Operation::AcceptInApp(named, which) => (model.person(named, which), "POST", mine(which, "accept"), None),
            Operation::DeclineInApp(named, which) => (model.person(named, which), "POST", mine(which, "decline"), None),
            Operation::ResendToMe(named, which) => (model.person(named, which), "POST", mine(which, "resend"), None),
            Operation::SetRoles(actor, target, roles) => {
                (actor, "PUT", format!("{}/roles", member(target)), Some(json!({ "roles": roles.names() })))
            }
            Operation::Remove(actor, target) => (actor, "DELETE", member(target), None),
            other => panic!("{other:?} is no request"),
        }
    }

    fn token(&self, link: Link, model: &Model) -> String {
        match model.link(link) {
            Some((index, Some(link))) => self.tokens[index][link].clone(),
            made_up => {
                let id = made_up.map_or(InvitationId::NONE, |(index, _)| self.ids[index].parse().unwrap());
                InvitationToken::new(self.organization.parse().unwrap(), id, [7; 32]).expose()
            }
        }
    }

    async fn deliver(&self, index: usize, ses: Ses) {
        let item =
            self.world.item(&format!("ORG#{}", self.organization), &format!("INVITATION#{}", self.ids[index])).await;
        assert_eq!(item["delivery_status"], "queued", "the model has it queued: {item}");
        self.world.inbox.behave(match ses {
            Ses::Takes => None,
            Ses::Refuses => Some(Behavior::RefuseForGood),
            Ses::LosesTheAnswer => Some(Behavior::TakeAndLoseTheAnswer),
        });
        self.world.mailer(vec![stream_record(&item)]).await;
        self.world.inbox.behave_as_usual();
    }

    /// A whole list, page by page.
    async fn list(&self, operation: Operation) -> Answer {
        let (reader, path) = match operation {
            Operation::List(actor, status) => {
                (actor, format!("/organizations/{}/invitations?limit=100&status={}", self.organization, status.name()))
            }
            Operation::ListMine(reader) => (reader, "/me/invitations?limit=100".to_owned()),
            other => panic!("{other:?} is no list"),
        };
        let mut found = BTreeSet::new();
        let mut next = path.clone();
        loop {
            let page = self.world.call(&user(reader), "GET", &next, None).await;
            if page.status != 200 {
                return shown(&page);
            }
            for item in page.json["items"].as_array().unwrap() {
                found.insert(self.ids.iter().position(|id| item["invitationId"] == id.as_str()).unwrap());
            }
            match page.json["nextCursor"].as_str() {
                Some(cursor) => next = format!("{path}&cursor={cursor}"),
                None => return Answer { lists: Some(found), ..Answer::new(200, "") },
            }
        }
    }
}

fn invite_body(invited: usize, roles: RoleSet, channel: DeliveryChannel, days: i64) -> Value {
    json!({ "email": email(invited), "roles": roles.names(), "delivery": channel.name(), "expiresInDays": days })
}

/// What the model has to say, too.
fn shown(answer: &world::Answer) -> Answer {
    let expires = answer.json["expiresAt"].as_str().map(|text| text.parse::<Timestamp>().unwrap().as_milliseconds());
    let names = |roles: &Vec<Value>| roles.iter().map(|role| role.as_str().unwrap().to_owned()).collect();
    Answer {
        retry_after: answer.retry_after,
        expires,
        roles: answer.json["roles"].as_array().map(names),
        ..Answer::new(answer.status, answer.code())
    }
}
