use askama::Template;
use shared::domain::{Invitation, InvitationToken, Member, Organization, PersonName, Role};

/// What template.yaml says about mails.
#[derive(Clone, Debug)]
pub struct MailSettings {
    /// What the product is called.
    pub product: String,
    /// Where the front end is, without a trailing slash.
    pub app_url: String,
}

/// A mail, ready to be sent.
pub struct Mail {
    /// One line.
    pub subject: String,
    /// The plain text.
    pub text: String,
    /// The same as a page.
    pub html: String,
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

impl Mail {
    /// The invitation mail. Its link carries the token in the fragment, so that no server or log on the way sees it.
    ///
    /// # Errors
    /// Never for the templates of this crate.
    pub fn invitation(
        settings: &MailSettings,
        invitation: &Invitation,
        organization: &Organization,
        inviter: Option<&Member>,
        token: &InvitationToken,
    ) -> Result<Self, askama::Error> {
        let content = Content {
            product: settings.product.clone(),
            organization: organization.details.name.as_str().to_owned(),
            inviter: inviter.and_then(|inviter| inviter.name.as_ref()).map(PersonName::as_str).map(str::to_owned),
            roles: invitation.roles.iter().map(in_words).collect::<Vec<_>>().join(" and "),
            message: invitation.message.as_ref().map(|message| message.as_str().to_owned()),
            link: format!("{}/invitations/accept#token={}", settings.app_url, token.expose()),
            expires: format!(
                "{} UTC",
                invitation.expires_at.to_string().replace('T', " ").chars().take(16).collect::<String>()
            ),
        };
        Ok(Self {
            subject: Subject { product: &content.product, organization: &content.organization }
                .render()?
                .trim()
                .to_owned(),
            text: Text::from(&content).render()?,
            html: Html::from(&content).render()?,
        })
    }
}

fn in_words(role: Role) -> &'static str {
    match role {
        Role::OrganizationAdmin => "an organization admin",
        Role::BillingAdmin => "a billing admin",
        Role::UserAdmin => "a user admin",
        Role::Member => "a member",
    }
}
