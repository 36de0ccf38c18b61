//! Listing and reading members.

use std::collections::BTreeSet;

use acceptance::organization::{encoded, text};
use acceptance::suite::Test;
use acceptance::{Organization, Target, made_up, roles_of, tests};
use serde_json::Value;

pub(crate) fn tests() -> Vec<Test> {
    tests![
        the_pages_hold_every_member_once,
        a_limit_out_of_range_is_refused,
        a_cursor_that_was_not_given_out_is_refused,
        a_cursor_of_another_organization_is_refused,
        a_cursor_of_another_list_is_refused,
        members_can_be_filtered_by_role,
        members_can_be_filtered_by_the_beginning_of_their_address,
        members_read_themselves_and_nobody_else,
        a_member_is_shown_with_an_etag,
    ]
}

fn ids(items: &[Value]) -> Vec<String> {
    items.iter().map(|item| text(&item["userId"])).collect()
}

async fn the_pages_hold_every_member_once(target: Target) {
    let organization = Organization::create(&target).await;
    let creator = &organization.creator;
    let people = organization.add_all([&["member"], &["user_admin"], &["member"], &["billing_admin"]]).await;
    let mut everybody: BTreeSet<_> = people.iter().map(|person| person.id.clone()).collect();
    everybody.insert(creator.id.clone());
    for (limit, sizes) in [(1, vec![1; 5]), (2, vec![2, 2, 1]), (5, vec![5]), (100, vec![5])] {
        let pages = organization.pages(creator, "/members", limit).await;
        // A last page may turn out to be empty: whether more follows is not known before it is read.
        let got: Vec<_> = pages.iter().map(Vec::len).filter(|size| *size > 0).collect();
        assert_eq!(got, sizes, "limit {limit}");
        let seen: Vec<_> = pages.iter().flat_map(|page| ids(page)).collect();
        assert_eq!(seen.len(), everybody.len(), "nobody twice: {seen:?}");
        assert_eq!(seen.into_iter().collect::<BTreeSet<_>>(), everybody, "limit {limit}");
    }
    let page = creator.get(&organization.path("/members")).await.success(200);
    assert_eq!(page["items"].as_array().unwrap().len(), 5, "{page}");
    let item = page["items"].as_array().unwrap().iter().find(|item| item["userId"] == people[1].id).unwrap();
    assert_eq!((text(&item["email"]), roles_of(item).len()), (people[1].email.clone(), 1), "{item}");
}

async fn a_limit_out_of_range_is_refused(target: Target) {
    let organization = Organization::create(&target).await;
    for list in ["/members", "/invitations"] {
        for limit in ["0", "101", "-1", "abc", "1.5", "", "99999999999999999999"] {
            let answer = organization.creator.get(&organization.path(&format!("{list}?limit={limit}"))).await;
            if ["abc", "1.5", ""].contains(&limit) {
                answer.problem(400, "malformed-request");
            } else {
                answer.invalid("/limit");
            }
        }
    }
}

async fn a_cursor_that_was_not_given_out_is_refused(target: Target) {
    let organization = Organization::create(&target).await;
    organization.add_all([&["member"], &["member"]]).await;
    let creator = &organization.creator;
    let page = creator.get(&organization.path("/members?limit=1")).await.success(200);
    let cursor = text(&page["nextCursor"]);
    let middle = cursor.len() / 2;
    let other = if cursor.as_bytes()[middle] == b'A' { "B" } else { "A" };
    let altered = format!("{}{other}{}", &cursor[..middle], &cursor[middle + 1..]);
    let own_making = "eyJwayI6Ik9SRyMxIiwic2siOiJNRU1CRVIjIn0";
    let forged = [
        "x",
        "null",
        own_making,
        "%00",
        &altered,
        &cursor[..middle],
        &format!("{cursor}x"),
        &encoded(&"c".repeat(5000)),
    ];
    for forgery in forged {
        let path = organization.path(&format!("/members?limit=1&cursor={forgery}"));
        creator.get(&path).await.problem(400, "invalid-cursor");
    }
    let path = organization.path(&format!("/members?limit=1&cursor={}", encoded(&cursor)));
    creator.get(&path).await.success(200);
}

/// I6: a cursor is no way into another organization's partition.
async fn a_cursor_of_another_organization_is_refused(target: Target) {
    let (organization, other) = tokio::join!(Organization::create(&target), Organization::create(&target));
    organization.add(&["member"]).await;
    other.admit(&organization.creator, &["organization_admin"]).await;
    let creator = &organization.creator;
    let page = creator.get(&organization.path("/members?limit=1")).await.success(200);
    let cursor = encoded(&text(&page["nextCursor"]));
    let foreign = creator.get(&other.path(&format!("/members?limit=1&cursor={cursor}"))).await;
    foreign.problem(400, "invalid-cursor");
}

async fn a_cursor_of_another_list_is_refused(target: Target) {
    let organization = Organization::create(&target).await;
    organization.add(&["member"]).await;
    let creator = &organization.creator;
    let page = creator.get(&organization.path("/members?limit=1")).await.success(200);
    let cursor = encoded(&text(&page["nextCursor"]));
    let path = organization.path(&format!("/invitations?limit=1&cursor={cursor}"));
    creator.get(&path).await.problem(400, "invalid-cursor");
    let path = format!("/organizations?limit=1&cursor={cursor}");
    creator.get(&path).await.problem(400, "invalid-cursor");
}

async fn members_can_be_filtered_by_role(target: Target) {
    let organization = Organization::create(&target).await;
    let [user, both, plain] =
        organization.add_all([&["user_admin"], &["billing_admin", "user_admin"], &["member"]]).await;
    let with = async |role: &str| {
        let pages = organization.pages(&organization.creator, &format!("/members?role={role}"), 1).await;
        pages.iter().flat_map(|page| ids(page)).collect::<BTreeSet<_>>()
    };
    assert_eq!(with("user_admin").await, BTreeSet::from([user.id, both.id.clone()]));
    assert_eq!(with("billing_admin").await, BTreeSet::from([both.id]));
    assert_eq!(with("member").await, BTreeSet::from([plain.id]));
    assert_eq!(with("organization_admin").await, BTreeSet::from([organization.creator.id.clone()]));
    let answer = organization.creator.get(&organization.path("/members?role=owner")).await;
    answer.invalid("/role");
}

async fn members_can_be_filtered_by_the_beginning_of_their_address(target: Target) {
    let organization = Organization::create(&target).await;
    let [person, _] = organization.add_all([&["member"], &["member"]]).await;
    let with = async |prefix: &str| {
        let list = format!("/members?email={}", encoded(prefix));
        let pages = organization.pages(&organization.creator, &list, 2).await;
        pages.iter().flat_map(|page| ids(page)).collect::<Vec<_>>()
    };
    assert_eq!(with(&person.email[..12]).await, std::slice::from_ref(&person.id));
    assert_eq!(with(&person.email).await, std::slice::from_ref(&person.id));
    assert_eq!(with(&person.email[..12].to_uppercase()).await, std::slice::from_ref(&person.id));
    assert_eq!(with(&made_up::email()).await, [""; 0]);
    assert_eq!(with("example.com").await, [""; 0], "the beginning, not any part");
}

async fn members_read_themselves_and_nobody_else(target: Target) {
    let organization = Organization::create(&target).await;
    let [person, other] = organization.add_all([&["member"], &["member"]]).await;
    let own = person.get(&organization.member_path(&person)).await.success(200);
    assert_eq!((text(&own["userId"]), text(&own["email"])), (person.id.clone(), person.email.clone()), "{own}");
    person.get(&organization.member_path(&other)).await.problem(403, "permission-denied");
    // Whether somebody is a member is no business of a plain member's either.
    let nobody = organization.path(&format!("/members/{}", made_up::uuid()));
    person.get(&nobody).await.problem(403, "permission-denied");
    person.get(&organization.path("/members")).await.problem(403, "permission-denied");
}

async fn a_member_is_shown_with_an_etag(target: Target) {
    let organization = Organization::create(&target).await;
    let person = organization.add(&["user_admin", "billing_admin"]).await;
    let path = organization.member_path(&person);
    let first = organization.creator.get(&path).await;
    let shown = first.success(200);
    assert_eq!(shown["userId"], person.id);
    assert_eq!(shown["email"], person.email);
    assert_eq!(roles_of(&shown), BTreeSet::from(["billing_admin".to_owned(), "user_admin".to_owned()]));
    assert_eq!(organization.creator.get(&path).await.etag(), first.etag(), "reading changes nothing");
}
