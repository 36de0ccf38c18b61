//! Workspaces are listed, read, created, renamed and deleted: limits, names, versions, permissions, and what earlier releases stored.

use serde_json::{Value, json};

use crate::world::{Answer, World};

/// The limit of a new organization here.
const LIMIT: usize = 4;

async fn start() -> (World, String, String) {
    let world = World::new().await;
    let organization = world.creator("ada").await;
    let path = format!("/organizations/{organization}/workspaces");
    (world, organization, path)
}

async fn create(world: &World, path: &str, name: &str) -> Answer {
    world.call("ada", "POST", path, Some(json!({ "name": name }))).await
}

/// The path of a new workspace.
async fn created(world: &World, path: &str, name: &str) -> String {
    let answer = create(world, path, name).await;
    answer.expect(201, "");
    format!("{path}/{}", answer.text("/workspaceId"))
}

async fn rename(world: &World, user: &str, path: &str, name: &str, if_match: &str) -> Answer {
    world.call_with(user, "PATCH", path, Some(json!({ "name": name })), &[("if-match", if_match)]).await
}

async fn names(world: &World, path: &str) -> Vec<Value> {
    let list = world.call("ada", "GET", path, None).await;
    list.json["items"].as_array().unwrap().iter().map(|workspace| workspace["name"].clone()).collect()
}

/// The name of the default workspace, and its path.
async fn default(world: &World, path: &str) -> (String, String) {
    let list = world.call("ada", "GET", path, None).await;
    let workspace = list.json["items"].as_array().unwrap().iter().find(|workspace| workspace["default"] == true);
    let text = |name: &str| workspace.unwrap()[name].as_str().unwrap().to_owned();
    (text("name"), format!("{path}/{}", text("workspaceId")))
}

#[tokio::test]
async fn workspaces_are_created_up_to_the_limit_of_the_subscription() {
    let (world, organization, path) = start().await;
    for name in ["Berlin", "Paris", "Rome"] {
        let answer = create(&world, &path, name).await;
        answer.expect(201, "");
        assert_eq!(answer.json["default"], false);
        let read = world.call("ada", "GET", answer.location.as_deref().unwrap(), None).await;
        assert_eq!((&read.json, &read.etag), (&answer.json, &answer.etag));
    }
    create(&world, &path, "Oslo").await.expect(409, "workspace-limit-reached");
    assert_eq!(names(&world, &path).await, ["Default workspace", "Berlin", "Paris", "Rome"]);
    let tab = world.call("ada", "GET", &format!("/organizations/{organization}/settings/workspaces"), None).await;
    assert_eq!((&tab.json["workspacesUsed"], &tab.json["workspaceLimit"]), (&json!(LIMIT), &json!(LIMIT)));
    // A lower limit takes nothing away, and refuses more.
    world.operate(&format!("ORG#{organization}"), "SUBSCRIPTION", "SET workspace_limit = :value", 2).await;
    let (_, oldest) = default(&world, &path).await;
    world.call("ada", "DELETE", &oldest, None).await.expect(204, "");
    create(&world, &path, "Oslo").await.expect(409, "workspace-limit-reached");
    world.check_invariants(&organization, &["ada"]).await;
}

#[tokio::test]
async fn a_name_is_unique_without_regard_to_case_and_free_after_a_rename_or_a_deletion() {
    let (world, organization, path) = start().await;
    let berlin = created(&world, &path, "Berlin").await;
    let paris = created(&world, &path, "Paris").await;
    for taken in ["berlin", " BERLIN ", "DEFAULT  workspace"] {
        create(&world, &path, taken).await.expect(422, "validation-failed");
        rename(&world, "ada", &paris, taken, "*").await.expect(422, "validation-failed");
    }
    // Another spelling of its own name, and then another name.
    rename(&world, "ada", &berlin, "BERLIN", "*").await.expect(200, "");
    rename(&world, "ada", &berlin, "Bonn", "*").await.expect(200, "");
    let again = created(&world, &path, "Berlin").await;
    world.call("ada", "DELETE", &again, None).await.expect(204, "");
    rename(&world, "ada", &paris, "Berlin", "*").await.expect(200, "");
    assert_eq!(names(&world, &path).await, ["Default workspace", "Bonn", "Berlin"]);
    for wrong in ["", "<b>", "www.evil.example", &"x".repeat(101)] {
        create(&world, &path, wrong).await.expect(422, "validation-failed");
    }
    world.check_invariants(&organization, &["ada"]).await;
}

#[tokio::test]
async fn a_rename_needs_the_version_that_it_was_made_from() {
    let (world, organization, path) = start().await;
    let berlin = created(&world, &path, "Berlin").await;
    let read = world.call("ada", "GET", &berlin, None).await;
    world.call("ada", "PATCH", &berlin, Some(json!({"name": "Bonn"}))).await.expect(428, "if-match-required");
    let etag = read.etag.clone().unwrap();
    // The same name writes nothing.
    assert_eq!(rename(&world, "ada", &berlin, "Berlin", &etag).await.etag, read.etag);
    let renamed = rename(&world, "ada", &berlin, "Bonn", &etag).await;
    renamed.expect(200, "");
    assert_ne!(renamed.etag, read.etag);
    rename(&world, "ada", &berlin, "Rome", &etag).await.expect(412, "version-mismatch");
    let stale = world.call_with("ada", "DELETE", &berlin, None, &[("if-match", &etag)]).await;
    stale.expect(412, "version-mismatch");
    let items = world.items(&format!("ORG#{organization}")).await;
    let of = |action: &str| items.iter().filter(|item| item["action"] == action).count();
    assert_eq!((of("workspace.created"), of("workspace.renamed"), of("workspace.deleted")), (1, 1, 0));
    let current = renamed.etag.unwrap();
    world.call_with("ada", "DELETE", &berlin, None, &[("if-match", &current)]).await.expect(204, "");
    world.call("ada", "DELETE", &berlin, None).await.expect(404, "workspace-not-found");
    rename(&world, "ada", &berlin, "Rome", "*").await.expect(404, "workspace-not-found");
}

#[tokio::test]
async fn the_last_workspace_stays_and_another_becomes_the_default() {
    let (world, organization, path) = start().await;
    let (_, first) = default(&world, &path).await;
    world.call("ada", "DELETE", &first, None).await.expect(409, "last-workspace");
    let berlin = created(&world, &path, "Berlin").await;
    let paris = created(&world, &path, "Paris").await;
    let before = world.call("ada", "GET", &berlin, None).await;
    world.call("ada", "DELETE", &first, None).await.expect(204, "");
    assert_eq!(default(&world, &path).await, ("Berlin".to_owned(), berlin.clone()));
    assert_ne!(world.call("ada", "GET", &berlin, None).await.etag, before.etag);
    world.call("ada", "DELETE", &paris, None).await.expect(204, "");
    world.call("ada", "DELETE", &berlin, None).await.expect(409, "last-workspace");
    world.check_invariants(&organization, &["ada"]).await;
}

#[tokio::test]
async fn those_with_the_permission_read_and_change_workspaces() {
    let (world, organization, path) = start().await;
    for (user, roles) in [("bob", ["billing_admin"]), ("uma", ["user_admin"]), ("eve", ["member"])] {
        world.join("ada", &organization, user, &roles).await;
    }
    let berlin = created(&world, &path, "Berlin").await;
    let readers = [("bob", 200, 403), ("eve", 403, 403), ("mallory", 404, 404), ("uma", 200, 0)];
    for (user, reads, changes) in readers {
        for path in [&path, &berlin] {
            assert_eq!(world.call(user, "GET", path, None).await.status, reads, "{user} {path}");
        }
        let body = Some(json!({"name": "Bonn"}));
        for (method, path, body, success) in
            [("PATCH", &berlin, &body, 200), ("DELETE", &berlin, &None, 204), ("POST", &path, &body, 201)]
        {
            let answer = world.call_with(user, method, path, body.clone(), &[("if-match", "*")]).await;
            let expected = if changes == 0 { success } else { changes };
            assert_eq!(answer.status, expected, "{user} {method} {}", answer.json);
        }
    }
}

#[tokio::test]
async fn a_repeated_request_creates_one_workspace() {
    let (world, organization, path) = start().await;
    let body = Some(json!({"name": "Berlin"}));
    let key = [("idempotency-key", "key-12345678")];
    let first = world.call_with("ada", "POST", &path, body.clone(), &key).await;
    let again = world.call_with("ada", "POST", &path, body, &key).await;
    first.expect(201, "");
    assert_eq!((first.json, first.location), (again.json, again.location));
    world.check_invariants(&organization, &["ada"]).await;
}

/// Makes the organization one of an earlier release: neither a counter, nor a limit, nor guards of names.
pub(crate) async fn as_earlier(world: &World, organization: &str) {
    let pk = format!("ORG#{organization}");
    let forget = world.operation(&pk, "SUBSCRIPTION", "REMOVE workspaces_used, workspace_limit");
    forget.send().await.unwrap();
    for item in world.items(&pk).await.iter().filter(|item| item["entity"] == "workspace_name") {
        world.delete(&pk, item["sk"].as_str().unwrap()).await;
    }
}

#[tokio::test]
async fn an_organization_of_an_earlier_release_goes_on() {
    let (world, organization, path) = start().await;
    as_earlier(&world, &organization).await;
    let (_, first) = default(&world, &path).await;
    let tab = world.call("ada", "GET", &format!("/organizations/{organization}/settings/workspaces"), None).await;
    assert_eq!((&tab.json["workspacesUsed"], &tab.json["workspaceLimit"]), (&json!(1), &json!(100)));
    world.call("ada", "DELETE", &first, None).await.expect(409, "last-workspace");
    // The workspace is renamed to another spelling, to another name and back; no guard is left over.
    for name in ["DEFAULT WORKSPACE", "Home", "Default workspace"] {
        rename(&world, "ada", &first, name, "*").await.expect(200, "");
    }
    world.check_invariants(&organization, &["ada"]).await;
    as_earlier(&world, &organization).await;
    // Its own name is taken, though nothing guarded it.
    create(&world, &path, "default workspace").await.expect(422, "validation-failed");
    created(&world, &path, "Berlin").await;
    let item = world.item(&format!("ORG#{organization}"), "SUBSCRIPTION").await;
    assert_eq!((&item["workspaces_used"], &item["workspace_limit"]), (&json!(2), &json!(100)));
    world.check_invariants(&organization, &["ada"]).await;
    world.call("ada", "DELETE", &first, None).await.expect(204, "");
    world.check_invariants(&organization, &["ada"]).await;
}
