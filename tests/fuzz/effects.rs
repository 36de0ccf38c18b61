//! What an answer says was changed, looked up at once, and kept for the comparison at the end (I13: no 2xx for a change that did
//! not commit).

use acceptance::raw::RawAnswer;
use acceptance::{Answer, Person, roles_of};
use serde_json::Value;

use crate::people::Made;
use crate::request::Request;
use crate::routes::Matched;
use crate::world::World;

fn demand(holds: bool, what: &str, found: &Answer) -> Made<()> {
    if holds { Ok(()) } else { Err(format!("{what}, but {} answers {} {}", found.request, found.status, found.body)) }
}

/// Follows a success. Whatever cannot be looked up, since nobody is left who may, is not.
pub(crate) async fn follow(world: &mut World, request: &Request, matched: &Matched, answer: &RawAnswer) -> Made<()> {
    if answer.status >= 300 {
        return Ok(());
    }
    let said: Value = serde_json::from_str(&answer.body).unwrap_or_default();
    let text = |name: &str| said[name].as_str().unwrap_or_default().to_owned();
    let organization = format!("/organizations/{}", world.organization);
    if matched.is("POST", "/organizations") {
        let id = said["organization"]["organizationId"].as_str().unwrap_or_default();
        let found = sender(world, request).get(&format!("/organizations/{id}")).await;
        return demand(found.status == 200, "an organization was created", &found);
    }
    let accepts = ["/invitations/accept", "/me/invitations/{invitationId}/accept"];
    if accepts.iter().any(|path| matched.is("POST", path)) && text("organizationId") == world.organization {
        let user = text("userId");
        return member(world, &user, &said, "somebody joined").await;
    }
    if matched.is("POST", "/invitations/decline") {
        let token: Value =
            serde_json::from_slice(&world.fill(request.body.as_deref().unwrap_or_default(), request.sender))
                .unwrap_or_default();
        let found = world.people[&crate::request::Sender::Stranger].post("/invitations/preview", &token).await;
        return demand(found.status == 410, "an invitation was declined", &found);
    }
    if matched.parameter("organizationId") != Some(&world.organization) {
        return Ok(());
    }
    if matched.is("POST", "/organizations/{organizationId}/invitations") {
        let Some(observer) = world.observer() else { return Ok(()) };
        let found = observer.get(&format!("{organization}/invitations/{}", text("invitationId"))).await;
        return demand(found.status == 200 && found.json()["email"] == said["email"], "somebody was invited", &found);
    }
    if matched.is("POST", "/organizations/{organizationId}/invitations/batch") {
        for row in said["items"].as_array().into_iter().flatten().filter(|row| row["invitationId"].is_string()) {
            let Some(observer) = world.observer() else { return Ok(()) };
            let id = row["invitationId"].as_str().unwrap_or_default();
            let found = observer.get(&format!("{organization}/invitations/{id}")).await;
            demand(found.status == 200, "a row of a batch was invited", &found)?;
        }
        return Ok(());
    }
    if matched.is("DELETE", "/organizations/{organizationId}/invitations/{invitationId}") {
        let Some(observer) = world.observer() else { return Ok(()) };
        let invitation = matched.parameter("invitationId").unwrap_or_default();
        let found = observer.get(&format!("{organization}/invitations/{invitation}")).await;
        return demand(found.json()["status"] == "revoked", "an invitation was revoked", &found);
    }
    let workspace = matched.parameter("workspaceId").map_or_else(|| text("workspaceId"), str::to_owned);
    if matched.is("POST", "/organizations/{organizationId}/workspaces")
        || matched.is("PATCH", "/organizations/{organizationId}/workspaces/{workspaceId}")
    {
        let Some(observer) = world.observer() else { return Ok(()) };
        let found = observer.get(&format!("{organization}/workspaces/{workspace}")).await;
        return demand(found.status == 200 && found.json() == said, "a workspace was created or renamed", &found);
    }
    if matched.is("DELETE", "/organizations/{organizationId}/workspaces/{workspaceId}") {
        let Some(observer) = world.observer() else { return Ok(()) };
        let found = observer.get(&format!("{organization}/workspaces/{workspace}")).await;
        return demand(found.status == 404, "a workspace was deleted", &found);
    }
    if matched.is("PUT", "/organizations/{organizationId}/members/{userId}/roles") {
        let user = text("userId");
        return member(world, &user, &said, "roles were changed").await;
    }
    if matched.is("DELETE", "/organizations/{organizationId}/members/{userId}") {
        let user = matched.parameter("userId").unwrap_or_default();
        let before = world.members.remove(user);
        let Some(observer) = world.observer() else { return Ok(()) };
        let found = observer.get(&format!("{organization}/members/{user}")).await;
        if found.status != 404 {
            // It did not happen: what is known stays what it was, so that one finding does not bring others.
            world.members.extend(before.map(|before| (user.to_owned(), before)));
        }
        return demand(found.status == 404, "somebody was removed", &found);
    }
    Ok(())
}

fn sender<'a>(world: &'a World, request: &Request) -> &'a Person {
    &world.people[&request.sender]
}

/// Somebody is a member with these roles from now on.
async fn member(world: &mut World, user: &str, said: &Value, what: &str) -> Made<()> {
    // Before the change: who has just lost the right could not see it.
    let before = world.members.insert(user.to_owned(), roles_of(said));
    let Some(observer) = world.observer() else { return Ok(()) };
    let found = observer.get(&format!("/organizations/{}/members/{user}", world.organization)).await;
    if found.status == 200 && roles_of(&found.json()) == roles_of(said) {
        return Ok(());
    }
    // Likewise.
    match before {
        Some(before) => world.members.insert(user.to_owned(), before),
        None => world.members.remove(user),
    };
    demand(false, what, &found)
}
