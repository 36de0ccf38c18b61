//! `…/audit-records`: who changed what, and when.

mod views;

use shared::{
    configuration::InvalidConfiguration,
    domain::{Permission, Timestamp, UserId},
    http::{ApiRequest, Cursor, PageView, Problem, Reply},
    items::{AuditAction, keys},
    routes,
    start::Start,
    table::{AuditFilter, Table},
};

use views::AuditRecordView;

pub struct AuditLog {
    table: Table,
}

routes! {
    AuditLog {
        "GET /organizations/{organizationId}/audit-records" => list,
    }
}

/// Parses the filters of a list.
fn filter(request: &ApiRequest) -> Result<AuditFilter, Problem> {
    let action = |text: &str| AuditAction::ALL.into_iter().find(|action| action.name() == text);
    Ok(AuditFilter {
        actor: request.query_as::<UserId>("actor", |text| text.parse().ok(), "must be the id of a user")?,
        action: request.query_as(
            "action",
            action,
            "must be the action of an audit record, such as `member.removed`",
        )?,
        from: request.query_instant("from")?,
        to: request.query_instant("to")?,
    })
}

impl AuditLog {
    fn new(start: &Start) -> Result<Self, InvalidConfiguration> {
        Ok(Self { table: start.table(2)? })
    }

    async fn list(&self, request: &ApiRequest) -> Result<Reply, Problem> {
        let caller = request.caller()?;
        let organization = request.organization_id()?;
        let filter = filter(request)?;
        let text = |instant: Option<Timestamp>| instant.map(|at| at.to_string()).unwrap_or_default();
        let list = format!(
            "audit-records/{organization}/{}/{}/{}/{}",
            filter.actor.as_ref().map_or("", UserId::as_str),
            filter.action.map_or("", AuditAction::name),
            text(filter.from),
            text(filter.to),
        );
        let cursor = Cursor::of(list, keys::is_audit_record);
        let page = request.page(&cursor)?;
        let records = self
            .table
            .list_audit_records(organization, &caller.user_id, &filter, page.limit, page.after.as_deref())
            .await?;
        let (_, records) = records.open(Permission::ViewAuditRecords)?;
        Reply::ok(&PageView::new(records.items.iter().map(AuditRecordView::from), records.next, &cursor))
    }
}
