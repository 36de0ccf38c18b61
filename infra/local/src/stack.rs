//! Starts everything in order, and stops it.

use std::{fs::File, net::TcpListener as StdListener, path::Path, sync::Arc};

use serde::Serialize;
use tokio::{net::TcpListener, task::JoinHandle};

use crate::{
    binaries,
    cognito::{Cognito, Store, Triggers},
    endpoint::Endpoint,
    engine::{Engine, Front},
    error::StartError,
    gateway::Gateway,
    inbox::Inbox,
    lambda::{self, Lambda, LogSink, Surroundings},
    notices::Notices,
    options::{Data, Options},
    ses::Ses,
    streams::{DeadLetters, Poller, Positions, TableStream},
    template::{ACCOUNT, Function, Names, Source, Template},
    wire::{Wire, WireError},
};

/// Where everything is, as `/_local/config.json` says it.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Config {
    /// Address of the HTTP API.
    pub api_url: String,
    /// Address of the AWS services.
    pub aws_endpoint_url: String,
    /// The region that everything pretends to be in.
    pub region: String,
    /// The user pool.
    pub user_pool_id: String,
    /// Its app client.
    pub user_pool_client_id: String,
    /// The table.
    pub table_name: String,
    /// The functions, as the Invoke API names them.
    pub functions: Vec<String>,
}

/// A running stack. Dropping it stops it; [`LocalStack::stop`] also waits for that.
pub struct LocalStack {
    config: Config,
    engine: Engine,
    lambda: Arc<Lambda>,
    logs: Arc<LogSink>,
    tasks: Vec<JoinHandle<()>>,
    /// Held while the stack runs.
    _lock: Option<File>,
}

impl LocalStack {
    /// Builds the functions, starts everything and returns when everything answers.
    pub async fn start(options: Options) -> Result<Self, StartError> {
        let notices = Notices::new(options.logs);
        let template = Template::read(&options.template, &options.parameters)?;
        // The ports first: nobody wants to wait for a build only to hear that one is taken.
        let (api_listener, api_url) = listen(options.api_port, "the HTTP API", "--api-port")?;
        let (aws_listener, aws_url) = listen(options.aws_port, "the AWS services", "--aws-port")?;
        let lock = lock(&options.data)?;

        notices.say("building the functions");
        let names = template.binaries()?;
        let region = template.region().to_owned();
        let data = options.data.clone();
        let store = tokio::task::spawn_blocking(move || Store::open(&data, &region));
        let (binaries, store) = tokio::join!(binaries::build(&names), store);
        let (binaries, store) = (binaries?, store.map_err(|error| StartError::SigningKey(error.to_string()))??);
        let logs = Arc::new(
            LogSink::new(options.logs)
                .map_err(|error| StartError::Data { path: std::env::temp_dir(), reason: error.to_string() })?,
        );

        let table_name = template.table_name()?;
        let database = Database::start(&options.data, &template, &table_name).await?;
        let identity = store.identity();
        let names = Names {
            table_name: table_name.clone(),
            stream_arn: database
                .stream
                .as_ref()
                .map(|stream| stream_arn(&template, &table_name, stream.arn()))
                .unwrap_or_default(),
            user_pool_id: identity.pool_id.clone(),
            user_pool_client_id: identity.client_id.clone(),
            api_url: api_url.clone(),
        };
        let functions = template.functions(&names)?;
        let api = template.api(&names)?;
        let surroundings = Surroundings {
            region: template.region().to_owned(),
            dynamodb_url: database.engine.endpoint_url().to_owned(),
            aws_url: aws_url.clone(),
        };
        let lambda = Arc::new(Lambda::new(&functions, &binaries, &surroundings, &logs));
        let config = Config {
            api_url: api_url.clone(),
            aws_endpoint_url: aws_url,
            region: template.region().to_owned(),
            user_pool_id: identity.pool_id,
            user_pool_client_id: identity.client_id,
            table_name,
            functions: lambda.names(),
        };
        let key = store.signing_key()?;
        let public_keys = key.public();
        let inbox = Arc::new(Inbox::open(&options.data)?);
        let dead_letters = Arc::new(DeadLetters::new(notices));
        let cognito = Cognito {
            issuer: issuer(&template, &config.user_pool_id),
            pool: template.pool(&names)?,
            client: template.pool_client(&names)?,
            triggers: Triggers::new(&functions, Arc::clone(&lambda), template.region()),
            inbox: Arc::clone(&inbox),
            key,
            store,
        };
        let endpoint = Endpoint {
            config: config.clone(),
            cognito,
            ses: Ses::new(Arc::clone(&inbox)),
            inbox,
            lambda: Arc::clone(&lambda),
            dynamodb: Arc::clone(&database.front),
            dead_letters: Arc::clone(&dead_letters),
        };
        let domain = api_url.trim_start_matches("http://").to_owned();
        let gateway = Gateway::new(api, &functions, Arc::clone(&lambda), public_keys, domain);

        let mut stack = Self { config, engine: database.engine, lambda, logs, tasks: Vec::new(), _lock: lock };
        // A function may call the services before it asks for its first event, so they come first.
        stack.tasks.push(tokio::spawn(endpoint.serve(aws_listener)));
        notices.say("starting the functions");
        stack.lambda.warm_up().await?;
        stack.tasks.push(tokio::spawn(gateway.serve(api_listener)));
        if let Some(stream) = database.stream {
            let positions = Arc::new(Positions::open(&options.data)?);
            let pollers =
                pollers(&functions, &stack, &template, &names, &stream, &positions, &dead_letters, &database.front);
            stack.tasks.extend(pollers.into_iter().map(|poller| tokio::spawn(poller.run())));
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

/// The embedded engine, or whatever `AWS_ENDPOINT_URL_DYNAMODB` names, with the table in it.
struct Database {
    engine: Engine,
    front: Arc<Front>,
    stream: Option<TableStream>,
}

impl Database {
    async fn start(data: &Data, template: &Template, table: &str) -> Result<Self, StartError> {
        const VARIABLE: &str = "AWS_ENDPOINT_URL_DYNAMODB";
        if let Some(url) = lambda::replacement(VARIABLE) {
            let wrong = |error: WireError| StartError::Replacement { variable: VARIABLE, reason: error.to_string() };
            let wire = Wire::new(&url, template.region());
            create_elsewhere(&wire, template, table).await?.map_err(wrong)?;
            let stream = TableStream::of(wire, table).await.map_err(wrong)?;
            // Not used by anybody, but there for whoever asks.
            let engine = Engine::start(Data::Memory).await?;
            return Ok(Self { engine, front: Arc::new(Front::new(url)), stream });
        }
        let engine = Engine::start(data.clone()).await?;
        if !engine.has_table(table) {
            engine.create_table(template, table).await?;
        }
        // Past the front: what the stack itself reads is nobody's round trip.
        let wire = Wire::new(engine.direct_url(), template.region());
        let stream = TableStream::of(wire, table).await.map_err(|error| StartError::Database(error.to_string()))?;
        Ok(Self { front: engine.front(), engine, stream })
    }
}

async fn create_elsewhere(wire: &Wire, template: &Template, table: &str) -> Result<Result<(), WireError>, StartError> {
    const DYNAMODB: &str = "DynamoDB_20120810";
    let (request, time_to_live) = (template.table(table)?, template.time_to_live(table)?);
    match wire.call(DYNAMODB, "CreateTable", &request).await {
        Ok(_) => {}
        Err(WireError::Refused { name, .. }) if name == "ResourceInUseException" => return Ok(Ok(())),
        Err(error) => return Ok(Err(error)),
    }
    if let Some(request) = time_to_live {
        // Garbage collection only: an engine without it is as good.
        let _ = wire.call(DYNAMODB, "UpdateTimeToLive", &request).await;
    }
    Ok(Ok(()))
}

#[expect(clippy::too_many_arguments, reason = "the parts of the stack, brought together once")]
fn pollers(
    functions: &[Function],
    stack: &LocalStack,
    template: &Template,
    names: &Names,
    stream: &TableStream,
    positions: &Arc<Positions>,
    dead_letters: &Arc<DeadLetters>,
    front: &Arc<Front>,
) -> Vec<Poller> {
    let sources = functions.iter().flat_map(|function| function.sources.iter().map(move |source| (function, source)));
    sources
        .filter_map(|(function, source)| match source {
            Source::Stream(source) => Some(Poller {
                function: function.name.clone(),
                function_arn: function.arn.clone(),
                source: source.clone(),
                stream: stream.clone(),
                stream_arn: names.stream_arn.clone(),
                region: template.region().to_owned(),
                lambda: Arc::clone(&stack.lambda),
                positions: Arc::clone(positions),
                dead_letters: Arc::clone(dead_letters),
                front: Arc::clone(front),
            }),
            _ => None,
        })
        .collect()
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

/// Engines name their streams after regions of their own; events carry the one that all else is in.
fn stream_arn(template: &Template, table: &str, arn: &str) -> String {
    let label = arn.rsplit('/').next().unwrap_or_default();
    format!("arn:aws:dynamodb:{}:{ACCOUNT}:table/{table}/stream/{label}", template.region())
}

fn issuer(template: &Template, pool_id: &str) -> String {
    format!("https://cognito-idp.{}.amazonaws.com/{pool_id}", template.region())
}

fn listen(port: u16, what: &'static str, option: &'static str) -> Result<(TcpListener, String), StartError> {
    let listener = StdListener::bind(("127.0.0.1", port)).map_err(|error| match error.kind() {
        std::io::ErrorKind::AddrInUse => StartError::PortInUse { port, what, option },
        _ => StartError::Listen(error),
    })?;
    listener.set_nonblocking(true).map_err(StartError::Listen)?;
    let address = listener.local_addr().map_err(StartError::Listen)?;
    Ok((TcpListener::from_std(listener).map_err(StartError::Listen)?, format!("http://{address}")))
}

/// One stack a directory: two would write over each other's state.
fn lock(data: &Data) -> Result<Option<File>, StartError> {
    let Data::Directory(directory) = data else { return Ok(None) };
    let wrong = |path: &Path, error: &dyn std::fmt::Display| StartError::Data {
        path: path.to_owned(),
        reason: error.to_string(),
    };
    std::fs::create_dir_all(directory).map_err(|error| wrong(directory, &error))?;
    let path = directory.join("lock");
    let file = File::create(&path).map_err(|error| wrong(&path, &error))?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(std::fs::TryLockError::WouldBlock) => Err(StartError::DataInUse(directory.clone())),
        Err(std::fs::TryLockError::Error(error)) => Err(wrong(&path, &error)),
    }
}
