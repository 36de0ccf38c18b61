//! Headers: tokens, keys and entity tags, right and wrong.

use fastrand::Rng;

use crate::request::{Request, Sender};
use crate::values::{in_header, pick, text};

/// Media types that are JSON, and others.
pub(crate) const TYPES: [&str; 12] = [
    "application/json",
    "application/json; charset=utf-8",
    "APPLICATION/JSON",
    "application/merge-patch+json",
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/json, text/plain",
    "json",
    "",
    ";",
    "application/jsonx",
];

/// What passes for a token in `Authorization`, and must not.
const FORGED: [&str; 16] = [
    "Bearer «id-token:creator»",
    "Bearer «forged:another-pool»",
    "Bearer «forged:another-key»",
    "Bearer «forged:unsigned»",
    "Bearer «forged:another-user»",
    "Bearer «access:creator»x",
    "Bearer x«access:creator»",
    "Bearer «access:creator»«access:member»",
    "Bearer a.b.c",
    "Bearer ..",
    "Bearer",
    "Bearer «token»",
    "Basic YTpi",
    "",
    "Bearer e30.e30.",
    "Bearer «user:creator»",
];

/// Adds the sender's token and, now and then, other headers.
pub(crate) fn add(request: &mut Request, random: &mut Rng) {
    let authorization = match request.sender {
        Sender::Nobody => None,
        Sender::Forger => Some((*pick(random, &FORGED)).to_owned()),
        other => Some(format!("Bearer «access:{}»", other.name())),
    };
    request.headers.extend(authorization.map(|value| ("Authorization".to_owned(), value)));
    let chance = if request.method == "GET" { 40 } else { 5 };
    if random.u8(..chance) == 0 {
        let key = match random.u8(..6) {
            0 => in_header(&text(random)),
            1 => "12345678".to_owned(),
            2 => "k".repeat(*pick(random, &[7, 8, 128, 129, 1000])),
            _ => format!("key-{:08}", random.u8(..40)),
        };
        request.headers.push(("Idempotency-Key".to_owned(), key));
    }
    if request.method == "PATCH" && random.u8(..4) > 0 {
        request.headers.push(("If-Match".to_owned(), "*".to_owned()));
    } else if random.u8(..chance) == 0 {
        let tag = match random.u8(..8) {
            0..3 => "«etag»".to_owned(),
            3 => (*pick(random, &["*", "W/«etag»", "\"\"", "\"", "«etag», \"x\"", "", "x", "\"ä\"", "«etag»«etag»"]))
                .to_owned(),
            4 => format!("\"{}\"", "x".repeat(random.usize(..5000))),
            _ => format!("\"{}\"", in_header(&text(random))),
        };
        request.headers.push(("If-Match".to_owned(), tag));
    }
    if random.u8(..12) == 0 {
        let name = *pick(
            random,
            &[
                "Accept",
                "Cookie",
                "X-Forwarded-For",
                "X-Amzn-Trace-Id",
                "User-Agent",
                "Origin",
                "If-None-Match",
                "Range",
            ],
        );
        request.headers.push((name.to_owned(), in_header(&text(random))));
    }
    if random.u8(..60) == 0 && !request.headers.is_empty() {
        // Once more, and differently.
        let (name, _) = pick(random, &request.headers).clone();
        if name != "Authorization" {
            request.headers.push((name, in_header(&text(random))));
        }
    }
}
