//! I6, R12: the ids of one organization reach nothing in another.

use serde_json::json;

use crate::world::{ADMIN, MEMBER, World};

#[tokio::test]
async fn i6_ids_of_another_organization_reach_nothing() {
    let world = World::new().await;
    let (mine, theirs) = (world.creator("ada").await, world.creator("eve").await);
    world.join("eve", &theirs, "bob", MEMBER).await;
    let token = world.invite("eve", &theirs, "dan@example.com", MEMBER).await;
    let invitation =
        world.call("eve", "GET", &format!("/organizations/{theirs}/invitations?status=pending"), None).await;
    let invitation = invitation.text("/items/0/invitationId").to_owned();
    let workspaces = world.call("eve", "GET", &format!("/organizations/{theirs}/workspaces"), None).await;
    let workspace = format!("workspaces/{}", workspaces.text("/items/0/workspaceId"));
    let before = world.items(&format!("ORG#{theirs}")).await;

    // Their things through my organization: not there. My request to theirs: it does not exist.
    let in_mine = |path: &str| format!("/organizations/{mine}/{path}");
    world.call("ada", "GET", &in_mine("members/bob"), None).await.expect(404, "member-not-found");
    world.remove("ada", &mine, "bob").await.expect(404, "member-not-found");
    world.set_roles("ada", &mine, "bob", ADMIN).await.expect(404, "member-not-found");
    world
        .call("ada", "GET", &in_mine(&format!("invitations/{invitation}")), None)
        .await
        .expect(404, "invitation-not-found");
    let name = || Some(json!({"name": "Mine"}));
    for (method, body) in [("GET", None), ("PATCH", name()), ("DELETE", None)] {
        let ask = async |path: String| world.call_with("ada", method, &path, body.clone(), &[("if-match", "*")]).await;
        ask(in_mine(&workspace)).await.expect(404, "workspace-not-found");
        ask(format!("/organizations/{theirs}/{workspace}")).await.expect(404, "organization-not-found");
    }
    for (method, path) in
        [("GET", "members"), ("PUT", "members/ada"), ("PUT", "members/bob"), ("DELETE", "members/bob")]
    {
        let body = (method == "PUT").then(|| json!({"role": "agent"}));
        let ask = async |path: String| world.call("ada", method, &path, body.clone()).await;
        ask(in_mine(&format!("{workspace}/{path}"))).await.expect(404, "workspace-not-found");
        ask(format!("/organizations/{theirs}/{workspace}/{path}")).await.expect(404, "organization-not-found");
    }
    let grants = json!([{"workspaceId": workspace.trim_start_matches("workspaces/"), "role": "agent"}]);
    let invite = json!({"email": "kim@example.com", "roles": MEMBER, "workspaces": grants});
    let invited = world.call("ada", "POST", &in_mine("invitations"), Some(invite)).await;
    invited.expect(422, "validation-failed");
    let create = world.call("ada", "POST", &format!("/organizations/{theirs}/workspaces"), name()).await;
    create.expect(404, "organization-not-found");
    world.remove("ada", &theirs, "bob").await.expect(404, "organization-not-found");
    world.set_roles("ada", &theirs, "bob", ADMIN).await.expect(404, "organization-not-found");
    for path in [
        "",
        "/settings",
        "/settings/general",
        "/members",
        "/members/bob",
        "/members/ada",
        "/invitations",
        "/audit-records",
        "/workspaces",
    ] {
        world
            .call("ada", "GET", &format!("/organizations/{theirs}{path}"), None)
            .await
            .expect(404, "organization-not-found");
    }
    let body = json!({"email": "ada@example.com", "roles": ADMIN});
    let answer = world.call("ada", "POST", &format!("/organizations/{theirs}/invitations"), Some(body)).await;
    answer.expect(404, "organization-not-found");

    // Cursors belong to one list of one organization.
    let page = world.call("eve", "GET", &format!("/organizations/{theirs}/members?limit=1"), None).await;
    let cursor = page.text("/nextCursor");
    for path in [in_mine(&format!("members?cursor={cursor}")), in_mine(&format!("workspaces?cursor={cursor}"))] {
        world.call("ada", "GET", &path, None).await.expect(400, "invalid-cursor");
    }
    assert_eq!(world.items(&format!("ORG#{theirs}")).await, before, "nothing of theirs was touched");
    assert_eq!(world.call("x", "POST", "/invitations/preview", Some(json!({"token": token}))).await.status, 200);
}
