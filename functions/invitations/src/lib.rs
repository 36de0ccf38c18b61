//! `…/invitations`: invite, list, read, resend, revoke.

mod batch;
mod ended;
mod invite;
mod link;
mod resend;
mod revoke;
mod seats;
mod views;

use serde::Deserialize;
use shared::{
    configuration::InvalidConfiguration,
    domain::{
        Days, DeliveryChannel, InvalidId, InvitationId, InvitationLimits, InvitationMessage, InvitationStatus,
        InvitationTerms, InvitationToken, Locale, MOST_GRANTS, Permission, RoleSet, Violations, WorkspaceGrant,
        WorkspaceRoles,
    },
    http::{ApiRequest, Code, Cursor, PageView, Problem, Reply},
    routes,
    start::Start,
    table::{InvitationFilter, Table},
};

use batch::{Batch, BatchBody, dry_run, run};
use invite::{Invite, invite};
use link::Link;
use resend::{ResendRequest, resend};
use revoke::revoke;
use views::InvitationView;

pub struct Invitations {
    table: Table,
    expiry: Days,
    limits: InvitationLimits,
    link: Link,
    workspace_roles: WorkspaceRoles,
}

routes! {
    Invitations {
        "POST /organizations/{organizationId}/invitations" => invite,
        "POST /organizations/{organizationId}/invitations/batch" => invite_batch,
        "GET /organizations/{organizationId}/invitations" => list,
        "GET /organizations/{organizationId}/invitations/{invitationId}" => read,
        "DELETE /organizations/{organizationId}/invitations/{invitationId}" => revoke,
        "POST /organizations/{organizationId}/invitations/{invitationId}/resend" => resend,
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
    delivery: Option<String>,
    workspaces: Option<Vec<GrantBody>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct GrantBody {
    workspace_id: String,
    role: String,
}

/// All of it is optional, and so is the body.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "camelCase")]
struct ResendBody {
    expires_in_days: Option<i64>,
    delivery: Option<String>,
    confirm_address: bool,
}

fn channel(text: &str) -> Result<DeliveryChannel, &'static str> {
    let channel = DeliveryChannel::ALL.into_iter().find(|channel| channel.name() == text);
    channel.ok_or("must be `email` or `link`")
}

/// The workspaces of an invitation: at most ten, each once.
fn grants(bodies: Vec<GrantBody>, known: &WorkspaceRoles, violations: &mut Violations) -> Vec<WorkspaceGrant> {
    if bodies.len() > MOST_GRANTS {
        violations.add("/workspaces", format!("must have at most {MOST_GRANTS} workspaces"));
        return Vec::new();
    }
    let mut grants: Vec<WorkspaceGrant> = Vec::new();
    for (index, body) in bodies.iter().enumerate() {
        let pointer = format!("/workspaces/{index}/workspaceId");
        let unknown = "must be the id of a workspace of this organization";
        let workspace = violations.check(&pointer, body.workspace_id.parse().map_err(|InvalidId| unknown));
        let role = violations.check(&format!("/workspaces/{index}/role"), known.role(&body.role));
        let Some((workspace, role)) = workspace.zip(role) else { continue };
        if grants.iter().any(|grant| grant.workspace == workspace) {
            violations.add(&pointer, "must not be in the list twice");
        }
        grants.push(WorkspaceGrant { workspace, role });
    }
    grants
}

impl InviteBody {
    /// `default`: the expiry. `known`: the roles in workspaces.
    fn parse(self, default: Days, known: &WorkspaceRoles) -> Result<InvitationTerms, Problem> {
        let mut violations = Violations::default();
        let email = violations.check("/email", self.email.parse());
        let roles = violations.check("/roles", RoleSet::parse(self.roles.iter().map(String::as_str)));
        let expires_in =
            violations.check_optional("/expiresInDays", self.expires_in_days.map(Days::new)).unwrap_or(default);
        let message = self.message.filter(|text| !text.trim().is_empty());
        let message = violations.check_optional("/message", message.as_deref().map(InvitationMessage::parse));
        let locale = violations.check_optional("/locale", self.locale.as_deref().map(Locale::parse));
        let channel = violations.check_optional("/delivery", self.delivery.as_deref().map(channel)).unwrap_or_default();
        let workspaces = grants(self.workspaces.unwrap_or_default(), known, &mut violations);
        let terms = email.zip(roles).map(|(email, roles)| InvitationTerms {
            email,
            roles,
            expires_in,
            message,
            locale,
            channel,
            workspaces,
        });
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
            address: start.variables.parsed("INVITATION_EMAILS_PER_ADDRESS_PER_DAY")?,
        };
        let workspace_roles = start.variables.parsed("WORKSPACE_ROLES")?;
        Ok(Self { table: start.table(2)?, expiry, limits, link: Link::new(&start.variables)?, workspace_roles })
    }

    async fn invite(&self, request: &ApiRequest) -> Result<Reply, Problem> {
        let caller = request.caller()?;
        let organization = request.organization_id()?;
        let terms = request.body::<InviteBody>()?.parse(self.expiry, &self.workspace_roles)?;
        let idempotency = request.idempotency(&caller)?;
        let id = InvitationId::new(self.table.environment().new_id());
        let token = (terms.channel == DeliveryChannel::Link)
            .then(|| InvitationToken::new(organization, id, self.table.environment().random_bytes()));
        // No mailer reads the inviter's name for a link.
        let inviter = match &token {
            Some(_) => {
                let member = self.table.read_member(organization, &caller.user_id, &caller.user_id).await?;
                Some(member.open_to_members()?.0)
            }
            None => None,
        };
        let mut invitation = Invite { organization, actor: caller, id, terms }.invitation(request.now());
        invitation.inviter_name = inviter.and_then(|inviter| inviter.name);
        invitation.secret_hashes.extend(token.iter().map(|token| token.hash().as_str().to_owned()));
        let once = self.link.reply(201, &invitation, token.as_ref(), idempotency, request.now())?;
        Ok(invite(&self.table, &invitation, self.limits, once, &request.occasion()).await?)
    }

    async fn invite_batch(&self, request: &ApiRequest) -> Result<Reply, Problem> {
        let actor = request.caller()?;
        let organization = request.organization_id()?;
        let body: BatchBody = request.batch_body()?;
        let idempotency = request.idempotency(&actor)?;
        let rows = body.rows(self.expiry, &self.workspace_roles)?;
        let batch = Batch { organization, actor, rows, idempotency };
        if body.dry_run.unwrap_or_default() {
            return dry_run(&self.table, self.limits, &batch, request.now()).await;
        }
        run(&self.table, self.limits, &self.link, &batch, &request.occasion()).await
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
        Reply::ok(&InvitationView::new(&invitation.ok_or_else(unknown)?, request.now()))
    }
    async fn resend(&self, request: &ApiRequest) -> Result<Reply, Problem> {
        let caller = request.caller()?;
        let organization = request.organization_id()?;
        let body: ResendBody = request.optional_body()?;
        let mut violations = Violations::default();
        let expires_in = violations.check_optional("/expiresInDays", body.expires_in_days.map(Days::new));
        let channel = violations.check_optional("/delivery", body.delivery.as_deref().map(channel));
        violations.or(Some(())).map_err(Problem::validation)?;
        let resending = ResendRequest {
            organization,
            id: request.invitation_id(),
            idempotency: request.idempotency(&caller)?,
            actor: caller,
            expires_in: expires_in.unwrap_or(self.expiry),
            channel: channel.unwrap_or_default(),
            confirms_address: body.confirm_address,
        };
        resend(&self.table, self.limits, &self.link, resending, &request.occasion()).await
    }

    async fn revoke(&self, request: &ApiRequest) -> Result<Reply, Problem> {
        let caller = request.caller()?;
        let organization = request.organization_id()?;
        revoke(&self.table, organization, &caller.user_id, request.invitation_id(), &request.occasion()).await?;
        Ok(Reply::no_content())
    }
}

fn unknown() -> Problem {
    Problem::new(
        Code::InvitationNotFound,
        "The organization has no invitation with this id. Reload the list of invitations.",
    )
}
