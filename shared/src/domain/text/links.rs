//! Whether a text holds what a mail program turns into a link, and nobody could mistake for a name.
//!
//! What is looked at is a copy in NFKC and lower case, without the characters that are ignored: `ｅｖｉｌ．ｃｏｍ／` is `evil.com/` to
//! a browser. A bare `evil.com` is no link here, since Booking.com is a company; a host becomes one by what stands beside it: a
//! scheme, `//`, `@`, a port, a path, a query, a fragment. No list of top-level domains: they come and go, and programs differ.

use icu_normalizer::ComposingNormalizerBorrowed;

use super::shown::{is_ignorable, is_mark};

/// Schemes that are links without a `//`. Those that are words of names as well (`news`, `file`, `data`) are not among them.
const SCHEMES: [&str; 18] = [
    "http",
    "https",
    "ftp",
    "ftps",
    "sftp",
    "mailto",
    "javascript",
    "vbscript",
    "tel",
    "sms",
    "callto",
    "facetime",
    "skype",
    "sip",
    "sips",
    "xmpp",
    "magnet",
    "webcal",
];

/// The text as a browser would read it.
pub(super) fn folded(text: &str) -> String {
    let nfkc = ComposingNormalizerBorrowed::new_nfkc();
    let lower = nfkc.normalize(text).to_lowercase();
    let plain = nfkc.normalize(&lower);
    // A full stop in Chinese and Japanese is a dot in every host.
    plain.chars().filter(|c| !is_ignorable(*c)).map(|c| if c == '\u{3002}' { '.' } else { c }).collect()
}

/// `text` is [`folded`].
pub(super) fn is_in(text: &str) -> bool {
    // Nobody can tell the other slashes from the one; to a browser they are a part of a host's name.
    let slashes = text.replace(['\u{2044}', '\u{2215}', '\u{29f8}'], "/");
    [text, &slashes].into_iter().any(|text| {
        text.contains("://")
            || text.match_indices(':').any(|(at, _)| is_scheme(&text[..at], &text[at + 1..]))
            || text.match_indices("www").any(|(at, _)| is_www(&text[..at], &text[at + 3..]))
            || READINGS.iter().any(|reading| hosts(text, *reading).any(|host| host.is_linked()))
    })
}

/// `before` `:` `after`
fn is_scheme(before: &str, after: &str) -> bool {
    let name = before.rsplit(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
    let goes_on = after.chars().next().is_some_and(|c| !c.is_whitespace());
    // `data:text/html,…`, `data:;base64,…`, but not `Data:Lab`.
    let is_data = name == "data" && after.split(' ').next().is_some_and(|word| word.contains([',', ';', '/']));
    goes_on && (SCHEMES.contains(&name) || is_data)
}

/// `before` `www` `after`
fn is_www(before: &str, after: &str) -> bool {
    let numbered = after.trim_start_matches(|c: char| c.is_ascii_digit());
    let starts = !before.ends_with(|c: char| c.is_ascii_alphanumeric());
    starts && numbered.strip_prefix('.').is_some_and(|rest| rest.starts_with(char::is_alphanumeric))
}

/// What may be a host, and what stands around it.
struct Host<'a> {
    before: &'a str,
    name: &'a str,
    after: &'a str,
}

/// Programs differ in where a host ends: at the first character that is not ASCII, at the first that is no letter (a closing
/// quotation mark), at the next space (i❤.ws). What is one to any of them is one.
/// Which characters other than ASCII's belong to it.
const READINGS: [fn(char) -> bool; 3] = [|_| false, |c| c.is_alphanumeric() || is_mark(c), |c| !c.is_whitespace()];

/// What may be a host in one of the readings.
fn hosts(text: &str, reading: fn(char) -> bool) -> impl Iterator<Item = Host<'_>> {
    let is_part = move |c: char| {
        if c.is_ascii() { c.is_ascii_alphanumeric() || ".-_".contains(c) } else { reading(c) }
    };
    let mut from = 0;
    std::iter::from_fn(move || {
        let start = from + text[from..].find(is_part)?;
        let end = text[start..].find(|c| !is_part(c)).map_or(text.len(), |length| start + length);
        from = end;
        Some(Host { before: &text[..start], name: &text[start..end], after: &text[end..] })
    })
}

impl Host<'_> {
    fn is_linked(&self) -> bool {
        // Whatever is glued to its front by two dots is no part of it; one dot at its end is.
        let name = self.name.trim_end_matches('.');
        let name = name.rsplit("..").next().unwrap_or_default().trim_start_matches(['.', '-', '_']);
        if !(is_domain(name) || is_ip_address(name)) {
            return false;
        }
        let closes = |c: char| "?!.,;:#'\")]}".contains(c);
        let has_more = |rest: &str| rest.split(' ').next().is_some_and(|word| word.contains(|c| !closes(c)));
        let mut after = self.after.chars();
        self.before.ends_with('@')
            || self.before.ends_with("//")
            || match after.next() {
                Some('/' | '\\') => true,
                Some(':') => after.next().is_some_and(|c| c.is_ascii_digit()),
                // `What is Booking.com?` asks nothing of a host.
                Some('?' | '#') => has_more(after.as_str()),
                _ => false,
            }
    }
}

/// At least two labels, of which the last may be a top-level domain: `S.p.A` and `v1.0` are none.
fn is_domain(name: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(labels, top)| {
        let letters = top.chars().count() >= 2 && top.chars().all(|c| c.is_alphabetic() || is_mark(c));
        !labels.is_empty() && (letters || top.starts_with("xn--"))
    })
}

fn is_ip_address(name: &str) -> bool {
    name.parse::<std::net::Ipv4Addr>().is_ok()
}
