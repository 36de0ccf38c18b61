//! What is limited (R24), what must not block (I15), and what a stranger must not spend.

use std::time::Duration;

use serde_json::{Value, json};

use crate::world::{ADMIN, Answer, MEMBER, World};

const DAY: Duration = Duration::from_hours(24);

async fn ask(world: &World, actor: &str, organization: &str, email: &str, roles: &[&str]) -> Answer {
    let path = format!("/organizations/{organization}/invitations");
    world.call(actor, "POST", &path, Some(json!({"email": email, "roles": roles}))).await
}

#[tokio::test]
async fn an_inviter_and_an_organization_make_so_many_invitations_a_day() {
    let world = World::with_limits(1000, 100, 120).await;
    let organization = world.creator("ada").await;
    world.join("ada", &organization, "uma", &["user_admin"]).await;
    for number in 1..100 {
        ask(&world, "ada", &organization, &format!("a{number}@example.com"), MEMBER).await.expect(201, "");
    }
    let refused = ask(&world, "ada", &organization, "a100@example.com", MEMBER).await;
    refused.expect(429, "invitation-rate-limited");
    let seconds = refused.retry_after.unwrap();
    assert!((1..=86_400).contains(&seconds), "{seconds}");
    // Others are not held up, until the organization has made its own.
    for number in 0..20 {
        ask(&world, "uma", &organization, &format!("u{number}@example.com"), MEMBER).await.expect(201, "");
    }
    ask(&world, "uma", &organization, "u20@example.com", MEMBER).await.expect(429, "invitation-rate-limited");
    world.pass(DAY);
    // A clock that is a day ahead has counted already: its day goes on, and never back.
    let (pk, made) = (format!("ORG#{organization}"), aws_sdk_dynamodb::types::AttributeValue::N("120".to_owned()));
    let ahead = aws_sdk_dynamodb::types::AttributeValue::S("2999-01-01".to_owned());
    let update = world.operation(&pk, "SEATS", "SET invitations_on = :day, invitations_made = :made");
    update.expression_attribute_values(":day", ahead).expression_attribute_values(":made", made).send().await.unwrap();
    ask(&world, "ada", &organization, "a100@example.com", MEMBER).await.expect(429, "invitation-rate-limited");
    world.operate(&pk, "SEATS", "SET invitations_made = :value", 119).await;
    ask(&world, "uma", &organization, "ahead@example.com", MEMBER).await.expect(201, "");
    let update = world.operation(&pk, "SEATS", "SET invitations_on = :day");
    let past = aws_sdk_dynamodb::types::AttributeValue::S("2026-01-01".to_owned());
    update.expression_attribute_values(":day", past).send().await.unwrap();
    ask(&world, "ada", &organization, "a100@example.com", MEMBER).await.expect(201, "");
    ask(&world, "uma", &organization, "u20@example.com", MEMBER).await.expect(201, "");
    world.check_invariants(&organization, &["ada", "uma"]).await;
}

#[tokio::test]
async fn i15_an_invitation_whose_inviter_is_gone_blocks_nothing() {
    let world = World::new().await;
    let organization = world.creator("ada").await;
    world.join("ada", &organization, "uma", ADMIN).await;
    let old = world.invite("uma", &organization, "eve@example.com", &["user_admin"]).await;
    ask(&world, "ada", &organization, "eve@example.com", MEMBER).await.expect(409, "invitation-already-pending");
    assert_eq!(world.remove("ada", &organization, "uma").await.status, 204);
    let new = world.invite("ada", &organization, "eve@example.com", MEMBER).await;
    world.sign_up("eve", None).await;
    world.accept("eve", &old).await.expect(410, "invitation-revoked");
    world.accept("eve", &new).await.expect(200, "");
    world.check_invariants(&organization, &["ada", "uma", "eve"]).await;
}

#[tokio::test]
async fn i15_an_inviter_who_lost_the_right_can_invite_again_with_less() {
    let world = World::new().await;
    let organization = world.creator("ada").await;
    world.join("ada", &organization, "uma", ADMIN).await;
    let old = world.invite("uma", &organization, "eve@example.com", ADMIN).await;
    assert_eq!(world.set_roles("ada", &organization, "uma", &["user_admin"]).await.status, 200);
    ask(&world, "uma", &organization, "eve@example.com", ADMIN).await.expect(403, "role-not-grantable");
    let new = world.invite("uma", &organization, "eve@example.com", MEMBER).await;
    world.sign_up("eve", None).await;
    world.accept("eve", &old).await.expect(410, "invitation-revoked");
    world.accept("eve", &new).await.expect(200, "");
    world.check_invariants(&organization, &["ada", "uma", "eve"]).await;
}

#[tokio::test]
async fn a_removal_honors_if_match() {
    let world = World::new().await;
    let organization = world.creator("ada").await;
    world.join("ada", &organization, "eve", MEMBER).await;
    let path = format!("/organizations/{organization}/members/eve");
    let seen = world.call("ada", "GET", &path, None).await.etag.unwrap();
    assert_eq!(world.set_roles("ada", &organization, "eve", &["user_admin"]).await.status, 200);
    let remove = async |etag: &str| world.call_with("ada", "DELETE", &path, None, &[("if-match", etag)]).await;
    remove(&seen).await.expect(412, "version-mismatch");
    let now = world.call("ada", "GET", &path, None).await.etag.unwrap();
    assert_eq!(remove(&now).await.status, 204);
}

/// The checksum is public, so everybody can make a cursor.
#[tokio::test]
async fn a_forged_cursor_is_refused() {
    let world = World::new().await;
    let organization = world.creator("ada").await;
    let none: fn(&str) -> bool = |_| true;
    let lists = [
        (format!("members/{organization}//"), format!("/organizations/{organization}/members")),
        (format!("invitations/{organization}/"), format!("/organizations/{organization}/invitations")),
        ("organizations/ada".to_owned(), "/organizations".to_owned()),
    ];
    for (list, path) in lists {
        for key in ["", "A", "META", "MEMBER#", "MEMBER#a b", "ORG#org_1", "INVITATION#zz", &"MEMBER#x".repeat(400)] {
            let cursor = shared::http::Cursor::of(list.clone(), none).write(key);
            let answer = world.call("ada", "GET", &format!("{path}?cursor={cursor}"), None).await;
            answer.expect(400, "invalid-cursor");
        }
    }
}

/// A function that Lambda kills answers nothing.
#[tokio::test]
async fn a_store_that_hangs_is_answered_before_the_function_ends() {
    let world = World::new().await;
    let organization = world.creator("ada").await;
    world.engine.set_latency(Duration::from_secs(30));
    let answer =
        world.call_within("ada", "GET", &format!("/organizations/{organization}"), Duration::from_millis(700)).await;
    answer.expect(503, "temporarily-unavailable");
    assert_eq!(answer.retry_after, Some(1));
    assert_eq!(answer.json["status"], Value::from(503));
}
