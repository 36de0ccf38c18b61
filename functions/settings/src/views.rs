use serde::Serialize;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use shared::{
    domain::{Access, Area, Member, Permission, PermissionSet, RoleSet, Version},
    http::{Problem, Reply},
    table::Settings,
};

/// The response of `GET …/settings`: the tabs that the caller can open.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct OverviewView {
    organization_id: String,
    tabs: Vec<TabSummaryView>,
}

#[derive(Serialize)]
struct TabSummaryView {
    tab: &'static str,
    access: &'static str,
    summary: SummaryView,
}

#[derive(Serialize)]
#[serde(untagged)]
enum SummaryView {
    General { name: String },
    Users(SeatsView),
    Workspaces { workspaces: u64 },
    Billing { plan: String, status: &'static str },
}

/// The response of `GET …/settings/{tab}`.
#[derive(Serialize)]
struct TabView {
    tab: &'static str,
    access: &'static str,
    #[serde(flatten)]
    content: ContentView,
}

#[derive(Serialize)]
#[serde(untagged)]
enum ContentView {
    General(GeneralView),
    Users(UsersView),
    Workspaces(WorkspacesView),
    Billing(BillingView),
}

/// The seats in use. Each member and each pending invitation uses one (R16), and an expired one until the sweeper or a
/// request releases it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SeatsView {
    seats_used: u64,
    seat_limit: u64,
    expired_invitations: u64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct GeneralView {
    organization_id: String,
    name: String,
    phone: Option<String>,
    website: Option<String>,
    industry: Option<String>,
    company_size: Option<String>,
    country: Option<String>,
    metadata: Map<String, Value>,
    status: &'static str,
    created_at: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct UsersView {
    #[serde(flatten)]
    seats: SeatsView,
    /// The sets of roles that the caller can grant (R8), so that a front end need not know the rules.
    grantable_roles: Vec<Vec<String>>,
}

/// The workspaces, the oldest first, at most 100.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WorkspacesView {
    workspaces: Vec<WorkspaceView>,
    workspaces_used: u64,
    workspace_limit: u64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WorkspaceView {
    workspace_id: String,
    name: String,
    default: bool,
    created_at: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct BillingView {
    plan: String,
    status: &'static str,
    billing_contact: String,
    #[serde(flatten)]
    seats: SeatsView,
}

impl OverviewView {
    /// Creates the response from the tabs that the caller can open, each with a summary.
    pub(crate) fn new(settings: &Settings, tabs: &[(Area, Access)]) -> Self {
        let tabs = tabs.iter().map(|(area, access)| TabSummaryView {
            tab: area.name(),
            access: access.name(),
            summary: summary(settings, *area),
        });
        Self { organization_id: settings.organization.id.to_string(), tabs: tabs.collect() }
    }
}

fn summary(settings: &Settings, area: Area) -> SummaryView {
    match area {
        Area::General => SummaryView::General { name: settings.organization.details.name.as_str().to_owned() },
        Area::Users => SummaryView::Users(seats(settings)),
        Area::Workspaces => SummaryView::Workspaces { workspaces: settings.subscription.workspaces_used },
        Area::Billing => {
            let subscription = &settings.subscription;
            SummaryView::Billing { plan: subscription.plan.clone(), status: subscription.status.name() }
        }
    }
}

fn seats(settings: &Settings) -> SeatsView {
    SeatsView {
        seats_used: settings.seats.used,
        seat_limit: settings.seats.limit,
        expired_invitations: settings.expired_invitations,
    }
}

/// Returns one tab. Its ETag is the version of the item behind it. If there is no such item, it is a hash of the view.
pub(crate) fn tab(settings: &Settings, reader: &Member, area: Area, access: Access) -> Result<Reply, Problem> {
    let (content, version) = match area {
        Area::General => (general(settings), Some(settings.organization.version.clone())),
        Area::Billing => (billing(settings), Some(settings.subscription.version.clone())),
        Area::Users => (users(settings, reader), None),
        Area::Workspaces => (workspaces(settings), None),
    };
    let view = TabView { tab: area.name(), access: access.name(), content };
    let reply = Reply::ok(&view)?;
    let version = version.unwrap_or_else(|| {
        let hash = Sha256::digest(reply.to_answer().body.as_bytes());
        Version::from(hash.iter().take(16).map(|byte| format!("{byte:02x}")).collect::<String>())
    });
    Ok(reply.etag(&version))
}

fn general(settings: &Settings) -> ContentView {
    let organization = &settings.organization;
    let details = organization.details.clone();
    ContentView::General(GeneralView {
        organization_id: organization.id.to_string(),
        name: details.name.as_str().to_owned(),
        phone: details.phone,
        website: details.website,
        industry: details.industry,
        company_size: details.company_size,
        country: details.country,
        metadata: organization.metadata.as_object().clone(),
        status: organization.status.name(),
        created_at: organization.created_at.to_string(),
    })
}

fn users(settings: &Settings, reader: &Member) -> ContentView {
    let held = reader.permissions();
    let manages = held.contains(Permission::MANAGE_USERS);
    let grantable = RoleSet::all().filter(|roles| manages && held.contains_all(PermissionSet::of(*roles)));
    ContentView::Users(UsersView { seats: seats(settings), grantable_roles: grantable.map(RoleSet::names).collect() })
}

fn workspaces(settings: &Settings) -> ContentView {
    let views = settings.workspaces.iter().map(|workspace| WorkspaceView {
        workspace_id: workspace.id.to_string(),
        name: workspace.name.as_str().to_owned(),
        default: workspace.is_default,
        created_at: workspace.created_at.to_string(),
    });
    ContentView::Workspaces(WorkspacesView {
        workspaces: views.collect(),
        workspaces_used: settings.subscription.workspaces_used,
        workspace_limit: settings.subscription.workspace_limit,
    })
}

fn billing(settings: &Settings) -> ContentView {
    let subscription = &settings.subscription;
    ContentView::Billing(BillingView {
        plan: subscription.plan.clone(),
        status: subscription.status.name(),
        billing_contact: subscription.billing_contact.as_str().to_owned(),
        seats: seats(settings),
    })
}
