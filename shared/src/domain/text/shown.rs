//! Decides by Unicode properties which characters others can see. A character that is invisible, or invisible at its
//! position, makes one name look like another.

use icu_normalizer::properties::CanonicalCombiningClassMapBorrowed;
use icu_properties::{
    CodePointMapData, CodePointSetData,
    props::{DefaultIgnorableCodePoint, Emoji, ExtendedPictographic, GeneralCategory, JoiningType, UnifiedIdeograph},
};

const ZWNJ: char = '\u{200c}';
const ZWJ: char = '\u{200d}';
const TEXT_STYLE: char = '\u{fe0e}';
const EMOJI_STYLE: char = '\u{fe0f}';
const KEYCAP: char = '\u{20e3}';

/// Characters that are displayed as nothing or replace lost text, although their properties make them symbols, letters
/// or marks: the braille blank, the null notehead, the object and the replacement character, blanks of Egyptian and
/// Khitan script.
const BLANK: [char; 7] = ['\u{2800}', '\u{1d159}', '\u{fffc}', '\u{fffd}', '\u{13441}', '\u{13442}', '\u{16fe4}'];

/// The flags that are not country flags: a black flag, its name in tag characters, the end. Any other tag is an
/// invisible text within the text.
const TAGGED_FLAGS: [&str; 3] = ["gbeng", "gbsct", "gbwls"];

/// The maximum number of marks on one character. Burmese and Tibetan have up to six.
const MOST_MARKS: usize = 6;
/// The maximum number of these marks above, below or around one another. No orthography has more than three.
const MOST_STACKED: usize = 3;

/// The reason why a character is rejected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flaw {
    /// The character is invisible, or changes how others are displayed.
    Invisible,
    /// The character is a combining mark without a base, or on too many other marks.
    Mark,
}

/// The reason why `text[at]` is rejected at its position, if it is. `text` is in NFC.
pub(super) fn flaw(text: &[char], at: usize) -> Option<Flaw> {
    let c = text[at];
    let invisible = match category(c) {
        GeneralCategory::Control
        | GeneralCategory::PrivateUse
        | GeneralCategory::Surrogate
        // Noncharacters too. A character of a later Unicode is let in when the library knows it.
        | GeneralCategory::Unassigned
        | GeneralCategory::LineSeparator
        | GeneralCategory::ParagraphSeparator => true,
        _ if BLANK.contains(&c) => true,
        GeneralCategory::Format => !belongs(text, at),
        _ if is_ignorable(c) => !belongs(text, at),
        _ => false,
    };
    match (invisible, is_mark(c)) {
        (true, _) => Some(Flaw::Invisible),
        (false, true) if !is_ignorable(c) && !combines(text, at) => Some(Flaw::Mark),
        _ => None,
    }
}

pub(super) fn is_ignorable(c: char) -> bool {
    CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(c)
}

fn category(c: char) -> GeneralCategory {
    CodePointMapData::<GeneralCategory>::new().get(c)
}

pub(super) fn is_mark(c: char) -> bool {
    matches!(
        category(c),
        GeneralCategory::NonspacingMark | GeneralCategory::SpacingMark | GeneralCategory::EnclosingMark
    )
}

fn combining_class(c: char) -> u8 {
    CanonicalCombiningClassMapBorrowed::new().get_u8(c)
}

/// Whether an invisible character has its intended effect at this position: to shape a letter, or to combine its
/// neighbors into an emoji.
fn belongs(text: &[char], at: usize) -> bool {
    let before = at.checked_sub(1).map(|at| text[at]);
    let after = text.get(at + 1).copied();
    let Some(previous) = before else { return false };
    match text[at] {
        ZWNJ => is_virama(before) || is_virama(after) || (joins_on(text, at) && joins_back(text, at)),
        ZWJ => {
            is_virama(before)
                || is_virama(after)
                || joins_on(text, at)
                || joins_back(text, at)
                || (after.is_some_and(is_pictograph) && is_picture(&text[..at]))
        }
        // Digits, # and * become emoji as keycaps only.
        TEXT_STYLE | EMOJI_STYLE if previous.is_ascii() => after == Some(KEYCAP),
        TEXT_STYLE | EMOJI_STYLE => CodePointSetData::new::<Emoji>().contains(previous),
        // Forms of an ideograph: people and places insist on theirs.
        '\u{fe00}'..='\u{fe02}' | '\u{e0100}'..='\u{e01ef}' => {
            CodePointSetData::new::<UnifiedIdeograph>().contains(previous)
        }
        // Forms of a Mongolian letter, and the separator of its vowels.
        '\u{180b}'..='\u{180f}' => matches!(previous, '\u{1820}'..='\u{18aa}'),
        '\u{e0020}'..='\u{e007f}' => is_tagged_flag(text, at),
        _ => false,
    }
}

/// Whether the character is a sign that removes the vowel of a consonant. Joiners beside it select a form.
fn is_virama(c: Option<char>) -> bool {
    c.is_some_and(|c| combining_class(c) == 9)
}

fn joining_type(c: char) -> JoiningType {
    CodePointMapData::<JoiningType>::new().get(c)
}

/// Whether a letter of a cursive script is before the position, apart from marks.
fn joins_on(text: &[char], at: usize) -> bool {
    let letter = text[..at].iter().rev().copied().find(|c| !is_mark(*c));
    letter.map(joining_type).is_some_and(is_cursive)
}

/// Whether a letter of a cursive script is after the position, apart from marks.
fn joins_back(text: &[char], at: usize) -> bool {
    let letter = text[at + 1..].iter().copied().find(|c| !is_mark(*c));
    letter.map(joining_type).is_some_and(is_cursive)
}

/// Whether letters of this type join. Letters that join on one side count on both, because people write a joiner after
/// every prefix.
fn is_cursive(joining: JoiningType) -> bool {
    [JoiningType::DualJoining, JoiningType::LeftJoining, JoiningType::RightJoining].contains(&joining)
}

fn is_pictograph(c: char) -> bool {
    CodePointSetData::new::<ExtendedPictographic>().contains(c)
}

/// Whether a text ends in a pictograph of any style and skin tone.
fn is_picture(text: &[char]) -> bool {
    let decorates = |c: char| c == EMOJI_STYLE || ('\u{1f3fb}'..='\u{1f3ff}').contains(&c);
    text.iter().rev().copied().find(|c| !decorates(*c)).is_some_and(is_pictograph)
}

fn is_tagged_flag(text: &[char], at: usize) -> bool {
    let is_tag = |c: &char| ('\u{e0020}'..='\u{e007f}').contains(c);
    let start = text[..at].iter().rposition(|c| !is_tag(c));
    let Some(start) = start.filter(|start| text[*start] == '\u{1f3f4}') else { return false };
    let tags: String = text[start + 1..]
        .iter()
        .take_while(|c| is_tag(c))
        .map(|c| char::from_u32(u32::from(*c) - 0xe0000).unwrap_or_default())
        .collect();
    tags.strip_suffix('\u{7f}').is_some_and(|name| TAGGED_FLAGS.contains(&name))
}

/// Whether a combining mark has a base character, and not too many other marks on it.
fn combines(text: &[char], at: usize) -> bool {
    let is_part = |c: char| is_mark(c) || is_ignorable(c);
    let run = text[..=at].iter().rposition(|c| !is_part(*c)).map(|base| &text[base..=at]);
    let Some([base, marks @ ..]) = run else { return false };
    let stacks = |c: &&char| combining_class(**c) >= 200 || category(**c) == GeneralCategory::EnclosingMark;
    !base.is_whitespace()
        && (at == 0 || text[at - 1] != text[at])
        && marks.iter().filter(|c| is_mark(**c)).count() <= MOST_MARKS
        && marks.iter().filter(stacks).count() <= MOST_STACKED
}
