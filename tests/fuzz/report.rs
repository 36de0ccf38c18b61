//! What a run has found.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// As many findings are shown; the others are counted.
const SHOWN: usize = 25;

#[derive(Debug, Default)]
pub(crate) struct Report {
    pub(crate) requests: u64,
    pub(crate) worlds: u64,
    slowest: Duration,
    statuses: BTreeMap<u16, u64>,
    /// Successes by route.
    successes: BTreeMap<String, u64>,
    findings: Vec<String>,
    /// What a finding is told from another one by.
    kinds: BTreeMap<String, u64>,
}

impl Report {
    pub(crate) fn answer(&mut self, route: Option<&str>, status: u16, took: Duration) {
        self.requests += 1;
        self.slowest = self.slowest.max(took);
        *self.statuses.entry(status).or_default() += 1;
        if let Some(route) = route.filter(|_| status < 300) {
            *self.successes.entry(route.to_owned()).or_default() += 1;
        }
    }

    /// `kind`: the same for the same mistake; only the first of a kind is shown.
    pub(crate) fn finding(&mut self, kind: String, what: impl FnOnce() -> String) {
        let times = self.kinds.entry(kind).or_default();
        *times += 1;
        if *times == 1 {
            self.findings.push(what());
        }
    }

    pub(crate) fn is_clean(&self) -> bool {
        self.findings.is_empty()
    }

    /// Routes that never succeeded: nothing behind their first check was tried.
    pub(crate) fn unreached<'a>(&self, routes: &'a [String]) -> BTreeSet<&'a str> {
        routes.iter().map(String::as_str).filter(|route| !self.successes.contains_key(*route)).collect()
    }

    pub(crate) fn print(&self, seed: u64, took: Duration) {
        let rate = self.requests as f64 / took.as_secs_f64().max(0.001);
        println!(
            "fuzz: {} requests in {:.0} s ({rate:.0} a second), seed {seed}, {} worlds",
            self.requests,
            took.as_secs_f64(),
            self.worlds
        );
        let statuses: Vec<_> = self.statuses.iter().map(|(status, times)| format!("{status}: {times}")).collect();
        println!("fuzz: statuses {}", statuses.join(", "));
        for (route, times) in &self.successes {
            println!("fuzz: {times:>7} successes of {route}");
        }
        println!("fuzz: the slowest answer took {:.2} s", self.slowest.as_secs_f64());
        for finding in self.findings.iter().take(SHOWN) {
            println!("\nFINDING {finding}");
        }
        for (kind, times) in &self.kinds {
            println!("fuzz: {times:>7} x {kind}");
        }
        println!("fuzz: {} findings", self.findings.len());
    }
}
