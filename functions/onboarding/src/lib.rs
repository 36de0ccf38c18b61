//! `GET /me` and `POST /organizations`: what a user who has just signed in needs.

mod create_organization;
mod me;
mod views;

use std::sync::Arc;

use serde::Deserialize;
use shared::{
    configuration::InvalidConfiguration,
    directory::Directory,
    domain::SubmittedDetails,
    founding::{Founding, FoundingDefaults},
    http::{ApiRequest, Once, Problem, Reply},
    routes,
    start::Start,
    table::Table,
};

use create_organization::create_organization;

pub struct Onboarding {
    table: Table,
    directory: Arc<dyn Directory>,
    defaults: FoundingDefaults,
    support_url: String,
}

routes! {
    Onboarding {
        "GET /me" => me,
        "POST /organizations" => create,
    }
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
    fn new(start: &Start) -> Result<Self, InvalidConfiguration> {
        Ok(Self {
            table: start.table()?,
            directory: start.directory()?,
            defaults: FoundingDefaults::new(&start.variables)?,
            support_url: start.variables.text("SUPPORT_URL")?.to_owned(),
        })
    }

    async fn me(&self, request: &ApiRequest) -> Result<Reply, Problem> {
        let caller = request.caller()?;
        let me = me::me(&self.table, self.directory.as_ref(), &caller, request.now()).await?;
        Reply::ok(&views::MeView::from(&me))
    }

    async fn create(&self, request: &ApiRequest) -> Result<Reply, Problem> {
        let caller = request.caller()?;
        let details = SubmittedDetails::from(request.body::<CreateBody>()?).parse().map_err(Problem::validation)?;
        let idempotency = request.idempotency(&caller)?;
        // Asked now rather than read from the table: founding is one round trip to it, and creates a user whose trigger
        // never ran on the way.
        let identity = self.directory.identity(&caller.username).await?;
        let founder = identity.into_user(caller.user_id, request.now());
        let founding = Founding::new(founder, details, &self.defaults, self.table.environment());
        let path = format!("/organizations/{}", founding.organization.id);
        let reply = Reply::with(201, &views::CreatedView::from(&founding))?.location(path);
        let once = Once::new(reply, idempotency, request.now());
        let created = create_organization(&self.table, &founding, once, &request.occasion()).await;
        created.map_err(|failure| failure.into_problem(|reason| reason.into_problem(&self.support_url)))
    }
}
