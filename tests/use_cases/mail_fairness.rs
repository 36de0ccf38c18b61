//! Many mails of one organization do not keep another's waiting, whatever SES takes.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use jiff::SignedDuration;
use serde_json::{Value, json};
use shared::{domain::Timestamp, metrics::Metric};

use crate::world::{MEMBER, Quota, Taken, World, stream_record};

const STEP: SignedDuration = SignedDuration::from_millis(100);
/// Mails in a batch, as template.yaml has it.
const BATCH: usize = 10;

/// The world by a stopped clock: a stream that brings one batch after another, and a schedule that comes every minute.
struct Run {
    world: Arc<World>,
    stream: VecDeque<Value>,
    reading: Arc<AtomicBool>,
    started: Timestamp,
    /// When somebody was invited.
    invited: BTreeMap<String, Timestamp>,
}

impl Run {
    async fn new() -> Self {
        let world = Arc::new(World::with_seats(1000).await);
        world.clock.stop();
        let started = world.environment.now();
        let (stream, invited) = (VecDeque::new(), BTreeMap::new());
        Self { world, stream, reading: Arc::default(), started, invited }
    }

    async fn invite(&mut self, user: &str, organization: &str) {
        let email = format!("{user}-{}@example.com", self.invited.len());
        let body = json!({"email": email, "roles": MEMBER});
        let path = format!("/organizations/{organization}/invitations");
        let answer = self.world.call(user, "POST", &path, Some(body)).await;
        answer.expect(201, "");
        let sk = format!("INVITATION#{}", answer.text("/invitationId"));
        let item = self.world.item(&format!("ORG#{organization}"), &sk).await;
        self.stream.push_back(stream_record(&item));
        self.invited.insert(email, self.world.environment.now());
    }

    /// A tenth of a second.
    async fn step(&mut self) {
        if !self.stream.is_empty() && !self.reading.swap(true, Ordering::SeqCst) {
            let batch = self.stream.drain(..BATCH.min(self.stream.len())).collect();
            let (world, reading) = (Arc::clone(&self.world), Arc::clone(&self.reading));
            self.world.clock.run(async move {
                world.mailer(batch).await;
                reading.store(false, Ordering::SeqCst);
            });
        }
        if self.elapsed() % 60_000 == 0 {
            let world = Arc::clone(&self.world);
            self.world.clock.run(async move { world.send_due().await });
        }
        self.world.clock.advance(STEP).await;
    }

    /// Milliseconds since the start.
    fn elapsed(&self) -> i64 {
        self.world.environment.now().as_milliseconds() - self.started.as_milliseconds()
    }

    fn arrivals(&self, user: &str) -> Vec<Taken> {
        self.world.inbox.taken().into_iter().filter(|mail| mail.to.starts_with(&format!("{user}-"))).collect()
    }

    /// Milliseconds from the invitation to the mail.
    fn behind(&self, mail: &Taken) -> i64 {
        mail.at.as_milliseconds() - self.invited[&mail.to].as_milliseconds()
    }
}

const SECOND: i64 = 1_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;

#[tokio::test]
async fn five_hundred_mails_arrive_once_each_and_hold_up_no_other_organization() {
    let mut run = Run::new().await;
    let (many, few) = (run.world.creator("ada").await, run.world.creator("bob").await);
    let one = run.world.creator("dan").await;
    let (outage, recovery) = (4 * MINUTE, 4 * MINUTE + HOUR);
    run.world.inbox.take(Quota::OneASecond);
    let mut most = 0;
    while run.elapsed() < recovery + 15 * MINUTE {
        let at = run.elapsed();
        // As quickly as a script invites: 500 within 17 seconds.
        if at < 17 * SECOND {
            for _ in 0..3.min(500 - most) {
                run.invite("ada", &many).await;
                most += 1;
            }
        }
        match at {
            _ if at == outage => run.world.inbox.take(Quota::Nothing),
            _ if at == recovery => run.world.inbox.take(Quota::Everything),
            _ => {}
        }
        // In no step with the minutes; rarely while nothing arrives anyway.
        let interval = if (outage..recovery).contains(&at) { 400 * SECOND + 100 } else { 6 * SECOND + 700 };
        if at % interval == 0 && at < recovery + 10 * MINUTE {
            run.invite("bob", &few).await;
        }
        // Right behind the first batches of the many.
        if at == SECOND / 2 {
            run.invite("dan", &one).await;
        }
        run.step().await;
    }
    assert_eq!(most, 500);

    // All arrive, once each, and none has failed.
    let mut arrived: Vec<String> = run.world.inbox.taken().into_iter().map(|mail| mail.to).collect();
    arrived.sort();
    let twice: Vec<_> = arrived.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| &pair[0]).collect();
    let missing: Vec<_> = run.invited.keys().filter(|email| arrived.binary_search(email).is_err()).collect();
    assert_eq!((twice.len(), missing.len()), (0, 0), "twice: {twice:?}, not at all: {missing:?}");
    assert!(arrived.len() > 600);
    assert_eq!(run.world.counted.total(Metric::MailsFailed), 0);
    for organization in [&many, &few, &one] {
        let items = run.world.items(&format!("ORG#{organization}")).await;
        assert!(
            items.iter().filter(|item| item["entity"] == "invitation").all(|item| item["delivery_status"] == "sent")
        );
    }

    // While SES takes anything, nothing of the other organization's is more than two seconds behind.
    let since = |at: Timestamp| at.as_milliseconds() - run.started.as_milliseconds();
    let in_outage = |mail: &Taken| (outage - 2 * SECOND..recovery).contains(&since(run.invited[&mail.to]));
    let others = run.arrivals("bob");
    let alone = run.arrivals("dan");
    let delays: Vec<i64> =
        others.iter().chain(&alone).filter(|mail| !in_outage(mail)).map(|mail| run.behind(mail)).collect();
    let slowest = *delays.iter().max().unwrap();
    assert!(delays.len() > 100 && slowest <= 2 * SECOND, "{slowest} ms behind: {delays:?}");

    // What it invited during the outage has its turn before most of the many: it is not behind those either.
    let after: Vec<Taken> = run.world.inbox.taken().into_iter().filter(|mail| since(mail.at) >= recovery).collect();
    let many_after = after.iter().filter(|mail| mail.to.starts_with("ada-")).count();
    let waited: Vec<&Taken> = others.iter().filter(|mail| in_outage(mail)).collect();
    assert!(waited.len() >= 8 && many_after > 200, "{} and {many_after}", waited.len());
    let calls = run.world.inbox.calls();
    println!("slowest {slowest} ms; {calls} calls to SES for {} mails; {many_after} after the outage", arrived.len());
    for mail in waited {
        let same_minute = after.iter().filter(|other| since(other.at) / MINUTE == since(mail.at) / MINUTE);
        let before =
            same_minute.take_while(|other| other.to != mail.to).filter(|other| other.to.starts_with("ada-")).count();
        assert!(before <= 20, "{before} of the many went before {}", mail.to);
    }
}

#[tokio::test]
async fn an_organization_with_many_mails_does_not_ask_ses_for_each() {
    let mut run = Run::new().await;
    let many = run.world.creator("ada").await;
    run.world.inbox.take(Quota::Nothing);
    for _ in 0..50 {
        run.invite("ada", &many).await;
    }
    while run.elapsed() < 9 * SECOND {
        run.step().await;
    }
    assert!(run.stream.is_empty(), "{} are still in the stream", run.stream.len());
    assert!(
        run.world.inbox.calls() <= 20,
        "{} calls for one batch and two seconds of patience",
        run.world.inbox.calls()
    );
}

/// docs/capacity.md has what this prints.
#[tokio::test]
#[ignore = "an hour in tenths of a second takes minutes"]
async fn five_hundred_mails_at_one_a_second_and_one_of_another_organization() {
    let mut run = Run::new().await;
    let (many, one) = (run.world.creator("ada").await, run.world.creator("dan").await);
    run.world.inbox.take(Quota::OneASecond);
    for _ in 0..500 {
        run.invite("ada", &many).await;
    }
    let mut arrived = 0;
    while arrived < 501 && run.elapsed() < 4 * HOUR {
        // While most of the others wait.
        if run.elapsed() == 100 * SECOND {
            run.invite("dan", &one).await;
        }
        run.step().await;
        arrived = run.world.inbox.taken().len();
    }
    let many = run.arrivals("ada");
    let number = |mail: &Taken| mail.to["ada-".len()..].split_once('@').unwrap().0.parse::<usize>().unwrap();
    // They are in the order of arrival, and have the number of their invitation.
    let late: Vec<usize> = many.iter().enumerate().map(|(place, mail)| place.saturating_sub(number(mail))).collect();
    let alone = run.arrivals("dan");
    println!(
        "500 emails at one a second: {} sent, {} failed, {} calls to SES; the last after {} s, at most {} places late; the one email of another organization after {:.1} s",
        many.len(),
        run.world.counted.total(Metric::MailsFailed),
        run.world.inbox.calls(),
        many.iter().map(|mail| run.behind(mail)).max().unwrap() / SECOND,
        late.iter().max().unwrap(),
        run.behind(&alone[0]) as f64 / 1000.0,
    );
    assert_eq!((many.len(), alone.len(), run.world.counted.total(Metric::MailsFailed)), (500, 1, 0));
    assert!(run.behind(&alone[0]) <= 2 * SECOND);
}
