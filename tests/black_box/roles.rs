//! Changing roles (R7, R8, R9, R10, R11).

use std::collections::BTreeSet;

use acceptance::suite::Test;
use acceptance::{Organization, ROLES, Target, made_up, roles_of, tests, text_of};
use serde_json::json;

pub(crate) fn tests() -> Vec<Test> {
    tests![
        a_user_admin_cannot_grant_what_they_do_not_hold,
        a_user_admin_cannot_touch_those_who_hold_more,
        a_user_admin_may_manage_members_and_user_admins,
        a_billing_admin_cannot_manage_users,
        billing_and_user_admin_together_grant_either,
        nobody_changes_their_own_roles,
        an_unknown_member_is_not_found,
        if_match_is_honored,
        role_sets_that_no_membership_can_hold_are_refused,
        a_demotion_is_in_force_on_the_next_request,
        a_promotion_is_in_force_on_the_next_request,
        the_last_organization_admin_cannot_leave,
        a_refused_change_changes_nothing,
    ]
}

fn set(roles: &[&str]) -> BTreeSet<String> {
    roles.iter().map(|role| (*role).to_owned()).collect()
}

async fn a_user_admin_cannot_grant_what_they_do_not_hold(target: Target) {
    let organization = Organization::create(&target).await;
    let [actor, member] = organization.add_all([&["user_admin"], &["member"]]).await;
    let beyond: [&[&str]; 4] = [
        &["organization_admin"],
        &["billing_admin"],
        &["billing_admin", "user_admin"],
        &["organization_admin", "billing_admin", "user_admin"],
    ];
    for roles in beyond {
        let problem = organization.change_roles(&actor, &member, roles).await.problem(403, "role-not-grantable");
        // Only an organization admin holds all that either of the two beyond user_admin may do.
        let may = text_of(&problem["rolesThatMay"]);
        assert!(may.contains("organization_admin") && !may.contains("user_admin"), "{problem}");
        assert!(may.iter().all(|role| ROLES.contains(&role.as_str())), "{problem}");
        let refused = organization.invite(&actor, &made_up::email(), roles).await;
        refused.problem(403, "role-not-grantable");
    }
    assert_eq!(member.roles_in(&organization.id).await, set(&["member"]));
}

async fn a_user_admin_cannot_touch_those_who_hold_more(target: Target) {
    let organization = Organization::create(&target).await;
    let [actor, billing, both] =
        organization.add_all([&["user_admin"], &["billing_admin"], &["billing_admin", "user_admin"]]).await;
    for untouchable in [&organization.creator, &billing, &both] {
        let before = untouchable.roles_in(&organization.id).await;
        for roles in [&["member"], &["user_admin"]] {
            let refused = organization.change_roles(&actor, untouchable, roles).await;
            refused.problem(403, "role-not-grantable");
        }
        organization.remove(&actor, untouchable).await.problem(403, "role-not-grantable");
        assert_eq!(untouchable.roles_in(&organization.id).await, before);
    }
}

async fn a_user_admin_may_manage_members_and_user_admins(target: Target) {
    let organization = Organization::create(&target).await;
    let [actor, peer] = organization.add_all([&["user_admin"], &["user_admin"]]).await;
    let answer = organization.change_roles(&actor, &peer, &["member"]).await.success(200);
    assert_eq!(roles_of(&answer), set(&["member"]), "{answer}");
    let answer = organization.change_roles(&actor, &peer, &["user_admin"]).await.success(200);
    assert_eq!(roles_of(&answer), set(&["user_admin"]), "{answer}");
    organization.remove(&actor, &peer).await.success(204);
}

async fn a_billing_admin_cannot_manage_users(target: Target) {
    let organization = Organization::create(&target).await;
    let [actor, member] = organization.add_all([&["billing_admin"], &["member"]]).await;
    let refused = organization.change_roles(&actor, &member, &["billing_admin"]).await;
    let problem = refused.problem(403, "permission-denied");
    assert_eq!(text_of(&problem["rolesThatMay"]), set(&["organization_admin", "user_admin"]), "{problem}");
    organization.remove(&actor, &member).await.problem(403, "permission-denied");
    organization.invite(&actor, &made_up::email(), &["member"]).await.problem(403, "permission-denied");
}

/// A set of roles may do what any of them may: together they hold what neither holds alone, but less than an organization admin.
async fn billing_and_user_admin_together_grant_either(target: Target) {
    let organization = Organization::create(&target).await;
    let [actor, person] = organization.add_all([&["billing_admin", "user_admin"], &["member"]]).await;
    let within: [&[&str]; 4] = [&["billing_admin"], &["user_admin"], &["billing_admin", "user_admin"], &["member"]];
    for roles in within {
        let answer = organization.change_roles(&actor, &person, roles).await.success(200);
        assert_eq!(roles_of(&answer), set(roles), "{answer}");
    }
    let refused = organization.change_roles(&actor, &person, &["organization_admin"]).await;
    refused.problem(403, "role-not-grantable");
    let refused = organization.change_roles(&actor, &organization.creator, &["member"]).await;
    refused.problem(403, "role-not-grantable");
}

async fn nobody_changes_their_own_roles(target: Target) {
    let organization = Organization::create(&target).await;
    let [second, user_admin] = organization.add_all([&["organization_admin"], &["user_admin"]]).await;
    for (person, roles) in [(&organization.creator, "member"), (&second, "billing_admin"), (&user_admin, "member")] {
        let refused = organization.change_roles(person, person, &[roles]).await;
        refused.problem(409, "cannot-change-own-roles");
    }
    // Not even upwards, and not by way of what they already hold.
    let refused = organization.change_roles(&user_admin, &user_admin, &["user_admin"]).await;
    refused.problem(409, "cannot-change-own-roles");
    assert_eq!(organization.creator.roles_in(&organization.id).await, set(&["organization_admin"]));
}

async fn an_unknown_member_is_not_found(target: Target) {
    let organization = Organization::create(&target).await;
    let stranger = Organization::create(&target).await.creator;
    let admin = &organization.creator;
    for id in [made_up::uuid(), stranger.id, "nonsense".to_owned(), "%20".to_owned(), "MEMBER%23x".to_owned()] {
        let path = organization.path(&format!("/members/{id}"));
        admin.get(&path).await.problem(404, "member-not-found");
        admin.put(&format!("{path}/roles"), &json!({"roles": ["member"]})).await.problem(404, "member-not-found");
        admin.delete(&path).await.problem(404, "member-not-found");
    }
}

async fn if_match_is_honored(target: Target) {
    let organization = Organization::create(&target).await;
    let person = organization.add(&["member"]).await;
    let admin = &organization.creator;
    let read = admin.get(&organization.member_path(&person)).await;
    let first = read.etag();

    let changed = organization.change_roles(admin, &person, &["user_admin"]).header("if-match", &first).await;
    changed.success(200);
    let second = changed.etag();
    assert_ne!(first, second, "a changed member has another ETag");
    assert_eq!(admin.get(&organization.member_path(&person)).await.etag(), second);

    let late = organization.change_roles(admin, &person, &["billing_admin"]).header("if-match", &first).await;
    late.problem(412, "version-mismatch");
    let foreign =
        organization.change_roles(admin, &person, &["billing_admin"]).header("if-match", "\"nonsense\"").await;
    foreign.problem(412, "version-mismatch");
    assert_eq!(person.roles_in(&organization.id).await, set(&["user_admin"]));

    let again = organization.change_roles(admin, &person, &["billing_admin"]).header("if-match", &second).await;
    again.success(200);
    // Without If-Match, whoever writes last wins.
    organization.change_roles(admin, &person, &["member"]).await.success(200);
}

async fn role_sets_that_no_membership_can_hold_are_refused(target: Target) {
    let organization = Organization::create(&target).await;
    let person = organization.add(&["member"]).await;
    let admin = &organization.creator;
    let impossible: [&[&str]; 3] = [&[], &["member", "user_admin"], &["organization_admin", "member"]];
    for roles in impossible {
        organization.change_roles(admin, &person, roles).await.invalid("/roles");
        organization.invite(admin, &made_up::email(), roles).await.invalid("/roles");
    }
    for roles in [&["owner"], &["Organization_Admin"], &[""]] {
        organization.change_roles(admin, &person, roles).await.invalid("/roles");
    }
    let path = organization.member_path(&person) + "/roles";
    for body in [json!({"roles": "member"}), json!({"roles": [1]}), json!({"roles": null}), json!([]), json!({})] {
        admin.put(&path, &body).await.problem(400, "malformed-request");
    }
    let unknown = json!({"roles": ["member"], "userId": organization.creator.id});
    admin.put(&path, &unknown).await.problem(400, "malformed-request");
    assert_eq!(person.roles_in(&organization.id).await, set(&["member"]));
}

/// R11 and I7: the token is the same, the answer is not.
async fn a_demotion_is_in_force_on_the_next_request(target: Target) {
    let organization = Organization::create(&target).await;
    let [second, member] = organization.add_all([&["organization_admin"], &["member"]]).await;
    organization.change_roles(&second, &member, &["user_admin"]).await.success(200);
    organization.change_roles(&organization.creator, &second, &["member"]).await.success(200);
    organization.change_roles(&second, &member, &["member"]).await.problem(403, "permission-denied");
    organization.remove(&second, &member).await.problem(403, "permission-denied");
    organization.invite(&second, &made_up::email(), &["member"]).await.problem(403, "permission-denied");
    second.get(&organization.path("/members")).await.problem(403, "permission-denied");
    second.get(&organization.path("/settings")).await.problem(403, "permission-denied");
}

async fn a_promotion_is_in_force_on_the_next_request(target: Target) {
    let organization = Organization::create(&target).await;
    let person = organization.add(&["member"]).await;
    organization.change_roles(&organization.creator, &person, &["user_admin"]).await.success(200);
    organization.invite(&person, &made_up::email(), &["user_admin"]).await.success(201);
}

async fn the_last_organization_admin_cannot_leave(target: Target) {
    let organization = Organization::create(&target).await;
    let creator = &organization.creator;
    organization.remove(creator, creator).await.problem(409, "last-organization-admin");
    let [second, _] = organization.add_all([&["organization_admin"], &["billing_admin", "user_admin"]]).await;
    organization.change_roles(&second, creator, &["user_admin"]).await.success(200);
    organization.remove(&second, &second).await.problem(409, "last-organization-admin");
    organization.change_roles(&second, creator, &["organization_admin", "user_admin"]).await.success(200);
    organization.remove(&second, &second).await.success(204);
    organization.remove(creator, creator).await.problem(409, "last-organization-admin");
    creator.get(&organization.path("")).await.success(200);
}

async fn a_refused_change_changes_nothing(target: Target) {
    let organization = Organization::create(&target).await;
    let [actor, person] = organization.add_all([&["user_admin"], &["billing_admin"]]).await;
    let path = organization.member_path(&person);
    let before = organization.creator.get(&path).await;
    organization.change_roles(&actor, &person, &["member"]).await.problem(403, "role-not-grantable");
    organization.change_roles(&person, &person, &["member"]).await.problem(403, "permission-denied");
    let after = organization.creator.get(&path).await;
    assert_eq!((before.etag(), before.body), (after.etag(), after.body));
}
