use serde::Serialize;
use shared::{
    configuration::{InvalidConfiguration, Variables},
    domain::{Invitation, InvitationToken, Timestamp},
    http::{Idempotency, Once, Problem, Reply},
};

use crate::views::InvitationView;

/// The page of the front end that a link opens.
pub(crate) struct Link {
    /// Where the front end is, without a trailing slash.
    app_url: String,
}

/// An invitation in the one response that shows its link (R14).
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WithLink {
    #[serde(flatten)]
    invitation: InvitationView,
    accept_url: String,
}

impl Link {
    pub(crate) fn new(variables: &Variables) -> Result<Self, InvalidConfiguration> {
        Ok(Self { app_url: variables.text("APP_URL")? })
    }

    /// The URL with the token in its fragment, so that no server or log on the way sees it.
    pub(crate) fn accept_url(&self, token: &InvitationToken) -> String {
        format!("{}/invitations/accept#token={}", self.app_url, token.expose())
    }

    /// What the inviter is told, once. With a token, the response has the link; a repeated request gets the same response
    /// without it (R14).
    pub(crate) fn reply(
        &self,
        status: u16,
        invitation: &Invitation,
        token: Option<&InvitationToken>,
        idempotency: Option<Idempotency>,
        now: Timestamp,
    ) -> Result<Once, Problem> {
        let view = InvitationView::new(invitation, now);
        let location = format!("/organizations/{}/invitations/{}", invitation.organization_id, invitation.id);
        let at = |reply: Reply| if status == 201 { reply.location(location.clone()) } else { reply };
        let once = Once::new(at(Reply::with(status, &view)?), idempotency, now);
        let Some(token) = token else { return Ok(once) };
        let accept_url = self.accept_url(token);
        Ok(once.showing(at(Reply::with(status, &WithLink { invitation: view, accept_url })?)))
    }
}
