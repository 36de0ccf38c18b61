//! Inviting people, and reading invitations (R13, R15).

use std::collections::BTreeSet;

use acceptance::organization::{text, was_sent};
use acceptance::suite::Test;
use acceptance::{Organization, Target, made_up, roles_of, seen, tests};
use jiff::Timestamp;
use serde_json::{Value, json};

pub(crate) fn tests() -> Vec<Test> {
    tests![
        an_invitation_is_created_queued_and_then_sent,
        an_invitation_lives_seven_days_unless_it_says_otherwise,
        one_address_has_one_live_invitation,
        one_international_address_has_one_live_invitation,
        a_plus_makes_another_address,
        members_are_not_invited_again,
        what_no_invitation_can_be_is_refused,
        the_pages_hold_every_invitation_once,
        invitations_can_be_filtered_by_status,
        an_unknown_invitation_is_not_found,
        no_answer_shows_the_secret_or_its_hash,
    ]
}

fn lifetime_in_hours(invitation: &Value, created_at: Timestamp) -> i64 {
    let expires_at: Timestamp = text(&invitation["expiresAt"]).parse().unwrap();
    // Half an hour up: the answer's Date header has seconds only.
    (expires_at.as_second() - created_at.as_second() + 1800).div_euclid(3600)
}

async fn an_invitation_is_created_queued_and_then_sent(target: Target) {
    let organization = Organization::create(&target).await;
    let email = made_up::email();
    let answer = organization.invite(&organization.creator, &email, &["user_admin", "billing_admin"]).await;
    let created = answer.success(201);
    let id = text(&created["invitationId"]);
    assert!(id.starts_with("inv_"), "{created}");
    let location = answer.header("location").unwrap();
    assert!(location.ends_with(&organization.path(&format!("/invitations/{id}"))), "{location}");
    assert_eq!(created["email"], email);
    assert_eq!(roles_of(&created), BTreeSet::from(["billing_admin".to_owned(), "user_admin".to_owned()]), "{created}");
    assert_eq!(created["status"], "pending", "{created}");
    assert_eq!(created["delivery"]["status"], "queued", "{created}");
    assert!(created["invitedBy"].to_string().contains(&organization.creator.id), "{created}");

    let delivered = organization.delivered(&id).await;
    assert!(was_sent(&delivered), "{delivered}");
    assert!(text(&delivered["delivery"]["at"]).parse::<Timestamp>().is_ok(), "{delivered}");
    assert_eq!(delivered["status"], "pending", "{delivered}");
    for member in ["invitationId", "email", "roles", "expiresAt", "invitedBy"] {
        assert_eq!(delivered[member], created[member], "{member}");
    }
}

async fn an_invitation_lives_seven_days_unless_it_says_otherwise(target: Target) {
    let organization = Organization::create(&target).await;
    let path = organization.path("/invitations");
    for (days, hours) in [(None, 7 * 24), (Some(1), 24), (Some(30), 30 * 24)] {
        let mut body = json!({"email": made_up::email(), "roles": ["member"]});
        if let Some(days) = days {
            body["expiresInDays"] = json!(days);
        }
        let answer = organization.creator.post(&path, &body).await;
        // The creator's token was just issued: close enough to now, and the clock of whoever issued it.
        let issued = acceptance::forgery::claims(&organization.creator.access_token)["iat"].as_i64().unwrap();
        let created = answer.success(201);
        assert_eq!(lifetime_in_hours(&created, Timestamp::from_second(issued).unwrap()), hours, "{created}");
    }
    for days in [json!(0), json!(31), json!(-1), json!(1.5), json!("7")] {
        let body = json!({"email": made_up::email(), "roles": ["member"], "expiresInDays": days});
        let answer = organization.creator.post(&path, &body).await;
        match days.as_i64() {
            Some(_) => answer.invalid("/expiresInDays"),
            None => {
                answer.problem(400, "malformed-request");
            }
        }
    }
}

async fn one_address_has_one_live_invitation(target: Target) {
    let organization = Organization::create(&target).await;
    let email = made_up::email();
    organization.invite(&organization.creator, &email, &["member"]).await.success(201);
    let (local, domain) = email.split_once('@').unwrap();
    for same in [email.clone(), email.to_uppercase(), format!("{local}@{}", domain.to_uppercase())] {
        let again = organization.invite(&organization.creator, &same, &["user_admin"]).await;
        again.problem(409, "invitation-already-pending");
    }
    // Another organization knows nothing of it.
    let other = Organization::create(&target).await;
    other.invite(&other.creator, &email, &["member"]).await.success(201);
}

async fn one_international_address_has_one_live_invitation(target: Target) {
    let organization = Organization::create(&target).await;
    let (local, _) =
        made_up::email().split_once('@').map(|(local, domain)| (local.to_owned(), domain.to_owned())).unwrap();
    organization.invite(&organization.creator, &format!("{local}@bücher.example"), &["member"]).await.success(201);
    for same in [
        format!("{local}@xn--bcher-kva.example"),
        format!("{local}@BÜCHER.example"),
        format!("{local}@bu\u{308}cher.example"),
    ] {
        let again = organization.invite(&organization.creator, &same, &["member"]).await;
        again.problem(409, "invitation-already-pending");
    }
}

async fn a_plus_makes_another_address(target: Target) {
    let organization = Organization::create(&target).await;
    let email = made_up::email();
    organization.invite(&organization.creator, &email, &["member"]).await.success(201);
    let plus = email.replace('@', "+team@");
    organization.invite(&organization.creator, &plus, &["member"]).await.success(201);
}

async fn members_are_not_invited_again(target: Target) {
    let organization = Organization::create(&target).await;
    let person = organization.add(&["member"]).await;
    for email in [&person.email, &person.email.to_uppercase(), &organization.creator.email] {
        let refused = organization.invite(&organization.creator, email, &["user_admin"]).await;
        refused.problem(409, "already-a-member");
    }
}

async fn what_no_invitation_can_be_is_refused(target: Target) {
    let organization = Organization::create(&target).await;
    let path = organization.path("/invitations");
    let addresses = [
        "",
        "nonsense",
        "@example.com",
        "nobody@",
        "two@at@example.com",
        "Name <name@example.com>",
        "a@example.com, b@example.com",
        "line\r\nbcc: victim@example.com",
        "nobody@example.com\r\n",
        "spaces in@example.com",
        "zero\u{200b}width@example.com",
        "right\u{202e}to@example.com",
    ];
    for address in addresses {
        let body = json!({"email": address, "roles": ["member"]});
        organization.creator.post(&path, &body).await.invalid("/email");
    }
    let too_long = format!("{}@example.com", "l".repeat(400));
    organization.creator.post(&path, &json!({"email": too_long, "roles": ["member"]})).await.invalid("/email");
    for body in
        [json!({"roles": ["member"]}), json!({"email": made_up::email()}), json!({"email": 1, "roles": ["member"]})]
    {
        organization.creator.post(&path, &body).await.problem(400, "malformed-request");
    }
    assert_eq!(organization.creator.get(&path).await.success(200)["items"], json!([]));
}

async fn the_pages_hold_every_invitation_once(target: Target) {
    let organization = Organization::create(&target).await;
    let mut created = BTreeSet::new();
    for _ in 0..5 {
        let answer = organization.invite(&organization.creator, &made_up::email(), &["member"]).await.success(201);
        created.insert(text(&answer["invitationId"]));
    }
    for limit in [1, 2, 5, 100] {
        let items = organization.pages(&organization.creator, "/invitations", limit).await.concat();
        let ids: BTreeSet<_> = items.iter().map(|item| text(&item["invitationId"])).collect();
        assert_eq!((items.len(), &ids), (5, &created), "limit {limit}");
    }
}

async fn invitations_can_be_filtered_by_status(target: Target) {
    let organization = Organization::create(&target).await;
    let person = organization.add(&["member"]).await;
    let declined = organization.invitation(&organization.creator, &made_up::email(), &["member"]).await;
    declined.decline(&target).await.success(204);
    let pending = organization.invite(&organization.creator, &made_up::email(), &["member"]).await.success(201);
    let emails = async |status: &str| {
        let pages = organization.pages(&organization.creator, &format!("/invitations?status={status}"), 1).await;
        let items = pages.concat();
        assert!(items.iter().all(|item| item["status"] == status), "{items:?}");
        items.iter().map(|item| text(&item["email"])).collect::<Vec<_>>()
    };
    assert_eq!(emails("pending").await, [text(&pending["email"])]);
    assert_eq!(emails("declined").await, std::slice::from_ref(&declined.email));
    assert_eq!(emails("accepted").await, [person.email]);
    assert_eq!(emails("expired").await, [""; 0]);
    assert_eq!(emails("revoked").await, [""; 0]);
    let answer = organization.creator.get(&organization.path("/invitations?status=nonsense")).await;
    answer.invalid("/status");
}

async fn an_unknown_invitation_is_not_found(target: Target) {
    let (organization, other) = tokio::join!(Organization::create(&target), Organization::create(&target));
    let created = other.invite(&other.creator, &made_up::email(), &["member"]).await.success(201);
    let foreign = text(&created["invitationId"]);
    for id in [foreign, format!("inv_{}", made_up::uuid()), "nonsense".to_owned(), "inv_".to_owned(), "%20".to_owned()]
    {
        let path = organization.path(&format!("/invitations/{id}"));
        organization.creator.get(&path).await.problem(404, "invitation-not-found");
    }
}

/// R14. What other tests are answered is scanned at the end of the run; here are the answers about one invitation.
async fn no_answer_shows_the_secret_or_its_hash(target: Target) {
    let organization = Organization::create(&target).await;
    let person = acceptance::Person::new(&target).await;
    let invitation = organization.invitation(&organization.creator, &person.email, &["member"]).await;
    let longest = seen::secret_parts(&invitation.token);
    assert!(!longest.is_empty(), "R14: no part of the token can hold 256 bits");
    let answers = [
        organization.creator.get(&organization.path("/invitations")).await,
        organization.creator.get(&organization.path(&format!("/invitations/{}", invitation.id))).await,
        invitation.preview(&target).await,
        organization.creator.get(&organization.path("/settings/users")).await,
        person.get("/me").await,
        invitation.accept(&person).await,
        organization.creator.get(&organization.path(&format!("/invitations/{}", invitation.id))).await,
    ];
    for answer in answers {
        answer.success(200);
        let lower = answer.body.to_lowercase();
        for word in ["secret", "hash", "token"] {
            assert!(!lower.contains(word), "{}: {word}: {}", answer.request, answer.body);
        }
        assert!(!longest.iter().any(|part| answer.body.contains(part)), "{}: {}", answer.request, answer.body);
    }
}
