//! The tabs `general` and `billing` are changed: what a patch says and leaves out, versions, permissions, races.

use serde_json::{Value, json};

use crate::world::{ADMIN, Answer, MEMBER, World, at_once};

async fn patch(world: &World, user: &str, path: &str, body: Value, if_match: &str) -> Answer {
    world.call_with(user, "PATCH", path, Some(body), &[("if-match", if_match)]).await
}

fn etag(answer: &Answer) -> &str {
    answer.etag.as_deref().unwrap()
}

async fn general(world: &World) -> (String, String) {
    let organization = world.creator("ada").await;
    let path = format!("/organizations/{organization}/settings/general");
    (organization, path)
}

#[tokio::test]
async fn absent_null_and_a_value_are_three_things() {
    let world = World::new().await;
    let (organization, path) = general(&world).await;
    let first = world.call("ada", "GET", &path, None).await;
    let body =
        json!({"phone": "+49 30 123456", "country": "DE", "metadata": {"crm": {"id": 7, "stage": "won"}, "tags": [1]}});
    let second = patch(&world, "ada", &path, body, etag(&first)).await;
    assert_eq!(second.status, 200, "{}", second.json);
    assert_ne!(second.etag, first.etag);
    let body = json!({"phone": null, "metadata": {"crm": {"stage": null}, "plan": "gold"}});
    let third = patch(&world, "ada", &path, body, etag(&second)).await;
    let said = &third.json;
    assert_eq!((&said["name"], &said["phone"], &said["country"]), (&json!("Acme"), &Value::Null, &json!("DE")));
    assert_eq!(said["metadata"], json!({"crm": {"id": 7}, "tags": [1], "plan": "gold"}));
    // A GET shows the same, with the ETag that the next PATCH takes.
    let read = world.call("ada", "GET", &path, None).await;
    assert_eq!((&read.json, &read.etag), (&third.json, &third.etag));
    let gone = patch(&world, "ada", &path, json!({"metadata": null}), etag(&read)).await;
    assert_eq!(gone.json["metadata"], json!({}));
    let records = audited(&world, &organization).await;
    assert_eq!(records, [json!(["phone", "country", "metadata"]), json!(["phone", "metadata"]), json!(["metadata"])]);
}

async fn audited(world: &World, organization: &str) -> Vec<Value> {
    let items = world.items(&format!("ORG#{organization}")).await;
    items.iter().map(|item| item["fields"].clone()).filter(Value::is_array).collect()
}

#[tokio::test]
async fn a_patch_that_changes_nothing_writes_nothing() {
    let world = World::new().await;
    let (organization, path) = general(&world).await;
    let first = world.call("ada", "GET", &path, None).await;
    for nothing in [json!({}), json!({"name": "Acme"}), json!({"phone": null}), json!({"metadata": {"a": null}})] {
        let answer = patch(&world, "ada", &path, nothing, etag(&first)).await;
        assert_eq!((answer.status, &answer.etag), (200, &first.etag));
    }
    assert_eq!(audited(&world, &organization).await, Vec::<Value>::new());
}

#[tokio::test]
async fn every_broken_rule_is_named_and_nothing_is_changed() {
    let world = World::new().await;
    let (_, path) = general(&world).await;
    let first = world.call("ada", "GET", &path, None).await;
    let wrong = json!({"name": null, "phone": "call me", "industry": "Tools", "metadata": {"a": "x".repeat(4096)}});
    let answer = patch(&world, "ada", &path, wrong, etag(&first)).await;
    answer.expect(422, "validation-failed");
    let pointers: Vec<_> = answer.json["errors"].as_array().unwrap().iter().map(|error| &error["pointer"]).collect();
    assert_eq!(pointers, ["/name", "/phone", "/metadata"]);
    assert_eq!(world.call("ada", "GET", &path, None).await.json, first.json);
    for malformed in [json!({"status": "deleted"}), json!({"name": 7}), json!({"metadata": []}), json!({"metadata": 1})]
    {
        patch(&world, "ada", &path, malformed, etag(&first)).await.expect(400, "malformed-request");
    }
    let billing = path.replace("general", "billing");
    for wrong in [json!({"billingContact": null}), json!({"billingContact": "nobody"})] {
        patch(&world, "ada", &billing, wrong, "*").await.expect(422, "validation-failed");
    }
}

#[tokio::test]
async fn a_change_needs_the_version_that_it_was_made_from() {
    let world = World::new().await;
    let (_, path) = general(&world).await;
    let first = world.call("ada", "GET", &path, None).await;
    let change = json!({"industry": "Engines"});
    world.call("ada", "PATCH", &path, Some(change.clone())).await.expect(428, "if-match-required");
    patch(&world, "ada", &path, change.clone(), etag(&first)).await.expect(200, "");
    patch(&world, "ada", &path, json!({"industry": "Tools"}), etag(&first)).await.expect(412, "version-mismatch");
    patch(&world, "ada", &path, change, "\"nonsense\"").await.expect(412, "version-mismatch");
    patch(&world, "ada", &path, json!({"industry": "Tools"}), "*").await.expect(200, "");
    assert_eq!(world.call("ada", "GET", &path, None).await.json["industry"], json!("Tools"));
}

#[tokio::test]
async fn the_billing_contact_is_changed_by_those_who_manage_billing() {
    let world = World::new().await;
    let (organization, general) = general(&world).await;
    let billing = general.replace("general", "billing");
    for (user, roles) in [("bob", ["billing_admin"]), ("uma", ["user_admin"]), ("eve", ["member"])] {
        world.join("ada", &organization, user, &roles).await;
    }
    let contact = json!({"billingContact": "Bills@example.com"});
    let read = world.call("bob", "GET", &billing, None).await;
    let changed = patch(&world, "bob", &billing, contact.clone(), etag(&read)).await;
    assert_eq!(changed.json["billingContact"], json!("Bills@example.com"));
    assert_eq!(world.call("ada", "GET", &billing, None).await.etag, changed.etag);
    for (user, path) in [("bob", &general), ("uma", &general), ("uma", &billing), ("eve", &general), ("eve", &billing)]
    {
        let body = if path == &general { json!({"name": "Mine"}) } else { contact.clone() };
        let answer = patch(&world, user, path, body, "*").await;
        answer.expect(403, "permission-denied");
        assert!(answer.text("/requiredPermission").ends_with(":manage"), "{}", answer.json);
    }
    patch(&world, "mallory", &general, json!({"name": "Mine"}), "*").await.expect(404, "organization-not-found");
}

/// One of two writers with the same ETag wins, and a demotion that has committed counts.
#[tokio::test]
async fn two_writers_with_one_etag_and_a_writer_who_is_demoted() {
    let world = std::sync::Arc::new(World::new().await);
    let (organization, path) = general(&world).await;
    world.join("ada", &organization, "bob", ADMIN).await;
    for round in 0..20 {
        let etag = world.call("ada", "GET", &path, None).await.etag.unwrap();
        let write = |user: &'static str| {
            let (world, path, etag) = (std::sync::Arc::clone(&world), path.clone(), etag.clone());
            async move { patch(&world, user, &path, json!({"name": format!("{user} {round}")}), &etag).await.status }
        };
        let mut answers = at_once([write("ada"), write("bob")]).await;
        answers.sort_unstable();
        assert_eq!(answers, [200, 412]);
        // Without a version, both go through.
        let merge = |user: &'static str, field: &'static str| {
            let (world, path) = (std::sync::Arc::clone(&world), path.clone());
            async move { patch(&world, user, &path, json!({"metadata": {field: round}}), "*").await.status }
        };
        assert_eq!(at_once([merge("ada", "a"), merge("bob", "b")]).await, [200, 200]);
        let said = world.call("ada", "GET", &path, None).await.json;
        assert_eq!(said["metadata"], json!({"a": round, "b": round}));
    }
    world.set_roles("ada", &organization, "bob", MEMBER).await.expect(200, "");
    patch(&world, "bob", &path, json!({"name": "Bob's"}), "*").await.expect(403, "permission-denied");
    world.check_invariants(&organization, &["ada", "bob"]).await;
}
