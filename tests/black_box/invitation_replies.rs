//! Previewing, accepting and declining invitations (R8, R13, R14, I3, I4).

use acceptance::suite::Test;
use acceptance::{Invitation, NewPerson, Organization, Person, Target, made_up, roles_of, seen, tests};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use reqwest::Method;
use serde_json::json;

pub(crate) fn tests() -> Vec<Test> {
    tests![
        a_preview_needs_no_token_header_and_changes_nothing,
        an_invitation_for_another_address_is_refused,
        an_address_that_is_not_verified_is_refused_until_it_is,
        a_changed_address_is_the_one_that_counts,
        the_roles_are_the_invited_ones,
        a_second_acceptance_is_refused,
        declining_ends_the_invitation,
        a_declined_address_can_be_invited_again,
        tokens_that_were_never_sent_are_not_found,
        parts_of_two_tokens_make_no_third,
        a_member_cannot_join_again_under_another_address,
        a_demoted_inviter_lends_no_authority,
        a_removed_inviter_lends_no_authority,
        following_a_link_does_nothing,
    ]
}

async fn invited(target: &Target, roles: &[&str]) -> (Organization, Person, Invitation) {
    let (organization, person) = tokio::join!(Organization::create(target), Person::new(target));
    let invitation = organization.invitation(&organization.creator, &person.email, roles).await;
    (organization, person, invitation)
}

async fn a_preview_needs_no_token_header_and_changes_nothing(target: Target) {
    let (organization, person, invitation) = invited(&target, &["user_admin"]).await;
    // The mailer notes the inviter's name once SES has the mail, which may be read before that.
    organization.delivered(&invitation.id).await;
    for _ in 0..3 {
        let answer = invitation.preview(&target).await;
        answer.success(200);
        let expiry = answer.json().as_object().unwrap().keys().any(|key| key.to_lowercase().contains("expir"));
        assert!(expiry, "no expiry: {}", answer.body);
        for shown in [organization.name.as_str(), &organization.creator.name, "user_admin"] {
            assert!(answer.body.contains(shown), "{shown} is missing: {}", answer.body);
        }
        // Whoever holds the link learns no addresses and nothing of the organization but its name.
        for hidden in [&person.email, &organization.creator.email] {
            assert!(!answer.body.contains(hidden.as_str()), "{}", answer.body);
        }
    }
    invitation.accept(&person).await.success(200);
}

async fn an_invitation_for_another_address_is_refused(target: Target) {
    let (organization, person, invitation) = invited(&target, &["organization_admin"]).await;
    let thief = Person::new(&target).await;
    for other in [&thief, &organization.creator] {
        invitation.accept(other).await.problem(403, "invitation-for-another-address");
    }
    thief.get(&organization.path("")).await.problem(404, "organization-not-found");
    invitation.accept(&person).await.success(200);
}

async fn an_address_that_is_not_verified_is_refused_until_it_is(target: Target) {
    let organization = Organization::create(&target).await;
    let person = NewPerson::new(&target).created_by_administrator(false).await;
    let invitation = organization.invitation(&organization.creator, &person.email, &["member"]).await;
    invitation.accept(&person).await.problem(403, "email-not-verified");
    assert_eq!(person.me().await["emailVerified"], false);
    person.change_attributes(&[("email_verified", "true")]).await;
    invitation.accept(&person).await.success(200);
}

/// R13: the address as Cognito has it now, not as it was when the token was issued or the user first seen.
async fn a_changed_address_is_the_one_that_counts(target: Target) {
    let organization = Organization::create(&target).await;
    let person = Person::new(&target).await;
    person.me().await;
    let address = made_up::email();
    let by_old = organization.invitation(&organization.creator, &person.email, &["organization_admin"]).await;
    let by_new = organization.invitation(&organization.creator, &address, &["member"]).await;
    person.change_attributes(&[("email", &address), ("email_verified", "true")]).await;
    by_old.accept(&person).await.problem(403, "invitation-for-another-address");
    by_new.accept(&person).await.success(200);
    assert_eq!(person.roles_in(&organization.id).await.into_iter().collect::<Vec<_>>(), ["member"]);
}

async fn the_roles_are_the_invited_ones(target: Target) {
    let organization = Organization::create(&target).await;
    let sets: [&[&str]; 4] =
        [&["member"], &["billing_admin"], &["billing_admin", "user_admin"], &["organization_admin"]];
    for roles in sets {
        let person = Person::new(&target).await;
        let invitation = organization.invitation(&organization.creator, &person.email, roles).await;
        invitation.accept(&person).await.success(200);
        assert_eq!(person.roles_in(&organization.id).await.into_iter().collect::<Vec<_>>(), roles);
        let member = organization.creator.get(&organization.member_path(&person)).await.success(200);
        assert_eq!(roles_of(&member).into_iter().collect::<Vec<_>>(), roles, "{member}");
    }
}

async fn a_second_acceptance_is_refused(target: Target) {
    let (organization, person, invitation) = invited(&target, &["member"]).await;
    invitation.accept(&person).await.success(200);
    invitation.accept(&person).await.problem(409, "invitation-already-accepted");
    invitation.decline(&target).await.problem(409, "invitation-already-accepted");
    let read = organization.creator.get(&organization.path(&format!("/invitations/{}", invitation.id))).await;
    assert_eq!(read.success(200)["status"], "accepted");
}

async fn declining_ends_the_invitation(target: Target) {
    let (organization, person, invitation) = invited(&target, &["member"]).await;
    invitation.decline(&target).await.success(204);
    invitation.accept(&person).await.problem(410, "invitation-declined");
    invitation.preview(&target).await.problem(410, "invitation-declined");
    let read = organization.creator.get(&organization.path(&format!("/invitations/{}", invitation.id))).await;
    assert_eq!(read.success(200)["status"], "declined");
    let me = person.me().await;
    assert_eq!(me["onboarding"]["invitations"], 0, "{me}");
    assert_eq!(me["onboarding"]["status"], "organization_required", "{me}");
}

async fn a_declined_address_can_be_invited_again(target: Target) {
    let (organization, person, first) = invited(&target, &["member"]).await;
    first.decline(&target).await.success(204);
    let second = organization.invitation(&organization.creator, &person.email, &["user_admin"]).await;
    assert_ne!((&first.token, &first.id), (&second.token, &second.id));
    first.accept(&person).await.problem(410, "invitation-declined");
    second.accept(&person).await.success(200);
    assert_eq!(person.roles_in(&organization.id).await.into_iter().collect::<Vec<_>>(), ["user_admin"]);
}

async fn assert_not_found(target: &Target, person: &Person, token: &str) {
    let body = json!({"token": token});
    target.post("/invitations/preview", &body).await.problem(404, "invitation-not-found");
    target.post("/invitations/decline", &body).await.problem(404, "invitation-not-found");
    person.post("/invitations/accept", &body).await.problem(404, "invitation-not-found");
}

async fn tokens_that_were_never_sent_are_not_found(target: Target) {
    let (_, person, invitation) = invited(&target, &["member"]).await;
    let token = &invitation.token;
    let altered = |index: usize| {
        let other = if token.as_bytes()[index] == b'a' { "b" } else { "a" };
        format!("{}{other}{}", &token[..index], &token[index + 1..])
    };
    let secret = seen::secret_parts(token)[0];
    let start = token.find(secret).unwrap();
    let wrong = [
        "x".to_owned(),
        "t".repeat(token.len()),
        altered(0),
        altered(start),
        altered(start + secret.len() / 2),
        altered(start + secret.len() * 3 / 4),
        altered(token.len() - 2),
        token[..token.len() - 1].to_owned(),
        format!("{token}A"),
        format!(" {token}"),
        token.to_uppercase(),
        token.chars().rev().collect(),
        secret[1..].to_owned(),
        invitation.id.clone(),
        format!("{token}\0"),
        "\u{1f4a9}".repeat(20),
    ];
    for token in wrong {
        assert_not_found(&target, &person, &token).await;
    }
    invitation.accept(&person).await.success(200);
}

/// Whatever a token is made of: the beginning of one and the end of another is none, wherever the seam.
async fn parts_of_two_tokens_make_no_third(target: Target) {
    let (_, person, own) = invited(&target, &["member"]).await;
    let (_, _, other) = invited(&target, &["organization_admin"]).await;
    let [first, second] = [&own.token, &other.token].map(|token| BASE64_URL_SAFE_NO_PAD.decode(token));
    let seams: Vec<String> = match (first, second) {
        (Ok(first), Ok(second)) if first.len() == second.len() => (8..first.len())
            .step_by(8)
            .flat_map(|seam| [[&first[..seam], &second[seam..]].concat(), [&second[..seam], &first[seam..]].concat()])
            .map(|bytes| BASE64_URL_SAFE_NO_PAD.encode(bytes))
            .collect(),
        _ => {
            let (own_secret, other_secret) = (seen::secret_parts(&own.token)[0], seen::secret_parts(&other.token)[0]);
            vec![other.token.replace(other_secret, own_secret), own.token.replace(own_secret, other_secret)]
        }
    };
    // Ids made within the same moment begin alike, so that some seams change nothing.
    let changed = seams.iter().filter(|token| **token != own.token && **token != other.token);
    assert!(changed.clone().count() >= 2, "{seams:?}");
    for token in changed {
        assert_not_found(&target, &person, token).await;
    }
    other.accept(&person).await.problem(403, "invitation-for-another-address");
    own.accept(&person).await.success(200);
}

/// I2: two addresses, one after the other, are still one person.
async fn a_member_cannot_join_again_under_another_address(target: Target) {
    let organization = Organization::create(&target).await;
    let person = organization.add(&["member"]).await;
    let address = made_up::email();
    let second = organization.invitation(&organization.creator, &address, &["organization_admin"]).await;
    person.change_attributes(&[("email", &address), ("email_verified", "true")]).await;
    second.accept(&person).await.problem(409, "already-a-member");
    assert_eq!(person.roles_in(&organization.id).await.into_iter().collect::<Vec<_>>(), ["member"]);
    // The address is not the membership: it can be removed all the same.
    organization.remove(&organization.creator, &person).await.success(204);
    second.accept(&person).await.success(200);
}

/// R13 with R8: what was invited must still be what the inviter may grant.
async fn a_demoted_inviter_lends_no_authority(target: Target) {
    let organization = Organization::create(&target).await;
    let [inviter, person] = [organization.add(&["organization_admin"]).await, Person::new(&target).await];
    let invitation = organization.invitation(&inviter, &person.email, &["organization_admin"]).await;
    organization.change_roles(&organization.creator, &inviter, &["user_admin"]).await.success(200);
    invitation.accept(&person).await.problem(409, "inviter-lost-authority");
    person.get(&organization.path("")).await.problem(404, "organization-not-found");
    // With the authority back, the invitation is as good as before.
    organization.change_roles(&organization.creator, &inviter, &["organization_admin"]).await.success(200);
    invitation.accept(&person).await.success(200);
}

async fn a_removed_inviter_lends_no_authority(target: Target) {
    let organization = Organization::create(&target).await;
    let [inviter, person] = [organization.add(&["user_admin"]).await, Person::new(&target).await];
    let invitation = organization.invitation(&inviter, &person.email, &["member"]).await;
    organization.remove(&organization.creator, &inviter).await.success(204);
    invitation.accept(&person).await.problem(409, "inviter-lost-authority");
    assert_eq!(person.me().await["organizations"], json!([]));
}

/// R13: mail scanners follow links.
async fn following_a_link_does_nothing(target: Target) {
    let (organization, person, invitation) = invited(&target, &["member"]).await;
    for path in ["/invitations/accept", "/invitations/decline", "/invitations/preview"] {
        for method in [Method::GET, Method::HEAD, Method::OPTIONS] {
            let answer = person.call(method, &format!("{path}?token={}", invitation.token)).await;
            assert!(answer.status == 404 || answer.request.starts_with("OPTIONS"), "{answer:?}");
        }
    }
    let read = organization.creator.get(&organization.path(&format!("/invitations/{}", invitation.id))).await;
    assert_eq!(read.success(200)["status"], "pending");
    invitation.accept(&person).await.success(200);
}
