//! The settings tabs, as far as roles open them (R7).

use std::collections::BTreeMap;

use acceptance::suite::Test;
use acceptance::{Organization, Target, made_up, tests};
use reqwest::Method;
use serde_json::{Value, json};

pub(crate) fn tests() -> Vec<Test> {
    tests![
        the_overview_shows_the_tabs_that_the_roles_open,
        every_tab_answers_with_what_it_is_about,
        reading_a_tab_does_not_change_its_etag,
        an_unknown_tab_is_not_found,
        the_tabs_general_and_billing_are_changed,
    ]
}

const TABS: [&str; 4] = ["general", "users", "workspaces", "billing"];

/// Every object in a document that has this member, however deep.
pub(crate) fn objects_with(document: &Value, member: &str) -> Vec<Value> {
    match document {
        Value::Object(object) => {
            let own = object.contains_key(member).then(|| document.clone());
            own.into_iter().chain(object.values().flat_map(|value| objects_with(value, member))).collect()
        }
        Value::Array(items) => items.iter().flat_map(|item| objects_with(item, member)).collect(),
        _ => Vec::new(),
    }
}

/// Tab and access, from the overview's `tabs`.
#[track_caller]
fn access(overview: &Value) -> BTreeMap<String, String> {
    let one_of = |tab: &Value, words: &[&str]| -> String {
        let values = tab.as_object().unwrap().values();
        values.filter_map(Value::as_str).find(|text| words.contains(text)).unwrap_or_default().to_owned()
    };
    let tabs = overview["tabs"].as_array().unwrap_or_else(|| panic!("no tabs: {overview}"));
    tabs.iter().map(|tab| (one_of(tab, &TABS), one_of(tab, &["view", "manage"]))).collect()
}

async fn the_overview_shows_the_tabs_that_the_roles_open(target: Target) {
    let organization = Organization::create(&target).await;
    let [billing, user, both, member] = organization
        .add_all([&["billing_admin"], &["user_admin"], &["billing_admin", "user_admin"], &["member"]])
        .await;
    let opens = [
        (
            &organization.creator,
            vec![("general", "manage"), ("users", "manage"), ("workspaces", "manage"), ("billing", "manage")],
        ),
        (&billing, vec![("general", "view"), ("users", "view"), ("workspaces", "view"), ("billing", "manage")]),
        (&user, vec![("general", "view"), ("users", "manage"), ("workspaces", "manage")]),
        (&both, vec![("general", "view"), ("users", "manage"), ("workspaces", "manage"), ("billing", "manage")]),
    ];
    for (person, tabs) in opens {
        let overview = person.get(&organization.path("/settings")).await.success(200);
        let expected: BTreeMap<_, _> =
            tabs.iter().map(|(tab, access)| ((*tab).to_owned(), (*access).to_owned())).collect();
        assert_eq!(access(&overview), expected, "{overview}");
        for tab in TABS {
            let answer = person.get(&organization.path(&format!("/settings/{tab}"))).await;
            if expected.contains_key(tab) {
                answer.success(200);
                assert!(!answer.etag().is_empty());
            } else {
                answer.problem(403, "permission-denied");
            }
        }
    }
    member.get(&organization.path("/settings")).await.problem(403, "permission-denied");
}

async fn every_tab_answers_with_what_it_is_about(target: Target) {
    let organization = Organization::create(&target).await;
    let read = async |tab: &str| organization.creator.get(&organization.path(&format!("/settings/{tab}"))).await;
    assert!(read("general").await.body.contains(&organization.name));
    let workspaces = read("workspaces").await.success(200);
    assert_eq!(objects_with(&workspaces, "workspaceId").len(), 1, "{workspaces}");
    // R1 and R16: the subscription is the organization's, and one of its seats is taken.
    let billing = read("billing").await;
    assert!(billing.body.to_lowercase().contains("seat"), "{}", billing.body);
    read("users").await.success(200);
}

async fn reading_a_tab_does_not_change_its_etag(target: Target) {
    let organization = Organization::create(&target).await;
    for tab in TABS {
        let path = organization.path(&format!("/settings/{tab}"));
        let first = organization.creator.get(&path).await;
        let second = organization.creator.get(&path).await;
        assert_eq!((first.etag(), first.body), (second.etag(), second.body), "{tab}");
    }
}

async fn an_unknown_tab_is_not_found(target: Target) {
    let organization = Organization::create(&target).await;
    for tab in ["security", "General", "%20", "members"] {
        organization.creator.get(&organization.path(&format!("/settings/{tab}"))).await.problem_of(404);
    }
}

async fn the_tabs_general_and_billing_are_changed(target: Target) {
    let organization = Organization::create(&target).await;
    let admin = &organization.creator;
    let name = made_up::organization_name();
    for (tab, field, value) in [
        ("general", "name", json!(name)),
        ("general", "metadata", json!({"tier": 2})),
        ("billing", "billingContact", json!(made_up::email())),
    ] {
        let path = organization.path(&format!("/settings/{tab}"));
        let read = admin.get(&path).await;
        let change = || {
            let call = target.call(Method::PATCH, &path).bearer(&admin.access_token);
            call.json(&json!({ field: value })).header("content-type", "application/merge-patch+json")
        };
        change().await.problem(428, "if-match-required");
        let changed = change().header("if-match", &read.etag()).await;
        assert_eq!(changed.success(200)[field], value);
        assert_ne!(changed.etag(), read.etag());
        let again = admin.get(&path).await;
        assert_eq!((again.etag(), &again.body), (changed.etag(), &changed.body));
        target
            .call(Method::PATCH, &path)
            .bearer(&admin.access_token)
            .json(&json!({ field: null }))
            .header("if-match", &read.etag())
            .await
            .problem(412, "version-mismatch");
    }
    assert_eq!(admin.get(&organization.path("")).await.success(200)["name"], json!(name));
}
