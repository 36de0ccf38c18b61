use std::{fmt, str::FromStr};

use shared::configuration::{InvalidConfiguration, Variables};

use super::Language;

/// What template.yaml says about mails.
#[derive(Clone, Debug)]
pub struct MailSettings {
    pub(crate) brand: Brand,
    /// Where the front end is, without a trailing slash.
    pub(crate) app_url: String,
    /// For invitations that ask for no language, or for one that there are no mails in.
    pub(crate) language: Language,
}

impl MailSettings {
    /// # Errors
    /// When the environment is not what template.yaml sets.
    pub fn new(variables: &Variables) -> Result<Self, InvalidConfiguration> {
        let brand = Brand {
            product: variables.text("PRODUCT_NAME")?,
            logo: variables.optional("LOGO_URL"),
            accent: variables.parsed("ACCENT_COLOR")?,
            foot: variables.optional("FOOTER_LINE"),
        };
        Ok(Self { brand, app_url: variables.text("APP_URL")?, language: variables.parsed("DEFAULT_LOCALE")? })
    }

    /// The same with another language for invitations that ask for none.
    #[must_use]
    pub fn in_language(self, language: Language) -> Self {
        Self { language, ..self }
    }
}

/// What makes a mail the team's own.
#[derive(Clone, Debug)]
pub(crate) struct Brand {
    pub(crate) product: String,
    /// Where mail programs load the logo from.
    pub(crate) logo: Option<String>,
    pub(crate) accent: Color,
    /// The last line of every mail.
    pub(crate) foot: Option<String>,
}

/// A color as red, green and blue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Color([u8; 3]);

impl Color {
    const WHITE: Self = Self([0xff; 3]);
    const BLACK: Self = Self([0; 3]);

    /// White or black: whichever is easier to read on this color.
    pub(crate) fn ink(self) -> Self {
        if self.contrast(Self::WHITE) >= self.contrast(Self::BLACK) { Self::WHITE } else { Self::BLACK }
    }

    /// The contrast ratio of WCAG 2.2: 1 to 21. Text needs 4.5.
    fn contrast(self, other: Self) -> f64 {
        let (one, other) = (self.luminance(), other.luminance());
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    /// The relative luminance of WCAG 2.2: 0 to 1.
    fn luminance(self) -> f64 {
        let linear = |channel: u8| {
            let share = f64::from(channel) / 255.0;
            if share <= 0.04045 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
        };
        let [red, green, blue] = self.0.map(linear);
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }
}

impl FromStr for Color {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6 && !digits.starts_with('+'));
        let number = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok()).ok_or("must look like #1a2b3c")?;
        let [_, red, green, blue] = number.to_be_bytes();
        Ok(Self([red, green, blue]))
    }
}

impl fmt::Display for Color {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self([red, green, blue]) = self;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn color(text: &str) -> Color {
        text.parse().unwrap()
    }

    #[test]
    fn a_color_is_six_digits() {
        assert_eq!(color("#0B57d0").to_string(), "#0b57d0");
        for text in ["", "#", "0b57d0", "#0b57d", "#0b57d00", "#+b57d0", "#gggggg", "red", "#fff"] {
            assert!(text.parse::<Color>().is_err(), "{text}");
        }
    }

    #[test]
    fn the_button_can_be_read_whatever_the_accent_color() {
        assert_eq!(color("#0b57d0").ink(), Color::WHITE);
        assert_eq!(color("#ffd700").ink(), Color::BLACK);
        assert!((Color::WHITE.contrast(Color::BLACK) - 21.0).abs() < 1e-9);
        for number in (0..=0xff_ff_ff_u32).step_by(4097) {
            let accent = color(&format!("#{number:06x}"));
            assert!(accent.contrast(accent.ink()) >= 4.5, "{accent}");
        }
    }
}
