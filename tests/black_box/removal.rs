//! Removing members and leaving (R9, R10, R12, R16, R18).

use acceptance::suite::Test;
use acceptance::{Organization, Target, made_up, tests};
use reqwest::Method;
use serde_json::json;

pub(crate) fn tests() -> Vec<Test> {
    tests![
        to_the_removed_the_organization_no_longer_exists,
        whoever_removes_can_no_longer_find_the_member,
        the_removed_keep_their_account_and_their_other_organizations,
        the_removed_can_be_invited_again,
        the_token_of_an_accepted_invitation_does_not_lead_back_in,
        anyone_may_leave,
        leaving_does_not_reopen_the_right_to_create,
        organization_admins_may_remove_one_another,
    ]
}

async fn to_the_removed_the_organization_no_longer_exists(target: Target) {
    let organization = Organization::create(&target).await;
    let [person, other] = organization.add_all([&["organization_admin"], &["member"]]).await;
    organization.remove(&organization.creator, &person).await.success(204);
    let own = format!("/members/{}", person.id);
    let others = format!("/members/{}", other.id);
    let invite = json!({"email": made_up::email(), "roles": ["member"]});
    let calls = [
        person.get(&organization.path("")),
        person.get(&organization.path("/settings")),
        person.get(&organization.path("/settings/general")),
        person.get(&organization.path("/members")),
        person.get(&organization.path(&own)),
        person.get(&organization.path(&others)),
        person.get(&organization.path("/invitations")),
        person.post(&organization.path("/invitations"), &invite),
        person.put(&organization.path(&format!("{others}/roles")), &json!({"roles": ["user_admin"]})),
        person.call(Method::DELETE, &organization.path(&others)),
        person.call(Method::DELETE, &organization.path(&own)),
    ];
    for call in calls {
        call.await.problem(404, "organization-not-found");
    }
    assert_eq!(person.me().await["organizations"], json!([]));
    assert_eq!(person.get("/organizations").await.success(200)["items"], json!([]));
}

async fn whoever_removes_can_no_longer_find_the_member(target: Target) {
    let organization = Organization::create(&target).await;
    let person = organization.add(&["member"]).await;
    let creator = &organization.creator;
    organization.remove(creator, &person).await.success(204);
    creator.get(&organization.member_path(&person)).await.problem(404, "member-not-found");
    organization.change_roles(creator, &person, &["user_admin"]).await.problem(404, "member-not-found");
    organization.remove(creator, &person).await.problem(404, "member-not-found");
    let members = creator.get(&organization.path("/members")).await.success(200);
    assert_eq!(members["items"].as_array().unwrap().len(), 1, "{members}");
}

/// R18: the membership goes, the person stays.
async fn the_removed_keep_their_account_and_their_other_organizations(target: Target) {
    let (organization, own) = tokio::join!(Organization::create(&target), Organization::create(&target));
    let person = own.creator.clone();
    organization.admit(&person, &["member"]).await;
    organization.remove(&organization.creator, &person).await.success(204);
    let password = person.password.clone();
    let person = person.sign_in(&password).await;
    let me = person.me().await;
    assert_eq!(me["organizations"].as_array().unwrap().len(), 1, "{me}");
    assert_eq!(me["organizations"][0]["organizationId"], own.id, "{me}");
    person.get(&own.path("/settings")).await.success(200);
}

async fn the_removed_can_be_invited_again(target: Target) {
    let organization = Organization::create(&target).await;
    let person = organization.add(&["user_admin"]).await;
    organization.remove(&organization.creator, &person).await.success(204);
    organization.admit(&person, &["member"]).await;
    let roles = person.roles_in(&organization.id).await;
    assert_eq!(roles.into_iter().collect::<Vec<_>>(), ["member"]);
}

/// R13: an invitation is single-use, also for somebody who has been thrown out since.
async fn the_token_of_an_accepted_invitation_does_not_lead_back_in(target: Target) {
    let organization = Organization::create(&target).await;
    let person = Organization::create(&target).await.creator;
    let invitation = organization.invitation(&organization.creator, &person.email, &["user_admin"]).await;
    invitation.accept(&person).await.success(200);
    organization.remove(&organization.creator, &person).await.success(204);
    invitation.accept(&person).await.problem(409, "invitation-already-accepted");
    person.get(&organization.path("")).await.problem(404, "organization-not-found");
}

async fn anyone_may_leave(target: Target) {
    let organization = Organization::create(&target).await;
    let people =
        organization.add_all([&["organization_admin"], &["billing_admin"], &["user_admin"], &["member"]]).await;
    for person in &people {
        organization.remove(person, person).await.success(204);
        organization.remove(person, person).await.problem(404, "organization-not-found");
        assert_eq!(person.me().await["organizations"], json!([]));
    }
    let members = organization.creator.get(&organization.path("/members")).await.success(200);
    assert_eq!(members["items"].as_array().unwrap().len(), 1, "{members}");
}

/// R6: what accepting closed stays closed.
async fn leaving_does_not_reopen_the_right_to_create(target: Target) {
    let organization = Organization::create(&target).await;
    let person = organization.add(&["member"]).await;
    organization.remove(&person, &person).await.success(204);
    let me = person.me().await;
    assert_eq!(me["onboarding"]["status"], "complete", "{me}");
    assert_eq!(me["onboarding"]["mayCreateOrganization"], false, "{me}");
    let refused = person.post("/organizations", &json!({"name": made_up::organization_name()})).await;
    refused.problem(403, "organization-creation-closed");
}

async fn organization_admins_may_remove_one_another(target: Target) {
    let organization = Organization::create(&target).await;
    let second = organization.add(&["organization_admin"]).await;
    organization.remove(&second, &organization.creator).await.success(204);
    organization.creator.get(&organization.path("")).await.problem(404, "organization-not-found");
    // NewOrganization is spent all the same (R3).
    let details = json!({"name": made_up::organization_name()});
    organization.creator.post("/organizations", &details).await.problem(409, "organization-already-created");
    organization.remove(&second, &second).await.problem(409, "last-organization-admin");
}
