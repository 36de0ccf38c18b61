//! `POST /invitations/preview`, `/accept` and `/decline`: what the person who got the mail can do. There is no GET: mail
//! scanners follow links (R13).

mod accept;
mod decline;
mod find;

use std::sync::Arc;

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use shared::{
    configuration::InvalidConfiguration,
    directory::Directory,
    domain::{InvalidToken, InvitationToken, PersonName},
    environment::Environment,
    http::{ApiRequest, Clients, Problem, Reply, Routes},
    start::Start,
    table::Table,
};

pub use accept::{Accept, AcceptError, Accepted, accept};
pub use decline::{DeclineError, decline};
pub use find::{Unusable, find};

/// The route on which idempotency keys of acceptances are honoured.
const ACCEPT: &str = "POST /invitations/accept";

/// The function.
pub struct InvitationReplies {
    table: Table,
    clients: Clients,
    directory: Arc<dyn Directory>,
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

impl InvitationReplies {
    /// # Errors
    /// When the environment is not what template.yaml sets.
    pub fn new(start: &Start) -> Result<Self, InvalidConfiguration> {
        let clients = Clients::from_environment(start.variables)?;
        Ok(Self::with(start.table(SignedDuration::from_secs(5))?, clients, Arc::new(start.user_pool()?)))
    }

    /// With parts of the caller's own.
    pub fn with(table: Table, clients: Clients, directory: Arc<dyn Directory>) -> Self {
        Self { table, clients, directory }
    }

    async fn preview(&self, request: &ApiRequest) -> Result<Reply, Problem> {
        let found = find(&self.table, &token(request)?, None, request.now()).await?;
        found.live?;
        Reply::ok(&PreviewView {
            organization_name: found.organization.details.name.as_str().to_owned(),
            inviter_name: found.invitation.inviter_name.as_ref().map(PersonName::as_str).map(str::to_owned),
            roles: found.invitation.roles.names(),
            expires_at: found.invitation.expires_at.to_string(),
        })
    }

    async fn accept(&self, request: &ApiRequest) -> Result<Reply, Problem> {
        let caller = request.caller(&self.clients)?;
        let asked = Accept { token: token(request)?, idempotency: request.idempotency(&caller, ACCEPT)?, caller };
        let view = |accepted: &shared::domain::Member| {
            Reply::ok(&MembershipView {
                organization_id: accepted.organization_id.to_string(),
                user_id: accepted.user_id.to_string(),
                roles: accepted.roles.names(),
                joined_at: accepted.joined_at.to_string(),
            })
        };
        match accept(&self.table, self.directory.as_ref(), &asked, view, &request.occasion()).await? {
            Accepted::Now(reply) => Ok(reply),
            Accepted::Before(answer) => Ok(answer.into()),
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

impl Routes for InvitationReplies {
    async fn answer(&self, request: &ApiRequest) -> Result<Reply, Problem> {
        match request.route() {
            ACCEPT => self.accept(request).await,
            "POST /invitations/decline" => self.decline(request).await,
            _ => self.preview(request).await,
        }
    }

    fn environment(&self) -> &Environment {
        self.table.environment()
    }
}
