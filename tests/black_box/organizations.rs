//! The caller's organizations.

use std::collections::BTreeSet;

use acceptance::organization::{encoded, pages, text};
use acceptance::suite::Test;
use acceptance::{Organization, Person, Target, made_up, roles_of, tests};
use serde_json::json;

pub(crate) fn tests() -> Vec<Test> {
    tests![
        the_list_shows_my_organizations_with_my_roles,
        the_list_comes_in_pages,
        somebody_without_organizations_has_an_empty_list,
        a_cursor_of_another_user_is_refused,
        a_member_reads_the_organization,
        ids_that_name_nothing_are_not_found,
    ]
}

async fn the_list_shows_my_organizations_with_my_roles(target: Target) {
    let (own, other) = tokio::join!(Organization::create(&target), Organization::create(&target));
    other.admit(&own.creator, &["user_admin", "billing_admin"]).await;
    let page = own.creator.get("/organizations").await.success(200);
    assert_eq!(page["nextCursor"], json!(null), "{page}");
    let items = page["items"].as_array().unwrap();
    assert_eq!(items.len(), 2, "{page}");
    for (organization, roles) in [(&own, vec!["organization_admin"]), (&other, vec!["billing_admin", "user_admin"])] {
        let item = items.iter().find(|item| item["organizationId"] == organization.id).unwrap();
        assert_eq!(item["name"], organization.name, "{item}");
        assert_eq!(roles_of(item).into_iter().collect::<Vec<_>>(), roles, "{item}");
    }
}

async fn the_list_comes_in_pages(target: Target) {
    let (first, second, third) =
        tokio::join!(Organization::create(&target), Organization::create(&target), Organization::create(&target));
    let person = &first.creator;
    second.admit(person, &["member"]).await;
    third.admit(person, &["member"]).await;
    for limit in [1, 2] {
        let items = pages(person, "/organizations", limit).await.concat();
        let ids: BTreeSet<_> = items.iter().map(|item| text(&item["organizationId"])).collect();
        assert_eq!(items.len(), 3, "none twice");
        assert_eq!(ids, BTreeSet::from([first.id.clone(), second.id.clone(), third.id.clone()]));
    }
}

async fn somebody_without_organizations_has_an_empty_list(target: Target) {
    let page = Person::new(&target).await.get("/organizations").await.success(200);
    assert_eq!(page, json!({"items": [], "nextCursor": null}));
}

async fn a_cursor_of_another_user_is_refused(target: Target) {
    let (first, second) = tokio::join!(Organization::create(&target), Organization::create(&target));
    second.admit(&first.creator, &["member"]).await;
    let page = first.creator.get("/organizations?limit=1").await.success(200);
    let cursor = encoded(&text(&page["nextCursor"]));
    let path = format!("/organizations?limit=1&cursor={cursor}");
    second.creator.get(&path).await.problem(400, "invalid-cursor");
    first.creator.get(&path).await.success(200);
}

async fn a_member_reads_the_organization(target: Target) {
    let organization = Organization::create(&target).await;
    let member = organization.add(&["member"]).await;
    for person in [&organization.creator, &member] {
        let read = person.get(&organization.path("")).await.success(200);
        assert_eq!(read["organizationId"], organization.id, "{read}");
        assert_eq!(read["name"], organization.name, "{read}");
    }
}

/// Whatever stands in the place of the id: not known is not known, and nothing else is said.
async fn ids_that_name_nothing_are_not_found(target: Target) {
    let organization = Organization::create(&target).await;
    let (person, id) = (&organization.creator, &organization.id);
    let wrong = [
        made_up::organization_id(),
        "nonsense".to_owned(),
        "org_".to_owned(),
        id.to_uppercase(),
        id.replace("org_", "ws_"),
        id.replace("org_", ""),
        format!("{id}0"),
        format!("%20{id}"),
        format!("{id}%00"),
        format!("{id}%23META"),
        "org_%F0%9F%92%A9".to_owned(),
        "o".repeat(2000),
    ];
    for id in wrong {
        person.get(&format!("/organizations/{id}")).await.problem(404, "organization-not-found");
        person.get(&format!("/organizations/{id}/members")).await.problem(404, "organization-not-found");
        let roles = format!("/organizations/{id}/members/{}/roles", person.id);
        person.put(&roles, &json!({"roles": ["member"]})).await.problem(404, "organization-not-found");
    }
}
