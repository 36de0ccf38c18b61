//! Writes every mail in every language into `target/mails`, with an index: `cargo run -p invitation-mailer --example previews`.
//!
//! The function's own environment variables set the brand, for example `ACCENT_COLOR`. It is an example and no part of the
//! function, so that nothing in production knows made-up people. The local stack shows the folder at `/_local/mails`.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a program for developers that ends at the first error")]

mod sample;

use std::{fmt::Write as _, fs, path::Path};

use invitation_mailer::mail::{Language, MailSettings, accepted_mail, invitation_mail, reminder_mail};
use sample::Sample;
use shared::{configuration::Variables, domain::PersonName};

const DEFAULTS: [(&str, &str); 5] = [
    ("PRODUCT_NAME", "Example"),
    ("APP_URL", "https://app.example.com"),
    ("ACCENT_COLOR", "#0b57d0"),
    ("LOGO_URL", ""),
    ("FOOTER_LINE", ""),
];
const MESSAGE: &str = "We plan the spring release here.\nSee you on Monday!";

fn main() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/mails");
    let given =
        |(name, default): (&'static str, &str)| (name, std::env::var(name).unwrap_or_else(|_| default.to_owned()));
    let language = ("DEFAULT_LOCALE", Language::English.code().to_owned());
    let variables: Variables = DEFAULTS.map(given).into_iter().chain([language]).collect();
    let settings = MailSettings::new(&variables).unwrap();
    let mut sample = Sample::new("Acme & Söhne", Some(MESSAGE), Some("Ada Lovelace"));
    sample.joined.name = PersonName::parse("Eve Adams").ok();
    let Sample { organization, invitation, inviter, joined, token } = &sample;
    let mut rows = String::new();
    for language in Language::ALL {
        let (settings, code) = (&settings.clone().in_language(language), language.code());
        let mails = [
            ("invitation", invitation_mail(settings, invitation, organization, inviter, token)),
            ("reminder", reminder_mail(settings, invitation, organization, inviter, token)),
            ("accepted", accepted_mail(settings, inviter, invitation, organization, joined)),
        ];
        for (name, mail) in mails {
            let mail = mail.unwrap();
            fs::create_dir_all(folder.join(name)).unwrap();
            fs::write(folder.join(name).join(format!("{code}.txt")), format!("{}\n\n{}\n", mail.subject, mail.text))
                .unwrap();
            fs::write(folder.join(name).join(format!("{code}.html")), mail.html).unwrap();
            let subject = mail.subject.replace('&', "&amp;").replace('<', "&lt;");
            writeln!(
                rows,
                "<li lang=\"{code}\">{subject}: <a href=\"{name}/{code}.html\">HTML</a>, <a href=\"{name}/{code}.txt\">text</a></li>"
            )
            .unwrap();
        }
    }
    let head = "<!doctype html><meta charset=\"utf-8\"><meta name=\"color-scheme\" content=\"light dark\"><title>Mails</title>";
    fs::write(folder.join("index.html"), format!("{head}\n<ul>\n{rows}</ul>\n")).unwrap();
    println!("{}", folder.join("index.html").canonicalize().unwrap().display());
}
