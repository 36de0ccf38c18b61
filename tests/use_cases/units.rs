//! Read and write units of every operation, as the engine counts them, compared with the table in docs/capacity.md.

use local_stack::Call;
use serde_json::{Value, json};
use shared::domain::InvitationState;

use crate::world::{ADMIN, ENGINE, MEMBER, Snapshot, World, stream_record};

const PAGE: &str = "../docs/capacity.md";

/// Members of the organization whose lists are read, and invitations in it. Another size gives the same table.
fn size() -> usize {
    std::env::var("UNITS_SIZE").map_or(300, |size| size.parse().unwrap())
}

/// The units of reads and of writes. Of a transaction all are writes, as DynamoDB bills them.
fn units(calls: &[Call]) -> (f64, f64) {
    let is_write =
        |call: &&Call| ["TransactWriteItems", "PutItem", "UpdateItem", "DeleteItem"].contains(&call.operation.as_str());
    let sum = |calls: Vec<&Call>| calls.into_iter().filter_map(|call| call.capacity).sum::<f64>();
    let (writes, reads) = calls.iter().partition(is_write);
    // A sum of nothing is -0.
    (sum(reads) + 0.0, sum(writes) + 0.0)
}

struct Bill<'a> {
    world: &'a World,
    rows: Vec<String>,
}

impl Bill<'_> {
    /// What happened since the last row. Half units are as good as whole ones in a sum, so they stay.
    fn row(&mut self, operation: &str) {
        let calls = self.world.engine.calls();
        let (reads, writes) = units(&calls);
        let failed = calls.iter().filter(|call| call.capacity.is_none()).count();
        let again = if failed == 0 { "" } else { ", and a try that fails" };
        self.rows.push(format!("| {operation} | {reads} | {writes}{again} |"));
        self.world.engine.clear_calls();
    }

    /// A request whose last try is a transaction. Its units have to be those of the items that it changed, and of `checked` more that
    /// it only looked at.
    async fn write(
        &mut self,
        operation: &str,
        checked: usize,
        (user, method, path): (&str, &str, &str),
        body: Option<Value>,
    ) -> Value {
        let before = self.world.snapshot().await;
        let answer = self.call(operation, user, method, path, body).await;
        let computed = self.world.billed(&before, &self.world.snapshot().await, checked).await;
        self.world.engine.clear_calls();
        let row = self.rows.last().unwrap();
        let written = row.rsplit(" | ").next().unwrap().split([' ', ',']).next().unwrap();
        assert_eq!(written, computed.to_string(), "what was written costs another number: {row}");
        answer
    }

    async fn call(&mut self, operation: &str, user: &str, method: &str, path: &str, body: Option<Value>) -> Value {
        self.world.engine.clear_calls();
        let if_match: &[_] = if method == "PATCH" { &[("if-match", "*")] } else { &[] };
        let answer = self.world.call_with(user, method, path, body, if_match).await;
        assert!(answer.status < 300, "{operation}: {}", answer.json);
        self.row(operation);
        answer.json
    }
}

/// Ids as long as Cognito's, since they are in most items.
fn user(number: u32) -> String {
    format!("a1b2c3d4-0000-4000-8000-{number:012}")
}

/// On the embedded engine only: DynamoDB Local counts transactions otherwise than DynamoDB bills them.
#[tokio::test]
async fn the_page_on_capacity_has_the_units_of_every_operation() {
    if std::env::var(ENGINE).is_ok() {
        return println!("not on this engine");
    }
    let world = World::with_seats(1_000_000).await;
    let mut bill = Bill { world: &world, rows: Vec::new() };
    let [ada, bob, eve, uma, dan] = [1, 2, 3, 4, 5].map(user);
    let mail = |user: &str| format!("{user}@example.com");

    world.sign_up(&dan, Some("Dan's")).await;
    bill.row("Sign-up that creates an organization");
    world.sign_up(&ada, None).await;
    bill.row("Sign-up without one");
    let created =
        bill.write("`POST /organizations`", 0, (&ada, "POST", "/organizations"), Some(json!({"name": "Acme"}))).await;
    let organization = created["organization"]["organizationId"].as_str().unwrap().to_owned();
    let me = world.call(&dan, "GET", "/me", None).await;
    let dans = me.text("/organizations/0/organizationId").to_owned();
    let batch = format!("/organizations/{dans}/invitations/batch");
    let rows: Vec<_> = (100..150).map(|number| json!({"email": mail(&user(number)), "roles": MEMBER})).collect();
    bill.call("Dry run of a batch of 50", &dan, "POST", &batch, Some(json!({"invitations": rows, "dryRun": true})))
        .await;
    // Three transactions check the member, and two more than one write SEATS.
    bill.write("Invite 50 people in a batch", 3 + 2, (&dan, "POST", &batch), Some(json!({"invitations": rows}))).await;
    // Otherwise these emails would be among the unsent ones below.
    world.deliver(&dans).await;
    world.engine.clear_calls();
    let path = format!("/organizations/{organization}");
    let invite =
        |user: &str, message: Option<&str>| Some(json!({"email": mail(user), "roles": MEMBER, "message": message}));
    let invitations = format!("{path}/invitations");
    bill.write("Invite", 1, (&ada, "POST", &invitations), invite(&bob, None)).await;
    world.deliver(&organization).await;
    world.engine.clear_calls();
    let queued: Vec<Value> = {
        world.call(&ada, "POST", &invitations, invite(&eve, None)).await.expect(201, "");
        let items = world.items(&format!("ORG#{organization}")).await;
        items.iter().filter(|item| item["delivery_status"] == "queued").map(crate::world::stream_record).collect()
    };
    world.engine.clear_calls();
    world.mailer(queued).await;
    bill.row("Send its email");
    world.report(crate::world::Reported::Delivery, &world.tags(&mail(&bob))).await;
    bill.row("Store that it was delivered");
    let message = "m".repeat(500);
    bill.write(
        "Invite with a message of 500 characters",
        1,
        (&ada, "POST", &invitations),
        invite(&uma, Some(&message)),
    )
    .await;
    world.deliver(&organization).await;
    world.pass(std::time::Duration::from_secs(24 * 3600));
    let other = user(9);
    bill.write("Invite, the first of the day", 1, (&ada, "POST", &invitations), invite(&other, None)).await;
    world.deliver(&organization).await;
    let token = |user: &str| json!({"token": world.inbox.token(&mail(user))});
    bill.call("Preview", "x", "POST", "/invitations/preview", Some(token(&bob))).await;
    world.sign_up(&bob, None).await;
    bill.write("Accept", 1, (&bob, "POST", "/invitations/accept"), Some(token(&bob))).await;
    let tell = async || {
        let items = world.items(&format!("ORG#{organization}")).await;
        let notices = items.iter().filter(|item| item["entity"] == "acceptance_notice").map(stream_record).collect();
        world.engine.clear_calls();
        world.mailer(notices).await;
    };
    tell().await;
    bill.row("Tell the inviter of it");
    bill.write("Decline", 0, ("x", "POST", "/invitations/decline"), Some(token(&other))).await;
    for user in [&eve, &uma] {
        world.sign_up(user, None).await;
        assert_eq!(world.accept(user, token(user)["token"].as_str().unwrap()).await.status, 200);
    }
    tell().await;
    let roles = |user: &str| format!("{path}/members/{user}/roles");
    let set = |roles: &[&str]| Some(json!({ "roles": roles }));
    bill.write(
        "Change roles, no organization admin concerned",
        1,
        (&ada, "PUT", &roles(&bob)),
        set(&["billing_admin"]),
    )
    .await;
    bill.write("Make an organization admin", 1, (&ada, "PUT", &roles(&uma)), set(ADMIN)).await;
    bill.write("Take the role from an organization admin", 1, (&ada, "PUT", &roles(&uma)), set(&["user_admin"])).await;
    bill.write("Change roles as a user admin", 1, (&uma, "PUT", &roles(&eve)), set(&["user_admin"])).await;
    bill.write("Remove a member", 1, (&ada, "DELETE", &format!("{path}/members/{eve}")), None).await;
    bill.write("Leave", 0, (&bob, "DELETE", &format!("{path}/members/{bob}")), None).await;

    let workspaces = format!("{path}/workspaces");
    let name = |name: &str| Some(json!({ "name": name }));
    let created = bill.write("Create a workspace", 1, (&ada, "POST", &workspaces), name("Berlin")).await;
    let workspace = format!("{workspaces}/{}", created["workspaceId"].as_str().unwrap());
    bill.write("Rename a workspace", 1, (&ada, "PATCH", &workspace), name("Bonn")).await;
    bill.write("Delete a workspace", 1, (&ada, "DELETE", &workspace), None).await;

    // Reads, in an organization that is large.
    let members: Vec<_> = (0..size())
        .map(|number| world.member(&organization, &user(u32::try_from(number).unwrap() + 100), MEMBER))
        .collect();
    world.plant_members(&members).await;
    let planted = (0..size()).map(|number| {
        let state = if number % (size() / 3) == 0 { InvitationState::Pending } else { InvitationState::Accepted };
        world.invitation(&organization, &format!("invited-{number}@example.com"), state, 7)
    });
    world.plant(planted.collect::<Vec<_>>()).await;
    let get = |path: &str| path.to_owned();
    assert_eq!(world.call(&ada, "GET", "/me", None).await.status, 200);
    bill.call("`GET /me`, one organization", &ada, "GET", "/me", None).await;
    world.plant_memberships(&ada, 100).await;
    bill.call("`GET /me`, 25 organizations or more", &ada, "GET", "/me", None).await;
    let default = world.call(&ada, "GET", &workspaces, None).await;
    for (operation, path) in [
        ("List my organizations, a page of 25", get("/organizations")),
        ("Read an organization", path.clone()),
        ("Settings, and each tab", format!("{path}/settings")),
        ("List workspaces, one of them", workspaces.clone()),
        ("Read a workspace", format!("{workspaces}/{}", default.text("/items/0/workspaceId"))),
        ("List members, a page of 25", format!("{path}/members")),
        ("List members, a page of 100", format!("{path}/members?limit=100")),
        ("Filter members by role, a page of 25", format!("{path}/members?role=member")),
        ("Find a member by address", format!("{path}/members?email={}", mail(&user(150)))),
        ("Read a member", format!("{path}/members/{uma}")),
        ("List invitations, a page of 25", invitations.clone()),
        ("List pending invitations, three of them", format!("{invitations}?status=pending")),
    ] {
        bill.call(operation, &ada, "GET", &path, None).await;
    }
    world.engine.clear_calls();
    world.send_due().await;
    bill.row("Look for unsent email, none there");

    world.nothing_expired_before(1).await;
    world.engine.clear_calls();
    world.sweep().await;
    bill.row("A run of the sweeper that finds nothing, two hours");
    let path = format!("/organizations/{}/invitations", world.owned(&dan).await);
    for (operation, number) in [("End one expired invitation", 1), ("End 30 of one organization", 30)] {
        for guest in 0..number {
            let body = json!({"email": mail(&user(200 + guest)), "roles": MEMBER});
            world.call(&dan, "POST", &path, Some(body)).await.expect(201, "");
        }
        world.pass(std::time::Duration::from_secs(8 * 24 * 3600));
        world.nothing_expired_before(26).await;
        let before = world.snapshot().await;
        world.engine.clear_calls();
        world.sweep().await;
        // A try that fails is that of the planted ones, which have no seats.
        let calls = world.engine.calls();
        let counted =
            calls.iter().filter(|call| call.operation == "TransactWriteItems").filter_map(|call| call.capacity);
        let counted: Vec<f64> = counted.collect();
        let watermark = |snapshot: &Snapshot| snapshot.keys().find(|(pk, _)| pk == "SWEEPER").cloned();
        let (mut before, mut after) = (before, world.snapshot().await);
        for snapshot in [&mut before, &mut after] {
            watermark(snapshot).and_then(|key| snapshot.remove(&key));
        }
        let computed = world.billed(&before, &after, 0).await;
        assert_eq!(counted.iter().map(f64::to_string).collect::<Vec<_>>(), [computed.to_string()], "{operation}");
        bill.rows.push(format!("| {operation} | 0 | {computed} |"));
    }

    let page = std::fs::read_to_string(PAGE).unwrap_or_default();
    let missing: Vec<_> = bill.rows.iter().filter(|row| !page.lines().any(|line| line == **row)).collect();
    println!("{}", bill.rows.join("\n"));
    assert!(missing.is_empty(), "docs/capacity.md does not say:\n{missing:#?}");
    let rows = page.lines().filter(|line| line.starts_with("| ") && line.matches('|').count() == 4).count();
    assert_eq!(rows, bill.rows.len() + 1, "docs/capacity.md has rows of nothing");
}
