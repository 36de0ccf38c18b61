//! Resending, revoking and passing on invitations, and what the invited person does without the link (R13, R14, R16).

use acceptance::organization::text;
use acceptance::suite::Test;
use acceptance::{Invitation, Mail, Organization, Person, Target, tests};
use reqwest::Method;
use serde_json::json;

pub(crate) fn tests() -> Vec<Test> {
    tests![
        a_resent_invitation_arrives_again_and_both_links_work,
        a_revoked_invitation_is_over_and_its_address_free,
        a_link_is_shown_once_and_opens_the_invitation,
        a_batch_invites_whom_it_can_and_says_what_became_of_the_others,
        the_invited_person_has_the_email_sent_again_and_declines,
    ]
}

async fn invited(target: &Target) -> (Organization, Person, Invitation) {
    let (organization, person) = tokio::join!(Organization::create(target), Person::new(target));
    let invitation = organization.invitation(&organization.creator, &person.email, &["member"]).await;
    organization.delivered(&invitation.id).await;
    (organization, person, invitation)
}

async fn a_resent_invitation_arrives_again_and_both_links_work(target: Target) {
    let (organization, person, invitation) = invited(&target).await;
    let path = organization.path(&format!("/invitations/{}", invitation.id));
    let known = target.mails_to(&person.email).await.len();
    let answer = organization.creator.call(Method::POST, &format!("{path}/resend")).await.success(202);
    assert_eq!(answer["status"], "pending");
    let second = target.read_mail(&person.email, known, Mail::invitation_token).await;
    assert_ne!(second, invitation.token);
    for token in [&invitation.token, &second] {
        target.post("/invitations/preview", &json!({"token": token})).await.success(200);
    }
    person.post("/invitations/accept", &json!({"token": second})).await.success(200);
    organization
        .creator
        .call(Method::POST, &format!("{path}/resend"))
        .await
        .problem(409, "invitation-already-accepted");
    organization.creator.delete(&path).await.problem(409, "invitation-already-accepted");
}

async fn a_revoked_invitation_is_over_and_its_address_free(target: Target) {
    let (organization, person, invitation) = invited(&target).await;
    let path = organization.path(&format!("/invitations/{}", invitation.id));
    for _ in 0..2 {
        organization.creator.delete(&path).await.success(204);
    }
    let read = organization.creator.get(&path).await.success(200);
    assert_eq!(read["status"], "revoked");
    invitation.accept(&person).await.problem(410, "invitation-revoked");
    organization.creator.call(Method::POST, &format!("{path}/resend")).await.problem(410, "invitation-revoked");
    let again = organization.invitation(&organization.creator, &person.email, &["member"]).await;
    again.accept(&person).await.success(200);
}

async fn a_link_is_shown_once_and_opens_the_invitation(target: Target) {
    let (organization, person) = tokio::join!(Organization::create(&target), Person::new(&target));
    let body = json!({"email": person.email, "roles": ["member"], "delivery": "link"});
    let created = organization.creator.post(&organization.path("/invitations"), &body).await.success(201);
    assert_eq!(created["delivery"]["status"], "link");
    let url = text(&created["acceptUrl"]);
    let (page, token) = url.split_once("#token=").unwrap();
    assert!(page.ends_with("/invitations/accept"), "{page}");
    let path = organization.path(&format!("/invitations/{}", text(&created["invitationId"])));
    assert_eq!(organization.creator.get(&path).await.success(200).get("acceptUrl"), None);
    let stranger = Person::new(&target).await;
    let body = json!({"token": token});
    stranger.post("/invitations/accept", &body).await.problem(403, "invitation-for-another-address");
    person.post("/invitations/accept", &body).await.success(200);
}

async fn a_batch_invites_whom_it_can_and_says_what_became_of_the_others(target: Target) {
    let (organization, person) = tokio::join!(Organization::create(&target), Person::new(&target));
    let path = organization.path("/invitations/batch");
    let row = |email: &str| json!({"email": email, "roles": ["member"]});
    let rows = json!([row(&person.email), row(&organization.creator.email), row(&person.email), {"email": "nonsense"}]);
    let codes = |answer: &serde_json::Value| {
        let code = |row: &serde_json::Value| row["code"].as_str().unwrap_or("invited").to_owned();
        answer["items"].as_array().unwrap().iter().map(code).collect::<Vec<_>>()
    };
    let expected = ["invited", "already-a-member", "invitation-already-pending", "malformed-request"];
    let body = json!({"invitations": rows, "dryRun": true});
    assert_eq!(codes(&organization.creator.post(&path, &body).await.success(200)), expected);
    let body = json!({"invitations": rows});
    let ask =
        async || organization.creator.post(&path, &body).header("idempotency-key", "batch-0001").await.success(200);
    let first = ask().await;
    assert_eq!(codes(&first), expected);
    assert_eq!(ask().await, first);
    let token = target.read_mail(&person.email, 0, Mail::invitation_token).await;
    person.post("/invitations/accept", &json!({"token": token})).await.success(200);
}

async fn the_invited_person_has_the_email_sent_again_and_declines(target: Target) {
    let (organization, person, invitation) = invited(&target).await;
    let list = person.get("/me/invitations").await.success(200);
    let item = &list["items"][0];
    assert_eq!(
        (text(&item["organizationId"]), text(&item["invitationId"])),
        (organization.id.clone(), invitation.id.clone())
    );
    assert_eq!(item["organizationName"], organization.name.as_str());
    let path = format!("/me/invitations/{}", invitation.id);
    let known = target.mails_to(&person.email).await.len();
    person.call(Method::POST, &format!("{path}/resend")).await.success(202);
    target.read_mail(&person.email, known, Mail::invitation_token).await;
    person.call(Method::POST, &format!("{path}/accept")).await.problem(403, "in-app-acceptance-disabled");
    person.call(Method::POST, &format!("{path}/decline")).await.success(204);
    person.call(Method::POST, &format!("{path}/decline")).await.problem(404, "invitation-not-found");
    let read = organization.creator.get(&organization.path(&format!("/invitations/{}", invitation.id))).await;
    assert_eq!(read.success(200)["status"], "declined");
    let another = Person::new(&target).await;
    assert_eq!(another.get("/me/invitations").await.success(200)["items"], json!([]));
}
