//! Tokens that open nothing.

use acceptance::suite::Test;
use acceptance::{NewPerson, Organization, Person, Target, forgery, tests};
use reqwest::Method;

pub(crate) fn tests() -> Vec<Test> {
    tests![
        forged_tokens_are_refused_by_the_gateway,
        an_id_token_is_refused_by_every_handler,
        a_token_without_the_word_bearer_is_at_most_the_same_token,
        the_gateway_answers_unknown_routes_itself,
        browsers_on_the_front_end_may_call_the_api,
        two_people_with_the_same_name_are_two_people,
    ]
}

async fn forged_tokens_are_refused_by_the_gateway(target: Target) {
    let organization = Organization::create(&target).await;
    let (victim, attacker) = (&organization.creator, Person::new(&target).await);
    let tampered = {
        let (start, signature) = attacker.access_token.rsplit_once('.').unwrap();
        let reversed: String = signature.chars().rev().collect();
        format!("{start}.{reversed}")
    };
    let forged = [
        ("another pool", forgery::of_another_pool(victim)),
        ("another key", forgery::signed_by_another_key(victim)),
        ("no signature", forgery::unsigned(victim)),
        ("another user", forgery::for_another_user(&attacker, &victim.id)),
        ("another signature", tampered),
        ("no token at all", "not.a.token".to_owned()),
        ("nothing", String::new()),
    ];
    for (kind, token) in forged {
        for path in ["/me", &organization.path(""), &organization.path("/members")] {
            let answer = target.call(Method::GET, path).bearer(&token).await;
            assert_eq!(answer.status, 401, "{kind}: {}", answer.body);
            answer.gateway(401);
        }
    }
}

async fn an_id_token_is_refused_by_every_handler(target: Target) {
    let organization = Organization::create(&target).await;
    let token = &organization.creator.id_token;
    for path in [
        "/me",
        "/organizations",
        &organization.path(""),
        &organization.path("/settings"),
        &organization.path("/members"),
    ] {
        target.call(Method::GET, path).bearer(token).await.problem(401, "access-token-required");
    }
}

/// API Gateway takes the token with or without the scheme; either way it is the same caller or none.
async fn a_token_without_the_word_bearer_is_at_most_the_same_token(target: Target) {
    let person = Person::new(&target).await;
    let answer = target.call(Method::GET, "/me").header("authorization", &person.access_token).await;
    match answer.status {
        200 => assert_eq!(answer.json()["userId"], person.id),
        _ => answer.gateway(401),
    }
    target.call(Method::GET, "/me").header("authorization", "Basic dXNlcjpwYXNz").await.gateway(401);
}

async fn the_gateway_answers_unknown_routes_itself(target: Target) {
    let person = Person::new(&target).await;
    person.get("/nowhere").await.gateway(404);
    person.call(Method::DELETE, "/me").await.gateway(404);
    person.get("/invitations/accept").await.gateway(404);
}

async fn browsers_on_the_front_end_may_call_the_api(target: Target) {
    let preflight = |origin: &str| {
        target
            .call(Method::OPTIONS, "/organizations")
            .header("origin", origin)
            .header("access-control-request-method", "POST")
            .header("access-control-request-headers", "authorization,content-type,idempotency-key")
    };
    let answer = preflight(acceptance::APP_URL).await;
    assert!((200..300).contains(&answer.status), "{answer:?}");
    assert_eq!(answer.header("access-control-allow-origin"), Some(acceptance::APP_URL), "{answer:?}");
    let answer = preflight("https://elsewhere.example.com").await;
    assert_ne!(answer.header("access-control-allow-origin"), Some("https://elsewhere.example.com"), "{answer:?}");
    assert_ne!(answer.header("access-control-allow-origin"), Some("*"), "{answer:?}");
}

async fn two_people_with_the_same_name_are_two_people(target: Target) {
    let first = Organization::create(&target).await;
    let second =
        NewPerson::new(&target).name(&first.creator.name).metadata("organizationName", &first.name).sign_up().await;
    let me = second.me().await;
    assert_eq!(me["organizations"].as_array().unwrap().len(), 1, "{me}");
    assert_ne!(me["organizations"][0]["organizationId"], first.id, "{me}");
    second.get(&first.path("")).await.problem(404, "organization-not-found");
}
