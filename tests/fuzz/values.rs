//! What fields, parameters and headers are filled with.

use fastrand::Rng;
use serde_json::{Value, json};

/// Texts that something may stumble over (faults.md has no end; each group stands for one kind of mistake).
const TEXTS: [&str; 66] = [
    // Nothing, blank, padded.
    "",
    " ",
    "\t",
    " x ",
    "null",
    "undefined",
    "true",
    "0",
    "-1",
    "1e999",
    "NaN",
    // Control characters and line ends.
    "a\r\nBcc: eve@example.com",
    "a\nb",
    "a\0b",
    "\u{7f}",
    "\u{85}",
    "\u{2028}",
    "\u{feff}x",
    // Direction, width, confusables, normal forms.
    "\u{202e}moc.live",
    "\u{2066}x\u{2069}",
    "a\u{200b}b",
    "a\u{200d}b",
    "\u{2800}",
    "\u{3164}",
    "pаypal",
    "ﬁ",
    "e\u{301}",
    "\u{301}",
    "\u{1d173}",
    "\u{fdd0}",
    "\u{e000}",
    "\u{10ffff}",
    "👩‍👩‍👧‍👦",
    "❤️ Co",
    "Ｆｕｌｌ",
    "İ",
    "ß",
    "ǆ",
    // Web addresses and markup.
    "https://evil.example/pay",
    "evil.example/pay",
    "www.evil.example",
    "evil。com/pay",
    "javascript:alert(1)",
    "<script>",
    "&lt;",
    "{{7*7}}",
    "${jndi:ldap://x}",
    "%s%n",
    "' OR 1=1 --",
    "../../etc/passwd",
    "..%2f..%2f",
    "%00",
    "%ff",
    "%",
    // Email addresses.
    "eve@example.com",
    "EVE+tag@EXAMPLE.com",
    "\"a b\"@example.com",
    "a@b",
    "a..b@example.com",
    "ä@example.com",
    "eve@xn--bcher-kva.example",
    "eve@bücher.example",
    "eve@[127.0.0.1]",
    "eve@example.com, bob@example.com",
    // The separators of keys.
    "MEMBER#x",
    "ORG#x#y",
];

/// Ids: of this organization, of another one, of nothing; spelled right and wrong.
const IDS: [&str; 34] = [
    "«org»",
    "«foreign-org»",
    "«no-org»",
    "«user:creator»",
    "«user:admin»",
    "«user:user_admin»",
    "«user:billing_admin»",
    "«user:member»",
    "«user:removed»",
    "«user:stranger»",
    "«user:foreigner»",
    "«invitation»",
    "«foreign-invitation»",
    "«no-invitation»",
    "me",
    "general",
    "users",
    "workspaces",
    "billing",
    "?",
    "*",
    ".",
    "..",
    "%2e%2e",
    "%2F",
    "%00",
    "%ff%fe",
    "%",
    "org_",
    "inv_",
    "org_00000000-0000-0000-0000-000000000000",
    "ORG_0199D1E2-0000-7000-8000-000000000000",
    "0",
    "%E2%80%8B",
];

pub(crate) fn pick<'a, T>(random: &mut Rng, values: &'a [T]) -> &'a T {
    &values[random.usize(..values.len())]
}

pub(crate) fn id(random: &mut Rng) -> String {
    match random.u8(..20) {
        0 => "x".repeat(random.usize(1..3000)),
        1 => format!("org_{}", uuid(random)),
        2 => format!("{}%", uuid(random)),
        _ => (*pick(random, &IDS)).to_owned(),
    }
}

fn uuid(random: &mut Rng) -> String {
    let hex = format!("{:032x}", random.u128(..));
    [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
}

/// A text of any kind and length.
pub(crate) fn text(random: &mut Rng) -> String {
    let one = *pick(random, &TEXTS);
    match random.u8(..12) {
        0 => one.repeat(random.usize(1..200)),
        1 => format!("{one}{}", pick(random, &TEXTS)),
        2 => "a".repeat(*pick(random, &[1, 20, 50, 100, 101, 200, 254, 255, 1000, 1001, 2048, 5000])),
        3 => (0..random.usize(1..40)).map(|_| random.char(..)).collect(),
        4 => id(random),
        _ => one.to_owned(),
    }
}

/// Any JSON.
pub(crate) fn json(random: &mut Rng) -> Value {
    match random.u8(..14) {
        0 => Value::Null,
        1 => json!(random.bool()),
        2 => json!(random.i64(..)),
        3 => json!(*pick(random, &[0, 1, -1, 30, 31, 7, i64::MAX, i64::MIN])),
        4 => json!(random.f64() * 1e300),
        5 => json!([]),
        6 => json!({}),
        7 => json!([text(random), text(random)]),
        8 => json!({text(random): text(random)}),
        9 => json!((0..random.usize(..300)).map(|_| "member").collect::<Vec<_>>()),
        _ => json!(text(random)),
    }
}

/// A value for a query: escaped as it should be, or not.
pub(crate) fn in_query(random: &mut Rng, text: &str) -> String {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "-_.~«»|{}:/".contains(letter);
    let escape_all = random.u8(..10) > 0;
    let mut escaped = String::new();
    for letter in text.chars() {
        // What would end the line or the target has to be escaped for there to be a request at all.
        let must = letter.is_control() || " #\"<>\\^`".contains(letter);
        if must || (escape_all && !is_plain(letter)) {
            let mut bytes = [0; 4];
            escaped.extend(letter.encode_utf8(&mut bytes).bytes().map(|byte| format!("%{byte:02X}")));
        } else {
            escaped.push(letter);
        }
    }
    escaped
}

/// A value for a header: no client can send line ends and NUL, and Hyper takes no other control characters either.
pub(crate) fn in_header(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_ascii_control()).collect()
}
