//! Access to a workspace is given while the membership or the workspace ends (R23).

use std::{collections::BTreeMap, sync::Arc};

use serde_json::json;

use super::{Request, race, report, trials};
use crate::world::{MEMBER, World};

/// What a trial has: Ada's organization with Bob, its two workspaces, and Bob's id.
struct Trial {
    ada: String,
    bob: String,
    organization: String,
    workspace: String,
}

impl Trial {
    fn give(&self, role: &str) -> Request {
        let path = format!("/organizations/{}/workspaces/{}/members/{}", self.organization, self.workspace, self.bob);
        (self.ada.clone(), "PUT", path, Some(json!({ "role": role })))
    }

    fn take(&self) -> Request {
        let (user, _, path, _) = self.give("agent");
        (user, "DELETE", path, None)
    }
}

/// `entered`: whether Bob may enter the workspace afterwards, by the answers.
async fn check(
    name: &str,
    requests: impl Fn(&Trial) -> Vec<Request>,
    entered: impl Fn(&[String]) -> Option<bool>,
    rejoins: bool,
) {
    let world = Arc::new(World::new().await);
    let mut outcomes = BTreeMap::new();
    for number in 0..trials() {
        let (ada, bob) = (format!("ada{number}"), format!("bob{number}"));
        let organization = world.creator(&ada).await;
        world.join(&ada, &organization, &bob, MEMBER).await;
        let path = format!("/organizations/{organization}/workspaces");
        let created = world.call(&ada, "POST", &path, Some(json!({"name": "Berlin"}))).await;
        let workspace = created.text("/workspaceId").to_owned();
        let trial = Trial { ada, bob, organization, workspace };
        let answers = race(&world, requests(&trial)).await;
        let said: Vec<_> =
            answers.iter().map(|answer| format!("{} {}", answer.status, answer.code()).trim().to_owned()).collect();
        let expected = entered(&said).unwrap_or_else(|| panic!("{name}: {said:?}"));
        let has_access = async || {
            let mine = world.call(&trial.bob, "GET", "/me/workspaces", None).await;
            !mine.json["items"].as_array().unwrap().is_empty()
        };
        assert_eq!(has_access().await, expected, "{name}: {said:?}");
        if rejoins {
            let email = format!("{}@example.com", trial.bob);
            let token = world.invite(&trial.ada, &trial.organization, &email, MEMBER).await;
            world.accept(&trial.bob, &token).await.expect(200, "");
            assert!(!has_access().await, "{name}: access returned with a new membership after {said:?}");
        }
        world.check_invariants(&trial.organization, &[&trial.ada, &trial.bob]).await;
        *outcomes.entry(said).or_insert(0) += 1;
    }
    report(name, outcomes);
}

#[tokio::test(flavor = "multi_thread")]
async fn r23_access_is_given_while_the_membership_ends() {
    let requests = |trial: &Trial| {
        let path = format!("/organizations/{}/members/{}", trial.organization, trial.bob);
        vec![trial.give("agent"), (trial.bob.clone(), "DELETE", path, None)]
    };
    let entered = |said: &[String]| {
        (said[1] == "204" && ["200", "404 member-not-found"].contains(&said[0].as_str())).then_some(false)
    };
    check("access against the end of the membership", requests, entered, true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r23_access_is_given_while_the_workspace_is_deleted() {
    let requests = |trial: &Trial| {
        let path = format!("/organizations/{}/workspaces/{}", trial.organization, trial.workspace);
        vec![trial.give("agent"), (trial.ada.clone(), "DELETE", path, None)]
    };
    let entered = |said: &[String]| {
        (said[1] == "204" && ["200", "404 workspace-not-found"].contains(&said[0].as_str())).then_some(false)
    };
    check("access against the deletion of the workspace", requests, entered, false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r23_two_roles_are_given_at_once_and_one_is_taken() {
    let requests = |trial: &Trial| vec![trial.give("agent"), trial.give("manager"), trial.take()];
    // Taking is the last of the three or not: the answers do not tell. The invariants compare the two items.
    let world = Arc::new(World::new().await);
    let organization = world.creator("ada").await;
    world.join("ada", &organization, "bob", MEMBER).await;
    let list = world.call("ada", "GET", &format!("/organizations/{organization}/workspaces"), None).await;
    let workspace = list.text("/items/0/workspaceId").to_owned();
    let trial = Trial { ada: "ada".to_owned(), bob: "bob".to_owned(), organization, workspace };
    for _ in 0..trials() {
        let answers = race(&world, requests(&trial)).await;
        let said: Vec<_> = answers.iter().map(|answer| answer.status).collect();
        assert_eq!(said, [200, 200, 204]);
        world.check_invariants(&trial.organization, &["ada", "bob"]).await;
    }
    report("two roles and a removal", "all succeed");
}
