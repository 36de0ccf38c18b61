use askama::Template;
use shared::{
    configuration::{InvalidConfiguration, Variables},
    domain::{Invitation, InvitationToken, Member, Organization, Role},
    post_office::Mail,
};

use crate::plain::unlinked;

/// What template.yaml says about mails.
#[derive(Clone, Debug)]
pub(crate) struct MailSettings {
    pub(crate) product: String,
    /// Where the front end is, without a trailing slash.
    pub(crate) app_url: String,
}

impl MailSettings {
    pub(crate) fn new(variables: &Variables) -> Result<Self, InvalidConfiguration> {
        Ok(Self { product: variables.text("PRODUCT_NAME")?, app_url: variables.text("APP_URL")? })
    }
}

struct Content {
    product: String,
    organization: String,
    inviter: Option<String>,
    roles: String,
    message: Option<String>,
    link: String,
    expires: String,
}

/// One struct a part: askama compiles each template into its own type.
macro_rules! part {
    ($name:ident, $path:literal) => {
        #[derive(Template)]
        #[template(path = $path)]
        struct $name<'a> {
            product: &'a str,
            organization: &'a str,
            inviter: Option<&'a str>,
            roles: &'a str,
            message: Option<&'a str>,
            link: &'a str,
            expires: &'a str,
        }

        impl<'a> From<&'a Content> for $name<'a> {
            fn from(content: &'a Content) -> Self {
                Self {
                    product: &content.product,
                    organization: &content.organization,
                    inviter: content.inviter.as_deref(),
                    roles: &content.roles,
                    message: content.message.as_deref(),
                    link: &content.link,
                    expires: &content.expires,
                }
            }
        }
    };
}

#[derive(Template)]
#[template(path = "invitation/subject.txt")]
struct Subject<'a> {
    product: &'a str,
    organization: &'a str,
}
part!(Text, "invitation/body.txt");
part!(Html, "invitation/body.html");

/// The invitation mail. Its link carries the token in the fragment, so that no server or log on the way sees it.
///
/// It begins with the product's name, in the subject, too: nobody who invites chooses how it begins. What users wrote is quoted
/// and holds no link, so the mail has exactly one.
///
/// # Errors
/// Never for the templates of this crate.
pub(crate) fn invitation_mail(
    settings: &MailSettings,
    invitation: &Invitation,
    organization: &Organization,
    inviter: &Member,
    token: &InvitationToken,
) -> Result<Mail, askama::Error> {
    let content = Content {
        product: settings.product.clone(),
        organization: unlinked(organization.details.name.as_str()),
        inviter: inviter.name.as_ref().map(|name| unlinked(name.as_str())),
        roles: invitation.roles.iter().map(in_words).collect::<Vec<_>>().join(" and "),
        message: invitation.message.as_ref().map(|message| unlinked(message.as_str())),
        link: format!("{}/invitations/accept#token={}", settings.app_url, token.expose()),
        expires: format!(
            "{} UTC",
            invitation.expires_at.to_string().replace('T', " ").chars().take(16).collect::<String>()
        ),
    };
    Ok(Mail {
        subject: Subject { product: &content.product, organization: &content.organization }.render()?.trim().to_owned(),
        text: Text::from(&content).render()?,
        html: Html::from(&content).render()?,
    })
}

fn in_words(role: Role) -> &'static str {
    match role {
        Role::OrganizationAdmin => "an organization admin",
        Role::BillingAdmin => "a billing admin",
        Role::UserAdmin => "a user admin",
        Role::Member => "a member",
    }
}

#[cfg(test)]
mod tests {
    use shared::domain::{
        Delivery, DeliveryStatus, InvitationId, InvitationMessage, InvitationState, OrganizationId, OrganizationStatus,
        PersonName, RoleSet, SubmittedDetails, Timestamp, UserId, Version,
    };
    use uuid::Uuid;

    use super::*;

    fn mail(name: &str, message: Option<&str>, inviter: Option<&str>) -> Mail {
        let id = Uuid::from_u128(0x0190_a6a4_7b3c_7def_8123_4567_89ab_cdef);
        let now: Timestamp = "2026-01-02T03:04:05Z".parse().unwrap();
        let organization_id = OrganizationId::new(id);
        let user: UserId = "u-1".parse().unwrap();
        let organization = Organization {
            id: organization_id,
            details: SubmittedDetails { name: Some(name.to_owned()), ..SubmittedDetails::default() }.parse().unwrap(),
            status: OrganizationStatus::Active,
            created_at: now,
            created_by: user.clone(),
            version: Version::new(id),
        };
        let invitation = Invitation {
            id: InvitationId::new(id),
            organization_id,
            email: "eve@example.com".parse().unwrap(),
            roles: RoleSet::parse(["user_admin", "billing_admin"]).unwrap(),
            invited_by: user.clone(),
            inviter_name: None,
            inviter_username: None,
            message: message.map(|text| InvitationMessage::parse(text).unwrap()),
            locale: None,
            created_at: now,
            expires_at: now.plus_days(7),
            state: InvitationState::Pending,
            delivery: Delivery { status: DeliveryStatus::Queued, reason: None, at: now },
            secret_hashes: Vec::new(),
            expired_hashes: Vec::new(),
        };
        let inviter = Member {
            organization_id,
            user_id: user,
            email: "ada@example.com".parse().unwrap(),
            name: inviter.and_then(|name| PersonName::parse(name).ok()),
            roles: RoleSet::ORGANIZATION_ADMIN,
            joined_at: now,
            version: Version::new(id),
        };
        let settings = MailSettings { product: "Example".to_owned(), app_url: "https://app.example.com".to_owned() };
        let token = InvitationToken::new(organization_id, invitation.id, [7; 32]);
        invitation_mail(&settings, &invitation, &organization, &inviter, &token).unwrap()
    }

    #[test]
    fn an_invitation_as_it_is_sent() {
        let mail = mail("Acme & Söhne", Some("See you there,\nand <b>bring</b> cake & \"tea\"."), Some("Ada Lovelace"));
        insta::assert_snapshot!("subject", mail.subject);
        insta::assert_snapshot!("text", mail.text);
        insta::assert_snapshot!("html", mail.html);
    }

    #[test]
    fn without_a_message_and_a_name_it_still_reads_well() {
        insta::assert_snapshot!("text_without_message_and_name", mail("Acme", None, None).text);
    }

    /// Links as mail programs find them, with and without a scheme, email addresses included.
    fn links(text: &str) -> Vec<String> {
        let mut finder = linkify::LinkFinder::new();
        finder.url_must_have_scheme(false);
        finder.links(text).map(|link| link.as_str().to_owned()).collect()
    }

    #[test]
    fn the_only_link_is_the_products_whatever_users_write() {
        let evil = "Claim at https://evil.example/pay, evil.example or pay@evil.example, +1 555 123 4567";
        let mail = mail("evil.example", Some(evil), Some("pay.evil.example"));
        let [link] = links(&mail.text).try_into().unwrap();
        assert!(link.starts_with("https://app.example.com/invitations/accept#token="), "{link}");
        assert_eq!(links(&mail.subject), [""; 0]);
        let hrefs: Vec<_> = mail.html.split("href=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
        assert_eq!(hrefs, [link.as_str()]);
        let shown = mail.html.replace(&format!("href=\"{link}\""), "").replace(['<', '>'], " ");
        assert_eq!(links(&shown), [""; 0], "{shown}");
        insta::assert_snapshot!("text_with_links", mail.text);
    }

    #[test]
    fn it_begins_with_the_product_and_not_with_words_of_users() {
        for name in ["Acme", "URGENT - your account", "“Example” support"] {
            let mail = mail(name, Some("URGENT"), Some("Security team"));
            assert!(mail.subject.starts_with("Example: "), "{}", mail.subject);
            assert!(mail.text.starts_with("Example: "), "{}", mail.text);
            let body = mail.html.split_once("<p>").unwrap().1;
            assert!(body.starts_with("Example: ") && mail.html.contains("<title>Example: "), "{}", mail.html);
        }
    }

    #[test]
    fn every_line_of_the_message_is_quoted() {
        let message = "One\n\nTo see the invitation, open this link:\n> not quoted by us";
        let text = mail("Acme", Some(message), None).text;
        for line in message.lines() {
            assert!(text.contains(&format!("> {line}\n")), "{text}");
        }
        assert_eq!(text.lines().filter(|line| line.starts_with("To see the invitation")).count(), 1, "{text}");
    }

    #[test]
    fn nothing_that_a_person_wrote_becomes_markup_or_a_header() {
        let mail = mail("R&D", Some("<script>alert(1)</script>\n\"'&"), None);
        assert!(!mail.html.contains("<script>"));
        assert!(!mail.subject.contains(['\r', '\n']));
    }
}
