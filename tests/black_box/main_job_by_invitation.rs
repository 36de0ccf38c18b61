//! Signing up because of an invitation (R6).

use acceptance::suite::Test;
use acceptance::{NewPerson, Organization, SUPPORT_URL, Target, made_up, tests};
use serde_json::json;

pub(crate) fn tests() -> Vec<Test> {
    tests![
        the_invited_are_not_made_to_create_an_organization,
        the_invited_may_still_create_one_before_they_accept,
        accepting_adds_to_what_somebody_already_has,
        a_role_change_shows_in_what_the_member_may_open,
    ]
}

async fn the_invited_are_not_made_to_create_an_organization(target: Target) {
    let organization = Organization::create(&target).await;
    let invited = NewPerson::new(&target);
    let email = invited.email.clone();
    let invitation = organization.invitation(&organization.creator, &email, &["member"]).await;
    let invited = invited.sign_up().await;

    let me = invited.me().await;
    assert_eq!(me["onboarding"]["status"], "invitation_pending", "{me}");
    assert_eq!(me["onboarding"]["invitations"], 1, "{me}");
    assert_eq!(me["organizations"], json!([]), "{me}");

    let accepted = invitation.accept(&invited).await;
    accepted.success(200);
    assert!(accepted.body.contains(&organization.id) && accepted.body.contains("\"member\""), "{}", accepted.body);

    let me = invited.me().await;
    assert_eq!(me["onboarding"]["status"], "complete", "{me}");
    assert_eq!(me["onboarding"]["mayCreateOrganization"], false, "{me}");
    assert_eq!(me["onboarding"]["invitations"], 0, "{me}");
    let only = json!([{"organizationId": organization.id, "name": organization.name, "roles": ["member"]}]);
    assert_eq!(me["organizations"], only, "{me}");

    let refused = invited.post("/organizations", &json!({"name": made_up::organization_name()})).await;
    let problem = refused.problem(403, "organization-creation-closed");
    assert!(problem["detail"].as_str().unwrap().contains(SUPPORT_URL), "R3: it says whom to contact: {problem}");
}

async fn the_invited_may_still_create_one_before_they_accept(target: Target) {
    let organization = Organization::create(&target).await;
    let invited = NewPerson::new(&target);
    let email = invited.email.clone();
    let invitation = organization.invitation(&organization.creator, &email, &["user_admin"]).await;
    let invited = invited.sign_up().await;
    assert_eq!(invited.me().await["onboarding"]["mayCreateOrganization"], true);
    invited.post("/organizations", &json!({"name": made_up::organization_name()})).await.success(201);
    invitation.accept(&invited).await.success(200);
    assert_eq!(invited.me().await["organizations"].as_array().unwrap().len(), 2);
}

async fn accepting_adds_to_what_somebody_already_has(target: Target) {
    let (own, other) = tokio::join!(Organization::create(&target), Organization::create(&target));
    other.admit(&own.creator, &["billing_admin"]).await;
    let roles = own.creator.roles_in(&own.id).await;
    assert_eq!(roles.into_iter().collect::<Vec<_>>(), ["organization_admin"]);
    let roles = own.creator.roles_in(&other.id).await;
    assert_eq!(roles.into_iter().collect::<Vec<_>>(), ["billing_admin"]);
}

async fn a_role_change_shows_in_what_the_member_may_open(target: Target) {
    let organization = Organization::create(&target).await;
    let person = organization.add(&["member"]).await;
    let settings = organization.path("/settings");
    person.get(&settings).await.problem(403, "permission-denied");
    organization.change_roles(&organization.creator, &person, &["billing_admin"]).await.success(200);
    person.get(&settings).await.success(200);
    person.get(&organization.path("/settings/billing")).await.success(200);
    let roles = person.roles_in(&organization.id).await;
    assert_eq!(roles.into_iter().collect::<Vec<_>>(), ["billing_admin"]);
}
