use std::str::FromStr;

use shared::domain::Locale;

/// The languages that mails are written in. Each has a folder in `templates`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    English,
    German,
    French,
    Spanish,
    Portuguese,
    Japanese,
}

impl Language {
    pub const ALL: [Self; 6] =
        [Self::English, Self::German, Self::French, Self::Spanish, Self::Portuguese, Self::Japanese];

    /// The language's subtag in BCP 47 and the name of its folder.
    pub const fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
            Self::French => "fr",
            Self::Spanish => "es",
            Self::Portuguese => "pt",
            Self::Japanese => "ja",
        }
    }

    /// For the attribute `lang`. The Portuguese is Brazil's.
    pub(super) const fn tag(self) -> &'static str {
        match self {
            Self::Portuguese => "pt-BR",
            other => other.code(),
        }
    }

    /// For the attribute `dir`.
    pub(super) const fn direction(self) -> &'static str {
        match self {
            Self::English | Self::German | Self::French | Self::Spanish | Self::Portuguese | Self::Japanese => "ltr",
        }
    }

    /// The language of the first locale that has one.
    pub(super) fn of_first<'a>(locales: impl IntoIterator<Item = Option<&'a Locale>>) -> Option<Self> {
        locales.into_iter().find_map(Self::of)
    }

    /// The language of a locale, if mails are written in it: `de-AT` is German.
    fn of(locale: Option<&Locale>) -> Option<Self> {
        locale?.as_str().split('-').next()?.parse().ok()
    }
}

impl FromStr for Language {
    type Err = &'static str;

    fn from_str(code: &str) -> Result<Self, Self::Err> {
        let is_it = |language: &Self| language.code().eq_ignore_ascii_case(code);
        Self::ALL.into_iter().find(is_it).ok_or("the emails have no templates for this language")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_locale_is_reduced_to_its_language() {
        let of = |locale: &str| Language::of(Some(&Locale::parse(locale).unwrap()));
        for (locale, language) in [
            ("de", Language::German),
            ("de-AT", Language::German),
            ("DE-ch-1996", Language::German),
            ("pt-PT", Language::Portuguese),
            ("ja-Jpan-JP", Language::Japanese),
            ("en-GB", Language::English),
        ] {
            assert_eq!(of(locale), Some(language), "{locale}");
        }
        // Lower Sorbian is no German, Filipino no French.
        for locale in ["dsb", "fil", "it", "zh-Hans"] {
            assert_eq!(of(locale), None, "{locale}");
        }
        assert_eq!(Language::of(None), None);
    }
}
