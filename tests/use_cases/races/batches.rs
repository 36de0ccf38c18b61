use std::{collections::BTreeMap, sync::Arc, time::Duration};

use serde_json::{Value, json};

use super::{Request, race, report, trials};
use crate::{
    batch::{member, path},
    world::{ADMIN, Answer, MEMBER, World},
};

fn batch(actor: &str, organization: &str, emails: impl IntoIterator<Item = String>) -> Request {
    let rows: Vec<_> = emails.into_iter().map(|email| member(&email)).collect();
    (actor.to_owned(), "POST", path(organization), Some(json!({ "invitations": rows })))
}

/// How many rows of an answer have this code; `null` for those that are invited.
fn rows(answer: &Answer, code: &Value) -> usize {
    answer.expect(200, "");
    answer.json["items"].as_array().unwrap().iter().filter(|row| row["code"] == *code).count()
}

/// Two batches, with addresses in common and more of them than seats. Half of the seats belong to expired invitations.
#[tokio::test(flavor = "multi_thread")]
async fn i3_r16_two_batches_for_the_same_addresses_and_the_last_seats() {
    let world = Arc::new(World::with_seats(6).await);
    let mut outcomes = BTreeMap::new();
    for trial in 0..trials() {
        let (ada, ida) = (format!("ada{trial}"), format!("ida{trial}"));
        let organization = world.creator(&ada).await;
        world.join(&ada, &organization, &ida, ADMIN).await;
        world.invite(&ada, &organization, "old@example.com", MEMBER).await;
        world.invite(&ada, &organization, "b@example.com", MEMBER).await;
        world.pass(Duration::from_hours(8 * 24));
        let emails = |names: [&str; 4]| names.map(|name| format!("{name}@example.com"));
        let both = vec![
            batch(&ada, &organization, emails(["a", "b", "c", "x"])),
            batch(&ida, &organization, emails(["c", "B", "a", "y"])),
        ];
        let answers = race(&world, both).await;
        let invited: Vec<_> = answers.iter().map(|answer| rows(answer, &Value::Null)).collect();
        let pending = answers.iter().map(|answer| rows(answer, &json!("invitation-already-pending"))).sum::<usize>();
        let full = answers.iter().map(|answer| rows(answer, &json!("seat-limit-reached"))).sum::<usize>();
        assert_eq!(invited.iter().sum::<usize>(), 4, "as many as there are seats");
        assert_eq!(pending + full, 4, "every other row is told why");
        world.check_invariants(&organization, &[&ada, &ida]).await;
        *outcomes.entry(invited).or_insert(0) += 1;
    }
    report("batch against batch", outcomes);
}

/// As large as batches are, so each is several transactions.
#[tokio::test(flavor = "multi_thread")]
async fn i3_two_large_batches_for_the_same_addresses() {
    let world = Arc::new(World::with_seats(1000).await);
    let mut outcomes = BTreeMap::new();
    for trial in 0..trials().div_ceil(10) {
        let (ada, ida) = (format!("ada{trial}"), format!("ida{trial}"));
        let organization = world.creator(&ada).await;
        world.join(&ada, &organization, &ida, ADMIN).await;
        let email = |number: usize| format!("n{number}@example.com");
        let both =
            vec![batch(&ada, &organization, (0..50).map(email)), batch(&ida, &organization, (10..60).rev().map(email))];
        let answers = race(&world, both).await;
        let invited: Vec<_> = answers.iter().map(|answer| rows(answer, &Value::Null)).collect();
        assert_eq!(invited.iter().sum::<usize>(), 60, "each address once");
        let pending = json!("invitation-already-pending");
        assert_eq!(answers.iter().map(|answer| rows(answer, &pending)).sum::<usize>(), 40);
        world.check_invariants(&organization, &[&ada, &ida]).await;
        *outcomes.entry(invited).or_insert(0) += 1;
    }
    println!("race large batch against large batch: no invariant violated; outcomes {outcomes:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn r8_an_orphan_is_resent_while_a_batch_replaces_it() {
    let world = Arc::new(World::new().await);
    let mut outcomes = BTreeMap::new();
    for trial in 0..trials() {
        let (ada, ida) = (format!("ada{trial}"), format!("ida{trial}"));
        let organization = world.creator(&ada).await;
        world.join(&ada, &organization, &ida, ADMIN).await;
        world.invite(&ida, &organization, "eve@example.com", MEMBER).await;
        let invitations = format!("/organizations/{organization}/invitations");
        let list = world.call(&ada, "GET", &invitations, None).await;
        let orphan = list.json["items"].as_array().unwrap().iter().find(|item| item["email"] == "eve@example.com");
        let orphan = format!("{invitations}/{}", orphan.unwrap()["invitationId"].as_str().unwrap());
        world.remove(&ada, &organization, &ida).await.expect(204, "");
        let resend = (ada.clone(), "POST", format!("{orphan}/resend"), None);
        let emails = ["eve", "bob"].map(|name| format!("{name}@example.com"));
        let answers = race(&world, vec![resend, batch(&ada, &organization, emails)]).await;
        let outcome = (answers[0].status, rows(&answers[1], &Value::Null));
        assert!(matches!(outcome, (202, 1) | (410, 2)), "{outcome:?}");
        world.check_invariants(&organization, &[&ada, &ida]).await;
        *outcomes.entry(outcome).or_insert(0) += 1;
    }
    report("orphan resent against a batch", outcomes);
}
