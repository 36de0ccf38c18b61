use proptest::{prelude::*, sample::select};
use shared::domain::{DeliveryChannel, InvitationStatus, RoleSet};

use crate::world::Reported;

/// Who there is. The first one creates the organization.
pub(crate) const USERS: usize = 6;

/// A link that was handed out: of which invitation, and which of its links. Both are counted back from the newest, and one
/// step beyond the oldest link is one that was made up.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Link {
    pub(crate) which: usize,
    pub(crate) link: usize,
}

/// What SES does with an email.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Ses {
    Takes,
    Refuses,
    /// Takes it, and the answer is lost.
    LosesTheAnswer,
}

/// How far the clock goes.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Span {
    /// To a millisecond before the next expiry.
    BeforeExpiry,
    /// To its very instant.
    ToExpiry,
    /// To a millisecond after it.
    PastExpiry,
    /// To the millisecond before midnight, when the counts of a day end.
    BeforeMidnight,
    Midnight,
    Hours(i64),
}

/// One step. Users are numbers; `which` counts invitations back from the newest.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Operation {
    Invite {
        actor: usize,
        invited: usize,
        roles: RoleSet,
        channel: DeliveryChannel,
        days: i64,
    },
    Resend {
        actor: usize,
        which: usize,
        channel: DeliveryChannel,
        days: i64,
        confirms: bool,
    },
    Revoke {
        actor: usize,
        which: usize,
    },
    Preview(Link),
    /// By the invited person, unless somebody else is named.
    Accept(Option<usize>, Link),
    Decline(Link),
    AcceptInApp(Option<usize>, usize),
    DeclineInApp(Option<usize>, usize),
    ResendToMe(Option<usize>, usize),
    SetRoles(usize, usize, RoleSet),
    Remove(usize, usize),
    List(usize, InvitationStatus),
    ListMine(usize),
    /// The stream brings one of the queued emails, counted from the oldest.
    Deliver(usize, Ses),
    /// The mailer's schedule: SES takes everything.
    Schedule,
    /// SES reports something about the last email of an invitation.
    Report(usize, Reported),
    /// The sweeper's schedule.
    Sweep,
    Pass(Span),
}

pub(crate) fn operation() -> impl Strategy<Value = Operation> {
    use Operation::*;
    // The creator acts more often than others, or most of what happens is refused.
    let actor = || prop_oneof![3 => Just(0), 2 => 0..USERS];
    let user = || 0..USERS;
    let person = || prop_oneof![5 => Just(None), 1 => (0..USERS).prop_map(Some)];
    let roles = || prop_oneof![2 => Just(RoleSet::MEMBER), 3 => select(RoleSet::all().collect::<Vec<_>>())];
    let channel = || select(DeliveryChannel::ALL.to_vec());
    let days = || 1..=3_i64;
    let which = || prop_oneof![3 => Just(0), 4 => 0..5_usize, 1 => 0..100_usize];
    let link = || (which(), prop_oneof![2 => Just(0), 2 => 0..12_usize]).prop_map(|(which, link)| Link { which, link });
    let ses = prop_oneof![6 => Just(Ses::Takes), 1 => Just(Ses::Refuses), 2 => Just(Ses::LosesTheAnswer)];
    let report = select(vec![Reported::Delivery, Reported::Bounce, Reported::Complaint]);
    let span = prop_oneof![
        2 => Just(Span::BeforeExpiry),
        3 => Just(Span::ToExpiry),
        1 => Just(Span::PastExpiry),
        1 => Just(Span::BeforeMidnight),
        1 => Just(Span::Midnight),
        3 => (1..=5_i64).prop_map(|times| Span::Hours(3 * times)),
    ];
    let by_person = prop_oneof![
        8 => (person(), link()).prop_map(|(user, link)| Accept(user, link)),
        3 => link().prop_map(Decline),
        3 => link().prop_map(Preview),
        3 => (person(), which()).prop_map(|(user, which)| AcceptInApp(user, which)),
        1 => (person(), which()).prop_map(|(user, which)| DeclineInApp(user, which)),
        4 => (person(), which()).prop_map(|(user, which)| ResendToMe(user, which)),
        1 => user().prop_map(ListMine),
    ];
    let by_admin = prop_oneof![
        14 => (actor(), user(), roles(), channel(), days())
            .prop_map(|(actor, invited, roles, channel, days)| Invite { actor, invited, roles, channel, days }),
        8 => (actor(), which(), channel(), days(), any::<bool>())
            .prop_map(|(actor, which, channel, days, confirms)| Resend { actor, which, channel, days, confirms }),
        4 => (actor(), which()).prop_map(|(actor, which)| Revoke { actor, which }),
        4 => (actor(), user(), roles()).prop_map(|(actor, target, roles)| SetRoles(actor, target, roles)),
        5 => (actor(), user()).prop_map(|(actor, target)| Remove(actor, target)),
        1 => (actor(), select(InvitationStatus::ALL.to_vec())).prop_map(|(actor, status)| List(actor, status)),
    ];
    prop_oneof![
        6 => by_admin,
        4 => by_person,
        2 => (0..4_usize, ses).prop_map(|(which, ses)| Deliver(which, ses)),
        1 => prop_oneof![4 => Just(Schedule), 3 => (which(), report).prop_map(|(which, reported)| Report(which, reported)), 1 => Just(Sweep)],
        1 => span.prop_map(Pass),
    ]
}
