//! `…/members`: list, read, remove, leave.

mod remove_member;
mod views;

use jiff::SignedDuration;
use shared::{
    configuration::InvalidConfiguration,
    domain::{Permission, PermissionSet, Refusal, Role},
    environment::Environment,
    http::{ApiRequest, Clients, Code, Cursor, PageView, Problem, Reply, Routes},
    start::Start,
    table::{MemberFilter, Table},
};

pub use remove_member::{RemoveMember, RemoveMemberError, remove_member};
use views::MemberView;

/// The function.
pub struct Members {
    table: Table,
    clients: Clients,
}

impl Members {
    /// # Errors
    /// When the environment is not what template.yaml sets.
    pub fn new(start: &Start) -> Result<Self, InvalidConfiguration> {
        Ok(Self::with(start.table(SignedDuration::from_secs(5))?, Clients::from_environment(start.variables)?))
    }

    /// With parts of the caller's own.
    pub fn with(table: Table, clients: Clients) -> Self {
        Self { table, clients }
    }

    async fn list(&self, request: &ApiRequest) -> Result<Reply, Problem> {
        let caller = request.caller(&self.clients)?;
        let organization = request.organization_id()?;
        let rule = "must be organization_admin, billing_admin, user_admin or member";
        let role: Option<Role> = request.query_as("role", |text| text.parse().ok(), rule)?;
        let email_prefix = request.query("email").filter(|prefix| !prefix.is_empty());
        let list = format!(
            "members/{organization}/{}/{}",
            role.map_or("", Role::name),
            email_prefix.as_deref().unwrap_or_default()
        );
        let cursor = Cursor::of(list);
        let page = request.page(&cursor)?;
        let filter = MemberFilter { role, email_prefix };
        let members =
            self.table.list_members(organization, &caller.user_id, &filter, page.limit, page.after.as_deref()).await?;
        let (_, members) = members.open(Permission::VIEW_USERS)?;
        let items = members.items.iter().map(MemberView::from).collect();
        Reply::ok(&PageView { items, next_cursor: members.next.map(|key| cursor.write(&key)) })
    }

    async fn read(&self, request: &ApiRequest) -> Result<Reply, Problem> {
        let caller = request.caller(&self.clients)?;
        let organization = request.organization_id()?;
        let wanted = request.user_id();
        let member = wanted.as_ref().unwrap_or(&caller.user_id);
        let guarded = self.table.read_member(organization, &caller.user_id, member).await?;
        let (reader, member) = guarded.open_to_members()?;
        // Anybody may read themselves; others take the permission.
        if wanted.as_ref() != Some(&reader.user_id) {
            PermissionSet::of(reader.roles).decide(Permission::VIEW_USERS.into()).map_err(Refusal::Lacks)?;
        }
        let member = member.filter(|_| wanted.is_some());
        let member =
            member.ok_or_else(|| Problem::new(Code::MemberNotFound, "The organization has no member with this id."))?;
        Ok(Reply::ok(&MemberView::from(&member))?.etag(&member.version))
    }

    async fn remove(&self, request: &ApiRequest) -> Result<Reply, Problem> {
        let caller = request.caller(&self.clients)?;
        let removal =
            RemoveMember { organization: request.organization_id()?, actor: caller.user_id, member: request.user_id() };
        remove_member(&self.table, &removal, &request.occasion()).await?;
        Ok(Reply::no_content())
    }
}

impl Routes for Members {
    async fn answer(&self, request: &ApiRequest) -> Result<Reply, Problem> {
        match request.route().split_once(' ') {
            Some(("DELETE", _)) => self.remove(request).await,
            Some((_, path)) if path.ends_with("/{userId}") => self.read(request).await,
            _ => self.list(request).await,
        }
    }

    fn environment(&self) -> &Environment {
        self.table.environment()
    }
}
