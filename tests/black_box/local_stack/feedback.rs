//! What SES reports about emails, with the addresses of its mailbox simulator (R15).

use acceptance::organization::text;
use acceptance::suite::Test;
use acceptance::{Organization, Target, eventually, made_up, tests};
use serde_json::{Value, json};

pub(super) fn tests() -> Vec<Test> {
    tests![every_address_of_the_simulator_is_reported, a_bounced_address_is_mailed_again_once_it_is_confirmed]
}

/// Invites an address of the simulator: the path of the invitation.
async fn invite(organization: &Organization, behavior: &str) -> String {
    let email = format!("{behavior}+{}@simulator.amazonses.com", made_up::word());
    let created = organization.invite(&organization.creator, &email, &["member"]).await.success(201);
    organization.path(&format!("/invitations/{}", text(&created["invitationId"])))
}

async fn delivery(organization: &Organization, path: &str, status: &str, reason: &Value) {
    eventually(&format!("{status} {reason}"), async || {
        let delivery = organization.creator.get(path).await.success(200)["delivery"].clone();
        (delivery["status"] == status && delivery["reason"] == *reason).then_some(())
    })
    .await;
}

async fn every_address_of_the_simulator_is_reported(target: Target) {
    let organization = Organization::create(&target).await;
    // First, so that its automatic reply has come when the others are through.
    let away = invite(&organization, "ooto").await;
    delivery(&organization, &away, "delivered", &Value::Null).await;
    for (behavior, status, reason) in [
        ("success", "delivered", Value::Null),
        ("complaint", "complained", json!("abuse")),
        ("bounce", "bounced", json!("Permanent/General")),
        ("suppressionlist", "bounced", json!("Permanent/Suppressed")),
    ] {
        let path = invite(&organization, behavior).await;
        delivery(&organization, &path, status, &reason).await;
    }
    delivery(&organization, &away, "delivered", &Value::Null).await;
}

async fn a_bounced_address_is_mailed_again_once_it_is_confirmed(target: Target) {
    let organization = Organization::create(&target).await;
    let creator = &organization.creator;
    let path = invite(&organization, "bounce").await;
    let resend = format!("{path}/resend");
    let reason = json!("Permanent/General");
    delivery(&organization, &path, "bounced", &reason).await;
    for _ in 0..2 {
        let refused = creator.post(&resend, &json!({})).await.problem(409, "address-undeliverable");
        assert!(text(&refused["detail"]).contains("Permanent/General"), "{refused}");
        let sent = creator.post(&resend, &json!({"confirmAddress": true})).await.success(202);
        assert_eq!(sent["delivery"]["status"], "queued", "{sent}");
        delivery(&organization, &path, "bounced", &reason).await;
    }
    creator.post(&resend, &json!({"delivery": "link"})).await.success(202);
    creator.delete(&path).await.success(204);
}
