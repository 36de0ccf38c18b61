//! Runs a suite: starts what it tests, runs the tests side by side, stops it, and looks at what the run left behind.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::OnceLock;
use std::time::Duration;

use futures::future::LocalBoxFuture;
use libtest_mimic::{Arguments, Trial};
use local_stack::{LocalStack, Options};
use tokio::runtime::{self, Handle};

use crate::{Target, committed, seen};

/// Names a running stack (the address of its `config.json`) to be tested instead of one of the suite's own.
pub const TARGET_VARIABLE: &str = "ACCEPTANCE_TARGET";

/// Names another template than the workspace's own for the suite's stacks.
pub const TEMPLATE_VARIABLE: &str = "ACCEPTANCE_TEMPLATE";

/// Set to anything, it ends the run as soon as the stack refuses a function something.
pub const STOP_VARIABLE: &str = "ACCEPTANCE_STOP_AT_REFUSAL";

/// Longer than any test takes; one that hangs fails with its name instead of hanging the run.
const TIME_LIMIT: Duration = Duration::from_secs(180);

/// Tests wait more than they compute: for mail, for the functions' processes.
const THREADS: usize = 8;

static STAGE: OnceLock<(Handle, Target)> = OnceLock::new();

/// A test: what it is called and what it does to the target.
#[derive(Clone, Debug)]
pub struct Test {
    /// Module and function, `roles::nobody_changes_their_own_roles`.
    pub name: String,
    /// The test itself.
    pub body: fn(Target) -> LocalBoxFuture<'static, ()>,
}

/// A check of what the whole run left behind.
#[derive(Clone, Copy, Debug)]
pub struct FinalCheck {
    /// Module and function, as of a test.
    pub name: &'static str,
    /// The check itself; `Err` says what is wrong.
    pub body: fn() -> Result<(), String>,
    /// What it takes to mean anything.
    pub about: About,
}

/// What a check of a whole run is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// Whatever ran, wherever it ran.
    WhateverRan,
    /// A stack of the suite's own, with every service of its own.
    OwnStack,
    /// Every test, on such a stack: with a part of them it is ignored.
    EveryTest,
}

/// Lists a module's tests: `tests![one, another]`. A test that is not listed is dead code, which the compiler reports.
#[macro_export]
macro_rules! tests {
    ($($test:ident),+ $(,)?) => {
        vec![$($crate::suite::Test {
            name: $crate::suite::name(module_path!(), stringify!($test)),
            body: |target| Box::pin($test(target)),
        }),+]
    };
}

/// A test's name without the crate's.
#[must_use]
pub fn name(module: &str, test: &str) -> String {
    let module = module.split_once("::").map_or(module, |(_, module)| module);
    format!("{module}::{test}")
}

/// Runs the tests, then the checks; failure of either fails the run.
#[must_use]
pub fn run(tests: Vec<Test>, checks: Vec<FinalCheck>) -> ExitCode {
    let mut arguments = Arguments::from_args();
    arguments.test_threads.get_or_insert(THREADS);
    let runtime = runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    let stack = match (arguments.list, std::env::var(TARGET_VARIABLE)) {
        (true, _) => None,
        (false, Ok(address)) => {
            let target = runtime.block_on(Target::connect(&address));
            STAGE.set((runtime.handle().clone(), target)).expect("one run a process");
            None
        }
        (false, Err(_)) => {
            let (stack, target) = runtime.block_on(start(BTreeMap::new()));
            STAGE.set((runtime.handle().clone(), target)).expect("one run a process");
            Some(stack)
        }
    };
    let trials = tests.into_iter().map(|test| Trial::test(test.name, move || in_time(test.body))).collect();
    let mut failed = libtest_mimic::run(&arguments, trials).has_failed();
    let own_stack = stack.is_some() && !an_engine_is_replaced();
    let all = arguments.filter.is_none() && arguments.skip.is_empty() && !arguments.ignored;
    if let Some(stack) = stack {
        runtime.block_on(stop(stack));
    }
    // What a filter leaves out of the tests is not left out of the checks: most are about whatever ran.
    let everything = Arguments { filter: None, skip: Vec::new(), exact: false, ..arguments };
    let checks = checks.into_iter().map(|FinalCheck { name, body, about }| {
        let applies = match about {
            About::WhateverRan => true,
            About::OwnStack => own_stack,
            About::EveryTest => own_stack && all,
        };
        Trial::test(name, move || body().map_err(Into::into)).with_ignored_flag(!applies)
    });
    failed |= libtest_mimic::run(&everything, checks.collect()).has_failed();
    if failed { ExitCode::from(101) } else { ExitCode::SUCCESS }
}

/// Starts a stack with these template parameters, on free ports and with an empty table.
///
/// # Panics
/// When it does not start.
pub async fn start(parameters: BTreeMap<String, String>) -> (LocalStack, Target) {
    let mut options = Options { parameters, ..Options::default() };
    if let Some(template) = std::env::var_os(TEMPLATE_VARIABLE) {
        options.template = PathBuf::from(template);
    }
    let stack = LocalStack::start(options).await.unwrap_or_else(|error| panic!("the local stack: {error}"));
    let address = format!("{}/_local/config.json", stack.config().aws_endpoint_url);
    let target = Target::connect(&address).await;
    (stack, target)
}

/// Stops a stack and keeps its log lines, what its table says was done and what it refused, for the checks at the end.
pub async fn stop(stack: LocalStack) {
    seen::actions(committed::actions(stack.config()).await);
    seen::log_lines(stack.log_lines());
    let permissions = stack.permissions();
    seen::refused(permissions.refused);
    seen::unused(permissions.unused);
    stack.stop().await;
}

/// Whether a service is somebody else's, whom the functions call past the stack: `AWS_ENDPOINT_URL_…`.
#[must_use]
pub fn an_engine_is_replaced() -> bool {
    let services = ["DYNAMODB", "COGNITO_IDENTITY_PROVIDER", "SESV2"];
    let url = |service: &&str| std::env::var(format!("AWS_ENDPOINT_URL_{service}")).is_ok_and(|url| !url.is_empty());
    services.iter().any(url)
}

fn in_time(test: fn(Target) -> LocalBoxFuture<'static, ()>) -> Result<(), libtest_mimic::Failed> {
    let (handle, target) = STAGE.get().expect("a started target");
    handle.block_on(async {
        tokio::select! {
            biased;
            () = first_refusal(target) => Err("the stack has refused a function something: the run is over".into()),
            done = tokio::time::timeout(TIME_LIMIT, test(target.clone())) => match done {
                Ok(()) => Ok(()),
                Err(_) => panic!("not done within {TIME_LIMIT:?}"),
            },
        }
    })
}

/// Returns once the stack has refused something, if that is what ends the run.
async fn first_refusal(target: &Target) {
    if std::env::var_os(STOP_VARIABLE).is_none() {
        return std::future::pending().await;
    }
    while !target.has_refused().await {
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}
