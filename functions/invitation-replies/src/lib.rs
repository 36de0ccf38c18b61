//! `POST /invitations/preview`, `/accept` and `/decline`: what the person who got the mail can do. There is no GET: mail
//! scanners follow links (R13). `/me/invitations`: what a user whose verified address was invited can do without the mail.

mod accept;
mod decline;
mod find;
mod mine;

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use shared::{
    allowance::Allowance,
    configuration::InvalidConfiguration,
    directory::{Directory, DirectoryError, Identity},
    domain::{InvalidToken, Invitation, InvitationToken, Member, PersonName, Timestamp},
    http::{ApiRequest, Caller, Problem, Reply},
    routes,
    start::Start,
    table::Table,
};

use accept::{Accept, accept};
use decline::decline;
use find::{Unusable, find, usable};

pub struct InvitationReplies {
    table: Table,
    directory: Arc<dyn Directory>,
    identity_checks: Allowance,
    /// Whether a verified address is proof enough to accept.
    accept_in_app: bool,
    /// Whether an email tells the inviter that the invitation was accepted.
    tells_inviter: bool,
    /// How many invitation emails one address is sent a day (R24).
    emails_per_address: u32,
}

routes! {
    InvitationReplies {
        "POST /invitations/preview" => preview,
        "POST /invitations/accept" => accept,
        "POST /invitations/decline" => decline,
        "GET /me/invitations" => list_mine,
        "POST /me/invitations/{invitationId}/resend" => resend_mine,
        "POST /me/invitations/{invitationId}/accept" => accept_mine,
        "POST /me/invitations/{invitationId}/decline" => decline_mine,
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TokenBody {
    token: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PreviewView {
    organization_name: String,
    inviter_name: Option<String>,
    roles: Vec<String>,
    expires_at: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct MembershipView {
    organization_id: String,
    user_id: String,
    roles: Vec<String>,
    joined_at: String,
}

impl From<&Member> for MembershipView {
    fn from(member: &Member) -> Self {
        Self {
            organization_id: member.organization_id.to_string(),
            user_id: member.user_id.to_string(),
            roles: member.roles.names(),
            joined_at: member.joined_at.to_string(),
        }
    }
}

impl InvitationReplies {
    fn new(start: &Start) -> Result<Self, InvalidConfiguration> {
        Ok(Self {
            table: start.table(1)?,
            directory: start.directory()?,
            identity_checks: start.identity_checks()?,
            accept_in_app: start.variables.parsed("ACCEPT_IN_APP")?,
            tells_inviter: start.variables.parsed("ACCEPTANCE_EMAILS")?,
            emails_per_address: start.variables.parsed("INVITATION_EMAILS_PER_ADDRESS_PER_DAY")?,
        })
    }

    async fn preview(&self, request: &ApiRequest) -> Result<Reply, Problem> {
        let found = find::<Unusable>(&self.table, &token(request)?, None, None).await?;
        usable(&found.invitation, request.now())?;
        Reply::ok(&PreviewView {
            organization_name: found.organization.details.name.as_str().to_owned(),
            inviter_name: found.invitation.inviter_name.as_ref().map(PersonName::as_str).map(str::to_owned),
            roles: found.invitation.roles.names(),
            expires_at: found.invitation.expires_at.to_string(),
        })
    }

    async fn accept(&self, request: &ApiRequest) -> Result<Reply, Problem> {
        let caller = request.caller()?;
        let asked = Accept { token: token(request)?, idempotency: request.idempotency(&caller)?, caller };
        let view = |accepted: &Member| Reply::ok(&MembershipView::from(accepted));
        accept(&self.table, self, asked, view, &request.occasion()).await
    }

    /// Cognito's word on the caller, as often as R24 allows.
    async fn identity(&self, caller: &Caller, now: Timestamp) -> Result<Identity, DirectoryError> {
        self.identity_checks.take(&caller.user_id, now).map_err(DirectoryError::TooOften)?;
        self.directory.identity(&caller.username).await
    }

    /// Whether the inviter has an account that may sign in. What its address is does not matter.
    async fn has_inviter(&self, invitation: &Invitation) -> Result<bool, DirectoryError> {
        match self.directory.identity(invitation.inviter_username()).await {
            Ok(_) | Err(DirectoryError::NoAddress | DirectoryError::UnusableAddress) => Ok(true),
            Err(DirectoryError::Unknown) => Ok(false),
            Err(error) => Err(error),
        }
    }

    async fn decline(&self, request: &ApiRequest) -> Result<Reply, Problem> {
        decline(&self.table, &token(request)?, &request.occasion()).await?;
        Ok(Reply::no_content())
    }
}

/// The token in the body. A text that cannot be one belongs to no invitation.
fn token(request: &ApiRequest) -> Result<InvitationToken, Problem> {
    let body: TokenBody = request.body()?;
    InvitationToken::parse(&body.token).map_err(|InvalidToken| Unusable::Unknown.into())
}
