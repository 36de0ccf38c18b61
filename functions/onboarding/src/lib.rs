//! The routes `GET /me` and `POST /organizations`, for a user who has just signed in.

mod create_organization;
mod me;
mod views;

use std::sync::Arc;

use serde::Deserialize;
use shared::{
    allowance::Allowance,
    configuration::InvalidConfiguration,
    directory::{Directory, DirectoryError, Identity},
    domain::{SubmittedDetails, Timestamp},
    failure::Failure,
    http::{ApiRequest, Caller, Once, Problem, Reply},
    new_organization::{NewOrganization, OrganizationDefaults},
    routes,
    start::Start,
    table::Table,
};

use create_organization::{NotCreated, create_organization};

pub struct Onboarding {
    table: Table,
    directory: Arc<dyn Directory>,
    identity_checks: Allowance,
    defaults: OrganizationDefaults,
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
            table: start.table(2)?,
            directory: start.directory()?,
            identity_checks: start.identity_checks()?,
            defaults: OrganizationDefaults::new(&start.variables)?,
            support_url: start.variables.text("SUPPORT_URL")?,
        })
    }

    async fn me(&self, request: &ApiRequest) -> Result<Reply, Problem> {
        let caller = request.caller()?;
        let me = me::me(&self.table, self, &caller, request.now()).await?;
        Reply::ok(&views::MeView::from(&me))
    }

    async fn create(&self, request: &ApiRequest) -> Result<Reply, Problem> {
        let caller = request.caller()?;
        let details = SubmittedDetails::from(request.body::<CreateBody>()?).parse().map_err(Problem::validation)?;
        let idempotency = request.idempotency(&caller)?;
        let before =
            create_organization::before(&self.table, &caller.user_id, idempotency.as_ref(), request.now()).await;
        if let Some(reply) = before.map_err(|failure| self.problem(failure))? {
            return Ok(reply);
        }
        // An access token carries no address. Whoever gets here may create an organization: Cognito is asked last, and once.
        let identity = self.identity(&caller, request.now()).await?;
        let creator = identity.into_user(caller.user_id, request.now());
        let new = NewOrganization::new(creator, details, &self.defaults, self.table.environment());
        let path = format!("/organizations/{}", new.organization.id);
        let reply = Reply::with(201, &views::CreatedView::from(&new))?.location(path);
        let once = Once::new(reply, idempotency, request.now());
        let created = create_organization(&self.table, &new, once, &request.occasion()).await;
        created.map_err(|failure| self.problem(failure))
    }

    fn problem(&self, failure: Failure<NotCreated>) -> Problem {
        failure.into_problem(|reason| reason.into_problem(&self.support_url))
    }

    /// Asks Cognito for the caller, within the limit of R24.
    async fn identity(&self, caller: &Caller, now: Timestamp) -> Result<Identity, DirectoryError> {
        self.identity_checks.take(&caller.user_id, now).map_err(DirectoryError::TooOften)?;
        self.directory.identity(&caller.username).await
    }
}
