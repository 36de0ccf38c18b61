//! A request that cannot be read is the client's mistake, never ours (I13).

use serde_json::json;

use crate::world::World;

#[tokio::test]
async fn a_body_is_an_object_and_nothing_that_merely_looks_like_its_fields() {
    let world = World::new().await;
    world.sign_up("ada", None).await;
    for body in [json!(["Acme"]), json!("Acme"), json!(1), json!(null), json!([])] {
        world.call("ada", "POST", "/organizations", Some(body)).await.expect(400, "malformed-request");
    }
    world.call("ada", "POST", "/organizations", None).await.expect(400, "malformed-request");
    assert_eq!(world.items("USER#ada").await.len(), 1, "nothing was created");
}
