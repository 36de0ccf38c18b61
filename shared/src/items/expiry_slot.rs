//! The partition keys of the index `invitations-by-expiry`.

use std::{fmt, str::FromStr};

use jiff::SignedDuration;

use crate::domain::{InvitationId, Timestamp};

/// The attribute with the slot. Only pending invitations have it.
pub const EXPIRY_SLOT_ATTRIBUTE: &str = "expiry_slot";

/// The number of partitions that share the invitations of one hour. It is fixed: items contain its result.
const SHARDS: u8 = 8;

/// The hour in which an invitation expires, and a shard: `2026-12-02T14#3`.
///
/// One key for each hour lets the sweeper read the hours one after another. The shards spread the writes of an hour over
/// several partitions, because DynamoDB limits a partition to 1,000 writes in a second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExpirySlot {
    hour: Timestamp,
    shard: u8,
}

impl ExpirySlot {
    /// The slot of an invitation. The last bits of its id are random, so they serve as the hash.
    pub fn of(expires_at: Timestamp, invitation: InvitationId) -> Self {
        let [.., last] = invitation.as_uuid().into_bytes();
        Self { hour: expires_at.start_of_hour(), shard: last % SHARDS }
    }

    /// All slots of the hour that contains an instant.
    pub fn of_hour(instant: Timestamp) -> impl Iterator<Item = Self> {
        (0..SHARDS).map(move |shard| Self { hour: instant.start_of_hour(), shard })
    }
}

/// The hour after the one that begins at `hour`.
pub fn next_hour(hour: Timestamp) -> Timestamp {
    hour.plus(SignedDuration::from_hours(1))
}

impl fmt::Display for ExpirySlot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut hour = self.hour.to_string();
        hour.truncate("2026-12-02T14".len());
        write!(f, "{hour}#{}", self.shard)
    }
}

/// The error for a text that is not a slot.
#[derive(Debug)]
pub struct NoSlot;

impl FromStr for ExpirySlot {
    type Err = NoSlot;

    fn from_str(text: &str) -> Result<Self, NoSlot> {
        let (hour, shard) = text.split_once('#').ok_or(NoSlot)?;
        let hour: Timestamp = format!("{hour}:00:00Z").parse().map_err(|_| NoSlot)?;
        let shard = shard.parse().ok().filter(|shard| *shard < SHARDS).ok_or(NoSlot)?;
        Some(Self { hour, shard }).filter(|slot| slot.to_string() == text).ok_or(NoSlot)
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_slot_is_an_hour_and_a_shard() {
        let at: Timestamp = "2026-12-02T14:59:59.999Z".parse().unwrap();
        let slot = ExpirySlot::of(at, InvitationId::new(Uuid::from_u128(0x0b)));
        assert_eq!(slot.to_string(), "2026-12-02T14#3");
        assert_eq!(slot.to_string().parse::<ExpirySlot>().unwrap(), slot);
        assert!(ExpirySlot::of_hour(at).any(|other| other == slot) && ExpirySlot::of_hour(at).count() == 8);
        for other in ["", "2026-12-02T14", "2026-12-02T14#8", "2026-12-02T14#03", "2026-12-02T14:30#3", "x#1"] {
            assert!(other.parse::<ExpirySlot>().is_err(), "{other}");
        }
    }

    /// Nobody can say that the hash is good for random ids; this says that it is for many.
    #[test]
    fn shards_are_even() {
        let at: Timestamp = "2026-12-02T14:00:00Z".parse().unwrap();
        let mut counts = [0; SHARDS as usize];
        for number in 0..8000_u128 {
            let slot = ExpirySlot::of(at, InvitationId::new(Uuid::from_u128(number << 64 | number)));
            counts[usize::from(slot.shard)] += 1;
        }
        assert_eq!(counts, [1000; SHARDS as usize]);
    }
}
