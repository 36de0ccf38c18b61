//! R3 to R6, I5.

use serde_json::json;

use crate::world::{ADMIN, MEMBER, World, sign_up_event};

#[tokio::test]
async fn a_sign_up_with_a_name_creates_everything_at_once() {
    let world = World::new().await;
    let organization = world.creator("ada").await;
    let me = world.call("ada", "GET", "/me", None).await;
    assert_eq!(me.json["onboarding"], json!({"status": "complete", "mayCreateOrganization": false, "invitations": 0}));
    assert_eq!(me.json["organizations"][0]["roles"], json!(ADMIN));
    let tab = world.call("ada", "GET", &format!("/organizations/{organization}/settings/workspaces"), None).await;
    assert_eq!(tab.json["workspaces"][0]["name"], "Default workspace");
    world.check_invariants(&organization, &["ada"]).await;
}

#[tokio::test]
async fn i5_no_organization_is_created_after_a_forgotten_password_or_an_unknown_source() {
    let world = World::new().await;
    for source in ["PostConfirmation_ConfirmForgotPassword", "PostConfirmation_New", ""] {
        let mut event = sign_up_event("ada", "ada@example.com", Some("Acme"));
        event["triggerSource"] = json!(source);
        assert_eq!(world.trigger(event.clone()).await, event);
        assert!(world.items("USER#ada").await.is_empty(), "{source}");
    }
}

#[tokio::test]
async fn the_trigger_survives_events_that_make_no_sense() {
    let world = World::new().await;
    for event in [json!(null), json!([]), json!({"triggerSource": "PostConfirmation_ConfirmSignUp"})] {
        assert_eq!(world.trigger(event.clone()).await, event);
    }
}

#[tokio::test]
async fn details_that_break_a_rule_only_lead_to_the_prompt() {
    let world = World::new().await;
    world.sign_up("ada", Some("<script>")).await;
    let me = world.call("ada", "GET", "/me", None).await;
    assert_eq!(me.json["onboarding"]["status"], "organization_required");
    let created = world.call("ada", "POST", "/organizations", Some(json!({"name": "Acme"}))).await;
    assert_eq!(created.status, 201);
    world.check_invariants(created.text("/organization/organizationId"), &["ada"]).await;
    world
        .call("ada", "POST", "/organizations", Some(json!({"name": "Two"})))
        .await
        .expect(409, "organization-already-created");
}

#[tokio::test]
async fn a_user_whose_trigger_never_ran_is_repaired_by_either_route() {
    let world = World::new().await;
    world.pool.add("ada", "ada@example.com");
    let me = world.call("ada", "GET", "/me", None).await;
    assert_eq!(me.json["onboarding"]["status"], "organization_required");
    world.pool.add("eve", "eve@example.com");
    assert_eq!(world.call("eve", "POST", "/organizations", Some(json!({"name": "Acme"}))).await.status, 201);
    assert_eq!(world.call("eve", "GET", "/me", None).await.json["email"], "eve@example.com");
}

#[tokio::test]
async fn a_changed_address_is_seen_within_five_minutes() {
    let world = World::new().await;
    world.creator("ada").await;
    world.pool.add("ada", "lovelace@example.com");
    assert_eq!(world.call("ada", "GET", "/me", None).await.json["email"], "ada@example.com");
    world.pass(std::time::Duration::from_secs(301));
    assert_eq!(world.call("ada", "GET", "/me", None).await.json["email"], "lovelace@example.com");
}

#[tokio::test]
async fn who_joined_by_invitation_may_not_create_until_an_operator_grants_it() {
    let world = World::new().await;
    let organization = world.creator("ada").await;
    world.join("ada", &organization, "eve", MEMBER).await;
    let me = world.call("eve", "GET", "/me", None).await;
    assert_eq!(me.json["onboarding"], json!({"status": "complete", "mayCreateOrganization": false, "invitations": 0}));
    let refused = world.call("eve", "POST", "/organizations", Some(json!({"name": "Mine"}))).await;
    refused.expect(403, "organization-creation-closed");
    assert!(refused.text("/detail").contains("https://support.example.com"));
    world.operate("USER#eve", "PROFILE", "SET granted_organizations = :value", 1).await;
    assert_eq!(world.call("eve", "GET", "/me", None).await.json["onboarding"]["mayCreateOrganization"], true);
    let created = world.call("eve", "POST", "/organizations", Some(json!({"name": "Mine"}))).await;
    assert_eq!(created.status, 201, "{}", created.json);
    world
        .call("eve", "POST", "/organizations", Some(json!({"name": "More"})))
        .await
        .expect(409, "organization-already-created");
}

#[tokio::test]
async fn a_token_that_outlived_its_account_is_of_no_use() {
    let world = World::new().await;
    world.call("ghost", "GET", "/me", None).await.expect(401, "access-token-required");
    world
        .call("ghost", "POST", "/organizations", Some(json!({"name": "Acme"})))
        .await
        .expect(401, "access-token-required");
    assert!(world.items("USER#ghost").await.is_empty());
}

/// Cognito takes addresses that this product does not. Their owners are told so, not that they have none.
#[tokio::test]
async fn an_address_that_cannot_be_used_is_told_from_none() {
    let world = World::new().await;
    for (user, email, said) in [
        ("ada", "a..b@example.com", "does not support your email address"),
        ("bob", "\u{e4}@example.com", "does not support your email address"),
        ("dan", "", "has no email address"),
    ] {
        world.pool.add(user, email);
        let event = sign_up_event(user, email, Some("Acme"));
        assert_eq!(world.trigger(event.clone()).await, event, "the sign-up goes on");
        for (method, path, body) in [("GET", "/me", None), ("POST", "/organizations", Some(json!({"name": "Acme"})))] {
            let answer = world.call(user, method, path, body).await;
            answer.expect(403, "email-not-verified");
            assert!(answer.text("/detail").contains(said), "{email:?}: {}", answer.json);
            assert!(email.is_empty() || !answer.json.to_string().contains(email), "{}", answer.json);
        }
    }
}
