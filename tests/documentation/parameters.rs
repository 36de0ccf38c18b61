//! The parameters of template.yaml against the rules of the functions that read them.

use invitation_mailer::mail::{Language, MailSettings};
use shared::{configuration::Variables, domain::WorkspaceName};

use super::{read, template};

/// The pattern of a parameter, as YAML's single quotes hold it.
pub(super) fn pattern(parameter: &str) -> regex_lite::Regex {
    let template = read("template.yaml");
    let (_, declaration) = template.split_once(&format!("\n  {parameter}:\n")).unwrap();
    let (_, rest) = declaration.split_once("    AllowedPattern: '").unwrap();
    regex_lite::Regex::new(rest.split_once("'\n").unwrap().0).unwrap()
}

/// What CloudFormation lets through has to start the functions with that very name.
#[test]
fn a_default_workspace_is_called_what_the_parameter_says() {
    let pattern = pattern("DefaultWorkspaceName");
    let agree = |name: &str| {
        let (allowed, parsed) = (pattern.is_match(name), WorkspaceName::parse(name));
        assert!(!allowed || parsed.is_ok_and(|parsed| parsed.as_str() == name.trim_end()), "{name:?}");
        allowed
    };
    for ascii in 0..=0x7f_u8 {
        let c = char::from(ascii);
        for name in [format!("{c}"), format!("{c}a"), format!("a{c}b"), format!("a{c}"), format!("evil.com{c}pay1")] {
            agree(&name);
        }
        if c.is_ascii_alphanumeric() || " .-_&'()+,!*=~$%;[]{}|^`\"".contains(c) {
            assert!(agree(&format!("a{c}b")), "{c:?}");
        }
    }
    for name in ["Default workspace", "Standard", "Werkst\u{e4}tte", "\u{65e2}\u{5b9a}", "Acme.io", "v1.0 (beta)"] {
        assert!(agree(name), "{name:?}");
    }
    let refused =
        ["", " ", " a", "<b>", "a>b", "https://evil.example", "https:evil", "a@b.co", "evil.com/pay", "a\nb", "a\\b"];
    for name in refused {
        assert!(!agree(name), "{name:?}");
    }
}

/// Every brand that CloudFormation lets through starts the mailer, and the defaults do.
#[test]
fn a_brand_is_what_the_parameters_say() {
    let document = template();
    let declared = |name: &str| document.parameters()[name].clone();
    let codes: Vec<_> = Language::ALL.iter().map(|language| language.code()).collect();
    assert_eq!(declared("DefaultLocale")["AllowedValues"], serde_json::json!(codes));
    let color = pattern("AccentColor");
    let starts = |color: &str| {
        let named = [("PRODUCT_NAME", "Example"), ("APP_URL", "https://a.example"), ("DEFAULT_LOCALE", "en")];
        MailSettings::new(&named.into_iter().chain([("ACCENT_COLOR", color)]).collect::<Variables>()).is_ok()
    };
    assert!(starts(declared("AccentColor")["Default"].as_str().unwrap()));
    for text in ["#0b57d0", "#ABCDEF", "#fff", "#12345g", "0b57d0", "#0b57d00", "#+12345", "red", ""] {
        assert_eq!(color.is_match(text), starts(text), "{text:?}");
    }
    let logo = pattern("LogoUrl");
    for allowed in ["", "https://cdn.example.com/logo.png?v=2"] {
        assert!(logo.is_match(allowed), "{allowed:?}");
    }
    for refused in
        ["http://example.com/a.png", "https://example.com", "https:///a", "data:image/png;base64,x", "https://a/\"x"]
    {
        assert!(!logo.is_match(refused), "{refused:?}");
    }
    // Only characters that a phrase of RFC 5322 holds without quotes.
    let name = pattern("SenderName");
    for byte in 0x20..=0x7f_u8 {
        let c = char::from(byte);
        let text = format!("a{c}b");
        let is_plain = c.is_ascii_alphanumeric() || " &+_-".contains(c);
        assert_eq!(name.is_match(&text), is_plain, "{text:?}");
    }
    for refused in [" a", "a ", "Söhne", "a\r\nBcc: b"] {
        assert!(!name.is_match(refused), "{refused:?}");
    }
}
