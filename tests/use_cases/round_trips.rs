//! How often each request waits for DynamoDB, counted on the engine's side. Requests sent side by side count as one: the
//! engine holds every answer for a while, so that they really overlap.

use std::time::Duration;

use local_stack::round_trips;
use serde_json::{Value, json};

use crate::world::{MEMBER, World};

#[tokio::test]
async fn every_request_makes_as_few_round_trips_as_promised() {
    let world = World::new().await;
    // Long enough for a busy machine to send the second of two requests before the first is answered.
    world.engine.set_latency(Duration::from_millis(150));
    let count = async |name: &str, promised: usize, user: &str, method: &str, path: &str, body: Option<Value>| {
        world.engine.clear_calls();
        let if_match: &[_] = if method == "PATCH" { &[("if-match", "*")] } else { &[] };
        let answer = world.call_with(user, method, path, body, if_match).await;
        let calls = world.engine.calls();
        let operations: Vec<_> = calls.iter().map(|call| call.operation.as_str()).collect();
        println!("{promised} {name}: {}", operations.join(" "));
        assert!(answer.status < 300, "{name}: {}", answer.json);
        assert_eq!(round_trips(&calls), promised, "{name}: {operations:?}");
        answer
    };
    world.sign_up("ada", None).await;
    let body = json!({"name": "Acme"});
    let created = count("found", 2, "ada", "POST", "/organizations", Some(body)).await;
    let organization = created.text("/organization/organizationId").to_owned();
    let path = format!("/organizations/{organization}");
    let body = json!({"email": "bob@example.com", "roles": ["member"]});
    let invited = count("invite", 1, "ada", "POST", &format!("{path}/invitations"), Some(body)).await;
    world.deliver(&organization).await;
    world.join("ada", &organization, "eve", MEMBER).await;
    world.join("ada", &organization, "uma", &["user_admin"]).await;

    let roles = json!({"roles": ["billing_admin"]});
    count("change roles", 1, "ada", "PUT", &format!("{path}/members/eve/roles"), Some(roles)).await;
    count("change roles back", 2, "ada", "PUT", &format!("{path}/members/eve/roles"), Some(json!({"roles": MEMBER})))
        .await;
    let path_of_eve = format!("{path}/members/eve/roles");
    let admin = json!({"roles": ["organization_admin"]});
    count("make an admin", 1, "ada", "PUT", &path_of_eve, Some(admin)).await;
    count("an admin no longer", 2, "ada", "PUT", &path_of_eve, Some(json!({"roles": MEMBER}))).await;
    let roles = json!({"roles": ["user_admin"]});
    count("change roles as a user admin", 2, "uma", "PUT", &format!("{path}/members/eve/roles"), Some(roles)).await;

    count("me", 2, "ada", "GET", "/me", None).await;
    count("list organizations", 2, "ada", "GET", "/organizations", None).await;
    count("read organization", 1, "ada", "GET", &path, None).await;
    count("settings", 1, "ada", "GET", &format!("{path}/settings"), None).await;
    for tab in ["general", "users", "workspaces", "billing"] {
        count(tab, 1, "ada", "GET", &format!("{path}/settings/{tab}"), None).await;
    }
    let workspaces = format!("{path}/workspaces");
    let name = |name: &str| Some(json!({ "name": name }));
    let created = count("create a workspace", 1, "ada", "POST", &workspaces, name("Berlin")).await;
    let workspace = format!("{workspaces}/{}", created.text("/workspaceId"));
    count("list workspaces", 1, "ada", "GET", &workspaces, None).await;
    count("read a workspace", 1, "ada", "GET", &workspace, None).await;
    count("rename a workspace", 2, "ada", "PATCH", &workspace, name("Bonn")).await;
    let access = format!("{workspace}/members/eve");
    let role = |role: &str| Some(json!({ "role": role }));
    count("give access", 2, "ada", "PUT", &access, role("agent")).await;
    count("change access", 2, "ada", "PUT", &access, role("manager")).await;
    count("give oneself access", 2, "ada", "PUT", &format!("{workspace}/members/ada"), role("manager")).await;
    count("list who may enter", 2, "ada", "GET", &format!("{workspace}/members"), None).await;
    count("my workspaces", 2, "eve", "GET", "/me/workspaces", None).await;
    count("my workspaces as an admin", 2, "ada", "GET", "/me/workspaces", None).await;
    let mine = format!("/me/workspaces?organizationId={organization}");
    count("my workspaces of one organization", 2, "eve", "GET", &mine, None).await;
    count("take access", 2, "ada", "DELETE", &access, None).await;
    count("delete a workspace", 2, "ada", "DELETE", &workspace, None).await;
    count("list members", 1, "ada", "GET", &format!("{path}/members"), None).await;
    count("filter members", 1, "ada", "GET", &format!("{path}/members?role=member&email=e"), None).await;
    count("read member", 1, "ada", "GET", &format!("{path}/members/eve"), None).await;
    count("filter invitations", 1, "ada", "GET", &format!("{path}/invitations?status=pending"), None).await;
    let invitation = format!("{path}/invitations/{}", invited.text("/invitationId"));
    count("read invitation", 1, "ada", "GET", &invitation, None).await;

    world.operate(&format!("ORG#{organization}"), "SEATS", "SET seat_limit = :value", 1000).await;
    let rows = |name: &str, count: usize| {
        let row = |number: usize| json!({"email": format!("{name}{number}@example.com"), "roles": ["member"]});
        json!({"invitations": (0..count).map(row).collect::<Vec<_>>()})
    };
    let batch = format!("{path}/invitations/batch");
    count("batch of 50", 4, "ada", "POST", &batch, Some(rows("n", 50))).await;
    count("batch of 24", 2, "ada", "POST", &batch, Some(rows("m", 24))).await;
    let mut dry_run = rows("d", 50);
    dry_run["dryRun"] = json!(true);
    count("dry run", 1, "ada", "POST", &batch, Some(dry_run)).await;
    // Pending invitations have the addresses: those are read, and then their inviters.
    count("batch that is pending", 3, "ada", "POST", &batch, Some(rows("n", 50))).await;

    let token = json!({"token": world.inbox.token("bob@example.com")});
    count("preview", 1, "x", "POST", "/invitations/preview", Some(token.clone())).await;
    world.pool.add("bob", "bob@example.com");
    count("accept", 2, "bob", "POST", "/invitations/accept", Some(token)).await;
    count("remove", 2, "ada", "DELETE", &format!("{path}/members/bob"), None).await;
    count("leave", 2, "eve", "DELETE", &format!("{path}/members/eve"), None).await;
    let token = json!({"token": world.invite("ada", &organization, "dan@example.com", MEMBER).await});
    count("decline", 2, "x", "POST", "/invitations/decline", Some(token)).await;

    world.engine.clear_calls();
    world.sign_up("zoe", Some("Zoe's")).await;
    assert_eq!(round_trips(&world.engine.calls()), 1, "the trigger");
    let body = json!({"email": "kim@example.com", "roles": ["member"]});
    world.call("ada", "POST", &format!("{path}/invitations"), Some(body)).await.expect(201, "");
    let items = world.items(&format!("ORG#{organization}")).await;
    let records =
        items.iter().filter(|item| item["delivery_status"] == "queued").map(crate::world::stream_record).collect();
    world.engine.clear_calls();
    world.mailer(records).await;
    assert_eq!(round_trips(&world.engine.calls()), 2, "the mailer: {:?}", world.engine.calls());
}
