//! Cursors with a right checksum, which anybody can compute, and any content. What a cursor is made of:
//! `shared/src/http/cursor.rs`.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use fastrand::Rng;
use sha2::{Digest as _, Sha256};

use crate::values::{pick, text};

const CHECKSUM: usize = 12;

/// The cursor of a list that ends with a key.
pub(crate) fn cursor(list: &str, key: &[u8]) -> String {
    let hash = Sha256::new().chain_update(list.as_bytes()).chain_update([0]).chain_update(key).finalize();
    BASE64_URL_SAFE_NO_PAD.encode([&hash[..CHECKSUM], key].concat())
}

/// The lists of the API, as their cursors call them: `{o}` is the organization, `{f}` another one, `{u}` who asks.
const LISTS: [&str; 14] = [
    "audit-records/{o}////",
    "members/{o}//",
    "members/{o}/member/",
    "members/{o}//a",
    "invitations/{o}/",
    "invitations/{o}/pending",
    "organizations/{u}",
    "workspaces/{o}",
    "workspaces/{f}",
    "my-workspaces/{u}/",
    "my-workspaces/{u}/{o}",
    "members/{f}//",
    "invitations/{f}/",
    "",
];

/// Sort keys: of this list, of others, of nothing.
const KEYS: [&str; 32] = [
    "MEMBER#",
    "MEMBER#x",
    "MEMBER#\u{10ffff}",
    "MEMBER",
    "MEMBER$",
    "MEMBER#{u}",
    "INVITATION#",
    "INVITATION#x",
    "INVITATION#inv_00000000-0000-0000-0000-000000000000",
    "WORKSPACE#",
    "WORKSPACE#{o}#~",
    "WORKSPACE#{f}#~",
    "WORKSPACE#{o}#ws_00000000-0000-0000-0000-000000000000",
    "WORKSPACE_MEMBER#ws_00000000-0000-0000-0000-000000000000#",
    "WORKSPACE#ws_00000000-0000-0000-0000-000000000000",
    "ORG#",
    "ORG#{o}",
    "ORG#{f}",
    "ORG#x",
    "PROFILE",
    "META",
    "SEATS",
    "ADDRESS#x",
    "AUDIT#x",
    "AUDIT#00000000-0000-7000-8000-000000000000",
    "AUDIT#ffffffff-ffff-7fff-bfff-ffffffffffff",
    "IDEMPOTENCY#",
    "",
    " ",
    "\0",
    "~",
    "\u{ffff}",
];

/// The name of a cursor in a request for a route: mostly one of that route's own list, without filters.
pub(crate) fn forged(route: &str, random: &mut Rng) -> String {
    let own = LISTS.iter().find(|list| route.ends_with(list.split('/').next().unwrap_or_default()));
    let list = own.filter(|_| random.u8(..4) > 0).unwrap_or_else(|| pick(random, &LISTS));
    let key = match random.u8(..8) {
        0 => text(random).into_bytes(),
        1 => format!("{}{}", pick(random, &KEYS), "x".repeat(random.usize(..2000))).into_bytes(),
        2 => (0..random.usize(..40)).map(|_| random.u8(..)).collect(),
        3 => Vec::new(),
        _ => pick(random, &KEYS).as_bytes().to_vec(),
    };
    name(list, &key)
}

/// Likewise, for a list and a key. As hex, for the key may be any bytes.
pub(crate) fn name(list: &str, key: &[u8]) -> String {
    let hex: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("«cursor|{list}|{hex}»")
}

/// What [`name`] stands for.
pub(crate) fn read(name: &str, fill: impl Fn(&str) -> String) -> Option<String> {
    let (list, hex) = name.strip_prefix("cursor|")?.rsplit_once('|')?;
    let byte = |index: usize| u8::from_str_radix(hex.get(index..index + 2)?, 16).ok();
    let key = (0..hex.len()).step_by(2).map(byte).collect::<Option<Vec<u8>>>()?;
    let key = String::from_utf8(key).map_or_else(|raw| raw.into_bytes(), |key| fill(&key).into_bytes());
    Some(cursor(&fill(list), &key))
}
