//! Signing up and owning an organization (R3, R4, R5).

use acceptance::suite::Test;
use acceptance::{NewPerson, Organization, Person, SUPPORT_URL, Target, made_up, roles_of, tests};
use serde_json::{Value, json};

pub(crate) fn tests() -> Vec<Test> {
    tests![
        a_sign_up_that_names_an_organization_owns_it_at_once,
        a_new_organization_has_its_default_workspace,
        the_details_of_the_sign_up_are_kept,
        the_name_may_travel_as_a_user_attribute,
        the_attribute_decides_nothing_once_the_sign_up_is_over,
        a_sign_up_without_a_name_is_prompted_and_answers,
        a_second_creation_is_refused_and_says_whom_to_contact,
        details_that_break_a_rule_do_not_fail_the_sign_up,
        details_that_break_a_rule_are_pointed_out_when_prompted,
        a_user_created_by_an_administrator_is_repaired_on_the_first_read,
        a_user_created_by_an_administrator_can_create_directly,
    ]
}

/// A user who has created nothing, is prompted and may.
#[track_caller]
fn assert_prompted(me: &Value) {
    assert_eq!(me["onboarding"]["status"], "organization_required", "{me}");
    assert_eq!(me["onboarding"]["mayCreateOrganization"], true, "{me}");
    assert_eq!(me["onboarding"]["invitations"], 0, "{me}");
    assert_eq!(me["organizations"], json!([]), "{me}");
}

/// Somebody who is done and is organization admin of exactly this one.
#[track_caller]
fn assert_owner(me: &Value, name: &str) {
    assert_eq!(me["onboarding"]["status"], "complete", "{me}");
    assert_eq!(me["onboarding"]["mayCreateOrganization"], false, "{me}");
    assert_eq!(me["organizations"].as_array().unwrap().len(), 1, "{me}");
    assert_eq!(me["organizations"][0]["name"], name, "{me}");
    assert_eq!(me["organizations"][0]["roles"], json!(["organization_admin"]), "{me}");
    assert!(me["organizations"][0]["organizationId"].as_str().unwrap().starts_with("org_"), "{me}");
}

async fn a_sign_up_that_names_an_organization_owns_it_at_once(target: Target) {
    let name = made_up::organization_name();
    let person = NewPerson::new(&target).metadata("organizationName", &name).sign_up().await;
    let me = person.me().await;
    assert_owner(&me, &name);
    assert_eq!(me["userId"], person.id);
    assert_eq!(me["email"], person.email);
    assert_eq!(me["emailVerified"], true);
    assert_eq!(me["name"], person.name);
}

async fn a_new_organization_has_its_default_workspace(target: Target) {
    let organization = Organization::create(&target).await;
    let tab = organization.creator.get(&organization.path("/settings/workspaces")).await.success(200);
    let found = crate::settings::objects_with(&tab, "workspaceId");
    assert_eq!(found.len(), 1, "{tab}");
    assert_eq!(found[0]["default"], true, "{tab}");
    assert_eq!(found[0]["name"], "Default workspace", "{tab}");
    assert!(found[0]["workspaceId"].as_str().unwrap().starts_with("ws_"), "{tab}");
}

async fn the_details_of_the_sign_up_are_kept(target: Target) {
    let name = made_up::organization_name();
    let website = format!("https://{}.example.com/", made_up::word().to_lowercase());
    let person = NewPerson::new(&target)
        .metadata("organizationName", &name)
        .metadata("organizationPhone", "+41446681800")
        .metadata("organizationWebsite", &website)
        .metadata("organizationCountry", "CH")
        .sign_up()
        .await;
    let me = person.me().await;
    assert_owner(&me, &name);
    let id = me["organizations"][0]["organizationId"].as_str().unwrap();
    let general = person.get(&format!("/organizations/{id}/settings/general")).await;
    general.success(200);
    for detail in [name.as_str(), "+41446681800", website.trim_end_matches('/'), "\"CH\""] {
        assert!(general.body.contains(detail), "{detail} is missing: {}", general.body);
    }
}

async fn the_name_may_travel_as_a_user_attribute(target: Target) {
    let name = made_up::organization_name();
    let person = NewPerson::new(&target).attribute("custom:organization_name", &name).sign_up().await;
    assert_owner(&person.me().await, &name);
}

/// Users can write their own attributes: a later value neither creates nor renames anything.
async fn the_attribute_decides_nothing_once_the_sign_up_is_over(target: Target) {
    let later = made_up::organization_name();
    let nobody = Person::new(&target).await;
    nobody.change_attributes(&[("custom:organization_name", &later)]).await;
    assert_prompted(&nobody.me().await);
    let owner = Organization::create(&target).await;
    owner.creator.change_attributes(&[("custom:organization_name", &later)]).await;
    assert_owner(&owner.creator.me().await, &owner.name);
}

async fn a_sign_up_without_a_name_is_prompted_and_answers(target: Target) {
    let person = Person::new(&target).await;
    assert_prompted(&person.me().await);
    let name = made_up::organization_name();
    let details = json!({"name": name, "website": "https://works.example.com", "country": "CH"});
    let answer = person.post("/organizations", &details).await;
    let created = answer.success(201);
    let organization = &created["organization"];
    let id = organization["organizationId"].as_str().unwrap();
    assert!(id.starts_with("org_"), "{created}");
    assert!(answer.header("location").unwrap().ends_with(&format!("/organizations/{id}")), "{answer:?}");
    assert_eq!(organization["name"], name);
    assert!(organization["status"].is_string(), "{created}");
    let created_at = organization["createdAt"].as_str().unwrap();
    assert!(created_at.ends_with('Z') && created_at.parse::<jiff::Timestamp>().is_ok(), "RFC 3339, UTC: {created_at}");
    assert!(created["workspace"]["workspaceId"].as_str().unwrap().starts_with("ws_"), "{created}");
    assert_eq!(created["workspace"]["default"], true, "{created}");
    assert!(created["workspace"]["name"].is_string(), "{created}");
    assert_eq!(created["membership"]["userId"], person.id, "{created}");
    assert_eq!(created["membership"]["roles"], json!(["organization_admin"]), "{created}");
    let me = person.me().await;
    assert_owner(&me, &name);
    assert_eq!(me["organizations"][0]["organizationId"], id);
}

async fn a_second_creation_is_refused_and_says_whom_to_contact(target: Target) {
    let by_trigger = Organization::create(&target).await.creator;
    let by_request = Person::new(&target).await;
    by_request.post("/organizations", &json!({"name": made_up::organization_name()})).await.success(201);
    for person in [by_trigger, by_request] {
        let again = person.post("/organizations", &json!({"name": made_up::organization_name()})).await;
        let problem = again.problem(409, "organization-already-created");
        assert!(problem["detail"].as_str().unwrap().contains(SUPPORT_URL), "{problem}");
        assert_eq!(person.me().await["organizations"].as_array().unwrap().len(), 1);
    }
}

async fn details_that_break_a_rule_do_not_fail_the_sign_up(target: Target) {
    let too_long = "Long ".repeat(200);
    let name = made_up::organization_name();
    let broken: [&[(&str, &str)]; 7] = [
        &[("organizationName", "<b>Bold</b>")],
        &[("organizationName", &too_long)],
        &[("organizationName", "   ")],
        &[("organizationName", "Two\r\nlines")],
        &[("organizationName", &name), ("organizationWebsite", "javascript:alert(1)")],
        &[("organizationName", &name), ("organizationWebsite", "not a website")],
        &[("organizationName", &name), ("organizationCountry", &too_long)],
    ];
    for details in broken {
        let mut person = NewPerson::new(&target);
        for (key, value) in details {
            person = person.metadata(key, value);
        }
        assert_prompted(&person.sign_up().await.me().await);
    }
}

async fn details_that_break_a_rule_are_pointed_out_when_prompted(target: Target) {
    let person = Person::new(&target).await;
    let name = made_up::organization_name();
    let broken = [
        ("/name", json!({"name": "<b>Bold</b>"})),
        ("/name", json!({"name": "n".repeat(1000)})),
        ("/name", json!({"name": " "})),
        ("/name", json!({"name": "Two\r\nlines"})),
        ("/name", json!({"name": "Works\u{202e}skroW"})),
        ("/name", json!({"name": "Wor\u{200b}ks"})),
        ("/website", json!({"name": name, "website": "javascript:alert(1)"})),
        ("/website", json!({"name": name, "website": "not a website"})),
        ("/country", json!({"name": name, "country": "c".repeat(1000)})),
    ];
    for (pointer, details) in broken {
        person.post("/organizations", &details).await.invalid(pointer);
    }
    let nameless = person.post("/organizations", &json!({"phone": "+41446681800"})).await;
    nameless.problem(400, "malformed-request");
    assert_prompted(&person.me().await);
}

async fn a_user_created_by_an_administrator_is_repaired_on_the_first_read(target: Target) {
    let person = NewPerson::new(&target).created_by_administrator(true).await;
    let me = person.me().await;
    assert_prompted(&me);
    assert_eq!((&me["email"], &me["name"]), (&json!(person.email), &json!(person.name)));
    assert_eq!(me["emailVerified"], true);
    let name = made_up::organization_name();
    person.post("/organizations", &json!({"name": name})).await.success(201);
    assert_owner(&person.me().await, &name);
}

async fn a_user_created_by_an_administrator_can_create_directly(target: Target) {
    let person = NewPerson::new(&target).created_by_administrator(true).await;
    let name = made_up::organization_name();
    let created = person.post("/organizations", &json!({"name": name})).await.success(201);
    assert!(roles_of(&created["membership"]).contains("organization_admin"));
    assert_owner(&person.me().await, &name);
}
