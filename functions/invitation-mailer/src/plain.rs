//! Words of users, so that no mail program makes a link of them.
//!
//! Mail programs turn web addresses, email addresses and phone numbers into links by themselves, in plain text and in HTML. A
//! mail with the product's name on it would then carry the link of whoever invites. So the characters that hold such an address
//! together are put in brackets: `evil[.]com`. Invisible characters instead would read better, but programs differ in
//! whether they skip them, and filters take them for a trick. To refuse such messages would also refuse `Node.js`.

/// What every mail program takes for a dot of a domain.
const DOTS: [char; 4] = ['.', '\u{3002}', '\u{ff0e}', '\u{ff61}'];
const AT_SIGNS: [char; 3] = ['@', '\u{fe6b}', '\u{ff20}'];
const COLONS: [char; 3] = [':', '\u{fe55}', '\u{ff1a}'];
const BACKSLASHES: [char; 2] = ['\\', '\u{ff3c}'];
/// What stands between the digits of a phone number.
const SEPARATORS: [char; 10] = [' ', '\u{a0}', '-', '\u{2010}', '\u{2011}', '\u{2013}', '/', '(', ')', '+'];
/// Fewer digits make no phone number.
const PHONE_NUMBER: usize = 7;

/// The text with brackets around what would make a link of it.
pub(crate) fn unlinked(text: &str) -> String {
    let characters: Vec<char> = text.chars().collect();
    let numbers = in_phone_numbers(&characters);
    let mut result = String::with_capacity(text.len() + 16);
    for (index, &character) in characters.iter().enumerate() {
        let before = index.checked_sub(1).and_then(|before| characters.get(before)).copied();
        let after = characters.get(index + 1).copied();
        let separates = numbers.get(index) == Some(&true) && SEPARATORS.contains(&character);
        if separates || holds_together(before, character, after, || is_decimal(&characters, index)) {
            result.extend(['[', character, ']']);
        } else {
            result.push(character);
        }
        if numbers.get(index) == Some(&true) && ends_a_group(&characters, index) {
            result.push_str("[ ]");
        }
    }
    result
}

/// Whether a character holds an address together with what stands before and after it.
fn holds_together(before: Option<char>, character: char, after: Option<char>, is_decimal: impl Fn() -> bool) -> bool {
    let (Some(before), Some(after)) = (before, after) else { return false };
    if BACKSLASHES.contains(&character) {
        return BACKSLASHES.contains(&after);
    }
    if before.is_whitespace() || !begins_a_part(after) {
        return COLONS.contains(&character) && before.is_alphabetic() && !after.is_whitespace();
    }
    (DOTS.contains(&character) && !is_decimal())
        || AT_SIGNS.contains(&character)
        || (COLONS.contains(&character) && before.is_alphabetic())
}

/// Whether the rest of an address may begin with the character: not with white space or what ends a sentence.
fn begins_a_part(character: char) -> bool {
    const ENDS: [char; 8] = ['”', '’', '“', '‘', '»', '«', '›', '…'];
    match character {
        '[' => true,
        _ if character.is_ascii() => character.is_ascii_alphanumeric(),
        _ => !character.is_whitespace() && !ENDS.contains(&character),
    }
}

/// Whether the dot at `index` is the only one between the digits of a word without letters, as in `3.5`.
fn is_decimal(characters: &[char], index: usize) -> bool {
    let belongs = |character: &&char| character.is_alphanumeric() || DOTS.contains(character);
    let before = characters.iter().take(index).rev().take_while(belongs);
    let after = characters.iter().skip(index + 1).take_while(belongs);
    before.chain(after).all(char::is_ascii_digit)
}

/// Which characters are part of what could be a phone number: seven digits with nothing but separators between them.
fn in_phone_numbers(characters: &[char]) -> Vec<bool> {
    let is_digit = |character: &char| character.is_numeric();
    let mut found = vec![false; characters.len()];
    let mut start = 0;
    while let Some(offset) = characters.iter().skip(start).position(is_digit) {
        let first = start + offset;
        let rest = characters.iter().skip(first);
        let length = rest.take_while(|one| is_digit(one) || SEPARATORS.contains(one) || DOTS.contains(one)).count();
        let run = characters.iter().skip(first).take(length);
        let last = run.clone().rposition(is_digit).unwrap_or_default();
        if run.filter(|one| is_digit(one)).count() >= PHONE_NUMBER {
            found.iter_mut().skip(first).take(last + 1).for_each(|one| *one = true);
        }
        start = first + length;
    }
    found
}

/// Whether a digit ends a group of three in five digits or more without a separator.
fn ends_a_group(characters: &[char], index: usize) -> bool {
    let is_digit = |one: &&char| one.is_numeric();
    let before = characters.iter().take(index + 1).rev().take_while(is_digit).count();
    let after = characters.iter().skip(index + 1).take_while(is_digit).count();
    before > 0 && before.is_multiple_of(3) && after > 0 && before + after > 4
}

#[cfg(test)]
mod tests {
    use linkify::LinkFinder;

    use super::*;

    const LINKS: &[&str] = &[
        "https://evil.example/pay?x=1#y",
        "HTTP://EVIL.EXAMPLE",
        "http://localhost/x",
        "https://2130706433/",
        "www.evil.example",
        "evil.com",
        "evil.com:8080/pay",
        "evil。com/pay",
        "evil．com／pay",
        "xn--evl-7na.com",
        "bücher.example",
        "例え.テスト",
        "support@evil.com",
        "\"a b\"@evil.com",
        "support＠evil.com",
        "mailto:support@evil.com",
        "tel:+4930123456",
        "sms:123",
        "javascript:alert(1)",
        "https:evil.com",
        "ftp://evil.example",
        "file:///etc/passwd",
        "\\\\evil\\share",
        "192.168.0.1",
        "http://[::1]/",
        "(evil.com)",
        "<https://evil.com>",
        "see:evil.com,or.else",
        "a.b.c.d.e",
    ];

    #[test]
    fn nothing_becomes_a_link() {
        let mut finder = LinkFinder::new();
        finder.url_must_have_scheme(false).url_can_be_iri(true).email_domain_must_have_dot(false);
        for link in LINKS {
            for text in
                [(*link).to_owned(), format!("See {link}. Or {link}!"), format!("{link}\n{link}"), link.repeat(2)]
            {
                let shown = unlinked(&text);
                let found: Vec<_> = finder.links(&shown).map(|link| link.as_str().to_owned()).collect();
                assert!(found.is_empty(), "{text:?} as {shown:?} holds {found:?}");
            }
        }
        // The finder is one that finds: most of these are links to it.
        let seen = LINKS.iter().filter(|link| finder.links(link).next().is_some()).count();
        assert!(seen > 12, "{seen}");
    }

    #[test]
    fn nothing_holds_an_address_together() {
        for link in LINKS {
            let shown: Vec<char> = unlinked(link).chars().collect();
            for window in shown.windows(3) {
                let [before, middle, after] = window else { continue };
                let part = |one: &char| one.is_alphanumeric();
                let joins = DOTS.contains(middle) || AT_SIGNS.contains(middle);
                assert!(!(part(before) && joins && part(after)), "{link} as {shown:?}");
            }
            assert!(!shown.windows(3).any(|w| matches!(w, [':', '/', '/'])), "{link} as {shown:?}");
        }
    }

    #[test]
    fn phone_numbers_are_broken_up() {
        for (text, expected) in [
            ("+1 555 123 4567", "+1[ ]555[ ]123[ ]4567"),
            ("5551234567", "555[ ]123[ ]456[ ]7"),
            ("0800-123-456", "0800[-]123[-]456"),
            ("(030) 123456", "(030[)][ ]123[ ]456"),
            ("call 555.123.4567 now", "call 555[.]123[.]4567 now"),
            ("on 2026-11-24", "on 2026[-]11[-]24"),
        ] {
            assert_eq!(unlinked(text), expected, "{text}");
        }
    }

    #[test]
    fn ordinary_words_stay_as_they_are() {
        for text in [
            "See you there,\nand <b>bring</b> cake & \"tea\".",
            "Hello... is it 10:30, or 3.5 hours later? (Yes.)",
            "Smith & Sons: Est. 1900, AC/DC, 1/2 Price @ Acme",
            "Ends. Begins? Well: yes!",
            "Room 12, floor 3 - 5 people, 2026",
            "“Quoted.” «Cité.»",
        ] {
            assert_eq!(unlinked(text), text);
        }
        assert_eq!(unlinked("Acme.io, Node.js"), "Acme[.]io, Node[.]js");
    }
}
