//! Seats: members and live invitations take one each (R16). On a stack of their own, where an organization has three, and two
//! workspaces.

use std::collections::BTreeMap;
use std::future::IntoFuture as _;

use acceptance::suite::{Test, start, stop};
use acceptance::{Organization, Person, Target, made_up, tests};
use futures::future::join_all;
use serde_json::json;

pub(crate) fn tests() -> Vec<Test> {
    tests![members_and_live_invitations_take_a_seat_each]
}

async fn members_and_live_invitations_take_a_seat_each(_: Target) {
    let limits = [("SeatLimit", "3"), ("WorkspaceLimit", "2")];
    let parameters = BTreeMap::from(limits.map(|(name, limit)| (name.to_owned(), limit.to_owned())));
    let (stack, target) = start(parameters).await;
    let organization = Organization::create(&target).await;
    let creator = &organization.creator;
    let full = async || {
        let refused = organization.invite(creator, &made_up::email(), &["member"]).await;
        refused.problem(409, "seat-limit-reached");
    };

    // One for the creator, one for an invitation, one for a member.
    let invitation = organization.invitation(creator, &made_up::email(), &["member"]).await;
    let member = organization.add(&["member"]).await;
    full().await;
    // Declining gives a seat back; accepting takes none on top of the invitation's.
    invitation.decline(&target).await.success(204);
    let person = Person::new(&target).await;
    let taken = organization.invitation(creator, &person.email, &["user_admin"]).await;
    full().await;
    taken.accept(&person).await.success(200);
    full().await;
    // Removing and leaving give one back each.
    organization.remove(creator, &member).await.success(204);
    organization.invite(creator, &made_up::email(), &["member"]).await.success(201);
    full().await;
    organization.remove(&person, &person).await.success(204);
    let last = organization.invite(creator, &made_up::email(), &["member"]);
    let (first, second) =
        tokio::join!(last.into_future(), organization.invite(creator, &made_up::email(), &["member"]).into_future());
    let mut statuses = [first.status, second.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409], "the last seat is taken once: {first:?} {second:?}");
    full().await;
    gives_back_once(&target).await;
    let workspace = |name: &str| creator.post(&organization.path("/workspaces"), &json!({ "name": name }));
    workspace("Berlin").await.success(201);
    workspace("Bonn").await.problem(409, "workspace-limit-reached");
    // Every organization has its own.
    let other = Organization::create(&target).await;
    other.invite(&other.creator, &made_up::email(), &["member"]).await.success(201);
    stop(stack).await;
}

/// However often and however concurrently: one end, one seat.
async fn gives_back_once(target: &Target) {
    let organization = Organization::create(target).await;
    let creator = &organization.creator;
    let invitation = organization.invitation(creator, &made_up::email(), &["member"]).await;
    let member = organization.add(&["member"]).await;
    join_all((0..3).map(|_| invitation.decline(target).into_future())).await;
    invitation.decline(target).await.success(204);
    join_all((0..3).map(|_| organization.remove(creator, &member).into_future())).await;
    organization.remove(creator, &member).await.problem(404, "member-not-found");
    // Two of three seats are free again, not more.
    for _ in 0..2 {
        organization.invite(creator, &made_up::email(), &["member"]).await.success(201);
    }
    organization.invite(creator, &made_up::email(), &["member"]).await.problem(409, "seat-limit-reached");
}
