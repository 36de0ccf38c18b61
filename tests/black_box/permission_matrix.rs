//! Every route × every kind of caller (R7 to R12): the answers as a table, and every cell of it asked for over HTTP.

use acceptance::organization::text;
use acceptance::suite::Test;
use acceptance::{Answer, Call, Invitation, Organization, Person, Target, forgery, made_up, tests};
use futures::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};

pub(crate) fn tests() -> Vec<Test> {
    tests![every_route_answers_every_caller_as_its_roles_say, to_a_stranger_an_organization_does_not_exist]
}

/// Status and problem code; a success and the gateway's own answer have no code.
type Cell = (u16, &'static str);

const OK: Cell = (200, "");
const CREATED: Cell = (201, "");
const SENT: Cell = (202, "");
const DONE: Cell = (204, "");
const DENIED: Cell = (403, "permission-denied");
const HIDDEN: Cell = (404, "organization-not-found");
const OWNER: Cell = (409, "organization-already-created");
const CLOSED: Cell = (403, "organization-creation-closed");
const ANOTHER: Cell = (403, "invitation-for-another-address");
/// `AcceptInApp` is off unless a team turns it on.
const IN_APP: Cell = (403, "in-app-acceptance-disabled");
const ID_TOKEN: Cell = (401, "access-token-required");
const GATEWAY: Cell = (401, "");

const CALLERS: [&str; 9] = [
    "organization_admin",
    "billing_admin",
    "user_admin",
    "billing_admin+user_admin",
    "member",
    "stranger",
    "no token",
    "ID token",
    "token of another pool",
];

/// What a request carries.
#[derive(Clone, Copy)]
enum Body {
    Nothing,
    Details,
    Roles,
    Invite,
    /// The name of a workspace, of any version.
    Name,
    /// A role in a workspace.
    Role,
    /// A merge patch that names nothing, of any version.
    Patch,
    Batch,
    /// The token of one live invitation for somebody else.
    Token,
    /// The token of a live invitation that no other cell uses.
    FreshToken,
}

/// In the order of [`CALLERS`].
#[rustfmt::skip]
const MATRIX: &[(&str, Body, [Cell; 9])] = &[
    ("GET /me", Body::Nothing,                     [OK, OK, OK, OK, OK, OK, GATEWAY, ID_TOKEN, GATEWAY]),
    ("POST /organizations", Body::Details,         [OWNER, CLOSED, CLOSED, CLOSED, CLOSED, OWNER, GATEWAY, ID_TOKEN, GATEWAY]),
    ("GET /organizations", Body::Nothing,          [OK, OK, OK, OK, OK, OK, GATEWAY, ID_TOKEN, GATEWAY]),
    ("GET {org}", Body::Nothing,                   [OK, OK, OK, OK, OK, HIDDEN, GATEWAY, ID_TOKEN, GATEWAY]),
    ("GET {org}/settings", Body::Nothing,          [OK, OK, OK, OK, DENIED, HIDDEN, GATEWAY, ID_TOKEN, GATEWAY]),
    ("GET {org}/settings/general", Body::Nothing,  [OK, OK, OK, OK, DENIED, HIDDEN, GATEWAY, ID_TOKEN, GATEWAY]),
    ("GET {org}/settings/users", Body::Nothing,    [OK, OK, OK, OK, DENIED, HIDDEN, GATEWAY, ID_TOKEN, GATEWAY]),
    ("GET {org}/settings/workspaces", Body::Nothing, [OK, OK, OK, OK, DENIED, HIDDEN, GATEWAY, ID_TOKEN, GATEWAY]),
    ("GET {org}/settings/billing", Body::Nothing,  [OK, OK, DENIED, OK, DENIED, HIDDEN, GATEWAY, ID_TOKEN, GATEWAY]),
    ("PATCH {org}/settings/general", Body::Patch,  [OK, DENIED, DENIED, DENIED, DENIED, HIDDEN, GATEWAY, ID_TOKEN, GATEWAY]),
    ("PATCH {org}/settings/billing", Body::Patch,  [OK, OK, DENIED, OK, DENIED, HIDDEN, GATEWAY, ID_TOKEN, GATEWAY]),
    ("GET {org}/audit-records", Body::Nothing,     [OK, DENIED, DENIED, DENIED, DENIED, HIDDEN, GATEWAY, ID_TOKEN, GATEWAY]),
    ("GET {org}/workspaces", Body::Nothing,        [OK, OK, OK, OK, DENIED, HIDDEN, GATEWAY, ID_TOKEN, GATEWAY]),
    ("POST {org}/workspaces", Body::Name,          [CREATED, DENIED, CREATED, CREATED, DENIED, HIDDEN, GATEWAY, ID_TOKEN, GATEWAY]),
    ("GET {org}/workspaces/{workspace}", Body::Nothing, [OK, OK, OK, OK, DENIED, HIDDEN, GATEWAY, ID_TOKEN, GATEWAY]),
    ("PATCH {org}/workspaces/{workspace}", Body::Name, [OK, DENIED, OK, OK, DENIED, HIDDEN, GATEWAY, ID_TOKEN, GATEWAY]),
    ("GET {org}/workspaces/{workspace}/members", Body::Nothing, [OK, OK, OK, OK, DENIED, HIDDEN, GATEWAY, ID_TOKEN, GATEWAY]),
    ("PUT {org}/workspaces/{workspace}/members/{member}", Body::Role, [OK, DENIED, OK, OK, DENIED, HIDDEN, GATEWAY, ID_TOKEN, GATEWAY]),
    ("DELETE {org}/workspaces/{workspace}/members/{member}", Body::Nothing, [DONE, DENIED, DONE, DONE, DENIED, HIDDEN, GATEWAY, ID_TOKEN, GATEWAY]),
    ("DELETE {org}/workspaces/{deletable}", Body::Nothing, [DONE, DENIED, DONE, DONE, DENIED, HIDDEN, GATEWAY, ID_TOKEN, GATEWAY]),
    ("GET {org}/members", Body::Nothing,           [OK, OK, OK, OK, DENIED, HIDDEN, GATEWAY, ID_TOKEN, GATEWAY]),
    ("GET {org}/members/{member}", Body::Nothing,  [OK, OK, OK, OK, DENIED, HIDDEN, GATEWAY, ID_TOKEN, GATEWAY]),
    ("GET {org}/members/{self}", Body::Nothing,    [OK, OK, OK, OK, OK, HIDDEN, GATEWAY, ID_TOKEN, GATEWAY]),
    ("PUT {org}/members/{member}/roles", Body::Roles, [OK, DENIED, OK, OK, DENIED, HIDDEN, GATEWAY, ID_TOKEN, GATEWAY]),
    ("DELETE {org}/members/{removable}", Body::Nothing, [DONE, DENIED, DONE, DONE, DENIED, HIDDEN, GATEWAY, ID_TOKEN, GATEWAY]),
    ("POST {org}/invitations", Body::Invite,       [CREATED, DENIED, CREATED, CREATED, DENIED, HIDDEN, GATEWAY, ID_TOKEN, GATEWAY]),
    ("POST {org}/invitations/batch", Body::Batch,  [OK, DENIED, OK, OK, DENIED, HIDDEN, GATEWAY, ID_TOKEN, GATEWAY]),
    ("GET {org}/invitations", Body::Nothing,       [OK, OK, OK, OK, DENIED, HIDDEN, GATEWAY, ID_TOKEN, GATEWAY]),
    ("GET {org}/invitations/{invitation}", Body::Nothing, [OK, OK, OK, OK, DENIED, HIDDEN, GATEWAY, ID_TOKEN, GATEWAY]),
    ("POST {org}/invitations/{invitation}/resend", Body::Nothing, [SENT, DENIED, SENT, SENT, DENIED, HIDDEN, GATEWAY, ID_TOKEN, GATEWAY]),
    // Revoking again changes nothing.
    ("DELETE {org}/invitations/{revocable}", Body::Nothing, [DONE, DENIED, DONE, DONE, DENIED, HIDDEN, GATEWAY, ID_TOKEN, GATEWAY]),
    ("GET /me/workspaces", Body::Nothing,          [OK, OK, OK, OK, OK, OK, GATEWAY, ID_TOKEN, GATEWAY]),
    ("GET /me/invitations", Body::Nothing,         [OK, OK, OK, OK, OK, OK, GATEWAY, ID_TOKEN, GATEWAY]),
    // The invitation is for another address, so to these callers it does not exist.
    ("POST /me/invitations/{invitation}/resend", Body::Nothing, [NOTHING, NOTHING, NOTHING, NOTHING, NOTHING, NOTHING, GATEWAY, ID_TOKEN, GATEWAY]),
    ("POST /me/invitations/{invitation}/accept", Body::Nothing, [IN_APP, IN_APP, IN_APP, IN_APP, IN_APP, IN_APP, GATEWAY, ID_TOKEN, GATEWAY]),
    ("POST /me/invitations/{invitation}/decline", Body::Nothing, [NOTHING, NOTHING, NOTHING, NOTHING, NOTHING, NOTHING, GATEWAY, ID_TOKEN, GATEWAY]),
    // Neither has an authorizer: nobody looks at whatever token is there.
    ("POST /invitations/preview", Body::Token,     [OK, OK, OK, OK, OK, OK, OK, OK, OK]),
    ("POST /invitations/accept", Body::Token,      [ANOTHER, ANOTHER, ANOTHER, ANOTHER, ANOTHER, ANOTHER, GATEWAY, ID_TOKEN, GATEWAY]),
    ("POST /invitations/decline", Body::FreshToken, [DONE, DONE, DONE, DONE, DONE, DONE, DONE, DONE, DONE]),
    // Ids that do not exist are no secret from those who may see users, and are one from everybody else.
    ("GET {org}/members/{nobody}", Body::Nothing,  [NOBODY, NOBODY, NOBODY, NOBODY, DENIED, HIDDEN, GATEWAY, ID_TOKEN, GATEWAY]),
    ("GET {org}/invitations/{nothing}", Body::Nothing, [NOTHING, NOTHING, NOTHING, NOTHING, DENIED, HIDDEN, GATEWAY, ID_TOKEN, GATEWAY]),
    ("GET {org}/workspaces/{nowhere}", Body::Nothing, [NOWHERE, NOWHERE, NOWHERE, NOWHERE, DENIED, HIDDEN, GATEWAY, ID_TOKEN, GATEWAY]),
    // The last row: whoever asks has left afterwards.
    ("DELETE {org}/members/{self}", Body::Nothing, [DONE, DONE, DONE, DONE, DONE, HIDDEN, GATEWAY, ID_TOKEN, GATEWAY]),
];
const NOBODY: Cell = (404, "member-not-found");
const NOWHERE: Cell = (404, "workspace-not-found");
const NOTHING: Cell = (404, "invitation-not-found");

/// One organization with all the roles, and what the destructive cells need.
struct Cast {
    organization: Organization,
    /// In the order of [`CALLERS`]: who asks, and with which token.
    callers: Vec<(Person, Option<String>)>,
    member: Person,
    removable: [Person; 4],
    invitation: Invitation,
    fresh: Vec<Invitation>,
    revocable: Invitation,
    /// One that stays, and one for each caller to delete.
    workspace: String,
    deletable: Vec<String>,
}

impl Cast {
    async fn new(target: &Target) -> Self {
        let organization = Organization::create(target).await;
        let (cast, others, stranger) = tokio::join!(
            organization.add_all([&["billing_admin"], &["user_admin"], &["billing_admin", "user_admin"], &["member"]]),
            // The second organization admin is there so that the first may leave.
            organization.add_all([
                &["organization_admin"],
                &["member"],
                &["member"],
                &["member"],
                &["member"],
                &["member"]
            ]),
            Organization::create(target),
        );
        let [_, member, removable @ ..] = others;
        let [billing, user, both, plain] = cast;
        let admin = organization.creator.clone();
        let invite = async || organization.invitation(&admin, &made_up::email(), &["member"]).await;
        let fresh = join_all((0..CALLERS.len()).map(|_| invite())).await;
        let (invitation, revocable) = (invite().await, invite().await);
        let mut deletable = Vec::new();
        for _ in 0..=CALLERS.len() {
            let name = json!({"name": made_up::organization_name()});
            let created = admin.post(&organization.path("/workspaces"), &name).await.success(201);
            deletable.push(text(&created["workspaceId"]));
        }
        let workspace = deletable.pop().unwrap();
        let mut callers: Vec<_> = [admin.clone(), billing, user, both, plain, stranger.creator]
            .into_iter()
            .map(|person| (person.clone(), Some(person.access_token)))
            .collect();
        callers.push((admin.clone(), None));
        callers.push((admin.clone(), Some(admin.id_token.clone())));
        callers.push((admin.clone(), Some(forgery::of_another_pool(&admin))));
        Self { organization, callers, member, removable, invitation, fresh, revocable, workspace, deletable }
    }

    fn call(&self, route: &str, body: Body, caller: usize) -> Call {
        let (person, token) = &self.callers[caller];
        // Members that may be removed, one for each caller that can; the others fail on the last one.
        let removable = &self.removable[match caller {
            0 => 0,
            2 => 1,
            3 => 2,
            _ => 3,
        }];
        let (method, path) = route.split_once(' ').unwrap();
        let path = path
            .replace("{org}", &self.organization.path(""))
            .replace("{member}", &self.member.id)
            .replace("{self}", &person.id)
            .replace("{removable}", &removable.id)
            .replace("{invitation}", &self.invitation.id)
            .replace("{revocable}", &self.revocable.id)
            .replace("{workspace}", &self.workspace)
            .replace("{deletable}", &self.deletable[caller])
            .replace("{nowhere}", &format!("ws_{}", made_up::uuid()))
            .replace("{nobody}", &made_up::uuid())
            .replace("{nothing}", &format!("inv_{}", made_up::uuid()));
        let call = person.target.call(Method::from_bytes(method.as_bytes()).unwrap(), &path);
        let call = token.iter().fold(call, |call, token| call.bearer(token));
        match body {
            Body::Nothing => call,
            Body::Details => call.json(&json!({"name": made_up::organization_name()})),
            Body::Roles => call.json(&json!({"roles": ["user_admin"]})),
            Body::Name => call.json(&json!({"name": made_up::organization_name()})).header("if-match", "*"),
            Body::Role => call.json(&json!({"role": "agent"})),
            Body::Patch => call.json(&json!({})).header("if-match", "*"),
            Body::Invite => call.json(&json!({"email": made_up::email(), "roles": ["member"]})),
            Body::Batch => call.json(&json!({"invitations": [{"email": made_up::email(), "roles": ["member"]}]})),
            Body::Token => call.json(&json!({"token": self.invitation.token})),
            Body::FreshToken => call.json(&json!({"token": self.fresh[caller].token})),
        }
    }
}

/// What an answer is, in the matrix's terms; a refusal by a handler must be a whole problem document.
fn cell(answer: &Answer) -> (u16, String) {
    let body: Value = serde_json::from_str(&answer.body).unwrap_or_default();
    match body["code"].as_str() {
        Some(code) => {
            answer.problem(answer.status, code);
            (answer.status, code.to_owned())
        }
        None if answer.status >= 400 => {
            answer.gateway(answer.status);
            (answer.status, String::new())
        }
        None => (answer.status, String::new()),
    }
}

async fn every_route_answers_every_caller_as_its_roles_say(target: Target) {
    let cast = Cast::new(&target).await;
    let mut wrong = Vec::new();
    for &(route, body, expected) in MATRIX {
        for (caller, (status, code)) in expected.into_iter().enumerate() {
            let answer = cast.call(route, body, caller).await;
            let got = cell(&answer);
            if got != (status, code.to_owned()) {
                wrong.push(format!("{route} by {}: expected {status} {code}, got {got:?}", CALLERS[caller]));
            }
        }
    }
    assert!(wrong.is_empty(), "{} cells are wrong:\n{}", wrong.len(), wrong.join("\n"));
}

/// R12, byte for byte: the same request to an organization that exists and to one that does not.
async fn to_a_stranger_an_organization_does_not_exist(target: Target) {
    let organization = Organization::create(&target).await;
    let created = organization.invite(&organization.creator, &made_up::email(), &["member"]).await.success(201);
    let (member, invitation) = (&organization.creator.id, text(&created["invitationId"]));
    let list = organization.creator.get(&organization.path("/workspaces")).await.success(200);
    let workspace = text(&list["items"][0]["workspaceId"]);
    let stranger = Organization::create(&target).await.creator;
    let invite = json!({"email": made_up::email(), "roles": ["member"]});
    let requests = [
        (Method::GET, String::new(), None),
        (Method::GET, "/settings".to_owned(), None),
        (Method::GET, "/settings/general".to_owned(), None),
        (Method::GET, "/settings/users".to_owned(), None),
        (Method::GET, "/settings/workspaces".to_owned(), None),
        (Method::GET, "/settings/billing".to_owned(), None),
        (Method::GET, "/settings/unknown".to_owned(), None),
        (Method::GET, "/audit-records".to_owned(), None),
        (Method::GET, "/audit-records?from=x".to_owned(), None),
        (Method::GET, "/workspaces".to_owned(), None),
        (Method::GET, "/workspaces/nonsense".to_owned(), None),
        (Method::GET, format!("/workspaces/{workspace}"), None),
        (Method::DELETE, format!("/workspaces/{workspace}"), None),
        (Method::GET, format!("/workspaces/{workspace}/members"), None),
        (Method::PUT, format!("/workspaces/{workspace}/members/{member}"), Some(json!({"role": "agent"}))),
        (Method::DELETE, format!("/workspaces/{workspace}/members/{member}"), None),
        (Method::POST, "/workspaces".to_owned(), Some(json!({"name": "Berlin"}))),
        (Method::POST, "/workspaces".to_owned(), Some(json!({"name": ""}))),
        (Method::GET, "/members".to_owned(), None),
        (Method::GET, "/members?at=2026-01-01T00:00:00Z".to_owned(), None),
        (Method::GET, "/members?limit=0".to_owned(), None),
        (Method::GET, "/members?cursor=x".to_owned(), None),
        (Method::GET, format!("/members/{member}"), None),
        (Method::GET, format!("/members/{}", stranger.id), None),
        (Method::GET, "/members/nonsense".to_owned(), None),
        (Method::PUT, format!("/members/{member}/roles"), Some(json!({"roles": ["member"]}))),
        (Method::PUT, format!("/members/{member}/roles"), Some(json!({"roles": []}))),
        (Method::PUT, format!("/members/{member}/roles"), Some(json!({"unknown": 1}))),
        (Method::PUT, format!("/members/{}/roles", stranger.id), Some(json!({"roles": ["member"]}))),
        (Method::DELETE, format!("/members/{member}"), None),
        (Method::DELETE, format!("/members/{}", stranger.id), None),
        (Method::POST, "/invitations".to_owned(), Some(invite)),
        (Method::POST, "/invitations".to_owned(), Some(json!({"email": "nonsense", "roles": []}))),
        (Method::POST, "/invitations/batch".to_owned(), Some(json!({"invitations": [1]}))),
        (Method::GET, "/invitations".to_owned(), None),
        (Method::GET, "/invitations?status=nonsense".to_owned(), None),
        (Method::GET, format!("/invitations/{invitation}"), None),
    ];
    for (method, rest, body) in requests {
        let ask = async |organization_id: &str| {
            let call = stranger.call(method.clone(), &format!("/organizations/{organization_id}{rest}"));
            body.iter().fold(call, |call, body| call.json(body)).await
        };
        let real = ask(&organization.id).await;
        let unknown = ask(&made_up::organization_id()).await;
        assert_eq!(real.without_request_id(), unknown.without_request_id(), "{method} {rest}");
        let well_formed = !rest.contains('?') && body.is_none();
        if well_formed {
            real.problem(404, "organization-not-found");
        }
    }
    assert_eq!(organization.creator.me().await["organizations"].as_array().unwrap().len(), 1);
}
