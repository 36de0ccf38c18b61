//! Requests at the same time, a few trials each: the answers that a client may see, and that the rules hold afterwards.

use std::future::IntoFuture as _;

use acceptance::suite::Test;
use acceptance::{Answer, Organization, Person, Target, made_up, tests};
use futures::future::join_all;
use serde_json::json;

pub(crate) fn tests() -> Vec<Test> {
    tests![
        two_organization_admins_demote_one_another,
        both_organization_admins_leave,
        one_organization_admin_is_demoted_and_removed_at_once,
        one_token_is_accepted_three_times,
        one_address_is_invited_twice,
        one_person_creates_two_organizations,
        an_invitation_is_accepted_and_declined,
        one_token_is_declined_three_times,
        one_member_is_removed_twice,
        an_inviter_is_demoted_while_the_invited_accepts,
        two_writers_with_the_same_etag,
    ]
}

const TRIALS: usize = 10;

/// Statuses in ascending order.
fn statuses(answers: &[Answer]) -> Vec<u16> {
    let mut statuses: Vec<_> = answers.iter().map(|answer| answer.status).collect();
    statuses.sort_unstable();
    statuses
}

/// Whoever lost was refused with one of these; nothing else may have happened.
#[track_caller]
fn assert_one_won(answers: &[Answer], success: u16, refusals: &[(u16, &str)]) {
    for answer in answers {
        if answer.status == success {
            answer.success(success);
        } else {
            let problem = answer.problem_of(answer.status);
            let refusal = (answer.status, problem["code"].as_str().unwrap());
            assert!(refusals.contains(&refusal), "{}: {}", answer.request, answer.body);
        }
    }
    let won = answers.iter().filter(|answer| answer.status == success).count();
    assert_eq!(won, 1, "{answers:?}");
}

async fn admins(organization: &Organization, people: [&Person; 2]) -> Vec<Person> {
    let mut admins = Vec::new();
    for person in people {
        if person.roles_in(&organization.id).await.contains("organization_admin") {
            admins.push(person.clone());
        }
    }
    admins
}

const LOSING: [(u16, &str); 4] = [
    (403, "permission-denied"),
    (404, "organization-not-found"),
    (404, "member-not-found"),
    (409, "last-organization-admin"),
];

async fn two_organization_admins_demote_one_another(target: Target) {
    let organization = Organization::create(&target).await;
    let (first, second) = (organization.creator.clone(), organization.add(&["organization_admin"]).await);
    for _ in 0..TRIALS {
        let answers = join_all([
            organization.change_roles(&first, &second, &["member"]).into_future(),
            organization.change_roles(&second, &first, &["member"]).into_future(),
        ])
        .await;
        assert_one_won(&answers, 200, &LOSING);
        let left = admins(&organization, [&first, &second]).await;
        assert_eq!(left.len(), 1, "I1");
        let demoted = if left[0].id == first.id { &second } else { &first };
        organization.change_roles(&left[0], demoted, &["organization_admin"]).await.success(200);
    }
}

async fn both_organization_admins_leave(target: Target) {
    let mut organization = Organization::create(&target).await;
    let second = organization.add(&["organization_admin"]).await;
    let people = [organization.creator.clone(), second];
    for _ in 0..TRIALS {
        let answers = join_all(people.iter().map(|person| organization.remove(person, person).into_future())).await;
        assert_one_won(&answers, 204, &LOSING);
        let left = admins(&organization, [&people[0], &people[1]]).await;
        assert_eq!(left.len(), 1, "I1");
        organization.creator = left[0].clone();
        let gone = if left[0].id == people[0].id { &people[1] } else { &people[0] };
        organization.admit(gone, &["organization_admin"]).await;
    }
}

/// The creator demotes the other admin while that one removes the creator.
async fn one_organization_admin_is_demoted_and_removed_at_once(target: Target) {
    let mut organization = Organization::create(&target).await;
    let second = organization.add(&["organization_admin"]).await;
    let people = [organization.creator.clone(), second];
    for _ in 0..TRIALS {
        let answers = join_all([
            organization.change_roles(&people[0], &people[1], &["member"]).into_future(),
            organization.remove(&people[1], &people[0]).into_future(),
        ])
        .await;
        let won = answers.iter().filter(|answer| answer.status < 300).count();
        assert_eq!(won, 1, "{answers:?}");
        let left = admins(&organization, [&people[0], &people[1]]).await;
        assert_eq!(left.len(), 1, "I1");
        organization.creator = left[0].clone();
        if left[0].id == people[0].id {
            organization.change_roles(&people[0], &people[1], &["organization_admin"]).await.success(200);
        } else {
            organization.admit(&people[0], &["organization_admin"]).await;
        }
    }
}

async fn one_token_is_accepted_three_times(target: Target) {
    let organization = Organization::create(&target).await;
    let person = Person::new(&target).await;
    for _ in 0..TRIALS {
        let invitation = organization.invitation(&organization.creator, &person.email, &["member"]).await;
        let answers = join_all((0..3).map(|_| invitation.accept(&person).into_future())).await;
        assert_one_won(&answers, 200, &[(409, "invitation-already-accepted")]);
        organization.remove(&organization.creator, &person).await.success(204);
    }
}

async fn one_address_is_invited_twice(target: Target) {
    let organization = Organization::create(&target).await;
    let second = organization.add(&["user_admin"]).await;
    for trial in 1..=TRIALS {
        let email = made_up::email();
        let answers = join_all([
            organization.invite(&organization.creator, &email, &["member"]).into_future(),
            organization.invite(&second, &email.to_uppercase(), &["user_admin"]).into_future(),
        ])
        .await;
        assert_one_won(&answers, 201, &[(409, "invitation-already-pending")]);
        let pages = organization.pages(&organization.creator, "/invitations?status=pending", 100).await;
        assert_eq!(pages.concat().len(), trial);
    }
}

async fn one_person_creates_two_organizations(target: Target) {
    for _ in 0..TRIALS {
        let person = Person::new(&target).await;
        let create = || person.post("/organizations", &json!({"name": made_up::organization_name()})).into_future();
        let answers = join_all([create(), create()]).await;
        assert_one_won(&answers, 201, &[(409, "organization-already-created")]);
        assert_eq!(person.me().await["organizations"].as_array().unwrap().len(), 1, "I5");
    }
}

async fn an_invitation_is_accepted_and_declined(target: Target) {
    let organization = Organization::create(&target).await;
    let person = Person::new(&target).await;
    for _ in 0..TRIALS {
        let invitation = organization.invitation(&organization.creator, &person.email, &["member"]).await;
        let answers =
            join_all([invitation.accept(&person).into_future(), invitation.decline(&target).into_future()]).await;
        let member = !person.roles_in(&organization.id).await.is_empty();
        if member {
            assert_eq!(statuses(&answers), [200, 409], "{answers:?}");
            organization.remove(&organization.creator, &person).await.success(204);
        } else {
            assert_eq!(statuses(&answers), [204, 410], "{answers:?}");
        }
    }
}

async fn one_token_is_declined_three_times(target: Target) {
    let organization = Organization::create(&target).await;
    let email = made_up::email();
    for _ in 0..TRIALS {
        let invitation = organization.invitation(&organization.creator, &email, &["member"]).await;
        let answers = join_all((0..3).map(|_| invitation.decline(&target).into_future())).await;
        // Whoever declines what is declined already has got what they wanted, or is told that it is over.
        assert!(answers.iter().any(|answer| answer.status == 204), "{answers:?}");
        for answer in answers.iter().filter(|answer| answer.status != 204) {
            answer.problem(410, "invitation-declined");
        }
        let path = organization.path(&format!("/invitations/{}", invitation.id));
        assert_eq!(organization.creator.get(&path).await.success(200)["status"], "declined");
    }
}

async fn one_member_is_removed_twice(target: Target) {
    let organization = Organization::create(&target).await;
    let second = organization.add(&["user_admin"]).await;
    for _ in 0..TRIALS {
        // Somebody new each time: one address is sent a limited number of invitations a day (R24).
        let person = organization.add(&["member"]).await;
        let answers = join_all([
            organization.remove(&organization.creator, &person).into_future(),
            organization.remove(&second, &person).into_future(),
            organization.remove(&person, &person).into_future(),
        ])
        .await;
        assert_one_won(&answers, 204, &[(404, "member-not-found"), (404, "organization-not-found")]);
    }
}

/// Whichever came first: nobody joins with what the inviter could no longer grant, and a joining is never half done (I4).
async fn an_inviter_is_demoted_while_the_invited_accepts(target: Target) {
    let organization = Organization::create(&target).await;
    let inviter = organization.add(&["organization_admin"]).await;
    let person = Person::new(&target).await;
    for _ in 0..TRIALS {
        let invitation = organization.invitation(&inviter, &person.email, &["organization_admin"]).await;
        let (accepted, demoted) = tokio::join!(
            invitation.accept(&person).into_future(),
            organization.change_roles(&organization.creator, &inviter, &["user_admin"]).into_future()
        );
        demoted.success(200);
        if accepted.status == 200 {
            let roles = person.roles_in(&organization.id).await;
            assert!(roles.contains("organization_admin"), "{roles:?}");
            organization.remove(&organization.creator, &person).await.success(204);
        } else {
            accepted.problem(409, "inviter-lost-authority");
            person.get(&organization.path("")).await.problem(404, "organization-not-found");
            invitation.decline(&target).await.success(204);
        }
        organization.change_roles(&organization.creator, &inviter, &["organization_admin"]).await.success(200);
    }
}

async fn two_writers_with_the_same_etag(target: Target) {
    let organization = Organization::create(&target).await;
    let person = organization.add(&["member"]).await;
    for trial in 0..TRIALS {
        let etag = organization.creator.get(&organization.member_path(&person)).await.etag();
        // Never what the member holds already: each of the two would be a change.
        let pairs: [[&[&str]; 2]; 2] =
            [[&["user_admin"], &["billing_admin"]], [&["member"], &["billing_admin", "user_admin"]]];
        let change = |roles: &[&str]| {
            organization.change_roles(&organization.creator, &person, roles).header("if-match", &etag).into_future()
        };
        let answers = join_all(pairs[trial % 2].map(change)).await;
        assert_one_won(&answers, 200, &[(412, "version-mismatch")]);
    }
}
