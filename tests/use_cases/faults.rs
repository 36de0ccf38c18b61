//! What a real table does and an embedded one never: conflicts, throttling, lost replies. No request is answered twice
//! differently, none half done (I13).

use local_stack::{Fault, FaultKind};
use serde_json::json;

use crate::world::{ADMIN, MEMBER, World};

const PASSING: [FaultKind; 7] = [
    FaultKind::TransactionConflict,
    FaultKind::TransactionInProgress,
    FaultKind::Throttled,
    FaultKind::Unavailable,
    FaultKind::InternalError,
    FaultKind::LostReply,
    FaultKind::Dropped,
];

fn inject(world: &World, operation: &str, times: u32, kind: FaultKind) {
    world.engine.inject(Fault { operation: operation.to_owned(), times, kind });
}

#[tokio::test]
async fn every_write_survives_what_passes() {
    for kind in PASSING {
        let world = World::new().await;
        let fault = || inject(&world, "TransactWriteItems", 2, kind);
        world.sign_up("ada", None).await;
        fault();
        let created = world.call("ada", "POST", "/organizations", Some(json!({"name": "Acme"}))).await;
        assert_eq!(created.status, 201, "{kind:?}: {}", created.json);
        let organization = created.text("/organization/organizationId").to_owned();
        fault();
        let token = world.invite("ada", &organization, "eve@example.com", MEMBER).await;
        world.sign_up("eve", None).await;
        fault();
        assert_eq!(world.accept("eve", &token).await.status, 200, "{kind:?}");
        fault();
        assert_eq!(world.set_roles("ada", &organization, "eve", ADMIN).await.status, 200, "{kind:?}");
        fault();
        assert_eq!(world.remove("eve", &organization, "ada").await.status, 204, "{kind:?}");
        world.check_invariants(&organization, &["ada", "eve"]).await;
    }
}

#[tokio::test]
async fn the_trigger_survives_what_passes_and_creates_once() {
    for kind in PASSING {
        let world = World::new().await;
        inject(&world, "TransactWriteItems", 2, kind);
        let organization = world.creator("ada").await;
        world.check_invariants(&organization, &["ada"]).await;
        inject(&world, "UpdateItem", 2, kind);
        world.sign_up("eve", None).await;
        assert_eq!(world.items("USER#eve").await.len(), 1, "{kind:?}");
    }
}

#[tokio::test]
async fn reads_survive_what_passes() {
    let world = World::new().await;
    let organization = world.creator("ada").await;
    let path = format!("/organizations/{organization}");
    for kind in PASSING.into_iter().filter(|kind| *kind != FaultKind::TransactionConflict) {
        inject(&world, "BatchGetItem", 2, kind);
        inject(&world, "Query", 1, kind);
        world.call("ada", "GET", &format!("{path}/settings"), None).await.expect(200, "");
    }
    inject(&world, "BatchGetItem", 3, FaultKind::UnprocessedKeys);
    let me = world.call("ada", "GET", "/me", None).await;
    assert_eq!(me.json["organizations"].as_array().unwrap().len(), 1, "unprocessed keys are asked for again");
}

/// The table stays away for longer than a request can wait: 503, nothing done, and the trigger lets the sign-up pass.
#[tokio::test]
async fn what_does_not_pass_is_503_and_never_fails_a_sign_up() {
    let world = World::new().await;
    inject(&world, "TransactWriteItems", 1000, FaultKind::TransactionConflict);
    world.sign_up("ada", Some("Acme")).await;
    let answer = world.call("ada", "POST", "/organizations", Some(json!({"name": "Acme"}))).await;
    answer.expect(503, "temporarily-unavailable");
    let me = world.call("ada", "GET", "/me", None).await;
    assert_eq!(
        me.json["onboarding"]["status"], "organization_required",
        "the first signed-in request repaired the user"
    );
}
