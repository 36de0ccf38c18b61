//! `…/invitations`: invite, list, read.

mod invite;
mod views;

use serde::Deserialize;
use shared::{
    configuration::InvalidConfiguration,
    domain::{
        Days, InvitationId, InvitationLimits, InvitationMessage, InvitationStatus, InvitationTerms, Locale, Permission,
        RoleSet, Violations,
    },
    http::{ApiRequest, Code, Cursor, Once, PageView, Problem, Reply},
    routes,
    start::Start,
    table::{InvitationFilter, Table},
};

use invite::{Invite, invite};
use views::InvitationView;

pub struct Invitations {
    table: Table,
    expiry: Days,
    limits: InvitationLimits,
}

routes! {
    Invitations {
        "POST /organizations/{organizationId}/invitations" => invite,
        "GET /organizations/{organizationId}/invitations" => list,
        "GET /organizations/{organizationId}/invitations/{invitationId}" => read,
    }
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
    fn new(start: &Start) -> Result<Self, InvalidConfiguration> {
        let expiry =
            start.variables.checked("INVITATION_EXPIRY_DAYS", |text| Days::new(text.parse().unwrap_or_default()))?;
        let limits = InvitationLimits {
            organization: start.variables.parsed("INVITATIONS_PER_ORGANIZATION_PER_DAY")?,
            inviter: start.variables.parsed("INVITATIONS_PER_INVITER_PER_DAY")?,
        };
        Ok(Self { table: start.table(2)?, expiry, limits })
    }

    async fn invite(&self, request: &ApiRequest) -> Result<Reply, Problem> {
        let caller = request.caller()?;
        let organization = request.organization_id()?;
        let terms = request.body::<InviteBody>()?.parse(self.expiry)?;
        let idempotency = request.idempotency(&caller)?;
        let id = InvitationId::new(self.table.environment().new_id());
        let invitation = Invite { organization, actor: caller, id, terms }.invitation(request.now());
        let view = InvitationView::new(&invitation, request.now());
        let reply = Reply::with(201, &view)?.location(format!("/organizations/{organization}/invitations/{id}"));
        let once = Once::new(reply, idempotency, request.now());
        Ok(invite(&self.table, &invitation, self.limits, once, &request.occasion()).await?)
    }

    async fn list(&self, request: &ApiRequest) -> Result<Reply, Problem> {
        let caller = request.caller()?;
        let organization = request.organization_id()?;
        let by_name = |text: &str| InvitationStatus::ALL.into_iter().find(|status| status.name() == text);
        let status =
            request.query_as("status", by_name, "must be `pending`, `accepted`, `declined`, `revoked` or `expired`")?;
        let filter = InvitationFilter { status, now: request.now() };
        let list = format!("invitations/{organization}/{}", status.map_or("", InvitationStatus::name));
        let cursor = Cursor::of(list, filter.is_key());
        let page = request.page(&cursor)?;
        let invitations = self
            .table
            .list_invitations(organization, &caller.user_id, filter, page.limit, page.after.as_deref())
            .await?;
        let (_, invitations) = invitations.open(Permission::VIEW_USERS)?;
        let view = |invitation| InvitationView::new(invitation, request.now());
        Reply::ok(&PageView::new(invitations.items.iter().map(view), invitations.next, &cursor))
    }

    async fn read(&self, request: &ApiRequest) -> Result<Reply, Problem> {
        let caller = request.caller()?;
        let organization = request.organization_id()?;
        let guarded = self.table.read_invitation(organization, &caller.user_id, request.invitation_id()).await?;
        let (_, invitation) = guarded.open(Permission::VIEW_USERS)?;
        let unknown = || {
            Problem::new(
                Code::InvitationNotFound,
                "The organization has no invitation with this id. Reload the list of invitations.",
            )
        };
        Reply::ok(&InvitationView::new(&invitation.ok_or_else(unknown)?, request.now()))
    }
}
