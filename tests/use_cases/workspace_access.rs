//! Access to workspaces (R23): given, changed, taken, listed, in invitations, and at the end of a membership.

use serde_json::{Value, json};

use crate::world::{ADMIN, Answer, MEMBER, World};

/// An organization of Ada with the member Bob, and its default workspace.
struct Scene {
    world: World,
    organization: String,
    workspace: String,
}

impl Scene {
    async fn new() -> Self {
        let world = World::new().await;
        let organization = world.creator("ada").await;
        world.join("ada", &organization, "bob", MEMBER).await;
        let list = world.call("ada", "GET", &format!("/organizations/{organization}/workspaces"), None).await;
        let workspace = list.text("/items/0/workspaceId").to_owned();
        Self { world, organization, workspace }
    }

    fn path(&self, workspace: &str, user: &str) -> String {
        format!("/organizations/{}/workspaces/{workspace}/members/{user}", self.organization)
    }

    async fn give(&self, actor: &str, user: &str, role: &str) -> Answer {
        self.world.call(actor, "PUT", &self.path(&self.workspace, user), Some(json!({ "role": role }))).await
    }

    async fn take(&self, actor: &str, user: &str) -> Answer {
        self.world.call(actor, "DELETE", &self.path(&self.workspace, user), None).await
    }

    async fn create(&self, name: &str) -> String {
        let path = format!("/organizations/{}/workspaces", self.organization);
        let created = self.world.call("ada", "POST", &path, Some(json!({ "name": name }))).await;
        created.text("/workspaceId").to_owned()
    }

    /// Who may enter: user id, role, and whether as an organization admin.
    async fn members(&self) -> Vec<(Value, Value, Value)> {
        let path = format!("/organizations/{}/workspaces/{}/members", self.organization, self.workspace);
        pages(&self.world, "ada", &path, &["userId", "role", "organizationAdmin"]).await
    }

    /// What a user may enter: name, role, and whether as an organization admin.
    async fn mine(&self, user: &str) -> Vec<(Value, Value, Value)> {
        pages(&self.world, user, "/me/workspaces", &["name", "role", "organizationAdmin"]).await
    }

    async fn rejoin(&self, user: &str) {
        let token = self.world.invite("ada", &self.organization, &format!("{user}@example.com"), MEMBER).await;
        self.world.accept(user, &token).await.expect(200, "");
    }

    async fn actions(&self) -> Vec<(Value, Value)> {
        let items = self.world.items(&format!("ORG#{}", self.organization)).await;
        let records = items.iter().filter(|item| item["workspace_role"].is_string());
        records.map(|item| (item["action"].clone(), item["workspace_role"].clone())).collect()
    }

    async fn check(&self) {
        self.world.check_invariants(&self.organization, &["ada", "bob"]).await;
    }
}

/// Three fields of every item of a list, in pages of two.
async fn pages(world: &World, user: &str, path: &str, names: &[&str; 3]) -> Vec<(Value, Value, Value)> {
    let mut found = Vec::new();
    let mut cursor = String::new();
    let separator = if path.contains('?') { '&' } else { '?' };
    for _ in 0..100 {
        let page = world.call(user, "GET", &format!("{path}{separator}limit=2{cursor}"), None).await;
        page.expect(200, "");
        let items = page.json["items"].as_array().unwrap();
        assert!(items.len() <= 2);
        let [first, second, third] = names;
        found.extend(items.iter().map(|item| (item[first].clone(), item[second].clone(), item[third].clone())));
        match page.json["nextCursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return found,
        }
    }
    panic!("pages without end")
}

fn row(first: &str, role: Option<&str>, admin: bool) -> (Value, Value, Value) {
    (json!(first), json!(role), json!(admin))
}

#[tokio::test]
async fn access_is_given_changed_and_taken() {
    let scene = Scene::new().await;
    assert_eq!(scene.mine("bob").await, []);
    let given = scene.give("ada", "bob", "agent").await;
    given.expect(200, "");
    assert_eq!(given.json, json!({"workspaceId": scene.workspace, "userId": "bob", "role": "agent"}));
    assert_eq!(scene.members().await, [row("ada", None, true), row("bob", Some("agent"), false)]);
    assert_eq!(scene.mine("bob").await, [row("Default workspace", Some("agent"), false)]);
    // The same again writes nothing.
    for role in ["agent", "manager"] {
        scene.give("ada", "bob", role).await.expect(200, "");
    }
    scene.give("ada", "ada", "manager").await.expect(200, "");
    assert_eq!(scene.members().await, [row("ada", Some("manager"), true), row("bob", Some("manager"), false)]);
    scene.check().await;
    for _ in 0..2 {
        scene.take("ada", "bob").await.expect(204, "");
    }
    assert_eq!(scene.members().await, [row("ada", Some("manager"), true)]);
    assert_eq!(scene.mine("bob").await, []);
    let record = |action: &str, role: &str| (json!(format!("workspace-member.{action}")), json!(role));
    let expected = [
        record("added", "agent"),
        record("changed", "manager"),
        record("added", "manager"),
        record("removed", "manager"),
    ];
    assert_eq!(scene.actions().await, expected);
    scene.check().await;
}

#[tokio::test]
async fn access_needs_a_role_of_the_list_a_member_and_a_workspace() {
    let scene = Scene::new().await;
    for wrong in ["owner", "Agent", "", "agent "] {
        scene.give("ada", "bob", wrong).await.expect(422, "validation-failed");
    }
    scene.give("ada", "eve", "agent").await.expect(404, "member-not-found");
    scene.take("ada", "eve").await.expect(404, "member-not-found");
    let nowhere = scene.path("ws_0190a6a4-7b3c-7def-8123-0000000000cc", "bob");
    let body = || Some(json!({"role": "agent"}));
    scene.world.call("ada", "PUT", &nowhere, body()).await.expect(404, "workspace-not-found");
    scene.world.call("ada", "DELETE", &nowhere, None).await.expect(404, "workspace-not-found");
    let list = nowhere.trim_end_matches("/bob");
    scene.world.call("ada", "GET", list, None).await.expect(404, "workspace-not-found");
    // R7: a member cannot, a billing admin only reads, and to others the organization does not exist.
    scene.give("bob", "bob", "agent").await.expect(403, "permission-denied");
    scene.world.join("ada", &scene.organization, "kim", &["billing_admin"]).await;
    scene.give("kim", "bob", "agent").await.expect(403, "permission-denied");
    scene.take("kim", "bob").await.expect(403, "permission-denied");
    let path = scene.path(&scene.workspace, "");
    let list = path.trim_end_matches('/');
    for (user, status) in [("kim", 200), ("bob", 403), ("mallory", 404)] {
        assert_eq!(scene.world.call(user, "GET", list, None).await.status, status, "{user}");
    }
    scene.give("mallory", "bob", "agent").await.expect(404, "organization-not-found");
    // R9 is about roles of this API: a user admin may enter a workspace by their own decision.
    scene.world.join("ada", &scene.organization, "uma", &["user_admin"]).await;
    scene.give("uma", "uma", "agent").await.expect(200, "");
}

/// The items remain, and are void: for the lists, for a new membership, and for a change.
#[tokio::test]
async fn access_ends_with_the_membership_and_does_not_return_with_a_new_one() {
    let scene = Scene::new().await;
    scene.give("ada", "bob", "manager").await.expect(200, "");
    scene.world.remove("ada", &scene.organization, "bob").await.expect(204, "");
    assert_eq!((scene.mine("bob").await, scene.members().await), (vec![], vec![row("ada", None, true)]));
    scene.take("ada", "bob").await.expect(404, "member-not-found");
    scene.rejoin("bob").await;
    assert_eq!((scene.mine("bob").await, scene.members().await), (vec![], vec![row("ada", None, true)]));
    scene.take("ada", "bob").await.expect(204, "");
    // A new access replaces the item of the old membership, and is audited as a new one.
    scene.give("ada", "bob", "manager").await.expect(200, "");
    assert_eq!(scene.mine("bob").await, [row("Default workspace", Some("manager"), false)]);
    let added = (json!("workspace-member.added"), json!("manager"));
    assert_eq!(scene.actions().await, [added.clone(), added]);
    scene.check().await;
}

#[tokio::test]
async fn a_deleted_workspace_and_a_lost_role_end_access() {
    let scene = Scene::new().await;
    scene.create("Berlin").await;
    scene.give("ada", "bob", "agent").await.expect(200, "");
    let path = format!("/organizations/{}/workspaces/{}", scene.organization, scene.workspace);
    scene.world.call("ada", "DELETE", &path, None).await.expect(204, "");
    assert_eq!(scene.mine("bob").await, []);
    assert_eq!(scene.mine("ada").await, [row("Berlin", None, true)]);
    // An organization admin may enter every workspace, for as long as they are one.
    scene.world.set_roles("ada", &scene.organization, "bob", ADMIN).await.expect(200, "");
    assert_eq!(scene.mine("bob").await, [row("Berlin", None, true)]);
    scene.world.set_roles("ada", &scene.organization, "bob", MEMBER).await.expect(200, "");
    assert_eq!(scene.mine("bob").await, []);
}

#[tokio::test]
async fn my_workspaces_are_those_of_all_my_organizations() {
    let scene = Scene::new().await;
    for name in ["Berlin", "Bonn", "Rome"] {
        scene.create(name).await;
    }
    scene.give("ada", "bob", "agent").await.expect(200, "");
    // Bob's own organization has two, and he is a plain member of more than one page of others.
    let mut admins = Vec::new();
    for number in 0..12 {
        let creator = format!("creator{number}");
        let organization = scene.world.creator(&creator).await;
        let token = scene
            .world
            .invite(&creator, &organization, "bob@example.com", if number == 11 { ADMIN } else { MEMBER })
            .await;
        scene.world.accept("bob", &token).await.expect(200, "");
        admins.push(organization);
    }
    let first = row("Default workspace", Some("agent"), false);
    assert_eq!(scene.mine("bob").await, [first.clone(), row("Default workspace", None, true)]);
    let ada = ["Default workspace", "Berlin", "Bonn", "Rome"].map(|name| row(name, None, true));
    assert_eq!(scene.mine("ada").await, ada);
    let filtered = async |organization: &str| {
        let path = format!("/me/workspaces?organizationId={organization}");
        pages(&scene.world, "bob", &path, &["name", "role", "organizationAdmin"]).await
    };
    assert_eq!(filtered(&scene.organization).await, [first]);
    assert_eq!(filtered(&admins[0]).await, []);
    assert_eq!(filtered(&admins[11]).await, [row("Default workspace", None, true)]);
    assert_eq!(filtered("nonsense").await, []);
    // A cursor belongs to its filter and its user.
    let page = scene.world.call("ada", "GET", "/me/workspaces?limit=1", None).await;
    let cursor = page.text("/nextCursor");
    for (user, query) in [("bob", String::new()), ("ada", format!("organizationId={}&", scene.organization))] {
        let path = format!("/me/workspaces?{query}cursor={cursor}");
        scene.world.call(user, "GET", &path, None).await.expect(400, "invalid-cursor");
    }
}

/// More accesses and admins than a page has, among them those of members who have left.
#[tokio::test]
async fn those_who_may_enter_come_in_pages() {
    let scene = Scene { world: World::with_seats(100).await, organization: String::new(), workspace: String::new() };
    let organization = scene.world.creator("ada").await;
    let list = scene.world.call("ada", "GET", &format!("/organizations/{organization}/workspaces"), None).await;
    let scene = Scene { organization, workspace: list.text("/items/0/workspaceId").to_owned(), ..scene };
    for (number, roles) in [ADMIN, MEMBER, MEMBER, ADMIN, MEMBER, MEMBER, MEMBER].into_iter().enumerate() {
        let user = format!("user{number}");
        scene.world.join("ada", &scene.organization, &user, roles).await;
        scene.give("ada", &user, "agent").await.expect(200, "");
    }
    for gone in ["user1", "user4"] {
        scene.world.remove("ada", &scene.organization, gone).await.expect(204, "");
    }
    let expected = [
        row("ada", None, true),
        row("user0", Some("agent"), true),
        row("user3", Some("agent"), true),
        row("user2", Some("agent"), false),
        row("user5", Some("agent"), false),
        row("user6", Some("agent"), false),
    ];
    assert_eq!(scene.members().await, expected);
}

async fn invite(scene: &Scene, user: &str, workspaces: Value) -> Answer {
    let path = format!("/organizations/{}/invitations", scene.organization);
    let body = json!({"email": format!("{user}@example.com"), "roles": MEMBER, "workspaces": workspaces});
    scene.world.call("ada", "POST", &path, Some(body)).await
}

#[tokio::test]
async fn an_invitation_gives_access_to_the_workspaces_that_still_exist() {
    let scene = Scene::new().await;
    let berlin = scene.create("Berlin").await;
    let grant = |workspace: &str, role: &str| json!({"workspaceId": workspace, "role": role});
    let grants = json!([grant(&scene.workspace, "manager"), grant(&berlin, "agent")]);
    let mut paths = Vec::new();
    for user in ["eve", "dan"] {
        let invited = invite(&scene, user, grants.clone()).await;
        invited.expect(201, "");
        assert_eq!(invited.json["workspaces"], grants);
        let id = invited.text("/invitationId");
        let path = format!("/organizations/{}/invitations/{id}", scene.organization);
        assert_eq!(scene.world.call("ada", "GET", &path, None).await.json["workspaces"], grants);
        paths.push(format!("/me/invitations/{id}/accept"));
        scene.world.sign_up(user, None).await;
    }
    scene.world.deliver(&scene.organization).await;
    scene.world.accept("eve", &scene.world.inbox.token("eve@example.com")).await.expect(200, "");
    let both = [row("Default workspace", Some("manager"), false), row("Berlin", Some("agent"), false)];
    assert_eq!(scene.mine("eve").await, both);
    let path = format!("/organizations/{}/workspaces/{berlin}", scene.organization);
    scene.world.call("ada", "DELETE", &path, None).await.expect(204, "");
    // In the app, which reads an index that does not have the workspaces.
    scene.world.call("dan", "POST", &paths[1], None).await.expect(200, "");
    for user in ["eve", "dan"] {
        assert_eq!(scene.mine(user).await, [row("Default workspace", Some("manager"), false)], "{user}");
    }
    invite(&scene, "kim", json!([grant(&berlin, "agent")])).await.expect(422, "validation-failed");
    scene.check().await;
}

#[tokio::test]
async fn the_workspaces_of_an_invitation_are_checked() {
    let scene = Scene::new().await;
    let grant = |workspace: &str, role: &str| json!({"workspaceId": workspace, "role": role});
    let nowhere = "ws_0190a6a4-7b3c-7def-8123-0000000000cc";
    let known = scene.workspace.as_str();
    for (wrong, pointer) in [
        (json!([grant(known, "agent"), grant(nowhere, "agent")]), "/workspaces/1/workspaceId"),
        (json!([grant("nonsense", "agent")]), "/workspaces/0/workspaceId"),
        (json!([grant(known, "owner")]), "/workspaces/0/role"),
        (json!([grant(known, "agent"), grant(known, "manager")]), "/workspaces/1/workspaceId"),
        (Value::Array(vec![grant(known, "agent"); 11]), "/workspaces"),
    ] {
        let answer = invite(&scene, "eve", wrong.clone()).await;
        answer.expect(422, "validation-failed");
        assert_eq!(answer.text("/errors/0/pointer"), pointer, "{wrong}");
        let path = format!("/organizations/{}/invitations/batch", scene.organization);
        let row = json!({"email": "eve@example.com", "roles": MEMBER, "workspaces": wrong});
        let batch = scene.world.call("ada", "POST", &path, Some(json!({"invitations": [row]}))).await;
        assert_eq!(batch.text("/items/0/code"), "validation-failed", "{}", batch.json);
    }
    let path = format!("/organizations/{}/invitations/batch", scene.organization);
    let one = json!({"email": "eve@example.com", "roles": MEMBER, "workspaces": [grant(known, "agent")]});
    let batch = scene.world.call("ada", "POST", &path, Some(json!({"invitations": [one]}))).await;
    assert_eq!(batch.text("/items/0/outcome"), "invited", "{}", batch.json);
    scene.world.deliver(&scene.organization).await;
    scene.world.sign_up("eve", None).await;
    scene.world.accept("eve", &scene.world.inbox.token("eve@example.com")).await.expect(200, "");
    assert_eq!(scene.mine("eve").await, [row("Default workspace", Some("agent"), false)]);
    scene.check().await;
}

/// A client can compute the checksum of a cursor. One of another organization or workspace is no error of ours.
#[tokio::test]
async fn i13_a_made_up_cursor_of_workspaces_is_no_error_of_ours() {
    let scene = Scene::new().await;
    let (organization, workspace) = (&scene.organization, &scene.workspace);
    let id = |digit: &str| {
        let (four, three) = (digit.repeat(4), digit.repeat(3));
        format!("{four}{four}-{four}-7{three}-8{three}-{four}{four}{four}")
    };
    for digit in ["0", "f"] {
        for end in ["~".to_owned(), format!("ws_{}", id(digit))] {
            let key = format!("WORKSPACE#org_{}#{end}", id(digit));
            for (filter, query) in [("", String::new()), (organization, format!("&organizationId={organization}"))] {
                let list = format!("my-workspaces/bob/{filter}");
                let cursor = shared::http::Cursor::of(list, |_| true).write(&key);
                let answer =
                    scene.world.call("bob", "GET", &format!("/me/workspaces?cursor={cursor}{query}"), None).await;
                assert_eq!(answer.status, 200, "{key} {query}: {}", answer.json);
            }
        }
        let list = format!("workspace-members/{organization}/{workspace}");
        let key = format!("WORKSPACE_MEMBER#ws_{}#bob", id(digit));
        let cursor = shared::http::Cursor::of(list, |_| true).write(&key);
        let path = format!("/organizations/{organization}/workspaces/{workspace}/members?cursor={cursor}");
        let answer = scene.world.call("ada", "GET", &path, None).await;
        assert_eq!(answer.status, 200, "{key}: {}", answer.json);
    }
}
