//! The functions as template.yaml has them: what invokes them, their environment and their binaries.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use local_stack::Options;
use stack_template::{Function as Declared, Names, Source, Template};

use crate::{Result, event::CLIENT, services::Services, tls::SYSTEM_STORE};

/// The template, evaluated, and where its binaries are.
pub(crate) struct Product {
    pub(crate) template: Template,
    pub(crate) table: String,
    pub(crate) functions: Vec<Declared>,
    binaries: PathBuf,
}

impl Product {
    /// `binaries`: a folder with a file of each function's name, or with a folder of each function's logical id, as
    /// `sam build` lays them.
    pub(crate) fn new(binaries: &Path) -> Result<Self> {
        // The script's requests come from few users within seconds.
        let limits = ["InvitationsPerInviterPerDay", "InvitationsPerOrganizationPerDay", "IdentityChecksPerMinute"];
        let mut parameters: BTreeMap<String, String> =
            limits.into_iter().map(|name| (name.to_owned(), "1000".to_owned())).collect();
        // Off by default; the route does its work only if it is on.
        parameters.insert("AcceptInApp".to_owned(), "true".to_owned());
        let template = Options { parameters, ..Options::default() }.template()?;
        let table = "organizations".to_owned();
        let names = Names {
            table_name: table.clone(),
            stream_arn: "arn:aws:dynamodb:us-east-1:000000000000:table/organizations/stream/1".to_owned(),
            user_pool_id: "us-east-1_Example".to_owned(),
            user_pool_client_id: CLIENT.to_owned(),
            api_url: "http://127.0.0.1".to_owned(),
        };
        let functions = template.functions(&names)?;
        Ok(Self { template, table, functions, binaries: binaries.to_owned() })
    }

    pub(crate) fn function(&self, name: &str) -> Result<&Declared> {
        let found = self.functions.iter().find(|function| function.name == name);
        Ok(found.ok_or_else(|| format!("template.yaml has no function {name}"))?)
    }

    /// The name of the function that has a route.
    pub(crate) fn behind(&self, route: &str) -> Result<&str> {
        let found = self.functions.iter().find(|function| invocations(function).iter().any(|one| one == route));
        Ok(&found.ok_or_else(|| format!("template.yaml has no route {route}"))?.name)
    }

    pub(crate) fn binary(&self, function: &Declared) -> Result<PathBuf> {
        let places = [self.binaries.join(&function.name), self.binaries.join(&function.id).join("bootstrap")];
        let found = places.into_iter().find(|path| path.is_file());
        Ok(found.ok_or_else(|| format!("{} is not in {}", function.name, self.binaries.display()))?)
    }

    /// A binary that is not the template's.
    pub(crate) fn other(&self, name: &str) -> PathBuf {
        self.binaries.join(name)
    }
}

/// What invokes a function: routes as API Gateway writes them, triggers by their names, `stream`, `event`, and schedules by their tasks.
pub(crate) fn invocations(function: &Declared) -> Vec<String> {
    let name = |source: &Source| match source {
        Source::Http(route) => format!("{} {}", route.method, route.path),
        Source::Cognito(trigger) => trigger.clone(),
        Source::Stream(_) => "stream".to_owned(),
        Source::Schedule(schedule) => schedule.input["task"].as_str().unwrap_or("schedule").to_owned(),
        Source::Rule(_) => "event".to_owned(),
        Source::NotDriven(kind) => kind.clone(),
    };
    function.sources.iter().map(name).collect()
}

/// The environment that Lambda gives a function, or a bare one, with the services' address in it.
pub(crate) fn variables(function: Option<&Declared>, services: &Services) -> BTreeMap<String, String> {
    let fixed = [
        ("AWS_LAMBDA_FUNCTION_NAME", "measured"),
        ("AWS_LAMBDA_FUNCTION_VERSION", "1"),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256"),
        ("AWS_LAMBDA_LOG_GROUP_NAME", "measured"),
        ("AWS_LAMBDA_LOG_STREAM_NAME", "measured"),
        ("AWS_EXECUTION_ENV", "AWS_Lambda_provided.al2023"),
        ("_HANDLER", "bootstrap"),
        ("AWS_REGION", "us-east-1"),
        ("AWS_DEFAULT_REGION", "us-east-1"),
        ("AWS_ACCESS_KEY_ID", "measured"),
        ("AWS_SECRET_ACCESS_KEY", "measured"),
        ("AWS_SESSION_TOKEN", "measured"),
        ("TZ", ":UTC"),
        ("LANG", "en_US.UTF-8"),
        ("AWS_ENDPOINT_URL_DYNAMODB", &services.url),
        ("AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER", &services.url),
        ("AWS_ENDPOINT_URL_SESV2", &services.url),
    ];
    let mut variables: BTreeMap<_, _> =
        fixed.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    match function {
        Some(function) => variables.extend(function.environment.clone()),
        // A bare function reads the system's store. Lambda has one file and no folder beside it; a Debian has both, and
        // reading both would be counted twice. Our functions read it only if this variable names it.
        None => drop(variables.insert("SSL_CERT_FILE".to_owned(), SYSTEM_STORE.to_owned())),
    }
    variables
}
