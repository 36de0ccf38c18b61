use std::{collections::BTreeMap, sync::Arc};

use serde_json::json;

use super::{Request, race, report, trials, with_status};
use crate::world::{ADMIN, Answer, World};

/// Two admins do something to each other or themselves; afterwards one is left at least.
async fn check(name: &str, requests: impl Fn(&str, &str, &str) -> Vec<Request>, sane: impl Fn(&[Answer]) -> bool) {
    let world = Arc::new(World::new().await);
    let mut outcomes = BTreeMap::new();
    for trial in 0..trials() {
        let (ada, eve) = (format!("ada{trial}"), format!("eve{trial}"));
        let organization = world.creator(&ada).await;
        world.join(&ada, &organization, &eve, ADMIN).await;
        let answers = race(&world, requests(&ada, &eve, &organization)).await;
        let codes: Vec<_> = answers.iter().map(|answer| format!("{} {}", answer.status, answer.code())).collect();
        assert!(sane(&answers), "{codes:?}");
        world.check_invariants(&organization, &[&ada, &eve]).await;
        *outcomes.entry(codes).or_insert(0) += 1;
    }
    report(name, outcomes);
}

fn demote(actor: &str, target: &str, organization: &str) -> Request {
    let path = format!("/organizations/{organization}/members/{target}/roles");
    (actor.to_owned(), "PUT", path, Some(json!({"roles": ["member"]})))
}

fn remove(actor: &str, target: &str, organization: &str) -> Request {
    (actor.to_owned(), "DELETE", format!("/organizations/{organization}/members/{target}"), None)
}

#[tokio::test(flavor = "multi_thread")]
async fn i1_mutual_demotion_of_the_last_two_admins() {
    let requests = |ada: &str, eve: &str, org: &str| vec![demote(ada, eve, org), demote(eve, ada, org)];
    check("mutual demotion", requests, |answers| with_status(answers, 200) == 1 && with_status(answers, 403) == 1)
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn i1_both_admins_leave() {
    let requests = |ada: &str, eve: &str, org: &str| vec![remove(ada, ada, org), remove(eve, eve, org)];
    check("both leave", requests, |answers| with_status(answers, 204) == 1 && with_status(answers, 409) == 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn i1_demote_and_remove() {
    // Ada demotes Eve while Eve removes Ada: whoever commits first takes the other's right away.
    let requests = |ada: &str, eve: &str, org: &str| vec![demote(ada, eve, org), remove(eve, ada, org)];
    let sane = |answers: &[Answer]| {
        let (demoted, removed) = (answers[0].status == 200, answers[1].status == 204);
        demoted != removed && (answers[0].status == 404 || answers[1].status == 403)
    };
    check("demote and remove", requests, sane).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn i1_one_is_demoted_while_the_other_leaves() {
    let requests = |ada: &str, eve: &str, org: &str| vec![demote(ada, eve, org), remove(ada, ada, org)];
    let sane = |answers: &[Answer]| answers.iter().filter(|answer| answer.status < 300).count() == 1;
    check("demote and leave", requests, sane).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_writers_with_one_etag() {
    let world = Arc::new(World::new().await);
    let organization = world.creator("ada").await;
    world.join("ada", &organization, "eve", ADMIN).await;
    world.join("ada", &organization, "bob", &["member"]).await;
    let path = format!("/organizations/{organization}/members/bob");
    for _ in 0..trials() {
        let etag = world.call("ada", "GET", &path, None).await.etag.unwrap();
        let writers = ["ada", "eve"].map(|actor| {
            let (world, path, etag) = (world.clone(), format!("{path}/roles"), etag.clone());
            async move {
                super::pause(&world).await;
                let body = Some(json!({"roles": ["user_admin"]}));
                world.call_with(actor, "PUT", &path, body, &[("if-match", &etag)]).await
            }
        });
        let answers = crate::world::at_once(writers).await;
        assert_eq!((with_status(&answers, 200), with_status(&answers, 412)), (1, 1));
    }
    report("two If-Match writers", "one wins, one is told");
}
