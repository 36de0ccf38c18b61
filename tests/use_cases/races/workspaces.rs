//! Workspaces at once: the last place, one name, the last two, and what two people do to one.

use std::{collections::BTreeMap, sync::Arc};

use serde_json::{Value, json};

use super::{pause, report, trials};
use crate::world::{ADMIN, Answer, World, at_once};

/// Method, path below the workspaces, body and `If-Match`.
type Action = (&'static str, String, Option<Value>, String);

fn create(name: &str) -> Action {
    ("POST", String::new(), Some(json!({ "name": name })), "*".to_owned())
}

fn rename(workspace: &str, name: &str, if_match: &str) -> Action {
    ("PATCH", format!("/{workspace}"), Some(json!({ "name": name })), if_match.to_owned())
}

fn delete(workspace: &str) -> Action {
    ("DELETE", format!("/{workspace}"), None, "*".to_owned())
}

async fn act(world: &World, user: &str, path: &str, (method, rest, body, if_match): Action) -> Answer {
    world.call_with(user, method, &format!("{path}{rest}"), body, &[("if-match", &if_match)]).await
}

/// The organization of one trial.
struct Trial {
    world: Arc<World>,
    path: String,
}

impl Trial {
    async fn workspace(&self, user: &str, name: &str) -> String {
        let answer = act(&self.world, user, &self.path, create(name)).await;
        answer.expect(201, "");
        answer.text("/workspaceId").to_owned()
    }

    /// The default workspace, and its entity tag.
    async fn default(&self, user: &str) -> (String, String) {
        let list = self.world.call(user, "GET", &self.path, None).await;
        let id = list.text("/items/0/workspaceId").to_owned();
        let read = self.world.call(user, "GET", &format!("{}/{id}", self.path), None).await;
        (id, read.etag.unwrap())
    }
}

/// Two organization admins act at once. `sane`: what their answers may be.
async fn check(
    name: &str,
    prepare: impl AsyncFn(&Trial, &str) -> [Action; 2],
    sane: impl Fn(&[String]) -> bool,
    earlier: bool,
) {
    let world = Arc::new(World::new().await);
    let mut outcomes = BTreeMap::new();
    for number in 0..trials() {
        let (ada, eve) = (format!("ada{number}"), format!("eve{number}"));
        let organization = world.creator(&ada).await;
        world.join(&ada, &organization, &eve, ADMIN).await;
        let trial = Trial { world: Arc::clone(&world), path: format!("/organizations/{organization}/workspaces") };
        if earlier {
            crate::workspaces::as_earlier(&world, &organization).await;
        }
        let actions = prepare(&trial, &ada).await;
        let racing = actions.into_iter().zip([&ada, &eve]).map(|(action, user)| {
            let (world, path, user) = (Arc::clone(&world), trial.path.clone(), user.clone());
            async move {
                pause(&world).await;
                act(&world, &user, &path, action).await
            }
        });
        let answers = at_once(racing).await;
        let said: Vec<_> =
            answers.iter().map(|answer| format!("{} {}", answer.status, answer.code()).trim().to_owned()).collect();
        assert!(sane(&said), "{name}: {said:?}");
        world.check_invariants(&organization, &[&ada, &eve]).await;
        *outcomes.entry(said).or_insert(0) += 1;
    }
    report(name, outcomes);
}

/// One of the two succeeds with `success`, and the other is told `refusal`.
fn one_of(success: &'static str, refusal: &'static str) -> impl Fn(&[String]) -> bool {
    move |said| said.contains(&success.to_owned()) && said.contains(&refusal.to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn two_workspaces_for_the_last_place() {
    let prepare = async |trial: &Trial, ada: &str| {
        trial.workspace(ada, "B").await;
        trial.workspace(ada, "C").await;
        [create("D"), create("E")]
    };
    check("last place of the limit", prepare, one_of("201", "409 workspace-limit-reached"), false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_workspaces_of_one_name() {
    let prepare = async |_: &Trial, _: &str| [create("Berlin"), create("BERLIN")];
    check("one name", prepare, one_of("201", "422 validation-failed"), false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_workspace_is_renamed_while_it_is_deleted() {
    let prepare = async |trial: &Trial, ada: &str| {
        let workspace = trial.workspace(ada, "Berlin").await;
        [rename(&workspace, "Bonn", "*"), delete(&workspace)]
    };
    let sane = |said: &[String]| said[1] == "204" && ["200", "404 workspace-not-found"].contains(&said[0].as_str());
    check("rename and delete", prepare, sane, false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_two_workspaces_are_deleted_at_once() {
    let prepare = async |trial: &Trial, ada: &str| {
        let other = trial.workspace(ada, "Berlin").await;
        let (first, _) = trial.default(ada).await;
        [delete(&first), delete(&other)]
    };
    check("the last two", prepare, one_of("204", "409 last-workspace"), false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_workspace_is_deleted_twice() {
    let prepare = async |trial: &Trial, ada: &str| {
        let other = trial.workspace(ada, "Berlin").await;
        [delete(&other), delete(&other)]
    };
    check("one workspace deleted twice", prepare, one_of("204", "404 workspace-not-found"), false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_writers_with_one_etag_rename_a_workspace() {
    let prepare = async |trial: &Trial, ada: &str| {
        let (workspace, etag) = trial.default(ada).await;
        [rename(&workspace, "Bonn", &etag), rename(&workspace, "Rome", &etag)]
    };
    check("two If-Match writers of a workspace", prepare, one_of("200", "412 version-mismatch"), false).await;
}

/// The first new workspaces of an organization of an earlier release.
#[tokio::test(flavor = "multi_thread")]
async fn two_first_workspaces_of_an_earlier_organization() {
    let prepare = async |_: &Trial, _: &str| [create("Berlin"), create("Bonn")];
    check("first workspaces of an earlier organization", prepare, |said| said == ["201", "201"], true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_earlier_workspace_is_renamed_while_another_is_created() {
    let prepare = async |trial: &Trial, ada: &str| {
        let (workspace, etag) = trial.default(ada).await;
        [rename(&workspace, "Berlin", &etag), create("berlin")]
    };
    let sane = |said: &[String]| said == ["200", "422 validation-failed"] || said == ["422 validation-failed", "201"];
    check("rename in an earlier organization", prepare, sane, true).await;
}
