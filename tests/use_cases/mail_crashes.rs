//! I8: processes die, functions run twice, the table does not answer. No mail is lost by it.

use std::{sync::Arc, time::Duration};

use jiff::SignedDuration;
use local_stack::{Fault, FaultKind};
use serde_json::json;

use crate::{
    mail_waiting::{MINUTE, invitations, invited, minutes, only},
    world::{Behavior, World, stream_record},
};

#[tokio::test]
async fn a_mail_whose_process_died_is_taken_up_again_by_the_schedule() {
    let world = Arc::new(World::new().await);
    let organization = invited(&world, &["eve@example.com"]).await;
    world.inbox.behave([Behavior::Die]);
    let dying = Arc::clone(&world);
    let records = vec![stream_record(&only(&world, &organization).await)];
    assert!(tokio::spawn(async move { dying.mailer(records).await }).await.unwrap_err().is_panic());
    minutes(&world, 1).await;
    assert!(world.inbox.taken().is_empty(), "its lease has not ended: the process might be alive");
    minutes(&world, 1).await;
    assert_eq!(world.inbox.texts("eve@example.com").len(), 1);
}

#[tokio::test]
async fn a_mail_whose_process_dies_every_time_keeps_ten_secrets_at_most() {
    let world = Arc::new(World::new().await);
    let organization = invited(&world, &["eve@example.com"]).await;
    for attempt in 1..=13_usize {
        world.inbox.behave([Behavior::Die]);
        // Longer than any lease.
        world.pass(Duration::from_secs(2 * 3600 + 1));
        let dying = Arc::clone(&world);
        assert!(tokio::spawn(async move { dying.send_due().await }).await.unwrap_err().is_panic());
        let stored = only(&world, &organization).await["secret_hashes"].as_array().unwrap().len();
        assert_eq!(stored, attempt.min(10));
    }
    world.pass(Duration::from_secs(2 * 3600 + 1));
    world.send_due().await;
    world.sign_up("eve", None).await;
    world.accept("eve", &world.inbox.token("eve@example.com")).await.expect(200, "");
}

#[tokio::test]
async fn a_mail_that_the_stream_never_brought_is_taken_up_by_the_schedule() {
    let world = World::new().await;
    invited(&world, &["eve@example.com"]).await;
    world.send_due().await;
    assert!(world.inbox.taken().is_empty(), "the stream comes first");
    minutes(&world, 1).await;
    assert_eq!(world.inbox.texts("eve@example.com").len(), 1);
}

#[tokio::test]
async fn two_schedules_at_once_send_a_mail_once() {
    let world = World::new().await;
    invited(&world, &["eve@example.com", "bob@example.com", "dan@example.com"]).await;
    world.pass(MINUTE);
    tokio::join!(world.send_due(), world.send_due(), world.send_due());
    assert_eq!(world.inbox.taken().len(), 3);
}

#[tokio::test]
async fn a_table_that_does_not_answer_costs_no_mail() {
    for operation in ["UpdateItem", "BatchGetItem"] {
        for kind in [FaultKind::Unavailable, FaultKind::Dropped, FaultKind::LostReply] {
            let world = World::new().await;
            let organization = invited(&world, &["eve@example.com"]).await;
            let records = vec![stream_record(&only(&world, &organization).await)];
            world.engine.inject(Fault { operation: operation.to_owned(), times: 6, kind });
            world.mailer(records).await;
            minutes(&world, 4).await;
            assert_eq!(world.inbox.texts("eve@example.com").len(), 1, "{operation} {kind:?}");
            assert_eq!(only(&world, &organization).await["delivery_status"], "sent", "{operation} {kind:?}");
        }
    }
}

/// Lambda would end it, and with it whatever it has in hand.
#[tokio::test]
async fn the_function_ends_before_its_time_is_up() {
    let world = World::new().await;
    let organization = invited(&world, &["eve@example.com"]).await;
    let records: Vec<_> = invitations(&world, &organization).await.iter().map(stream_record).collect();
    world.engine.set_latency(Duration::from_secs(30));
    let left = SignedDuration::from_millis(1_200);
    for event in [json!({ "Records": records }), json!({ "task": "send-due-mails" })] {
        let ended = tokio::time::timeout(left.unsigned_abs(), world.invoke_mailer(event, left)).await;
        assert!(ended.is_ok(), "the function was still at work when its time was up");
    }
}
