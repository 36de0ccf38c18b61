//! People and how they get together: what has to work before anything can be tried.

use std::time::Duration;

use acceptance::organization::text;
use acceptance::{NewPerson, Person, Target, eventually, made_up};
use serde_json::{Value, json};

/// What goes wrong while a world is made: the product, and not what a request was answered.
pub(crate) type Made<T> = Result<T, String>;

/// Somebody with an organization of their own.
pub(crate) async fn creator(target: &Target) -> Made<(Person, String)> {
    let person = NewPerson::new(target).created_by_administrator(true).await;
    let answer = person.post("/organizations", &json!({"name": made_up::organization_name()})).await;
    let organization = answer.json()["organization"]["organizationId"].as_str().map(str::to_owned);
    Ok((person, organization.ok_or(format!("nothing was created: {}", answer.body))?))
}

/// Invites an address and reads its mail; answers with the invitation's id and the token.
pub(crate) async fn invite(inviter: &Person, organization: &str, email: &str, role: &str) -> Made<(String, String)> {
    let body = json!({"email": email, "roles": [role]});
    let answer = inviter.post(&format!("/organizations/{organization}/invitations"), &body).await;
    if answer.status != 201 {
        return Err(format!("nobody was invited: {}", answer.body));
    }
    let address = acceptance::organization::encoded(email);
    let url = format!("{}/_local/inbox.json?to={address}", inviter.target.configuration().aws_endpoint_url);
    for _ in 0..600 {
        let inbox = inviter.target.http().get(&url).send().await.map_err(|error| error.to_string())?;
        let inbox: Value = inbox.json().await.map_err(|error| error.to_string())?;
        let mails: Vec<acceptance::Mail> = serde_json::from_value(inbox["items"].clone()).unwrap_or_default();
        if let Some(token) = mails.iter().rev().find_map(acceptance::Mail::invitation_token) {
            return Ok((text(&answer.json()["invitationId"]), token));
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Err(format!("no mail arrived within half a minute for {}", answer.body))
}

/// Invites somebody, who accepts; answers with the token.
pub(crate) async fn join(inviter: &Person, organization: &str, person: &Person, role: &str) -> Made<String> {
    let (_, token) = invite(inviter, organization, &person.email, role).await?;
    let answer = person.post("/invitations/accept", &json!({ "token": token })).await;
    if answer.status == 200 { Ok(token) } else { Err(format!("nobody joined: {}", answer.body)) }
}

/// Creates a workspace; answers with its id.
pub(crate) async fn workspace(admin: &Person, organization: &str, name: &str) -> Made<String> {
    let answer = admin.post(&format!("/organizations/{organization}/workspaces"), &json!({ "name": name })).await;
    if answer.status == 201 {
        Ok(text(&answer.json()["workspaceId"]))
    } else {
        Err(format!("no workspace: {}", answer.body))
    }
}

/// An organization that no request may touch, whoever sends it: only its own admin may, and asks for nothing but reads.
pub(crate) struct Neighbor {
    pub(crate) admin: Person,
    pub(crate) organization: String,
    pub(crate) invitation: String,
    pub(crate) token: String,
    pub(crate) workspace: String,
}

impl Neighbor {
    pub(crate) async fn new(target: &Target) -> Made<Self> {
        let (admin, organization) = creator(target).await?;
        let (invitation, token) = invite(&admin, &organization, &made_up::email(), "member").await?;
        let path = format!("/organizations/{organization}/invitations/{invitation}");
        // The report of the delivery comes after the email. It is no change by a request, so it has to be in before they start.
        eventually("the delivery of the email", async || {
            (admin.get(&path).await.json()["delivery"]["status"] == "delivered").then_some(())
        })
        .await;
        let workspace = workspace(&admin, &organization, "Elsewhere").await?;
        Ok(Self { admin, organization, invitation, token, workspace })
    }

    /// All that there is to see of it.
    pub(crate) async fn state(&self) -> Vec<String> {
        let mut state = Vec::new();
        for path in ["", "/members", "/invitations", "/settings/general", "/settings/workspaces", "/settings/billing"] {
            state.push(self.admin.get(&format!("/organizations/{}{path}", self.organization)).await.body);
        }
        state
    }
}
