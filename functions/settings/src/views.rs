use serde::Serialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use shared::{
    domain::{Access, Area, Member, PermissionSet, RoleSet, Version},
    http::{Problem, Reply},
    table::Settings,
};

/// The tabs that are open, each with a summary.
pub(crate) fn overview(settings: &Settings, tabs: &[(Area, Access)]) -> Value {
    let tabs: Vec<_> = tabs
        .iter()
        .map(|(area, access)| json!({ "tab": area.name(), "access": access.name(), "summary": summary(settings, *area) }))
        .collect();
    json!({ "organizationId": settings.organization.id.to_string(), "tabs": tabs })
}

fn summary(settings: &Settings, area: Area) -> Value {
    match area {
        Area::General => json!({ "name": settings.organization.details.name.as_str() }),
        Area::Users => seats(settings),
        Area::Workspaces => json!({ "workspaces": settings.workspaces.len() }),
        Area::Billing => json!({ "plan": settings.subscription.plan, "status": settings.subscription.status.name() }),
    }
}

/// Members and live invitations take a seat each (R16).
fn seats(settings: &Settings) -> Value {
    json!({ "seatsUsed": settings.seats.used, "seatLimit": settings.seats.limit })
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WorkspaceView {
    workspace_id: String,
    name: String,
    default: bool,
    created_at: String,
}

/// One tab. Its ETag is the version of the item behind it; where there is none, a hash of what it shows.
pub(crate) fn tab(settings: &Settings, reader: &Member, area: Area, access: Access) -> Result<Reply, Problem> {
    let (content, version) = match area {
        Area::General => (general(settings), Some(&settings.organization.version)),
        Area::Billing => (billing(settings), Some(&settings.subscription.version)),
        Area::Users => (users(settings, reader), None),
        Area::Workspaces => (workspaces(settings)?, None),
    };
    let hashed;
    let version = match version {
        Some(version) => version,
        None => {
            let hash = Sha256::digest(content.to_string().as_bytes());
            hashed = Version::from(hash.iter().take(16).map(|byte| format!("{byte:02x}")).collect::<String>());
            &hashed
        }
    };
    let mut view = json!({ "tab": area.name(), "access": access.name() });
    if let (Value::Object(view), Value::Object(content)) = (&mut view, content) {
        view.extend(content);
    }
    Ok(Reply::ok(&view)?.etag(version))
}

fn general(settings: &Settings) -> Value {
    let organization = &settings.organization;
    let details = &organization.details;
    json!({
        "organizationId": organization.id.to_string(),
        "name": details.name.as_str(),
        "phone": details.phone,
        "website": details.website,
        "industry": details.industry,
        "companySize": details.company_size,
        "country": details.country,
        "status": organization.status.name(),
        "createdAt": organization.created_at.to_string(),
    })
}

fn billing(settings: &Settings) -> Value {
    let subscription = &settings.subscription;
    json!({
        "plan": subscription.plan,
        "status": subscription.status.name(),
        "billingContact": subscription.billing_contact.as_str(),
        "seatsUsed": settings.seats.used,
        "seatLimit": settings.seats.limit,
    })
}

/// Besides the seats, what the reader could grant (R8), so that a front end need not know the rules.
fn users(settings: &Settings, reader: &Member) -> Value {
    let held = reader.permissions();
    let manages = held.contains(shared::domain::Permission::MANAGE_USERS);
    let grantable = RoleSet::all().filter(|roles| manages && held.contains_all(PermissionSet::of(*roles)));
    let mut content = seats(settings);
    content["grantableRoles"] = grantable.map(RoleSet::names).collect::<Vec<_>>().into();
    content
}

fn workspaces(settings: &Settings) -> Result<Value, Problem> {
    let views: Vec<_> = settings
        .workspaces
        .iter()
        .map(|workspace| WorkspaceView {
            workspace_id: workspace.id.to_string(),
            name: workspace.name.as_str().to_owned(),
            default: workspace.is_default,
            created_at: workspace.created_at.to_string(),
        })
        .collect();
    let views = serde_json::to_value(views).map_err(|error| Problem::internal(&error))?;
    Ok(json!({ "workspaces": views }))
}
