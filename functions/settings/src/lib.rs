//! The routes below `/organizations/{organizationId}/settings`: read every tab, change `general` and `billing`.

mod change;
mod views;

use shared::{
    configuration::InvalidConfiguration,
    domain::{Access, Area, Member, Permission, Refusal},
    http::{ApiRequest, Code, Problem, Reply},
    routes,
    start::Start,
    table::{Settings, Table},
};

use change::{Change, ChangeSettings, change_settings};

pub struct SettingsTabs {
    table: Table,
}

routes! {
    SettingsTabs {
        "GET /organizations/{organizationId}/settings" => overview,
        "GET /organizations/{organizationId}/settings/{tab}" => tab,
        "PATCH /organizations/{organizationId}/settings/general" => change_general,
        "PATCH /organizations/{organizationId}/settings/billing" => change_billing,
    }
}

impl SettingsTabs {
    fn new(start: &Start) -> Result<Self, InvalidConfiguration> {
        Ok(Self { table: start.table(2)? })
    }

    async fn read(&self, request: &ApiRequest) -> Result<(Member, Settings), Problem> {
        let caller = request.caller()?;
        let organization = request.organization_id()?;
        let guarded = self.table.read_settings(organization, &caller.user_id).await?;
        Ok(guarded.open_to_members()?)
    }

    async fn overview(&self, request: &ApiRequest) -> Result<Reply, Problem> {
        let (reader, settings) = self.read(request).await?;
        Reply::ok(&views::OverviewView::new(&settings, &open_tabs(&reader)?))
    }

    async fn tab(&self, request: &ApiRequest) -> Result<Reply, Problem> {
        let (reader, settings) = self.read(request).await?;
        let wanted = request.path("tab");
        let Some(area) = Area::ALL.into_iter().find(|area| area.name() == wanted) else {
            // Who may open no tab is not told which ones there are.
            open_tabs(&reader)?;
            return Err(Problem::new(
                Code::SettingsTabNotFound,
                "The tabs are `general`, `users`, `workspaces` and `billing`. Open one of these tabs.",
            ));
        };
        let access = access(&reader, area).ok_or(Refusal::Lacks(Permission::Settings(area, Access::View)))?;
        views::tab(&settings, &reader, area, access)
    }

    async fn change_general(&self, request: &ApiRequest) -> Result<Reply, Problem> {
        self.change(request, |request| request.body().map(Change::General)).await
    }

    async fn change_billing(&self, request: &ApiRequest) -> Result<Reply, Problem> {
        self.change(request, |request| request.body().map(Change::Billing)).await
    }

    async fn change(
        &self,
        request: &ApiRequest,
        read: fn(&ApiRequest) -> Result<Change, Problem>,
    ) -> Result<Reply, Problem> {
        let (caller, organization) = (request.caller()?, request.organization_id()?);
        let change = read(request)?;
        let if_match = request.required_if_match()?;
        let area = change.area();
        let change = ChangeSettings { organization, actor: caller.user_id, change, if_match };
        let (actor, settings) = change_settings(&self.table, &change, &request.occasion()).await?;
        views::tab(&settings, &actor, area, Access::Manage)
    }
}

/// Returns the tabs that the reader's roles can open (R7), or the missing permission if there is none.
fn open_tabs(reader: &Member) -> Result<Vec<(Area, Access)>, Refusal> {
    let tabs: Vec<_> = Area::ALL.into_iter().filter_map(|area| Some((area, access(reader, area)?))).collect();
    if tabs.is_empty() { Err(Refusal::Lacks(Permission::Settings(Area::General, Access::View))) } else { Ok(tabs) }
}

/// Returns the access of a member to an area.
fn access(reader: &Member, area: Area) -> Option<Access> {
    let held = reader.permissions();
    [Access::Manage, Access::View].into_iter().find(|access| held.contains(Permission::Settings(area, *access)))
}
