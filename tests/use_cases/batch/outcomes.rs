use std::{collections::BTreeMap, time::Duration};

use serde_json::{Value, json};
use shared::metrics::Metric::InvitationsCreated;

use super::{batch, codes, decided, dry_run, items, member, path};
use crate::world::{ADMIN, MEMBER, World};

const WEEK: Duration = Duration::from_hours(8 * 24);

/// An organization in which an invitation can meet everything: the rows, and the code that each of them gets.
async fn everything(world: &World) -> (String, Vec<(Value, &'static str)>) {
    let organization = world.creator("ada").await;
    let other = world.creator("zoe").await;
    let invitations = |organization: &str| format!("/organizations/{organization}/invitations");
    world.join("ada", &organization, "ida", ADMIN).await;
    world.join("ada", &organization, "uma", &["user_admin"]).await;
    for email in ["expired@example.com", "reclaimed@example.com"] {
        world.invite("ada", &organization, email, MEMBER).await;
    }
    world.pass(WEEK);
    let declined = world.invite("uma", &organization, "declined@example.com", MEMBER).await;
    world.call("x", "POST", "/invitations/decline", Some(json!({"token": declined}))).await.expect(204, "");
    world.invite("ida", &organization, "orphan@example.com", MEMBER).await;
    world.invite("uma", &organization, "pending@example.com", MEMBER).await;
    world.remove("ada", &organization, "ida").await.expect(204, "");
    for _ in 0..3 {
        let sent = world.call("zoe", "POST", &invitations(&other), Some(member("full@example.com"))).await;
        sent.expect(201, "");
        let sent = format!("{}/{}", invitations(&other), sent.text("/invitationId"));
        world.call("zoe", "DELETE", &sent, None).await.expect(204, "");
    }
    let mut rows = vec![
        (json!({"email": "nonsense", "roles": ["member"]}), "validation-failed"),
        (json!({"email": "a@example.com", "roles": ["emperor"]}), "validation-failed"),
        (json!({"email": "a@example.com", "roles": ["member"], "color": 1}), "malformed-request"),
        (json!({"email": "a@example.com", "roles": "member"}), "malformed-request"),
        (json!({"roles": ["member"]}), "malformed-request"),
        (json!("a@example.com"), "malformed-request"),
        (json!({"email": "a@example.com", "roles": ADMIN}), "role-not-grantable"),
        (member("ada@example.com"), "already-a-member"),
        (member("pending@example.com"), "invitation-already-pending"),
        (member("orphan@example.com"), "invited"),
        (member("expired@example.com"), "invited"),
        (member("declined@example.com"), "invited"),
        (member("ida@example.com"), "invited"),
        (member("full@example.com"), "invitation-rate-limited"),
        (json!({"email": "full@example.com", "roles": ["member"], "delivery": "link"}), "invited"),
        (member("twin@example.com"), "invited"),
        (member("TWIN@EXAMPLE.COM"), "invitation-already-pending"),
    ];
    // One seat more than is free: that of the invitation that has expired.
    rows.extend((0..29).map(|number| (member(&format!("n{number}@example.com")), "invited")));
    rows.extend((29..33).map(|number| (member(&format!("n{number}@example.com")), "seat-limit-reached")));
    let seats = 2 + 29 + 4 + 1 + 2;
    world.operate(&format!("ORG#{organization}"), "SEATS", "SET seat_limit = :value", seats).await;
    (organization, rows)
}

#[tokio::test]
async fn fifty_rows_with_every_outcome_and_a_dry_run_that_says_the_same_and_writes_nothing() {
    let world = World::with_all_limits(1000, [1000, 1000, 3], 0).await;
    let (organization, expected) = everything(&world).await;
    assert_eq!(expected.len(), 50);
    let (rows, expected): (Vec<_>, Vec<_>) = expected.into_iter().unzip();
    let before = world.snapshot().await;
    let dry = dry_run(&world, "uma", &organization, &rows).await;
    assert!(world.snapshot().await == before, "a dry run wrote something");
    assert_eq!(codes(&dry), expected);
    let counted = world.counted.total(InvitationsCreated);
    let real = batch(&world, "uma", &organization, &rows).await;
    let both = |answer| items(answer).into_iter().map(decided).collect::<Vec<_>>();
    assert_eq!(both(&dry), both(&real));
    let mut ids = BTreeMap::new();
    for (row, said) in rows.iter().zip(items(&real)) {
        let is_invited = said["outcome"] == "invited";
        assert_eq!(said["email"], *row.get("email").unwrap_or(&json!("")));
        assert_eq!(said["invitationId"].is_string(), is_invited, "{said}");
        assert_eq!(said["acceptUrl"].is_string(), is_invited && row["delivery"] == "link", "{said}");
        assert_eq!(said["retryAfter"].is_number(), said["code"] == "invitation-rate-limited", "{said}");
        if is_invited {
            ids.insert(said["invitationId"].as_str().unwrap().to_owned(), said["email"].clone());
        }
    }
    assert_eq!(items(&real)[1]["errors"][0]["pointer"], "/invitations/1/roles");
    let list = world.items(&format!("ORG#{organization}")).await;
    for (id, email) in &ids {
        let found = list.iter().find(|item| item["invitation_id"] == **id && item["entity"] == "invitation").unwrap();
        assert_eq!((&found["email"], &found["state"], &found["invited_by"]), (email, &json!("pending"), &json!("uma")));
    }
    assert_eq!(usize::try_from(world.counted.total(InvitationsCreated) - counted).unwrap(), ids.len());
    world.deliver(&organization).await;
    assert_eq!(world.inbox.texts("n28@example.com").len(), 1);
    assert!(world.inbox.texts("full@example.com").is_empty(), "a link is not mailed");
    let link = items(&real)[14]["acceptUrl"].as_str().unwrap().split_once("#token=").unwrap().1.to_owned();
    world.sign_up("full", None).await;
    world.accept("full", &link).await.expect(200, "");
    world.check_invariants(&organization, &["ada", "ida", "uma", "full"]).await;
}

#[tokio::test]
async fn a_body_that_is_no_batch_is_one_problem() {
    let world = World::new().await;
    let organization = world.creator("ada").await;
    let row = member("eve@example.com");
    for body in [
        json!({}),
        json!([row]),
        json!({"invitations": row}),
        json!({"invitations": [row], "dryrun": true}),
        json!({"invitations": [row], "dryRun": 1}),
    ] {
        world.call("ada", "POST", &path(&organization), Some(body)).await.expect(400, "malformed-request");
    }
    for rows in [vec![], vec![row.clone(); 51]] {
        batch(&world, "ada", &organization, &rows).await.expect(422, "validation-failed");
    }
    let long = json!({"email": "eve@example.com", "roles": ["member"], "message": "m".repeat(1300)});
    batch(&world, "ada", &organization, &vec![long.clone(); 48]).await.expect(200, "");
    batch(&world, "ada", &organization, &vec![long; 50]).await.expect(413, "body-too-large");
    batch(&world, "x", &organization, &[json!(1)]).await.expect(404, "organization-not-found");
    world.join("ada", &organization, "bob", MEMBER).await;
    batch(&world, "bob", &organization, &[json!(1)]).await.expect(403, "permission-denied");
    dry_run(&world, "bob", &organization, &[row]).await.expect(403, "permission-denied");
}

#[tokio::test]
async fn limits_are_used_up_in_the_rows_order() {
    let world = World::with_limits(1000, 4, 1000).await;
    let organization = world.creator("ada").await;
    let rows: Vec<_> = (0..6).map(|number| member(&format!("n{number}@example.com"))).collect();
    let limited = "invitation-rate-limited";
    let all = ["invited", "invited", "invited", "invited", limited, limited];
    assert_eq!(codes(&dry_run(&world, "ada", &organization, &rows).await), all);
    assert_eq!(codes(&batch(&world, "ada", &organization, &rows).await), all);
    world.pass(Duration::from_hours(24));
    assert_eq!(codes(&batch(&world, "ada", &organization, &rows[4..]).await), ["invited", "invited"]);
    world.check_invariants(&organization, &["ada"]).await;
}

/// More expired invitations than one transaction reclaims, and the seats of all of them are needed.
#[tokio::test]
async fn r16_seats_of_expired_invitations_are_reclaimed() {
    let world = World::with_seats(51).await;
    let organization = world.creator("ada").await;
    let rows = |name: &str| (0..50).map(|n| member(&format!("{name}{n}@example.com"))).collect::<Vec<_>>();
    assert!(codes(&batch(&world, "ada", &organization, &rows("a")).await).iter().all(|code| code == "invited"));
    world.pass(WEEK);
    let mut next = rows("b");
    next[49] = member("a0@example.com");
    next.swap(0, 49);
    assert!(codes(&dry_run(&world, "ada", &organization, &next).await).iter().all(|code| code == "invited"));
    assert!(codes(&batch(&world, "ada", &organization, &next).await).iter().all(|code| code == "invited"));
    world.check_invariants(&organization, &["ada"]).await;
}
