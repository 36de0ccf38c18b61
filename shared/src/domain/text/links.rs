//! Finds links in a text: parts that an email program would link and that no one could mistake for a name.
//!
//! The check reads a copy in NFKC and lower case, without ignored characters. `ｅｖｉｌ．ｃｏｍ／` is `evil.com/` to a browser.
//! A host alone, such as `evil.com`, is not a link here, because Booking.com is a company. A host becomes a link by its
//! neighbors: a scheme, `//`, `@`, a port, a path, a query or a fragment. The check uses no list of top-level domains,
//! because the list changes and programs differ.

use icu_normalizer::ComposingNormalizerBorrowed;

use super::shown::{is_ignorable, is_mark};

/// Schemes that are links without a `//`. The list leaves out schemes that are also words in names (`news`, `file`,
/// `data`).
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

/// Returns the text as a browser would read it.
pub(super) fn folded(text: &str) -> String {
    let nfkc = ComposingNormalizerBorrowed::new_nfkc();
    let lower = nfkc.normalize(text).to_lowercase();
    let plain = nfkc.normalize(&lower);
    // A full stop in Chinese and Japanese is a dot in every host.
    plain.chars().filter(|c| !is_ignorable(*c)).map(|c| if c == '\u{3002}' { '.' } else { c }).collect()
}

/// Whether a [`folded`] text contains a link.
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

/// Whether a colon between `before` and `after` ends a scheme.
fn is_scheme(before: &str, after: &str) -> bool {
    let name = before.rsplit(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
    let goes_on = after.chars().next().is_some_and(|c| !c.is_whitespace());
    // `data:text/html,…`, `data:;base64,…`, but not `Data:Lab`.
    let is_data = name == "data" && after.split(' ').next().is_some_and(|word| word.contains([',', ';', '/']));
    goes_on && (SCHEMES.contains(&name) || is_data)
}

/// Whether `www` between `before` and `after` begins a host.
fn is_www(before: &str, after: &str) -> bool {
    let numbered = after.trim_start_matches(|c: char| c.is_ascii_digit());
    let starts = !before.ends_with(|c: char| c.is_ascii_alphanumeric());
    starts && numbered.strip_prefix('.').is_some_and(|rest| rest.starts_with(char::is_alphanumeric))
}

/// A possible host, with the text around it.
struct Host<'a> {
    before: &'a str,
    name: &'a str,
    after: &'a str,
}

/// The ways in which programs find the end of a host: at the first character that is not ASCII, at the first that is
/// not a letter (a closing quotation mark), or at the next space (i❤.ws). A text has a link if it has one in any of
/// these readings. Each function says which non-ASCII characters belong to the host.
const READINGS: [fn(char) -> bool; 3] = [|_| false, |c| c.is_alphanumeric() || is_mark(c), |c| !c.is_whitespace()];

/// Returns the possible hosts in one reading.
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

/// Whether the name has at least two labels and the last can be a top-level domain. `S.p.A` and `v1.0` are not domains.
fn is_domain(name: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(labels, top)| {
        let letters = top.chars().count() >= 2 && top.chars().all(|c| c.is_alphabetic() || is_mark(c));
        !labels.is_empty() && (letters || top.starts_with("xn--"))
    })
}

fn is_ip_address(name: &str) -> bool {
    name.parse::<std::net::Ipv4Addr>().is_ok()
}
