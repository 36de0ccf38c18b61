//! `…/invitations`: invite, list, read.

mod invite;
mod views;

use jiff::SignedDuration;
use serde::Deserialize;
use shared::{
    configuration::InvalidConfiguration,
    domain::{
        Days, InvitationId, InvitationMessage, InvitationStatus, InvitationTerms, Locale, Permission, RoleSet,
        Violations,
    },
    environment::Environment,
    http::{ApiRequest, Clients, Code, Cursor, PageView, Problem, Reply, Routes},
    start::Start,
    table::{InvitationFilter, Table},
};

pub use invite::{Invite, InviteError, Invited, invite};
use views::InvitationView;

/// The route on which idempotency keys of invitations are honoured.
const INVITE: &str = "POST /organizations/{organizationId}/invitations";

/// The function.
pub struct Invitations {
    table: Table,
    clients: Clients,
    expiry: Days,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct InviteBody {
    email: String,
    roles: Vec<String>,
    expires_in_days: Option<i64>,
    message: Option<String>,
    locale: Option<String>,
}

impl InviteBody {
    fn parse(self, default: Days) -> Result<InvitationTerms, Problem> {
        let mut violations = Violations::default();
        let email = violations.check("/email", self.email.parse());
        let roles = violations.check("/roles", RoleSet::parse(self.roles.iter().map(String::as_str)));
        let expires_in =
            violations.check_optional("/expiresInDays", self.expires_in_days.map(Days::new)).unwrap_or(default);
        let message = self.message.filter(|text| !text.trim().is_empty());
        let message = violations.check_optional("/message", message.as_deref().map(InvitationMessage::parse));
        let locale = violations.check_optional("/locale", self.locale.as_deref().map(Locale::parse));
        let terms =
            email.zip(roles).map(|(email, roles)| InvitationTerms { email, roles, expires_in, message, locale });
        violations.or(terms).map_err(Problem::validation)
    }
}

impl Invitations {
    /// # Errors
    /// When the environment is not what template.yaml sets.
    pub fn new(start: &Start) -> Result<Self, InvalidConfiguration> {
        let expiry =
            start.variables.checked("INVITATION_EXPIRY_DAYS", |text| Days::new(text.parse().unwrap_or_default()))?;
        Ok(Self::with(start.table(SignedDuration::from_secs(5))?, Clients::from_environment(start.variables)?, expiry))
    }

    /// With parts of the caller's own.
    pub fn with(table: Table, clients: Clients, expiry: Days) -> Self {
        Self { table, clients, expiry }
    }

    async fn invite(&self, request: &ApiRequest) -> Result<Reply, Problem> {
        let caller = request.caller(&self.clients)?;
        let organization = request.organization_id()?;
        let terms = request.body::<InviteBody>()?.parse(self.expiry)?;
        let idempotency = request.idempotency(&caller, INVITE)?;
        let id = InvitationId::new(self.table.environment().new_id());
        let asked = Invite { organization, actor: caller.user_id, id, terms };
        let invitation = asked.invitation(request.now());
        let view = InvitationView::new(&invitation, request.now());
        let reply = Reply::with(201, &view)?.location(format!("/organizations/{organization}/invitations/{id}"));
        match invite(&self.table, &asked, &invitation, &reply, idempotency.as_ref(), &request.occasion()).await? {
            Invited::Now => Ok(reply),
            Invited::Before(answer) => Ok(answer.into()),
        }
    }

    async fn list(&self, request: &ApiRequest) -> Result<Reply, Problem> {
        let caller = request.caller(&self.clients)?;
        let organization = request.organization_id()?;
        let by_name = |text: &str| InvitationStatus::ALL.into_iter().find(|status| status.name() == text);
        let status = request.query_as("status", by_name, "must be pending, accepted, declined, revoked or expired")?;
        let cursor = Cursor::of(format!("invitations/{organization}/{}", status.map_or("", InvitationStatus::name)));
        let page = request.page(&cursor)?;
        let filter = InvitationFilter { status, now: request.now() };
        let invitations = self
            .table
            .list_invitations(organization, &caller.user_id, filter, page.limit, page.after.as_deref())
            .await?;
        let (_, invitations) = invitations.open(Permission::VIEW_USERS)?;
        let items = invitations.items.iter().map(|invitation| InvitationView::new(invitation, request.now())).collect();
        Reply::ok(&PageView { items, next_cursor: invitations.next.map(|key| cursor.write(&key)) })
    }

    async fn read(&self, request: &ApiRequest) -> Result<Reply, Problem> {
        let caller = request.caller(&self.clients)?;
        let organization = request.organization_id()?;
        // What cannot be an id reads as one that nothing ever gets.
        let id = request.invitation_id().unwrap_or(InvitationId::NONE);
        let guarded = self.table.read_invitation(organization, &caller.user_id, id).await?;
        let (_, invitation) = guarded.open(Permission::VIEW_USERS)?;
        let unknown = || Problem::new(Code::InvitationNotFound, "The organization has no invitation with this id.");
        Reply::ok(&InvitationView::new(&invitation.ok_or_else(unknown)?, request.now()))
    }
}

impl Routes for Invitations {
    async fn answer(&self, request: &ApiRequest) -> Result<Reply, Problem> {
        match request.route() {
            INVITE => self.invite(request).await,
            path if path.ends_with("/{invitationId}") => self.read(request).await,
            _ => self.list(request).await,
        }
    }

    fn environment(&self) -> &Environment {
        self.table.environment()
    }
}
