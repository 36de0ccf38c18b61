//! The parameters of template.yaml against the rules of the functions that read them.

use shared::domain::WorkspaceName;

use super::read;

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
