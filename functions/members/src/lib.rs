//! The routes of members: list, read, remove and leave (`…/members`).

mod remove_member;
mod roster;
mod views;

use shared::{
    configuration::InvalidConfiguration,
    domain::{OrganizationId, Permission, Refusal, Role, Timestamp},
    http::{ApiRequest, Caller, Cursor, PageView, Problem, Reply},
    items::keys,
    routes,
    start::Start,
    table::{MemberFilter, Table},
};

use remove_member::{RemoveMember, remove_member};
use roster::PastMemberView;
use views::MemberView;

pub struct Members {
    table: Table,
}

routes! {
    Members {
        "GET /organizations/{organizationId}/members" => list,
        "GET /organizations/{organizationId}/members/{userId}" => read,
        "DELETE /organizations/{organizationId}/members/{userId}" => remove,
    }
}

impl Members {
    fn new(start: &Start) -> Result<Self, InvalidConfiguration> {
        Ok(Self { table: start.table(2)? })
    }

    async fn list(&self, request: &ApiRequest) -> Result<Reply, Problem> {
        let caller = request.caller()?;
        let organization = request.organization_id()?;
        if let Some(at) = request.query_instant("at")? {
            return self.list_at(request, &caller, organization, at).await;
        }
        let rule = "must be `organization_admin`, `billing_admin`, `user_admin` or `member`";
        let role: Option<Role> = request.query_as("role", |text| text.parse().ok(), rule)?;
        let email_prefix = request.query("email").filter(|prefix| !prefix.is_empty());
        let list = format!(
            "members/{organization}/{}/{}",
            role.map_or("", Role::name),
            email_prefix.as_deref().unwrap_or_default()
        );
        let filter = MemberFilter { role, email_prefix };
        let cursor = Cursor::of(list, filter.is_key());
        let page = request.page(&cursor)?;
        let members =
            self.table.list_members(organization, &caller.user_id, &filter, page.limit, page.after.as_deref()).await?;
        let (_, members) = members.open(Permission::VIEW_USERS)?;
        Reply::ok(&PageView::new(members.items.iter().map(MemberView::from), members.next, &cursor))
    }

    /// Lists who was a member at an instant.
    async fn list_at(
        &self,
        request: &ApiRequest,
        caller: &Caller,
        organization: OrganizationId,
        at: Timestamp,
    ) -> Result<Reply, Problem> {
        roster::check(at, request, self.table.retention())?;
        let cursor = Cursor::of(format!("members/{organization}/at/{at}"), keys::is_member);
        let page = request.page(&cursor)?;
        let members = self.table.roster(organization, &caller.user_id, at, page.limit, page.after.as_deref()).await?;
        let (_, members) = members.open(Permission::VIEW_USERS)?;
        Reply::ok(&PageView::new(members.items.iter().map(PastMemberView::from), members.next, &cursor))
    }

    async fn read(&self, request: &ApiRequest) -> Result<Reply, Problem> {
        let caller = request.caller()?;
        let organization = request.organization_id()?;
        let wanted = request.user_id();
        let guarded = self.table.read_member(organization, &caller.user_id, &wanted).await?;
        let (reader, member) = guarded.open_to_members()?;
        // Anybody may read themselves; others take the permission.
        if wanted != reader.user_id {
            reader.permissions().decide(Permission::VIEW_USERS.into()).map_err(Refusal::Lacks)?;
        }
        let member = member.ok_or_else(Problem::member_not_found)?;
        Ok(Reply::ok(&MemberView::from(&member))?.etag(&member.version))
    }

    async fn remove(&self, request: &ApiRequest) -> Result<Reply, Problem> {
        let caller = request.caller()?;
        let removal = RemoveMember {
            organization: request.organization_id()?,
            actor: caller.user_id,
            member: request.user_id(),
            if_match: request.if_match()?,
        };
        remove_member(&self.table, &removal, &request.occasion()).await?;
        Ok(Reply::no_content())
    }
}
