use shared::domain::Locale;

use super::{sample::Sample, *};

fn settings(language: Language) -> MailSettings {
    let variables = [
        ("PRODUCT_NAME", "Example"),
        ("APP_URL", "https://app.example.com"),
        ("ACCENT_COLOR", "#0b57d0"),
        ("DEFAULT_LOCALE", language.code()),
    ];
    MailSettings::new(&variables.into_iter().collect()).unwrap()
}

type Write = fn(&MailSettings, &Sample) -> Result<Mail, askama::Error>;

const INVITATION: Write =
    |settings, it| invitation_mail(settings, &it.invitation, &it.organization, &it.inviter, &it.token);
const REMINDER: Write =
    |settings, it| reminder_mail(settings, &it.invitation, &it.organization, &it.inviter, &it.token);
const ACCEPTED: Write =
    |settings, it| accepted_mail(settings, &it.inviter, &it.invitation, &it.organization, &it.joined);
const ALL: [(&str, Write); 3] = [("invitation", INVITATION), ("reminder", REMINDER), ("accepted", ACCEPTED)];

/// Every mail in every language, about the same.
fn every_mail(organization: &str, message: Option<&str>, person: Option<&str>) -> Vec<(String, Language, Mail)> {
    let sample = Sample::new(organization, message, person);
    let mails = Language::ALL.into_iter().flat_map(|language| ALL.map(|(name, write)| (name, language, write)));
    mails
        .map(|(name, language, write)| {
            (format!("{name}_{}", language.code()), language, write(&settings(language), &sample).unwrap())
        })
        .collect()
}

/// Links as mail programs find them, with and without a scheme, email addresses included.
fn links(text: &str) -> Vec<String> {
    let mut finder = linkify::LinkFinder::new();
    finder.url_must_have_scheme(false);
    finder.links(text).map(|link| link.as_str().to_owned()).collect()
}

/// What a reader sees of the HTML part, and what its links are.
fn shown(html: &str) -> (String, Vec<&str>) {
    let body = html.split_once("<body").unwrap().1;
    let (mut text, mut hrefs) = (String::new(), Vec::new());
    for piece in body.split('<').skip(1) {
        let (tag, words) = piece.split_once('>').unwrap();
        hrefs.extend(tag.split_once("href=\"").map(|(_, rest)| rest.split('"').next().unwrap()));
        // The text of a link is a link already.
        text.push_str(if tag.starts_with("a ") { "" } else { words });
    }
    (text, hrefs)
}

#[test]
fn every_mail_in_every_language_as_it_is_sent() {
    let message = "See you there,\nand <b>bring</b> cake & \"tea\".";
    for mails in every_mail("Acme & Söhne", Some(message), Some("Ada Lovelace")).chunks(ALL.len()) {
        let shown = mails
            .iter()
            .map(|(name, _, Mail { subject, text, html })| format!("{name}: {subject}\n\n{text}\n\n{html}"));
        insta::assert_snapshot!(mails[0].1.code(), shown.collect::<Vec<_>>().join("\n\n"));
    }
}

#[test]
fn the_html_part_says_what_the_text_says() {
    for (name, _, mail) in every_mail("Acme", Some("Hello"), Some("Ada")) {
        let (html, _) = shown(&mail.html);
        let paragraphs = mail.text.lines().filter(|line| !line.is_empty() && !line.starts_with("https:"));
        for line in paragraphs {
            assert!(html.contains(line.trim_start_matches("> ")), "{name}: {line}\n{html}");
        }
    }
}

#[test]
fn without_a_message_and_a_name_it_still_reads_well() {
    let mut paragraphs = String::new();
    for (name, _, mail) in every_mail("Acme", None, None) {
        let (before, after) = mail.text.split_once("https:").unwrap();
        assert!(!format!("{before}{after}").contains("\n\n\n"), "{name}: {}", mail.text);
        paragraphs = paragraphs + before.lines().nth(4).unwrap() + "\n";
    }
    insta::assert_snapshot!(paragraphs);
}

#[test]
fn with_the_teams_own_brand() {
    let variables = [
        ("PRODUCT_NAME", "Example"),
        ("APP_URL", "https://app.example.com"),
        ("LOGO_URL", "https://app.example.com/logo.png?a=1&b=\"2\""),
        ("ACCENT_COLOR", "#FFD700"),
        ("FOOTER_LINE", "Example & Co., 1 Main Street, Springfield"),
        ("DEFAULT_LOCALE", "en"),
    ];
    let settings = MailSettings::new(&variables.into_iter().collect()).unwrap();
    let mail = INVITATION(&settings, &Sample::new("Acme", None, None)).unwrap();
    assert!(mail.text.ends_with("\n\n--\nExample & Co., 1 Main Street, Springfield"), "{}", mail.text);
    for part in [
        "src=\"https://app.example.com/logo.png?a=1&#38;b=&#34;2&#34;\" alt=\"Example\"",
        "bgcolor=\"#ffd700\"",
        "color: #000000; font-weight: 600",
        ">Example &#38; Co., 1 Main Street, Springfield</td>",
    ] {
        assert!(mail.html.contains(part), "{part}: {}", mail.html);
    }
}

#[test]
fn the_invitation_says_in_which_language() {
    let mut sample = Sample::new("Acme", None, None);
    let mut subject = |locale: Option<&str>| {
        sample.invitation.locale = locale.map(|locale| Locale::parse(locale).unwrap());
        INVITATION(&settings(Language::French), &sample).unwrap().subject
    };
    assert_eq!(subject(Some("de-AT")), "Example: Einladung zu „Acme“");
    let french = subject(None);
    assert_eq!(subject(Some("tlh")), french);
    assert!(french.contains("invitation à rejoindre"), "{french}");
    // The locale of the invited person is not the inviter's.
    sample.invitation.locale = Some(Locale::parse("ja").unwrap());
    let settings = &settings(Language::French);
    assert!(ACCEPTED(settings, &sample).unwrap().subject.contains("a été acceptée"));
    sample.inviter.locale = Some(Locale::parse("es-MX").unwrap());
    assert!(ACCEPTED(settings, &sample).unwrap().subject.contains("se ha aceptado"));
    // Without one of its own, an invitation is in the inviter's language.
    sample.invitation.locale = Locale::parse("tlh").ok();
    assert!(INVITATION(settings, &sample).unwrap().subject.contains("nvitación"));
}

#[test]
fn the_only_links_are_the_products_whatever_users_write() {
    let evil = "Claim at https://evil.example/pay, evil.example or pay@evil.example, +1 555 123 4567";
    for (name, _, mail) in every_mail("evil.example", Some(evil), Some("pay.evil.example")) {
        // The address that the reader has invited may become one.
        let others = |text: &str| {
            links(text).into_iter().filter(|link| !link.starts_with("eve@example.com")).collect::<Vec<_>>()
        };
        let [link] = others(&mail.text).try_into().unwrap();
        assert!(link.starts_with("https://app.example.com"), "{name}: {link}");
        let is_invitation = !name.starts_with("accepted");
        assert_eq!(link.contains("/invitations/accept#token="), is_invitation, "{name}: {link}");
        assert_eq!(links(&mail.subject), [""; 0], "{name}");
        let (shown, hrefs) = shown(&mail.html);
        // The button, the URL under it, and the way to decline.
        assert_eq!(hrefs, vec![link.as_str(); if is_invitation { 3 } else { 2 }], "{name}");
        assert_eq!(others(&shown), [""; 0], "{name}: {shown}");
        assert!(mail.text.contains("evil[.]example"), "{name}: {}", mail.text);
    }
}

#[test]
fn it_begins_with_the_product_and_not_with_words_of_users() {
    for organization in ["Acme", "URGENT - your account", "“Example” support"] {
        for (name, _, mail) in every_mail(organization, Some("URGENT"), Some("Security team")) {
            assert!(mail.subject.starts_with("Example"), "{name}: {}", mail.subject);
            assert!(mail.text.starts_with("Example\n\n"), "{name}: {}", mail.text);
            assert!(mail.html.contains("<title>Example"), "{name}");
            // The first line is the one that a mail program shows in its list. No user has a word in it.
            let (shown, _) = shown(&mail.html);
            let mut lines = shown.lines().filter(|line| !line.is_empty());
            let preheader = lines.next().unwrap();
            for word in ["Example", organization, "Security", "URGENT"] {
                assert!(!preheader.contains(word), "{name}: {preheader}");
            }
            assert_eq!(lines.next(), Some("Example"), "{name}: {shown}");
        }
    }
}

#[test]
fn every_line_of_the_message_is_quoted() {
    let message = "One\n\nLink to the invitation:\n> not quoted by us";
    for (name, _, mail) in every_mail("Acme", Some(message), None) {
        if name.starts_with("accepted") {
            assert!(!mail.text.contains("not quoted"), "{name}");
            continue;
        }
        for line in message.lines() {
            assert!(mail.text.contains(&format!("> {line}\n")), "{name}: {}", mail.text);
        }
        let quoted = "One<br><br>Link to the invitation:<br>&#62; not quoted by us</blockquote>";
        assert!(mail.html.contains(quoted), "{name}: {}", mail.html);
    }
}

#[test]
fn nothing_that_a_person_wrote_becomes_markup_a_template_or_a_header() {
    let message = "<script>alert(1)</script>\n\"'& {{ link }} {% block x %} </blockquote></td>";
    let [plain, hostile] =
        [Some("Hello"), Some(message)].map(|message| every_mail("R&D \"{{ link }}\"", message, None));
    for ((name, _, plain), (_, _, mail)) in plain.into_iter().zip(hostile) {
        assert!(!mail.html.contains("<script") && !mail.subject.contains(['\r', '\n']), "{name}");
        // It has the elements that it has without.
        let elements = |html: &str| html.matches('<').count() - html.matches("<br>").count();
        assert_eq!(elements(&mail.html), elements(&plain.html), "{name}: {}", mail.html);
        assert!(mail.text.contains("{{ link }}"), "{name}: {}", mail.text);
    }
}

/// A stored name may be older than the rules for names, and hold what they refuse.
#[test]
fn a_name_stays_in_its_line() {
    let name = named("Acme\r\nBcc: eve@example.com\u{2028}<img>");
    assert_eq!(name, "Acme  Bcc: eve[@]example[.]com <img>");
}

#[test]
fn it_is_html_that_mail_programs_show() {
    let message = "x".repeat(1000);
    for (name, language, mail) in every_mail("Acme", Some(&message), Some("Ada")) {
        assert!(mail.html.len() < 12 * 1024, "{name}: {}", mail.html.len());
        for part in [
            &format!("<html lang=\"{}\" dir=\"ltr\">", language.tag()),
            "<meta name=\"color-scheme\" content=\"light dark\">",
            "@media (prefers-color-scheme: dark)",
            "max-width: 600px",
        ] {
            assert!(mail.html.contains(part), "{name}: {part}");
        }
        for unwanted in ["<script", "<link", "@import", "url(", "<form", "javascript:", "{{", "{%", "}}"] {
            assert!(!mail.html.contains(unwanted), "{name}: {unwanted}");
        }
        assert_eq!(mail.html.matches("<table").count(), mail.html.matches("<table role=\"presentation\"").count());
    }
}
