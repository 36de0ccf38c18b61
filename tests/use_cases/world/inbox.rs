use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};

use jiff::SignedDuration;
use shared::{
    domain::{EmailAddress, Timestamp},
    feedback::MailTags,
    post_office::{Handover, Mail, NotTaken, PostOffice, Reason},
};

use super::Clock;

/// What SES says names somebody, so this does, too.
const PLANTED: &str = "eve@planted.example";

/// What the post office does with the next mail.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Behavior {
    RefuseForNow,
    RefuseForGood,
    /// Has no room for it.
    Busy,
    /// Takes the mail, and the answer is lost on the way.
    TakeAndLoseTheAnswer,
    /// Takes nothing, and does not say so.
    NoAnswer,
    /// Never answers.
    Hang,
    /// The process ends here.
    Die,
}

/// How much the post office takes of what it is told nothing about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Quota {
    Everything,
    /// One mail a second.
    OneASecond,
    Nothing,
}

/// A mail that was taken.
#[derive(Clone, Debug)]
pub(crate) struct Taken {
    pub(crate) to: String,
    pub(crate) text: String,
    pub(crate) tags: MailTags,
    pub(crate) at: Timestamp,
}

/// Takes every mail, unless told otherwise.
#[derive(Clone)]
pub(crate) struct Inbox {
    state: Arc<Mutex<State>>,
    clock: Clock,
}

struct State {
    mails: Vec<Taken>,
    next: VecDeque<Behavior>,
    quota: Quota,
    /// How often it was called.
    calls: usize,
}

impl Inbox {
    pub(crate) fn new(clock: Clock) -> Self {
        let state = State { mails: Vec::new(), next: VecDeque::new(), quota: Quota::Everything, calls: 0 };
        Self { state: Arc::new(Mutex::new(state)), clock }
    }

    pub(crate) fn behave(&self, behavior: impl IntoIterator<Item = Behavior>) {
        self.state.lock().unwrap().next.extend(behavior);
    }

    /// Forgets what it was told to do with mails to come.
    pub(crate) fn behave_as_usual(&self) {
        self.state.lock().unwrap().next.clear();
    }

    pub(crate) fn take(&self, quota: Quota) {
        self.state.lock().unwrap().quota = quota;
    }

    pub(crate) fn calls(&self) -> usize {
        self.state.lock().unwrap().calls
    }

    /// Every mail that was taken, in order.
    pub(crate) fn taken(&self) -> Vec<Taken> {
        self.state.lock().unwrap().mails.clone()
    }

    /// Likewise, and forgets them.
    pub(crate) fn collect(&self) -> Vec<Taken> {
        std::mem::take(&mut self.state.lock().unwrap().mails)
    }

    /// The texts of all mails to an address.
    pub(crate) fn texts(&self, email: &str) -> Vec<String> {
        self.taken().into_iter().filter(|mail| mail.to.eq_ignore_ascii_case(email)).map(|mail| mail.text).collect()
    }

    /// The token in the last mail to an address.
    pub(crate) fn token(&self, email: &str) -> String {
        let text = self.texts(email).pop().expect("a mail");
        let rest = text.split("#token=").nth(1).expect("a link");
        rest.split_whitespace().next().unwrap().to_owned()
    }

    fn answer(&self, to: &EmailAddress, tags: &MailTags, mail: Mail) -> Option<Result<(), NotTaken>> {
        let now = self.clock.now();
        let state = &mut *self.state.lock().unwrap();
        state.calls += 1;
        let second = SignedDuration::from_secs(1);
        let has_room = match state.quota {
            Quota::Everything => true,
            Quota::OneASecond => state.mails.last().is_none_or(|last| last.at.plus(second) <= now),
            Quota::Nothing => false,
        };
        let reason = |code: &str, status| Reason::new(&format!("{code}: {PLANTED}"), status);
        let busy = || Err(NotTaken::Busy(reason("TooManyRequestsException", Some(429))));
        let behavior = state.next.pop_front();
        let mut taken = || {
            let (to, text) = (to.as_str().to_owned(), mail.text.clone());
            state.mails.push(Taken { to, text, tags: tags.clone(), at: now });
        };
        match behavior {
            None if has_room => {
                taken();
                Some(Ok(()))
            }
            None | Some(Behavior::Busy) => Some(busy()),
            Some(Behavior::RefuseForNow) => Some(Err(NotTaken::NotNow(reason("SendingPausedException", Some(400))))),
            Some(Behavior::RefuseForGood) => Some(Err(NotTaken::Never(Reason::new("MessageRejected", Some(400))))),
            Some(Behavior::TakeAndLoseTheAnswer) => {
                taken();
                Some(Err(NotTaken::Unknown(reason("Timeout", None))))
            }
            Some(Behavior::NoAnswer) => Some(Err(NotTaken::Unknown(reason("DispatchFailure", None)))),
            Some(Behavior::Hang | Behavior::Die) => None,
        }
    }
}

impl PostOffice for Inbox {
    fn post<'a>(&'a self, to: &'a EmailAddress, tags: &'a MailTags, mail: Mail) -> Handover<'a> {
        Box::pin(async move {
            let dies = matches!(self.state.lock().unwrap().next.front(), Some(Behavior::Die));
            match self.answer(to, tags, mail) {
                Some(answer) => answer,
                None if dies => panic!("the process ends here, as the test wants it"),
                None => std::future::pending().await,
            }
        })
    }
}
