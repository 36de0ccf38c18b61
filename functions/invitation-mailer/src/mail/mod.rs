//! The mails: what they say in which language, and how they look.
//!
//! A folder of `templates` holds the words of a language, without markup. `layout.txt` and `layout.html` make the two parts of
//! every mail of them, so no word has to be translated twice, and no translation can break the layout.

mod brand;
mod language;
mod terms;
mod words;

use askama::Template;
use shared::{
    domain::{Invitation, InvitationToken, Member, Organization, PersonName},
    post_office::Mail,
};

use brand::Brand;
pub use brand::MailSettings;
pub use language::Language;
use words::{Content, Kind, Words};

use crate::plain::unlinked;

#[derive(Template)]
#[template(path = "layout.txt")]
struct Text<'a> {
    brand: &'a Brand,
    words: &'a Words,
    message: Option<&'a str>,
    link: &'a str,
}

#[derive(Template)]
#[template(path = "layout.html")]
struct Html<'a> {
    language: Language,
    brand: &'a Brand,
    words: &'a Words,
    message: Option<&'a str>,
    link: &'a str,
}

impl Html<'_> {
    /// The whole mail: this part, the same as text, and the subject.
    fn mail(self) -> Result<Mail, askama::Error> {
        let Self { brand, words, message, link, .. } = self;
        let text = Text { brand, words, message, link };
        Ok(Mail { subject: words.subject.clone(), text: text.render()?, html: self.render()? })
    }
}

/// The invitation mail. Its link carries the token in the fragment, so that no server or log on the way sees it. The button,
/// the URL under it and the way to decline all are this one link: no GET request accepts or declines anything (R13).
///
/// It begins with the product's name, in the subject, too: nobody who invites chooses how it begins. What users wrote is quoted
/// and holds no link.
///
/// # Errors
/// Never for the templates of this crate.
pub fn invitation_mail(
    settings: &MailSettings,
    invitation: &Invitation,
    organization: &Organization,
    inviter: &Member,
    token: &InvitationToken,
) -> Result<Mail, askama::Error> {
    to_the_invited(Kind::Invitation, settings, invitation, organization, inviter, token)
}

/// The invitation mail once more, shortly before the invitation expires.
///
/// # Errors
/// Never for the templates of this crate.
pub fn reminder_mail(
    settings: &MailSettings,
    invitation: &Invitation,
    organization: &Organization,
    inviter: &Member,
    token: &InvitationToken,
) -> Result<Mail, askama::Error> {
    to_the_invited(Kind::Reminder, settings, invitation, organization, inviter, token)
}

/// Tells the inviter who has accepted, in the inviter's language. Its only link leads to the front end.
///
/// # Errors
/// Never for the templates of this crate.
pub fn accepted_mail(
    settings: &MailSettings,
    inviter: &Member,
    invitation: &Invitation,
    organization: &Organization,
    joined: &Member,
) -> Result<Mail, askama::Error> {
    let language = Language::of_first([inviter.locale.as_ref()]).unwrap_or(settings.language);
    let content = content(settings, language, invitation, organization, joined.name.as_ref())?;
    let words = &words::words(language, Kind::Accepted, &content)?;
    Html { language, brand: &settings.brand, words, message: None, link: &settings.app_url }.mail()
}

fn to_the_invited(
    kind: Kind,
    settings: &MailSettings,
    invitation: &Invitation,
    organization: &Organization,
    inviter: &Member,
    token: &InvitationToken,
) -> Result<Mail, askama::Error> {
    let language =
        Language::of_first([invitation.locale.as_ref(), inviter.locale.as_ref()]).unwrap_or(settings.language);
    let content = content(settings, language, invitation, organization, inviter.name.as_ref())?;
    let words = &words::words(language, kind, &content)?;
    let message = invitation.message.as_ref().map(|message| unlinked(message.as_str()));
    let link = &format!("{}/invitations/accept#token={}", settings.app_url, token.expose());
    Html { language, brand: &settings.brand, words, message: message.as_deref(), link }.mail()
}

/// What the words of a mail are about. Everything that users wrote is without links from here on.
fn content<'a>(
    settings: &'a MailSettings,
    language: Language,
    invitation: &Invitation,
    organization: &Organization,
    person: Option<&PersonName>,
) -> Result<Content<'a>, askama::Error> {
    Ok(Content {
        product: &settings.brand.product,
        organization: named(organization.details.name.as_str()),
        person: person.map(|name| named(name.as_str())),
        // As it is: the reader is who typed it.
        email: invitation.email.as_str().to_owned(),
        roles: terms::roles(language, invitation.roles)?,
        expires: terms::date(language, invitation.expires_at)?,
    })
}

/// A name on one line. One that was stored before there was a rule may hold what the rule refuses, and it goes into a header.
fn named(name: &str) -> String {
    let is_break = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    unlinked(&name.replace(is_break, " "))
}

#[cfg(test)]
#[path = "../../examples/previews/sample.rs"]
mod sample;
#[cfg(test)]
mod tests;
