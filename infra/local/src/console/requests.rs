//! The last requests to the API, and which lines of the log are theirs.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Mutex, PoisonError},
};

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

/// As many requests are remembered.
const MOST: usize = 200;
/// Of a path, in characters.
const LONGEST_PATH: usize = 500;

/// A request to the API and what became of it.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Request {
    /// As error responses and log lines name it.
    pub(crate) request_id: String,
    pub(crate) at: Timestamp,
    pub(crate) method: String,
    /// With the query.
    pub(crate) path: String,
    pub(crate) status: u16,
    pub(crate) duration_ms: u128,
    /// `None` where no route matched.
    pub(crate) function: Option<String>,
    /// What the function logged.
    pub(crate) lines: Vec<String>,
}

impl Request {
    pub(super) fn time(&self) -> String {
        self.at.strftime("%H:%M:%S").to_string()
    }

    pub(super) fn class(&self) -> &'static str {
        match self.status {
            500.. => "bad",
            400.. => "warn",
            _ => "good",
        }
    }
}

/// Oldest first.
#[derive(Debug, Default)]
pub(crate) struct Requests(Mutex<VecDeque<Request>>);

impl Requests {
    pub(crate) fn record(&self, mut request: Request) {
        if let Some((end, _)) = request.path.char_indices().nth(LONGEST_PATH) {
            request.path.truncate(end);
        }
        let mut requests = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if requests.len() >= MOST {
            requests.pop_front();
        }
        requests.push_back(request);
    }

    /// Requests and the lines of none of them, both newest first.
    ///
    /// The line of a request names it; the lines before it say what went wrong and do not. They are taken to be of the same
    /// request, if they are of the same function: two environments of one function that log at once can be mixed up.
    pub(super) fn with_lines(&self, lines: &[(String, String)]) -> (Vec<Request>, Vec<String>) {
        let mut waiting: BTreeMap<&str, Vec<&String>> = BTreeMap::new();
        let mut of_requests: BTreeMap<String, Vec<&String>> = BTreeMap::new();
        let mut others = Vec::new();
        for (function, text) in lines {
            let line: Value = serde_json::from_str(text).unwrap_or_default();
            let before = waiting.entry(function).or_default();
            before.push(text);
            let named = |name: &str| line.get(name).and_then(Value::as_str).filter(|id| !id.is_empty());
            match (named("correlation_id"), named("function_request_id")) {
                (Some(id), _) => of_requests.entry(id.to_owned()).or_default().append(before),
                (None, Some(_)) => others.append(before),
                (None, None) => {}
            }
        }
        others.extend(waiting.into_values().flatten());
        let requests = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let requests = requests.iter().rev().map(|request| {
            let lines = of_requests.remove(&request.request_id).unwrap_or_default();
            Request { lines: lines.into_iter().cloned().collect(), ..request.clone() }
        });
        (requests.collect(), others.into_iter().rev().cloned().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(id: &str) -> Request {
        Request {
            request_id: id.to_owned(),
            at: Timestamp::UNIX_EPOCH,
            method: "GET".to_owned(),
            path: "/me".repeat(LONGEST_PATH),
            status: 200,
            duration_ms: 1,
            function: Some("f".to_owned()),
            lines: Vec::new(),
        }
    }

    #[test]
    fn a_request_has_its_line_and_those_before_it() {
        let requests = Requests::default();
        requests.record(request("one"));
        requests.record(request("two"));
        let line = |function: &str, text: &str| (function.to_owned(), text.to_owned());
        let (one, two) = ("{\"correlation_id\":\"one\"}", "{\"correlation_id\":\"two\"}");
        let trigger = "{\"function_request_id\":\"x\"}";
        let lines =
            [line("f", "why"), line("g", "late"), line("f", one), line("h", trigger), line("f", two), line("f", two)];
        let (requests, others) = requests.with_lines(&lines);
        assert_eq!(requests.iter().map(|request| request.request_id.as_str()).collect::<Vec<_>>(), ["two", "one"]);
        assert_eq!(requests[0].lines, [two, two]);
        assert_eq!(requests[1].lines, ["why", one]);
        assert_eq!(others, ["late", trigger]);
    }

    #[test]
    fn the_oldest_requests_are_forgotten_and_paths_cut() {
        let requests = Requests::default();
        (0..=MOST).for_each(|number| requests.record(request(&number.to_string())));
        let (requests, _) = requests.with_lines(&[]);
        assert_eq!((requests.len(), requests.last().unwrap().request_id.as_str()), (MOST, "1"));
        assert_eq!(requests[0].path.len(), LONGEST_PATH);
    }
}
