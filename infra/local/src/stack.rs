//! Starts everything in order, and stops it.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::File,
    path::PathBuf,
    sync::Arc,
};

use stack_template::{Api, Function, Names, Source, Template};
use tokio::{net::TcpListener, task::JoinHandle};

use crate::{
    binaries,
    cognito::{Attempts, Challenges, Cognito, Elsewhere, Store, Triggers, UserPool},
    config::Config,
    console::{Table, requests::Requests},
    database::Database,
    directory,
    endpoint::Endpoint,
    engine::Engine,
    error::StartError,
    event_bus::EventBus,
    gateway::Gateway,
    iam::{Permissions, PermissionsReport},
    inbox::Inbox,
    lambda::{Lambda, LogSink, Surroundings},
    mail_events::MailEvents,
    notices::Notices,
    options::{Data, Options},
    schedules::Schedule,
    service_faults::Pending,
    ses::Ses,
    streams::{self, DeadLetters, Poller, Positions, Reading},
    watch::Watch,
};

/// A running stack. Dropping it stops it; [`LocalStack::stop`] also waits for that.
pub struct LocalStack {
    config: Config,
    engine: Engine,
    lambda: Arc<Lambda>,
    logs: Arc<LogSink>,
    permissions: Arc<Permissions>,
    tasks: Vec<JoinHandle<()>>,
    /// Held while the stack runs.
    _lock: Option<File>,
}

impl LocalStack {
    /// Builds the functions, starts everything and returns when everything answers.
    pub async fn start(options: Options) -> Result<Self, StartError> {
        let notices = Notices::new(options.logs);
        let template = options.template()?;
        // The ports first: nobody wants to wait for a build only to hear that one is taken.
        let (api_listener, api_url) = listen(options.api_port, "the HTTP API", "--api-port")?;
        let (aws_listener, aws_url) = listen(options.aws_port, "the AWS services", "--aws-port")?;
        let lock = directory::claim(&options.data, options.reset, notices)?;
        let names = template.binaries()?;
        check_names(&options.only, &names)?;

        let elsewhere = Elsewhere::find().await?;
        let (binaries, store) = build_and_open(&names, &template, &options.data, notices).await?;
        let table_name = template.table_name()?;
        let database = Database::start(&options.data, &template, &table_name).await?;
        let identity = elsewhere.as_ref().map_or_else(|| store.identity(), |pool| pool.identity.clone());
        let names = Names {
            table_name: table_name.clone(),
            stream_arn: database.stream_arn.clone(),
            user_pool_id: identity.pool_id.clone(),
            user_pool_client_id: identity.client_id.clone(),
            api_url: api_url.clone(),
        };
        let functions = template.functions(&names)?;
        streams::check_filters(&functions)?;
        let table = template.table(&table_name)?;
        let permissions = Arc::new(Permissions::new(&functions, &table, template.region(), notices)?);
        let refused = functions.iter().filter(|function| permissions.lambda(function, &names.stream_arn).is_err());
        let refused: Vec<String> = refused.map(|function| function.name.clone()).collect();
        database.front.guard(Arc::clone(&permissions));
        let mut api = template.api(&names)?;
        let logs = LogSink::new(options.logs);
        let logs = logs.map_err(|error| StartError::Data { path: std::env::temp_dir(), reason: error.to_string() })?;
        let logs = Arc::new(logs.only(options.only));
        let surroundings = Surroundings {
            region: template.region().to_owned(),
            dynamodb_url: database.engine.endpoint_url().to_owned(),
            aws_url: aws_url.clone(),
            no_timeout: options.no_timeout,
        };
        let lambda = Arc::new(Lambda::new(&functions, &binaries, &surroundings, &logs));
        let inbox = Arc::new(Inbox::open(&options.data)?);
        let dead_letters = Arc::new(DeadLetters::new(notices));
        let mail_events = MailEvents {
            region: template.region().to_owned(),
            wanted: template.mail_events(&names)?,
            bus: Arc::new(EventBus::new(&functions, Arc::clone(&lambda), Arc::clone(&dead_letters))),
        };
        let user_pool = match elsewhere {
            Some(pool) => {
                for authorizer in api.authorizers.values_mut() {
                    authorizer.issuer = pool.issuer.clone().unwrap_or_else(|| authorizer.issuer.clone());
                }
                UserPool::Elsewhere(Box::new(pool))
            }
            None => UserPool::Ours(Box::new(Cognito {
                // What the gateway accepts is what the tokens say.
                issuer: api.authorizers.values().next().map(|authorizer| authorizer.issuer.clone()).unwrap_or_default(),
                clients: app_clients(&identity.client_id, &api),
                pool: template.pool(&names)?,
                client: template.pool_client(&names)?,
                triggers: Triggers::new(&functions, Arc::clone(&lambda), template.region()),
                inbox: Arc::clone(&inbox),
                challenges: Challenges::default(),
                attempts: Attempts::default(),
                key: store.signing_key()?,
                store,
            })),
        };
        let public_keys = user_pool.keys();
        let config = Config {
            api_url: api_url.clone(),
            aws_endpoint_url: aws_url,
            region: template.region().to_owned(),
            user_pool_id: identity.pool_id,
            user_pool_client_id: identity.client_id,
            table_name,
            functions: lambda.names(),
        };
        let requests = Arc::new(Requests::default());
        let endpoint = Endpoint {
            config: config.clone(),
            user_pool,
            ses: Ses::new(Arc::clone(&inbox), Some(mail_events)),
            cognito_faults: Pending::default(),
            inbox,
            lambda: Arc::clone(&lambda),
            functions: functions.clone(),
            logs: Arc::clone(&logs),
            requests: Arc::clone(&requests),
            table: Table { wire: database.wire.clone(), name: config.table_name.clone() },
            dynamodb: Arc::clone(&database.front),
            dead_letters: Arc::clone(&dead_letters),
            permissions: Arc::clone(&permissions),
            front_end: api.cors.iter().flat_map(|cors| cors.origins.clone()).collect(),
        };
        let domain = api_url.trim_start_matches("http://").to_owned();
        let gateway = Gateway::new(api, &functions, Arc::clone(&lambda), public_keys, domain, requests);

        let mut stack =
            Self { config, engine: database.engine, lambda, logs, permissions, tasks: Vec::new(), _lock: lock };
        // A function may call the services before it asks for its first event, so they come first.
        stack.tasks.push(tokio::spawn(endpoint.serve(aws_listener)));
        stack.lambda.warm_up().await?;
        stack.tasks.push(tokio::spawn(gateway.serve(api_listener)));
        if let Some(stream) = database.stream {
            let reading = Reading {
                stream,
                stream_arn: database.stream_arn,
                region: template.region().to_owned(),
                lambda: Arc::clone(&stack.lambda),
                positions: Arc::new(Positions::open(&options.data)?),
                dead_letters,
                front: database.front,
            };
            let pollers = Poller::all(&functions, &reading).into_iter();
            let pollers = pollers.filter(|poller| !refused.iter().any(|function| function == poller.function()));
            stack.tasks.extend(pollers.map(|poller| tokio::spawn(poller.run())));
        }
        let schedules = Schedule::all(&functions, &stack.lambda);
        stack.tasks.extend(schedules.into_iter().map(|schedule| tokio::spawn(schedule.run())));
        if options.watch {
            let watch = Watch::new(binaries, Arc::clone(&stack.lambda), notices);
            stack.tasks.push(tokio::spawn(watch.run()));
        }
        for (function, kind) in not_driven(&functions) {
            notices.say(&format!(
                "{function} has a source that is not driven here ({kind}): call it through the Lambda Invoke API"
            ));
        }
        Ok(stack)
    }

    /// Where everything is.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// What the functions have logged so far, with [`crate::Logs::Captured`].
    pub fn log_lines(&self) -> Vec<String> {
        self.logs.lines()
    }

    /// What the functions' policies allow, what of it was needed so far, and what was refused.
    pub fn permissions(&self) -> PermissionsReport {
        self.permissions.report()
    }

    /// The database behind the functions.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// Ends every function and waits until they are gone.
    pub async fn stop(mut self) {
        for task in self.tasks.drain(..) {
            task.abort();
        }
        self.lambda.stop().await;
    }
}

impl Drop for LocalStack {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
        self.lambda.close();
    }
}

/// The template's app client, and those besides it that the API accepts.
fn app_clients(own: &str, api: &Api) -> Vec<String> {
    let accepted = api.authorizers.values().flat_map(|authorizer| &authorizer.audience);
    let others: BTreeSet<&str> = accepted.map(String::as_str).filter(|id| *id != own).collect();
    std::iter::once(own).chain(others).map(str::to_owned).collect()
}

fn not_driven(functions: &[Function]) -> Vec<(&str, &str)> {
    let sources = functions.iter().flat_map(|function| function.sources.iter().map(move |source| (function, source)));
    sources
        .filter_map(|(function, source)| match source {
            Source::NotDriven(kind) => Some((function.name.as_str(), kind.as_str())),
            _ => None,
        })
        .collect()
}

/// The two things that take a moment, side by side.
async fn build_and_open(
    names: &[String],
    template: &Template,
    data: &Data,
    notices: Notices,
) -> Result<(BTreeMap<String, PathBuf>, Store), StartError> {
    let (data, region) = (data.clone(), template.region().to_owned());
    let store = tokio::task::spawn_blocking(move || Store::open(&data, &region));
    let (binaries, store) = tokio::join!(binaries::build(names, notices), store);
    Ok((binaries?, store.map_err(|error| StartError::SigningKey(error.to_string()))??))
}

fn listen(port: u16, what: &'static str, option: &'static str) -> Result<(TcpListener, String), StartError> {
    let listener = local_launcher::listen(port, what, option)?;
    listener.set_nonblocking(true).map_err(StartError::Listen)?;
    let address = listener.local_addr().map_err(StartError::Listen)?;
    Ok((TcpListener::from_std(listener).map_err(StartError::Listen)?, format!("http://{address}")))
}

fn check_names(asked: &[String], known: &[String]) -> Result<(), StartError> {
    match asked.iter().find(|name| !known.contains(name)) {
        Some(name) => Err(StartError::NoSuchFunction { name: name.clone(), known: known.join(", ") }),
        None => Ok(()),
    }
}
