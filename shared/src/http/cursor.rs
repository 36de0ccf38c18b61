use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};

use super::{Code, Problem};
use crate::{domain::UserId, items::keys};

/// The end of a page of one list.
///
/// A cursor contains the last sort key and a checksum of the key and the list. So the API rejects a cursor that was
/// changed or that belongs to another list, organization or filter. The checksum is not a signature: a client can
/// compute it. So the cursor must contain a key that the list can have, and the partition always comes from the
/// request. A forged cursor reaches nothing that the list would not show.
#[derive(Clone, Debug)]
pub struct Cursor {
    list: String,
    is_key: fn(&str) -> bool,
}

const CHECKSUM: usize = 12;

impl Cursor {
    /// The cursors of the list `list`: route, organization or user, and filters. `is_key` checks whether a sort key can
    /// be in this list.
    pub fn of(list: impl Into<String>, is_key: fn(&str) -> bool) -> Self {
        Self { list: list.into(), is_key }
    }

    /// The cursors of the list of the organizations of `user`.
    pub fn of_organizations(user: &UserId) -> Self {
        Self::of(format!("organizations/{user}"), keys::is_pointer)
    }

    fn checksum(&self, key: &str) -> [u8; CHECKSUM] {
        let hash =
            Sha256::new().chain_update(self.list.as_bytes()).chain_update([0]).chain_update(key.as_bytes()).finalize();
        let mut checksum = [0; CHECKSUM];
        checksum.copy_from_slice(&hash[..CHECKSUM]);
        checksum
    }

    /// Writes the cursor for a client.
    pub fn write(&self, key: &str) -> String {
        URL_SAFE_NO_PAD.encode([self.checksum(key).as_slice(), key.as_bytes()].concat())
    }

    /// Reads the sort key after which the next page begins.
    ///
    /// # Errors
    /// 400 `invalid-cursor`
    pub fn read(&self, text: &str) -> Result<String, Problem> {
        let read = || {
            let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
            let (checksum, key) = bytes.split_at_checked(CHECKSUM)?;
            let key = std::str::from_utf8(key).ok()?;
            (self.checksum(key) == *checksum && (self.is_key)(key)).then(|| key.to_owned())
        };
        read().ok_or_else(|| Problem::new(Code::InvalidCursor, "`cursor` must be a `nextCursor` that this list returned for the same filters. To read the first page, leave it out."))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Everyone can compute the checksum.
    #[test]
    fn a_forged_cursor_is_no_key() {
        let members = Cursor::of("members/org_1", keys::is_member);
        let long = format!("MEMBER#{}", "x".repeat(2000));
        for forged in ["", "MEMBER#", "META", "INVITATION#inv_1", "MEMBER#a#b", "MEMBER#\u{0}", "member#u-1", &long] {
            assert_eq!(members.read(&members.write(forged)).unwrap_err().code(), Code::InvalidCursor, "{forged}");
        }
    }

    #[test]
    fn a_cursor_belongs_to_one_list() {
        let members = |list: &str| Cursor::of(list, keys::is_member);
        let cursor = members("members/org_1").write("MEMBER#u-1");
        assert_eq!(members("members/org_1").read(&cursor).unwrap(), "MEMBER#u-1");
        for (list, text) in [
            ("members/org_2", cursor.as_str()),
            ("members/org_1", &cursor[1..]),
            ("members/org_1", "MEMBER#u-1"),
            ("members/org_1", ""),
        ] {
            assert_eq!(members(list).read(text).unwrap_err().code(), Code::InvalidCursor);
        }
    }
}
