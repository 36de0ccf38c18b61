//! Roles and dates in a language: the blocks of `terms.txt` in its folder.

use askama::Template;
use jiff::tz::Offset;
use shared::domain::{Role, RoleSet, Timestamp};

use super::Language;

/// One block of a file, rendered.
macro_rules! block {
    ($path:literal, $block:literal, $name:ident { $($field:ident: $type:ty),+ }) => {{
        #[derive(Template)]
        #[template(path = $path, block = $block)]
        struct $name {
            $($field: $type),+
        }
        $name { $($field),+ }.render()
    }};
}

/// The same block of every language.
macro_rules! in_every_language {
    ($language:ident, $block:literal, $($rest:tt)+) => {
        match $language {
            Language::English => block!("en/terms.txt", $block, $($rest)+),
            Language::German => block!("de/terms.txt", $block, $($rest)+),
            Language::French => block!("fr/terms.txt", $block, $($rest)+),
            Language::Spanish => block!("es/terms.txt", $block, $($rest)+),
            Language::Portuguese => block!("pt/terms.txt", $block, $($rest)+),
            Language::Japanese => block!("ja/terms.txt", $block, $($rest)+),
        }
    };
}

/// The roles of a person, as the end of a sentence: "a billing admin and a user admin".
///
/// # Errors
/// Never for the templates of this crate.
pub(super) fn roles(language: Language, roles: RoleSet) -> Result<String, askama::Error> {
    let roles: Vec<Role> = roles.iter().collect();
    in_every_language!(language, "roles", Roles { roles: Vec<Role> })
}

/// An instant to the minute, cut, with its zone: UTC, since nobody knows where the reader is.
///
/// # Errors
/// Never for the templates of this crate.
pub(super) fn date(language: Language, at: Timestamp) -> Result<String, askama::Error> {
    let instant = jiff::Timestamp::from_millisecond(at.as_milliseconds()).unwrap_or(jiff::Timestamp::MAX);
    let at = Offset::UTC.to_datetime(instant);
    let (year, month, day) = (at.year(), at.month(), at.day());
    let (hour, minute) = (format!("{:02}", at.hour()), format!("{:02}", at.minute()));
    in_every_language!(language, "date", Date { year: i16, month: i8, day: i8, hour: String, minute: String })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_month_has_its_name_in_every_language() {
        let mut dates = String::new();
        for language in Language::ALL {
            for month in 1..=12 {
                let day = if month == 2 { 1 } else { month + 10 };
                let at = format!("2026-{month:02}-{day:02}T03:04:59Z").parse().unwrap();
                dates = dates + &date(language, at).unwrap() + "\n";
            }
        }
        insta::assert_snapshot!(dates);
    }

    #[test]
    fn every_set_of_roles_ends_a_sentence_in_every_language() {
        let mut lines = String::new();
        for language in Language::ALL {
            for set in [
                &["member"][..],
                &["billing_admin", "user_admin"],
                &["organization_admin", "billing_admin", "user_admin"],
            ] {
                lines = lines + &roles(language, RoleSet::parse(set.iter().copied()).unwrap()).unwrap() + "\n";
            }
        }
        insta::assert_snapshot!(lines);
    }
}
