//! `GET /me` and `POST /organizations`: what a user who has just signed in needs.

mod create_organization;
mod me;
mod views;

use std::sync::Arc;

use jiff::SignedDuration;
use serde::Deserialize;
use shared::{
    configuration::InvalidConfiguration,
    directory::Directory,
    domain::SubmittedDetails,
    environment::Environment,
    founding::{Founding, FoundingDefaults},
    http::{ApiRequest, Clients, Problem, Reply, Routes},
    start::Start,
    table::Table,
};

pub use create_organization::{CreateOrganizationError, Created, create_organization};
pub use me::{Me, me};

/// The route on which idempotency keys of foundings are honoured.
const CREATE: &str = "POST /organizations";

/// The function.
pub struct Onboarding {
    table: Table,
    clients: Clients,
    directory: Arc<dyn Directory>,
    defaults: FoundingDefaults,
    support_url: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct CreateBody {
    name: String,
    phone: Option<String>,
    website: Option<String>,
    industry: Option<String>,
    company_size: Option<String>,
    country: Option<String>,
}

impl From<CreateBody> for SubmittedDetails {
    fn from(body: CreateBody) -> Self {
        let CreateBody { name, phone, website, industry, company_size, country } = body;
        Self { name: Some(name), phone, website, industry, company_size, country }
    }
}

impl Onboarding {
    /// # Errors
    /// When the environment is not what template.yaml sets.
    pub fn new(start: &Start) -> Result<Self, InvalidConfiguration> {
        Ok(Self::with(
            start.table(SignedDuration::from_secs(5))?,
            Clients::from_environment(start.variables)?,
            Arc::new(start.user_pool()?),
            FoundingDefaults::from_environment(start.variables)?,
            start.variables.text("SUPPORT_URL")?,
        ))
    }

    /// With parts of the caller's own.
    pub fn with(
        table: Table,
        clients: Clients,
        directory: Arc<dyn Directory>,
        defaults: FoundingDefaults,
        support_url: String,
    ) -> Self {
        Self { table, clients, directory, defaults, support_url }
    }

    async fn me(&self, request: &ApiRequest) -> Result<Reply, Problem> {
        let caller = request.caller(&self.clients)?;
        let me = me(&self.table, self.directory.as_ref(), &caller, request.now()).await?;
        Reply::ok(&views::MeView::from(&me))
    }

    async fn create(&self, request: &ApiRequest) -> Result<Reply, Problem> {
        let caller = request.caller(&self.clients)?;
        let details = SubmittedDetails::from(request.body::<CreateBody>()?).parse().map_err(Problem::validation)?;
        let idempotency = request.idempotency(&caller, CREATE)?;
        // Asked now rather than read from the table: founding is one round trip to it, and creates a user whose trigger
        // never ran on the way.
        let identity = self.directory.identity(&caller.username).await?;
        let founder = identity.into_user(caller.user_id, request.now());
        let founding = Founding::new(founder, details, &self.defaults, self.table.environment());
        let path = format!("/organizations/{}", founding.organization.id);
        let reply = Reply::with(201, &views::CreatedView::from(&founding))?.location(path);
        let created =
            create_organization(&self.table, &founding, &reply, idempotency.as_ref(), &request.occasion()).await;
        match created.map_err(|error| error.into_problem(&self.support_url))? {
            Created::Now => Ok(reply),
            Created::Before(answer) => Ok(answer.into()),
        }
    }
}

impl Routes for Onboarding {
    async fn answer(&self, request: &ApiRequest) -> Result<Reply, Problem> {
        match request.route() {
            CREATE => self.create(request).await,
            _ => self.me(request).await,
        }
    }

    fn environment(&self) -> &Environment {
        self.table.environment()
    }
}
