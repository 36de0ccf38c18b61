//! Everything that a run has used and everything that it was answered, kept for the checks at its end.
//!
//! Global on purpose: a leak is a leak whichever test caused it, and a test that had to hand its secrets over could forget to.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use aho_corasick::AhoCorasick;
use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use sha2::{Digest as _, Sha256};

use local_stack::{Grant, PLANTED_EMAIL, PLANTED_NAME, Refusal};

static SECRETS: Mutex<BTreeMap<String, &'static str>> = Mutex::new(BTreeMap::new());
static EXCHANGES: Mutex<Vec<Exchange>> = Mutex::new(Vec::new());
static LOG_LINES: Mutex<Vec<String>> = Mutex::new(Vec::new());
static ACTIONS: Mutex<Vec<String>> = Mutex::new(Vec::new());
static REFUSED: Mutex<Vec<Refusal>> = Mutex::new(Vec::new());
static UNUSED: Mutex<Option<Vec<Grant>>> = Mutex::new(None);

/// What nobody may be shown in an answer (R14), as opposed to what only logs must not hold.
pub const INVITATION_SECRET: &str = "invitation secret";

/// Nor this: what the table keeps of it.
pub const SECRET_HASH: &str = "hash of an invitation secret";

/// One request and what came back.
#[derive(Clone, Debug)]
pub struct Exchange {
    /// Method and path.
    pub request: String,
    /// Status of the answer.
    pub status: u16,
    /// Headers and body of the answer, as text.
    pub answer: String,
}

/// Notes something that no log line may hold.
pub fn secret(kind: &'static str, text: &str) {
    lock(&SECRETS).insert(text.to_owned(), kind);
}

/// Notes a token of Cognito: its payload and its signature, since either is enough to be a leak.
pub fn token(text: &str) {
    for part in text.split('.').skip(1) {
        secret("token", part);
    }
}

/// Notes the token of an invitation and what could be left of it in a careless line: its second half, where the secret is
/// when the token is one block, its long parts when it has some, and its last 256 bits in the usual spellings.
pub fn invitation_token(text: &str) {
    secret(INVITATION_SECRET, text);
    secret(INVITATION_SECRET, &text[text.len() / 2..]);
    for part in secret_parts(text) {
        secret(INVITATION_SECRET, part);
        let Ok(bytes) = BASE64_URL_SAFE_NO_PAD.decode(part) else { continue };
        let Some(last) = bytes.last_chunk::<32>() else { continue };
        secret(INVITATION_SECRET, &BASE64_URL_SAFE_NO_PAD.encode(last));
        secret(INVITATION_SECRET, BASE64_STANDARD.encode(last).trim_end_matches('='));
        let hex: String = last.iter().map(|byte| format!("{byte:02x}")).collect();
        secret(INVITATION_SECRET, &hex);
        let hash = Sha256::digest(last);
        secret(SECRET_HASH, &BASE64_URL_SAFE_NO_PAD.encode(hash));
        secret(SECRET_HASH, &hash.iter().map(|byte| format!("{byte:02x}")).collect::<String>());
    }
}

/// The parts of an invitation's token that are long enough for 256 bits (43 characters of Base64); ids are shorter.
#[must_use]
pub fn secret_parts(token: &str) -> Vec<&str> {
    token.split(['.', '~', ':', ',']).filter(|part| part.len() >= 43).collect()
}

/// Notes an answer of the API.
pub fn exchange(exchange: Exchange) {
    lock(&EXCHANGES).push(exchange);
}

/// Every answer of the API so far.
#[must_use]
pub fn exchanges() -> Vec<Exchange> {
    lock(&EXCHANGES).clone()
}

/// Notes the log lines of a stack that is about to stop, and whom its services name in every error.
pub fn log_lines(lines: Vec<String>) {
    secret("message of a service", PLANTED_EMAIL);
    secret("message of a service", PLANTED_NAME);
    lock(&LOG_LINES).extend(lines);
}

/// The log lines of every stack that has stopped.
#[must_use]
pub fn all_log_lines() -> Vec<String> {
    lock(&LOG_LINES).clone()
}

/// Notes the actions of audit records: what was committed.
pub fn actions(actions: Vec<String>) {
    lock(&ACTIONS).extend(actions);
}

/// How often this was done, in all stacks that have stopped.
#[must_use]
pub fn times_done(action: &str) -> usize {
    lock(&ACTIONS).iter().filter(|done| *done == action).count()
}

/// Notes what a stack that is about to stop has refused its functions.
pub fn refused(refused: Vec<Refusal>) {
    lock(&REFUSED).extend(refused);
}

/// What any stack has refused.
#[must_use]
pub fn all_refused() -> Vec<Refusal> {
    lock(&REFUSED).clone()
}

/// Notes what a stack that is about to stop granted and nobody needed. A grant is needed if one stack needs it: some of them
/// have other parameters.
pub fn unused(unused: Vec<Grant>) {
    let all = &mut *lock(&UNUSED);
    match all {
        Some(before) => before.retain(|grant| unused.contains(grant)),
        None => *all = Some(unused),
    }
}

/// What was granted and nobody needed.
#[must_use]
pub fn all_unused() -> Vec<Grant> {
    lock(&UNUSED).clone().unwrap_or_default()
}

/// Looks for what was noted, in lines of text.
#[derive(Debug)]
pub struct Scanner {
    kinds: Vec<&'static str>,
    automaton: AhoCorasick,
}

impl Scanner {
    /// A scanner for everything noted so far whose kind passes the filter.
    #[must_use]
    pub fn new(filter: impl Fn(&str) -> bool) -> Self {
        let secrets = lock(&SECRETS);
        let chosen: Vec<_> = secrets.iter().filter(|(_, kind)| filter(kind)).collect();
        let automaton = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .build(chosen.iter().map(|(text, _)| text.as_str()))
            .expect("an automaton of all secrets");
        Self { kinds: chosen.iter().map(|(_, kind)| **kind).collect(), automaton }
    }

    /// How many things it looks for.
    #[must_use]
    pub fn patterns(&self) -> usize {
        self.kinds.len()
    }

    /// The kind of the first thing found.
    #[must_use]
    pub fn find(&self, line: &str) -> Option<&'static str> {
        let found = self.automaton.find(line)?;
        Some(self.kinds[found.pattern().as_usize()])
    }
}

/// Whether a line holds something with the form of a JWT, known or not: a long Base64 word of `{"…` before a full stop.
#[must_use]
pub fn looks_like_a_jwt(line: &str) -> bool {
    const SHORTEST_HEADER: usize = 17;
    let is_base64 = |letter: char| letter.is_ascii_alphanumeric() || letter == '-' || letter == '_';
    line.match_indices("eyJ").any(|(start, _)| {
        let rest = line[start..].trim_start_matches(is_base64);
        line.len() - start - rest.len() >= SHORTEST_HEADER && rest.starts_with('.')
    })
}

/// A test that panicked while it held the lock has already failed; the others go on.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
