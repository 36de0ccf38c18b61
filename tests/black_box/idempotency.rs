//! `Idempotency-Key`: one key, one answer, one effect (I9).

use acceptance::suite::Test;
use acceptance::{Answer, Call, Organization, Person, Target, made_up, tests};
use reqwest::Method;
use serde_json::json;
use std::future::IntoFuture as _;

pub(crate) fn tests() -> Vec<Test> {
    tests![
        the_same_key_gives_the_same_invitation,
        the_same_key_gives_the_same_organization,
        the_same_key_resends_once,
        the_same_key_gives_the_same_acceptance,
        a_key_used_for_another_body_is_refused,
        a_key_belongs_to_one_user_and_one_route,
        a_refusal_spends_no_key,
        a_key_gives_nothing_to_somebody_who_lost_the_authority,
        the_same_key_at_once_has_one_effect,
        a_key_that_is_none_is_refused,
    ]
}

fn key() -> String {
    format!("key-{}", made_up::uuid())
}

fn same(first: &Answer, again: &Answer) {
    assert_eq!((first.status, &first.body), (again.status, &again.body), "{}", first.request);
    assert_eq!(first.header("location"), again.header("location"), "{}", first.request);
}

/// The same request twice under one key.
async fn twice(call: Call) -> Answer {
    let call = call.header("idempotency-key", &key());
    let first = call.clone().await;
    let again = call.await;
    same(&first, &again);
    first
}

async fn the_same_key_gives_the_same_invitation(target: Target) {
    let organization = Organization::create(&target).await;
    let email = made_up::email();
    twice(organization.invite(&organization.creator, &email, &["member"])).await.success(201);
    let list = organization.creator.get(&organization.path("/invitations")).await.success(200);
    assert_eq!(list["items"].as_array().unwrap().len(), 1, "{list}");
    let without = organization.invite(&organization.creator, &email, &["member"]).await;
    without.problem(409, "invitation-already-pending");
}

async fn the_same_key_gives_the_same_organization(target: Target) {
    let person = Person::new(&target).await;
    let details = json!({"name": made_up::organization_name()});
    twice(person.post("/organizations", &details)).await.success(201);
    assert_eq!(person.me().await["organizations"].as_array().unwrap().len(), 1);
    person.post("/organizations", &details).await.problem(409, "organization-already-created");
}

async fn the_same_key_resends_once(target: Target) {
    let organization = Organization::create(&target).await;
    let person = Person::new(&target).await;
    let invitation = organization.invitation(&organization.creator, &person.email, &["member"]).await;
    let path = organization.path(&format!("/invitations/{}/resend", invitation.id));
    twice(organization.creator.call(Method::POST, &path)).await.success(202);
    twice(person.call(Method::POST, &format!("/me/invitations/{}/resend", invitation.id))).await.success(202);
    twice(person.call(Method::POST, &format!("/me/invitations/{}/decline", invitation.id))).await.success(204);
    let records = organization.creator.get(&organization.path(&format!("/invitations/{}", invitation.id))).await;
    assert_eq!(records.success(200)["status"], "declined");
}

async fn the_same_key_gives_the_same_acceptance(target: Target) {
    let organization = Organization::create(&target).await;
    let person = Person::new(&target).await;
    let invitation = organization.invitation(&organization.creator, &person.email, &["user_admin"]).await;
    twice(invitation.accept(&person)).await.success(200);
    invitation.accept(&person).await.problem(409, "invitation-already-accepted");
}

async fn a_key_used_for_another_body_is_refused(target: Target) {
    let organization = Organization::create(&target).await;
    let key = key();
    let first = organization.invite(&organization.creator, &made_up::email(), &["member"]);
    first.header("idempotency-key", &key).await.success(201);
    let other = organization.invite(&organization.creator, &made_up::email(), &["member"]);
    other.header("idempotency-key", &key).await.problem(422, "idempotency-key-reused");
    let list = organization.creator.get(&organization.path("/invitations")).await.success(200);
    assert_eq!(list["items"].as_array().unwrap().len(), 1, "{list}");
}

async fn a_key_belongs_to_one_user_and_one_route(target: Target) {
    let organization = Organization::create(&target).await;
    let colleague = organization.add(&["user_admin"]).await;
    let (own, newcomer) = tokio::join!(Organization::create(&target), Person::new(&target));
    let key = key();
    let by =
        |person: &Person| organization.invite(person, &made_up::email(), &["member"]).header("idempotency-key", &key);
    by(&organization.creator).await.success(201);
    by(&colleague).await.success(201);
    // The same user and key on another route: it is a new request there.
    let details = json!({"name": made_up::organization_name()});
    newcomer.post("/organizations", &details).header("idempotency-key", &key).await.success(201);
    let invitation = own.invitation(&own.creator, &newcomer.email, &["member"]).await;
    invitation.accept(&newcomer).header("idempotency-key", &key).await.success(200);
}

/// Nothing happened, so the same key may be used once the reason is gone.
async fn a_refusal_spends_no_key(target: Target) {
    let organization = Organization::create(&target).await;
    let person = organization.add(&["member"]).await;
    let call = organization.invite(&person, &made_up::email(), &["member"]).header("idempotency-key", &key());
    call.clone().await.problem(403, "permission-denied");
    organization.change_roles(&organization.creator, &person, &["user_admin"]).await.success(200);
    call.await.success(201);
}

/// R11 and R12 before I9: the answer of a request is not for those who could not make it any more.
async fn a_key_gives_nothing_to_somebody_who_lost_the_authority(target: Target) {
    let organization = Organization::create(&target).await;
    let person = organization.add(&["user_admin"]).await;
    let call = organization.invite(&person, &made_up::email(), &["member"]).header("idempotency-key", &key());
    call.clone().await.success(201);
    organization.change_roles(&organization.creator, &person, &["member"]).await.success(200);
    call.clone().await.problem(403, "permission-denied");
    organization.remove(&organization.creator, &person).await.success(204);
    call.await.problem(404, "organization-not-found");
}

async fn the_same_key_at_once_has_one_effect(target: Target) {
    let organization = Organization::create(&target).await;
    for trial in 1..=10 {
        let call = organization.invite(&organization.creator, &made_up::email(), &["member"]);
        let call = call.header("idempotency-key", &key());
        let (first, second) = tokio::join!(call.clone().into_future(), call.clone().into_future());
        for answer in [&first, &second] {
            if answer.status != 201 {
                answer.problem(409, "idempotency-key-in-flight");
            }
        }
        same(&call.clone().await, &call.await);
        assert!(first.status == 201 || second.status == 201, "{first:?} {second:?}");
        let list = organization.pages(&organization.creator, "/invitations", 100).await.concat();
        assert_eq!(list.len(), trial);
    }
}

async fn a_key_that_is_none_is_refused(target: Target) {
    let organization = Organization::create(&target).await;
    for wrong in ["", "short", "seven77", "with a space", &"k".repeat(129), "tab\tinside", "ümlaute-sind-keine"] {
        let call = organization.invite(&organization.creator, &made_up::email(), &["member"]);
        let answer = call.header("idempotency-key", wrong).await;
        answer.problem(400, "malformed-request");
    }
    for right in ["eight888".to_owned(), "k".repeat(128), format!("!\"#~{}", made_up::uuid())] {
        let call = organization.invite(&organization.creator, &made_up::email(), &["member"]);
        call.header("idempotency-key", &right).await.success(201);
    }
    let list = organization.creator.get(&organization.path("/invitations")).await.success(200);
    assert_eq!(list["items"].as_array().unwrap().len(), 3, "{list}");
}
