//! R7 to R10 over every combination, against the decision that the rules themselves give.

use std::collections::BTreeSet;

use serde_json::json;
use shared::domain::{Permission, PermissionSet, RoleSet};

use crate::world::{ADMIN, MEMBER, World};

fn names(roles: RoleSet) -> Vec<String> {
    roles.names()
}

/// Every actor × every target × every new set of roles: 8 × 8 × 8 requests, each as R8 says.
#[tokio::test]
async fn r8_nobody_gives_or_takes_what_they_do_not_hold() {
    let world = World::with_seats(100).await;
    let organization = world.creator("ada").await;
    world.join("ada", &organization, "actor", MEMBER).await;
    world.join("ada", &organization, "target", MEMBER).await;
    let set = async |user: &str, roles: RoleSet| {
        let names = names(roles);
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        world.set_roles("ada", &organization, user, &names).await.expect(200, "");
    };
    let mut answers = BTreeSet::new();
    for actor in RoleSet::all() {
        set("actor", actor).await;
        for target in RoleSet::all() {
            for wanted in RoleSet::all() {
                set("target", target).await;
                let held = PermissionSet::of(actor);
                let involved = PermissionSet::of(target).union(PermissionSet::of(wanted));
                let expected = match (held.contains(Permission::MANAGE_USERS), held.contains_all(involved)) {
                    (false, _) => (403, "permission-denied"),
                    (true, false) => (403, "role-not-grantable"),
                    (true, true) => (200, ""),
                };
                let wanted = names(wanted);
                let wanted: Vec<&str> = wanted.iter().map(String::as_str).collect();
                let answer = world.set_roles("actor", &organization, "target", &wanted).await;
                assert_eq!((answer.status, answer.code()), expected, "{actor:?} makes {target:?} {wanted:?}");
                answers.insert(expected);
            }
        }
    }
    assert_eq!(answers.len(), 3, "every answer occurs");
    world.check_invariants(&organization, &["ada", "actor", "target"]).await;
}

#[tokio::test]
async fn r9_nobody_changes_their_own_roles_and_strangers_learn_nothing() {
    let world = World::new().await;
    let organization = world.creator("ada").await;
    world.join("ada", &organization, "eve", MEMBER).await;
    world.set_roles("ada", &organization, "ada", MEMBER).await.expect(409, "cannot-change-own-roles");
    world.set_roles("eve", &organization, "eve", ADMIN).await.expect(403, "permission-denied");
    world.set_roles("mallory", &organization, "mallory", ADMIN).await.expect(404, "organization-not-found");
    world.set_roles("mallory", &organization, "eve", ADMIN).await.expect(404, "organization-not-found");
    world.set_roles("ada", &organization, "nobody", ADMIN).await.expect(404, "member-not-found");
}

#[tokio::test]
async fn an_etag_guards_against_overwriting_what_somebody_else_decided() {
    let world = World::new().await;
    let organization = world.creator("ada").await;
    world.join("ada", &organization, "eve", MEMBER).await;
    let path = format!("/organizations/{organization}/members/eve");
    let seen = world.call("ada", "GET", &path, None).await.etag.unwrap();
    let put = async |etag: &str| {
        let body = json!({"roles": ["user_admin"]});
        world.call_with("ada", "PUT", &format!("{path}/roles"), Some(body), &[("if-match", etag)]).await
    };
    let changed = put(&seen).await;
    changed.expect(200, "");
    put(&seen).await.expect(412, "version-mismatch");
    assert_eq!(world.call("ada", "GET", &path, None).await.etag, changed.etag);
    put("*").await.expect(200, "");
    put("W/\"1\"").await.expect(412, "version-mismatch");
    put("nonsense").await.expect(400, "malformed-request");
}

#[tokio::test]
async fn r10_the_last_admin_stays() {
    let world = World::new().await;
    let organization = world.creator("ada").await;
    world.remove("ada", &organization, "ada").await.expect(409, "last-organization-admin");
    world.join("ada", &organization, "eve", ADMIN).await;
    world.remove("ada", &organization, "ada").await.expect(204, "");
    world.remove("eve", &organization, "eve").await.expect(409, "last-organization-admin");
    world.check_invariants(&organization, &["ada", "eve"]).await;
}

#[tokio::test]
async fn r18_a_removed_member_keeps_the_account_and_can_be_invited_again() {
    let world = World::new().await;
    let organization = world.creator("ada").await;
    world.join("ada", &organization, "eve", MEMBER).await;
    world.remove("eve", &organization, "ada").await.expect(403, "permission-denied");
    world.remove("ada", &organization, "eve").await.expect(204, "");
    world.remove("ada", &organization, "eve").await.expect(404, "member-not-found");
    world
        .call("eve", "GET", &format!("/organizations/{organization}"), None)
        .await
        .expect(404, "organization-not-found");
    let me = world.call("eve", "GET", "/me", None).await;
    assert_eq!((me.json["onboarding"]["status"].as_str(), &me.json["organizations"]), (Some("complete"), &json!([])));
    let token = world.invite("ada", &organization, "eve@example.com", MEMBER).await;
    assert_eq!(world.accept("eve", &token).await.status, 200);
    world.check_invariants(&organization, &["ada", "eve"]).await;
}
