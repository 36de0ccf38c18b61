//! Two or more at once, many times over. After every trial the whole organization is checked: I1 to I5, R16, R17.

mod admins;
mod batches;
mod create_organization;
mod invitations;
mod sweeper;
mod workspaces;

use std::{sync::Arc, time::Duration};

use crate::world::{Answer, World, at_once};

/// How often each race is run: 200 times, unless [`TRIALS`] says otherwise, as it may for an engine that takes its time.
pub(crate) fn trials() -> usize {
    std::env::var(TRIALS).map_or(200, |number| number.parse().expect("a number of trials"))
}

/// Names the number of trials.
const TRIALS: &str = "USE_CASES_TRIALS";

type Request = (String, &'static str, String, Option<serde_json::Value>);

/// Sends requests at once, each after a small random pause, so that their calls to the table interleave differently in
/// every trial.
async fn race(world: &Arc<World>, requests: Vec<Request>) -> Vec<Answer> {
    let racing = requests.into_iter().map(|(user, method, path, body)| {
        let world = Arc::clone(world);
        async move {
            pause(&world).await;
            world.call(&user, method, &path, body).await
        }
    });
    at_once(racing).await
}

/// Up to two milliseconds: about what a call to the embedded engine takes.
async fn pause(world: &World) {
    let [random] = world.environment.random_bytes::<1>();
    tokio::time::sleep(Duration::from_micros(u64::from(random) * 8)).await;
}

/// How many answers have this status.
fn with_status(answers: &[Answer], status: u16) -> usize {
    answers.iter().filter(|answer| answer.status == status).count()
}

/// Says how a race went, for the log of the run.
fn report(name: &str, outcomes: impl std::fmt::Debug) {
    println!("race {name}: {} trials, no invariant violated; outcomes {outcomes:?}", trials());
}
