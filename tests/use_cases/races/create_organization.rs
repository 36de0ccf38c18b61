use std::{collections::BTreeMap, sync::Arc};

use serde_json::json;

use super::{pause, race, report, trials, with_status};
use crate::world::{World, at_once, sign_up_event};

#[tokio::test(flavor = "multi_thread")]
async fn i5_the_trigger_three_times_overlapping() {
    let world = Arc::new(World::new().await);
    for trial in 0..trials() {
        let user = format!("ada{trial}");
        let email = format!("{user}@example.com");
        world.pool.add(&user, &email);
        let event = sign_up_event(&user, &email, Some("Acme"));
        let runs = (0..3).map(|_| {
            let (world, event) = (world.clone(), event.clone());
            async move {
                pause(&world).await;
                world.trigger(event).await
            }
        });
        assert!(at_once(runs).await.iter().all(|answer| *answer == event));
        let me = world.call(&user, "GET", "/me", None).await;
        assert_eq!(me.json["organizations"].as_array().unwrap().len(), 1);
        world.check_invariants(me.text("/organizations/0/organizationId"), &[&user]).await;
    }
    report("the trigger three times", "one organization each");
}

#[tokio::test(flavor = "multi_thread")]
async fn i5_two_creations_at_once() {
    let world = Arc::new(World::new().await);
    for trial in 0..trials() {
        let user = format!("ada{trial}");
        world.sign_up(&user, None).await;
        let create = |name: &str| (user.clone(), "POST", "/organizations".to_owned(), Some(json!({"name": name})));
        let answers = race(&world, vec![create("One"), create("Two")]).await;
        assert_eq!((with_status(&answers, 201), with_status(&answers, 409)), (1, 1));
        let me = world.call(&user, "GET", "/me", None).await;
        assert_eq!(me.json["organizations"].as_array().unwrap().len(), 1);
    }
    report("POST /organizations twice", "one wins, one is told");
}

#[tokio::test(flavor = "multi_thread")]
async fn i5_the_trigger_against_the_repair_and_a_creation() {
    let world = Arc::new(World::new().await);
    let mut outcomes = BTreeMap::new();
    for trial in 0..trials() {
        let user = format!("ada{trial}");
        world.pool.add(&user, &format!("{user}@example.com"));
        let trigger = {
            let (world, user) = (world.clone(), user.clone());
            tokio::spawn(async move {
                pause(&world).await;
                world.trigger(sign_up_event(&user, &format!("{user}@example.com"), Some("By the trigger"))).await
            })
        };
        let requests = vec![
            (user.clone(), "GET", "/me".to_owned(), None),
            (user.clone(), "POST", "/organizations".to_owned(), Some(json!({"name": "By the request"}))),
        ];
        let answers = race(&world, requests).await;
        trigger.await.unwrap();
        let me = world.call(&user, "GET", "/me", None).await;
        assert_eq!(me.json["organizations"].as_array().unwrap().len(), 1);
        assert_eq!(me.json["onboarding"]["status"], "complete");
        *outcomes.entry((answers[1].status, me.text("/organizations/0/name").to_owned())).or_insert(0) += 1;
    }
    report("trigger, repair and creation", outcomes);
}
