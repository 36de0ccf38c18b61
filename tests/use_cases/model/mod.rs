//! I12: the product against a pure model of one organization, in sequences and with requests at once.

pub(crate) mod members;
mod organization;

use std::{collections::BTreeMap, sync::Arc};

use proptest::{
    collection::vec,
    prelude::*,
    test_runner::{Config, TestCaseError, TestRunner},
};
use serde_json::json;
use shared::domain::{InvitationId, InvitationToken, RoleSet};

use crate::world::{World, at_once};
use organization::{Model, Operation, Outcome};

/// Who there is. The first one creates the organization.
pub(crate) const USERS: usize = 5;

fn user(index: usize) -> String {
    format!("u{index}")
}

fn operation() -> impl Strategy<Value = Operation> {
    let roles = prop::sample::select(RoleSet::all().collect::<Vec<_>>());
    // The creator acts more often than others, or most of what happens is refused.
    let actor = prop_oneof![2 => Just(0), 3 => 0..USERS];
    prop_oneof![
        4 => (actor.clone(), 0..USERS, roles.clone()).prop_map(|(actor, target, roles)| Operation::SetRoles(actor, target, roles)),
        2 => (actor.clone(), 0..USERS).prop_map(|(actor, target)| Operation::Remove(actor, target)),
        4 => (actor, 0..USERS, roles).prop_map(|(actor, invited, roles)| Operation::Invite(actor, invited, roles)),
        5 => (0..USERS).prop_map(Operation::Accept),
        1 => (0..USERS).prop_map(Operation::Decline),
        2 => (0..USERS, 0..USERS).prop_map(|(actor, invited)| Operation::Resend(actor, invited)),
        1 => (0..USERS, 0..USERS).prop_map(|(actor, invited)| Operation::Revoke(actor, invited)),
    ]
}

/// The product, with the tokens that were mailed so far.
struct Product {
    world: Arc<World>,
    organization: String,
    tokens: BTreeMap<usize, String>,
}

impl Product {
    async fn new() -> Self {
        let world = Arc::new(World::with_seats(1000).await);
        let organization = world.creator(&user(0)).await;
        for index in 1..USERS {
            world.sign_up(&user(index), None).await;
        }
        Self { world, organization, tokens: BTreeMap::new() }
    }

    /// All at once.
    async fn run(&mut self, operations: &[Operation]) -> Vec<Outcome> {
        let requests: Vec<_> = operations.iter().map(|operation| self.request(*operation)).collect();
        let answers = at_once(requests.into_iter().map(|(actor, method, path, body)| {
            let world = Arc::clone(&self.world);
            async move { world.call(&actor, method, &path, body).await }
        }))
        .await;
        self.world.deliver(&self.organization).await;
        for index in 0..USERS {
            let email = format!("{}@example.com", user(index));
            if !self.world.inbox.texts(&email).is_empty() {
                self.tokens.insert(index, self.world.inbox.token(&email));
            }
        }
        answers.iter().map(|answer| (answer.status, answer.code().to_owned())).collect()
    }

    fn request(&self, operation: Operation) -> (String, &'static str, String, Option<serde_json::Value>) {
        let path = format!("/organizations/{}", self.organization);
        let token = |index: usize| json!({ "token": self.tokens.get(&index).cloned().unwrap_or_default() });
        match operation {
            Operation::SetRoles(actor, target, roles) => (
                user(actor),
                "PUT",
                format!("{path}/members/{}/roles", user(target)),
                Some(json!({"roles": roles.names()})),
            ),
            Operation::Remove(actor, target) => {
                (user(actor), "DELETE", format!("{path}/members/{}", user(target)), None)
            }
            Operation::Invite(actor, invited, roles) => {
                let body = json!({"email": format!("{}@example.com", user(invited)), "roles": roles.names()});
                (user(actor), "POST", format!("{path}/invitations"), Some(body))
            }
            Operation::Accept(index) => (user(index), "POST", "/invitations/accept".to_owned(), Some(token(index))),
            Operation::Resend(actor, index) => {
                (user(actor), "POST", format!("{path}/invitations/{}/resend", self.invitation(index)), None)
            }
            Operation::Revoke(actor, index) => {
                (user(actor), "DELETE", format!("{path}/invitations/{}", self.invitation(index)), None)
            }
            Operation::Decline(index) => (user(index), "POST", "/invitations/decline".to_owned(), Some(token(index))),
        }
    }

    /// The id of the invitation that the last mail to somebody was for.
    fn invitation(&self, index: usize) -> InvitationId {
        let token = self.tokens.get(&index).map(|token| InvitationToken::parse(token).unwrap());
        token.map_or(InvitationId::NONE, |token| token.invitation())
    }

    async fn members(&self) -> BTreeMap<usize, RoleSet> {
        let items = self.world.items(&format!("ORG#{}", self.organization)).await;
        let members = items.iter().filter(|item| item["entity"] == "member");
        let read = |member: &serde_json::Value| {
            let index = member["user_id"].as_str().unwrap()[1..].parse().unwrap();
            let roles = member["roles"].as_array().unwrap().iter().map(|role| role.as_str().unwrap());
            (index, RoleSet::parse(roles).unwrap())
        };
        members.map(read).collect()
    }
}

/// Every history has to be one that some serial order of its requests explains, answers and state alike.
async fn check(steps: &[Vec<Operation>]) -> Result<(), TestCaseError> {
    let mut product = Product::new().await;
    let mut explanations = vec![Model::create()];
    for step in steps {
        let outcomes = product.run(step).await;
        explanations = explanations.iter().flat_map(|model| model.explain(step, &outcomes)).collect();
        prop_assert!(!explanations.is_empty(), "no serial order explains {step:?} → {outcomes:?}");
        explanations.iter_mut().for_each(Model::deliver);
        explanations.sort();
        explanations.dedup();
    }
    let members = product.members().await;
    prop_assert!(explanations.iter().any(|model| *model.members() == members), "the table says {members:?}");
    let users: Vec<String> = (0..USERS).map(user).collect();
    let users: Vec<&str> = users.iter().map(String::as_str).collect();
    product.world.check_invariants(&product.organization, &users).await;
    Ok(())
}

fn run(cases: u32, steps: impl Strategy<Value = Vec<Vec<Operation>>>) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let config = Config { cases, failure_persistence: None, max_shrink_iters: 200, ..Config::default() };
    TestRunner::new(config).run(&steps, |steps| runtime.block_on(check(&steps))).unwrap();
}

#[test]
fn i12_sequences_agree_with_the_model() {
    run(40, vec(operation().prop_map(|operation| vec![operation]), 40));
}

#[test]
fn i12_requests_at_once_are_as_some_serial_order_of_them() {
    run(40, vec(vec(operation(), 2..=3), 20));
}
