//! Sends requests, one after the other, into one organization after the other.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use acceptance::Target;
use acceptance::raw::{Connection, RawAnswer};
use acceptance::seen::Scanner;

use crate::effects;
use crate::generate::Generator;
use crate::known;
use crate::options::Options;
use crate::oracle::{self, Exchange};
use crate::people::{Made, Neighbor};
use crate::report::Report;
use crate::request::{Request, Sender};
use crate::routes::{Matched, Promises, matched};
use crate::world::World;

/// An organization is left for a new one after so many requests, or sooner if too little is left of it.
const REQUESTS_A_WORLD: u64 = 3000;
const FEWEST: u64 = 200;

/// What all workers share.
pub(crate) struct Shared {
    pub(crate) target: Target,
    pub(crate) options: Options,
    pub(crate) generator: Generator,
    pub(crate) promises: Promises,
    pub(crate) neighbor: Neighbor,
    pub(crate) report: Mutex<Report>,
    pub(crate) next: AtomicU64,
    pub(crate) until: Instant,
}

impl Shared {
    pub(crate) fn note<T>(&self, note: impl FnOnce(&mut Report) -> T) -> T {
        note(&mut self.report.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// A worker's organization and its way there.
struct Place {
    world: World,
    scanner: Scanner,
    connection: Option<Connection>,
    sent: u64,
}

impl Place {
    async fn new(shared: &Shared) -> Made<Self> {
        let world = World::new(&shared.target, &shared.neighbor).await?;
        shared.note(|report| report.worlds += 1);
        Ok(Self { world, scanner: oracle::scanner(), connection: None, sent: 0 })
    }

    fn is_spent(&self) -> bool {
        // Creator, admin, user admin, billing admin, member: of five at first, or of more by the invitation.
        self.sent >= REQUESTS_A_WORLD
            || (self.sent >= FEWEST && (self.world.members.len() < 4 || self.world.observer().is_none()))
    }
}

/// Makes requests up until the time is over.
pub(crate) async fn work(shared: Arc<Shared>) -> Made<()> {
    let mut place = Place::new(&shared).await?;
    while Instant::now() < shared.until {
        if place.is_spent() {
            end(&shared, &place).await;
            place = Place::new(&shared).await?;
        }
        let number = shared.next.fetch_add(1, Ordering::Relaxed);
        let request = shared.generator.request(shared.options.seed, number);
        one(&shared, &mut place, &request, &format!("request {number} of seed {}", shared.options.seed)).await;
    }
    end(&shared, &place).await;
    Ok(())
}

/// Only the request that was asked for.
pub(crate) async fn only(shared: &Shared, number: u64) -> Made<()> {
    let mut place = Place::new(shared).await?;
    let request = shared.generator.request(shared.options.seed, number);
    println!("{}", request.case());
    println!("{}", request.curl(&place.world, &shared.target.configuration().api_url));
    if let Some((answer, _)) = one(shared, &mut place, &request, &format!("request {number}")).await {
        println!("{answer:?}");
    }
    Ok(())
}

/// The known cases, each in its place in the table.
pub(crate) async fn known(shared: &Shared) -> Made<()> {
    let mut place = Place::new(shared).await?;
    for case in known::cases() {
        let Some((answer, _)) = one(shared, &mut place, &case.request, &case.name).await else { continue };
        let problem: serde_json::Value = serde_json::from_str(&answer.body).unwrap_or_default();
        if (answer.status, problem["code"].as_str()) != (case.status, case.code) {
            let curl = case.request.curl(&place.world, &shared.target.configuration().api_url);
            let what = || {
                format!(
                    "{}: expected {} {:?}, got {} {}\n{curl}",
                    case.name, case.status, case.code, answer.status, answer.body
                )
            };
            shared.note(|report| {
                report
                    .finding(format!("known cases: {} instead of {} {:?}", answer.status, case.status, case.code), what)
            });
        }
    }
    end(shared, &place).await;
    Ok(())
}

/// What the organization has become is what its answers said.
async fn end(shared: &Shared, place: &Place) {
    if let Err(complaint) = place.world.check().await {
        shared.note(|report| report.finding("members differ from what was answered".to_owned(), || complaint));
    }
}

/// Sends one request and judges the answer.
async fn one(
    shared: &Shared,
    place: &mut Place,
    request: &Request,
    name: &str,
) -> Option<(RawAnswer, Option<Matched>)> {
    let matched = matched(&shared.generator.routes, request, &place.world);
    let foreign =
        matched.as_ref().and_then(|matched| matched.parameter("organizationId")) == Some(&place.world.foreign);
    if foreign && request.sender == Sender::Foreigner && request.method != "GET" {
        // The neighbor's own admin may change it. Nobody else may, which the comparison at the end shows.
        return None;
    }
    place.sent += 1;
    let url = &shared.target.configuration().api_url;
    let bytes = request.bytes(&place.world, url.trim_start_matches("http://"));
    let started = Instant::now();
    let answer = send(&mut place.connection, url, &bytes).await;
    let took = started.elapsed();
    let route = matched.as_ref().map(|matched| matched.route.as_str());
    let verdict = match &answer {
        Ok(answer) => {
            shared.note(|report| report.answer(route, answer.status, took));
            let exchange = Exchange { request, matched: matched.as_ref(), answer, took };
            let verdict = exchange.judge(&place.world, &shared.promises, &place.scanner);
            match (&matched, verdict) {
                (Some(matched), Ok(())) => effects::follow(&mut place.world, request, matched, answer).await,
                (_, verdict) => verdict,
            }
        }
        Err(error) => Err(format!("no answer: {error}")),
    };
    if let Err(complaint) = verdict {
        let kind = format!("{}: {}", route.unwrap_or("no route"), complaint.split(", but").next().unwrap_or_default());
        let what = || {
            let curl = request.curl(&place.world, url);
            let answer = answer.as_ref().map(|answer| format!("{} {}", answer.status, answer.body));
            format!(
                "{name}: {complaint}\n  route: {}\n  {curl}\n  answer: {answer:?}\n  case: {}",
                route.unwrap_or("none"),
                request.case()
            )
        };
        shared.note(|report| report.finding(kind, what));
    }
    answer.ok().map(|answer| (answer, matched))
}

/// Over the connection that there is; over a new one if the server has closed it meanwhile. It may, without a word: after an
/// answer that it gave before it had read the whole body.
async fn send(connection: &mut Option<Connection>, url: &str, bytes: &[u8]) -> std::io::Result<RawAnswer> {
    if let Some(open) = connection.take()
        && let Some(answer) = gone(send_over(connection, open, bytes).await)
    {
        return answer;
    }
    send_over(connection, Connection::to(url).await?, bytes).await
}

/// Nothing if the connection was closed before there was an answer.
fn gone(answer: std::io::Result<RawAnswer>) -> Option<std::io::Result<RawAnswer>> {
    use std::io::ErrorKind::{BrokenPipe, ConnectionReset, UnexpectedEof};
    let is_gone = |error: &std::io::Error| matches!(error.kind(), BrokenPipe | ConnectionReset | UnexpectedEof);
    if answer.as_ref().is_err_and(is_gone) { None } else { Some(answer) }
}

async fn send_over(
    connection: &mut Option<Connection>,
    mut open: Connection,
    bytes: &[u8],
) -> std::io::Result<RawAnswer> {
    let answer = open.send(bytes).await?;
    if !answer.closes {
        *connection = Some(open);
    }
    Ok(answer)
}
