//! One request of every route, and of everything else that invokes a function: what is measured.

use serde_json::{Value, json};

use crate::{
    Result,
    event::Request,
    product::{Product, invocations},
    recording::Recording,
    stage::Stage,
};

const ADA: &str = "a1b2c3d4-0000-4000-8000-000000000001";
const BEN: &str = "a1b2c3d4-0000-4000-8000-000000000002";

/// A page of 100 is the largest one, and the reader is a member, too.
const MEMBERS: usize = 100;
const STILL_INVITED: usize = 5;

fn guest(number: usize) -> String {
    format!("b1b2c3d4-0000-4000-8000-{number:012}")
}

/// Plays the script from an empty table on.
///
/// # Errors
/// When a request fails, or when something invokes a function that the script leaves out.
pub(crate) async fn record(product: &Product) -> Result<Vec<Recording>> {
    let mut stage = Stage::new(product).await?;
    stage.sign_up(BEN, None).await?;
    let body = json!({"name": "Ben's Works", "industry": "software", "country": "DE"});
    stage.call(Request { user: BEN, route: "POST /organizations", body: Some(body), ..Request::default() }).await?;
    stage.sign_up(ADA, Some("Example Works")).await?;
    let me = stage.call(Request { user: ADA, route: "GET /me", ..Request::default() }).await?;
    let organization = me["organizations"][0]["organizationId"].as_str().ok_or("Ada has no organization")?.to_owned();
    let invitation = guests(&mut stage, &organization).await?;
    reads(&mut stage, &organization, &invitation).await?;
    changes(&mut stage, &organization).await?;
    stage.delivered().await?;
    stage.tick("send-due-mails").await?;
    stage.tick("sweep").await?;
    let mut recordings = stage.finish().await?;
    let names = product.functions.iter().flat_map(invocations);
    names
        .map(|name| {
            recordings.remove(&name).ok_or_else(|| {
                format!("nothing is recorded for {name}: add a request to tests/benchmarks/src/script.rs").into()
            })
        })
        .collect()
}

/// Fills the organization and leaves some invitations open: the id of one.
async fn guests(stage: &mut Stage<'_>, organization: &str) -> Result<String> {
    for number in 0..MEMBERS {
        let (user, token, _) = invite(stage, organization, number).await?;
        stage.sign_up(&user, None).await?;
        for route in ["POST /invitations/preview", "POST /invitations/accept"] {
            answer(stage, &user, route, &token).await?;
        }
    }
    let (user, token, _) = invite(stage, organization, MEMBERS).await?;
    answer(stage, &user, "POST /invitations/decline", &token).await?;
    mine(stage, organization).await?;
    let mut last = String::new();
    for number in 1..=STILL_INVITED {
        (_, _, last) = invite(stage, organization, MEMBERS + number).await?;
    }
    Ok(last)
}

async fn invite(stage: &mut Stage<'_>, organization: &str, number: usize) -> Result<(String, String, String)> {
    let user = guest(number);
    let body = json!({"email": format!("{user}@example.com"), "roles": ["member"], "message": "Welcome to the team."});
    let invitation = stage
        .call(Request {
            user: ADA,
            route: "POST /organizations/{organizationId}/invitations",
            path: &[("organizationId", organization)],
            body: Some(body),
            ..Request::default()
        })
        .await?;
    let token = stage.mail().await?;
    Ok((user, token, text(&invitation["invitationId"])))
}

/// What an invited user does without the link.
async fn mine(stage: &mut Stage<'_>, organization: &str) -> Result<()> {
    let (user, _, invitation) = invite(stage, organization, MEMBERS + STILL_INVITED + 1).await?;
    stage.sign_up(&user, None).await?;
    let path = &[("invitationId", invitation.as_str())];
    stage.call(Request { user: &user, route: "GET /me/invitations", ..Request::default() }).await?;
    let route = "POST /me/invitations/{invitationId}/resend";
    stage.call(Request { user: &user, route, path, ..Request::default() }).await?;
    let route = "POST /me/invitations/{invitationId}/accept";
    stage.call(Request { user: &user, route, path, ..Request::default() }).await?;
    let (user, _, invitation) = invite(stage, organization, MEMBERS + STILL_INVITED + 2).await?;
    stage.sign_up(&user, None).await?;
    let path = &[("invitationId", invitation.as_str())];
    let route = "POST /me/invitations/{invitationId}/decline";
    stage.call(Request { user: &user, route, path, ..Request::default() }).await?;
    // By link: no email for the stage to wait for.
    let row = |number: usize| json!({"email": format!("{}@example.com", guest(number)), "roles": ["member"], "delivery": "link"});
    let body = Some(json!({"invitations": (1000..1010).map(row).collect::<Vec<_>>()}));
    let path = &[("organizationId", organization)];
    let route = "POST /organizations/{organizationId}/invitations/batch";
    stage.call(Request { user: ADA, route, path, body, ..Request::default() }).await?;
    let (_, _, invitation) = invite(stage, organization, MEMBERS + STILL_INVITED + 3).await?;
    let path = &[("organizationId", organization), ("invitationId", invitation.as_str())];
    let route = "POST /organizations/{organizationId}/invitations/{invitationId}/resend";
    stage.call(Request { user: ADA, route, path, ..Request::default() }).await?;
    let route = "DELETE /organizations/{organizationId}/invitations/{invitationId}";
    stage.call(Request { user: ADA, route, path, ..Request::default() }).await.map(drop)
}

async fn answer(stage: &mut Stage<'_>, user: &str, route: &str, token: &str) -> Result<()> {
    let body = Some(json!({"token": token}));
    stage.call(Request { user, route, body, ..Request::default() }).await.map(drop)
}

async fn reads(stage: &mut Stage<'_>, organization: &str, invitation: &str) -> Result<()> {
    let here = ("organizationId", organization);
    let member = guest(0);
    let all: &[(&str, &str)] = &[("limit", "100")];
    type Pairs<'a> = &'a [(&'a str, &'a str)];
    let requests: [(&str, Pairs<'_>, Pairs<'_>); 10] = [
        ("GET /me", &[], &[]),
        ("GET /organizations", &[], all),
        ("GET /organizations/{organizationId}", &[here], &[]),
        ("GET /organizations/{organizationId}/settings", &[here], &[]),
        ("GET /organizations/{organizationId}/settings/{tab}", &[here, ("tab", "general")], &[]),
        ("GET /organizations/{organizationId}/members", &[here], all),
        ("GET /organizations/{organizationId}/audit-records", &[here], all),
        ("GET /organizations/{organizationId}/members/{userId}", &[here, ("userId", &member)], &[]),
        ("GET /organizations/{organizationId}/invitations", &[here], all),
        ("GET /organizations/{organizationId}/invitations/{invitationId}", &[here, ("invitationId", invitation)], &[]),
    ];
    for (route, path, query) in requests {
        stage.call(Request { user: ADA, route, path, query, ..Request::default() }).await?;
    }
    Ok(())
}

async fn changes(stage: &mut Stage<'_>, organization: &str) -> Result<()> {
    let (here, member) = (("organizationId", organization), guest(0));
    let path = &[here, ("userId", member.as_str())];
    let route = "PUT /organizations/{organizationId}/members/{userId}/roles";
    let body = Some(json!({"roles": ["billing_admin"]}));
    stage.call(Request { user: ADA, route, path, body, ..Request::default() }).await?;
    for (route, body) in [
        (
            "PATCH /organizations/{organizationId}/settings/general",
            json!({"phone": "+1 555 0100", "metadata": {"a": 1}}),
        ),
        ("PATCH /organizations/{organizationId}/settings/billing", json!({"billingContact": "bills@example.com"})),
    ] {
        stage.call(Request { user: ADA, route, path: &[here], body: Some(body), ..Request::default() }).await?;
    }
    workspaces(stage, organization).await?;
    let route = "DELETE /organizations/{organizationId}/members/{userId}";
    stage.call(Request { user: ADA, route, path, ..Request::default() }).await.map(drop)
}

async fn workspaces(stage: &mut Stage<'_>, organization: &str) -> Result<()> {
    let name = |name: &str| Some(json!({ "name": name }));
    let (here, all) = (("organizationId", organization), &[("limit", "100")]);
    let route = "POST /organizations/{organizationId}/workspaces";
    let created =
        stage.call(Request { user: ADA, route, path: &[here], body: name("Berlin"), ..Request::default() }).await?;
    let workspace = text(&created["workspaceId"]);
    let path = &[here, ("workspaceId", workspace.as_str())];
    let route = "GET /organizations/{organizationId}/workspaces";
    stage.call(Request { user: ADA, route, path: &[here], query: all, ..Request::default() }).await?;
    let route = "GET /organizations/{organizationId}/workspaces/{workspaceId}";
    stage.call(Request { user: ADA, route, path, ..Request::default() }).await?;
    let route = "PATCH /organizations/{organizationId}/workspaces/{workspaceId}";
    stage.call(Request { user: ADA, route, path, body: name("Bonn"), ..Request::default() }).await?;
    let member = guest(1);
    let whose = &[here, ("workspaceId", workspace.as_str()), ("userId", member.as_str())];
    let route = "PUT /organizations/{organizationId}/workspaces/{workspaceId}/members/{userId}";
    let body = Some(json!({"role": "agent"}));
    stage.call(Request { user: ADA, route, path: whose, body, ..Request::default() }).await?;
    let route = "GET /organizations/{organizationId}/workspaces/{workspaceId}/members";
    stage.call(Request { user: ADA, route, path, query: all, ..Request::default() }).await?;
    stage.call(Request { user: &member, route: "GET /me/workspaces", query: all, ..Request::default() }).await?;
    let route = "DELETE /organizations/{organizationId}/workspaces/{workspaceId}/members/{userId}";
    stage.call(Request { user: ADA, route, path: whose, ..Request::default() }).await?;
    let route = "DELETE /organizations/{organizationId}/workspaces/{workspaceId}";
    stage.call(Request { user: ADA, route, path, ..Request::default() }).await.map(drop)
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
