use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::SignedDuration;
use shared::{domain::Timestamp, environment::Pause};
use tokio::sync::{Notify, oneshot};

/// The world's clock: the real one, moved by the test. Once stopped, it moves only when the test says so, and everything
/// that sleeps wakes up at its own instant, in order.
#[derive(Clone)]
pub(crate) struct Clock(Arc<Inner>);

struct Inner {
    state: Mutex<State>,
    changed: Notify,
}

#[derive(Default)]
struct State {
    offset: SignedDuration,
    /// What the clock shows, once it is stopped.
    stopped: Option<Timestamp>,
    /// Who sleeps, and until when.
    sleepers: Vec<(Timestamp, oneshot::Sender<()>)>,
    /// What runs by a stopped clock.
    running: usize,
}

impl Clock {
    pub(crate) fn new() -> Self {
        Self(Arc::new(Inner { state: Mutex::default(), changed: Notify::new() }))
    }

    #[expect(clippy::disallowed_methods, reason = "the world's clock is the real one, moved by the test")]
    pub(crate) fn now(&self) -> Timestamp {
        let state = self.state();
        state.stopped.unwrap_or_else(|| Timestamp::new(jiff::Timestamp::now()).plus(state.offset))
    }

    /// Lets time pass. Nobody sleeps meanwhile.
    pub(crate) fn pass(&self, duration: SignedDuration) {
        let mut state = self.state();
        state.sleepers.retain(|(_, wake)| !wake.is_closed());
        assert!(state.sleepers.is_empty(), "somebody sleeps: use `advance`");
        match &mut state.stopped {
            Some(now) => *now = now.plus(duration),
            None => state.offset = state.offset.saturating_add(duration),
        }
    }

    /// Whoever sleeps lets the time pass at once; by a stopped clock, they wait for the test.
    pub(crate) fn sleep(&self, duration: SignedDuration) -> Pause {
        let clock = self.clone();
        Box::pin(async move {
            if clock.state().stopped.is_none() {
                clock.pass(duration);
                return tokio::task::yield_now().await;
            }
            let (wake, woken) = oneshot::channel();
            let until = clock.now().plus(duration);
            clock.state().sleepers.push((until, wake));
            clock.0.changed.notify_waiters();
            let _ = woken.await;
        })
    }

    pub(crate) fn stop(&self) {
        self.stop_at(self.now());
    }

    pub(crate) fn stop_at(&self, now: Timestamp) {
        self.state().stopped = Some(now);
    }

    /// Runs something by the stopped clock, beside the test.
    pub(crate) fn run(&self, work: impl Future<Output = ()> + Send + 'static) {
        self.state().running += 1;
        let clock = self.clone();
        tokio::spawn(async move {
            work.await;
            clock.state().running -= 1;
            clock.0.changed.notify_waiters();
        });
    }

    /// Moves the stopped clock, from one instant at which somebody wakes up to the next.
    pub(crate) async fn advance(&self, duration: SignedDuration) {
        let end = self.now().plus(duration);
        loop {
            self.everybody_sleeps().await;
            let mut state = self.state();
            let next = state.sleepers.iter().enumerate().min_by_key(|(_, (until, _))| *until);
            match next.map(|(index, (until, _))| (index, *until)).filter(|(_, until)| *until <= end) {
                Some((index, until)) => {
                    state.stopped = Some(until);
                    let (_, wake) = state.sleepers.remove(index);
                    let _ = wake.send(());
                }
                None => {
                    state.stopped = Some(end);
                    return;
                }
            }
        }
    }

    /// Waits until nothing that runs can go on without time.
    async fn everybody_sleeps(&self) {
        loop {
            let changed = self.0.changed.notified();
            tokio::pin!(changed);
            changed.as_mut().enable();
            {
                let mut state = self.state();
                state.sleepers.retain(|(_, wake)| !wake.is_closed());
                if state.sleepers.len() >= state.running {
                    return;
                }
            }
            changed.await;
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
