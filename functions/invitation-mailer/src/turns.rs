//! Decides the order of emails. Organizations take turns, so that one with many emails does not delay the others.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Mutex, PoisonError},
};

use jiff::SignedDuration;
use shared::{
    domain::{OrganizationId, Timestamp},
    items::UnsentMail,
};

/// Returns the oldest email of every organization, then the second of each, and so on. Organizations are in the order
/// of their oldest email.
pub(crate) fn in_turns(mut mails: Vec<UnsentMail>) -> Vec<UnsentMail> {
    mails.sort_by_key(|mail| mail.due);
    let mut taken: HashMap<OrganizationId, usize> = HashMap::new();
    let mut rounds: BTreeMap<usize, Vec<UnsentMail>> = BTreeMap::new();
    for mail in mails {
        let round = taken.entry(mail.organization).or_default();
        rounds.entry(*round).or_default().push(mail);
        *round += 1;
    }
    rounds.into_values().flatten().collect()
}

/// The time for which an organization leaves the quota of SES to others after its turn.
const REST: SignedDuration = SignedDuration::from_secs(30);

/// The organizations whose emails SES throttled a moment ago. Their next emails wait without a call to SES. Otherwise,
/// the many emails of one organization would use every free second before the only email of another.
///
/// This is in the memory of one process. Another process gives the organization one more turn, which does no harm.
#[derive(Default)]
pub(crate) struct Resting(Mutex<HashMap<OrganizationId, Timestamp>>);

impl Resting {
    /// Records that SES throttled an email of the organization.
    pub(crate) fn begin(&self, organization: OrganizationId, now: Timestamp) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(organization, now.plus(REST));
    }

    pub(crate) fn is(&self, organization: OrganizationId, now: Timestamp) -> bool {
        let mut resting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        resting.retain(|_, until| *until > now);
        resting.contains_key(&organization)
    }
}

#[cfg(test)]
mod tests {
    use shared::{domain::InvitationId, items::MailKind};
    use uuid::Uuid;

    use super::*;

    fn mail(organization: u128, second: u32) -> UnsentMail {
        let at: Timestamp = format!("2026-01-02T03:04:{second:02}Z").parse().unwrap();
        UnsentMail {
            joined: None,
            kind: MailKind::Invitation,
            organization: OrganizationId::new(Uuid::from_u128(organization)),
            invitation: InvitationId::new(Uuid::from_u128(u128::from(second))),
            inviter: "u-1".parse().unwrap(),
            mail_id: "m".to_owned(),
            attempts: 0,
            due: Some(at),
            since: at,
        }
    }

    #[test]
    fn the_oldest_come_first_and_organizations_in_turns() {
        let mails = vec![mail(1, 3), mail(2, 9), mail(1, 1), mail(1, 2), mail(3, 8), mail(2, 10)];
        let order: Vec<_> = in_turns(mails).iter().map(|mail| mail.invitation.as_uuid().as_u128()).collect();
        assert_eq!(order, [1, 8, 9, 2, 10, 3]);
    }

    #[test]
    fn an_organization_rests_for_half_a_minute() {
        let (resting, organization) = (Resting::default(), mail(1, 0).organization);
        let now: Timestamp = "2026-01-02T03:04:05Z".parse().unwrap();
        resting.begin(organization, now);
        assert!(resting.is(organization, now.plus(SignedDuration::from_millis(29_999))));
        assert!(!resting.is(mail(2, 0).organization, now));
        assert!(!resting.is(organization, now.plus(REST)));
    }
}
