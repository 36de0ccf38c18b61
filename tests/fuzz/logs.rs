//! What the functions left in their log.

use std::collections::BTreeMap;

use acceptance::seen::{self, Scanner, looks_like_a_jwt};
use serde_json::Value;

use crate::report::Report;

/// No panic, no error, no secret, and no process that died and was replaced.
pub(crate) fn judge(lines: &[String], workers: u64, report: &mut Report) {
    seen::secret("message of a service", local_stack::PLANTED_EMAIL);
    let scanner = Scanner::new(|_| true);
    let mut started: BTreeMap<String, u64> = BTreeMap::new();
    for line in lines {
        if let Some(kind) = scanner.find(line).or_else(|| looks_like_a_jwt(line).then_some("JWT")) {
            report.finding(format!("the log holds a secret, an address or a name ({kind})"), || line.clone());
        }
        let Ok(fields) = serde_json::from_str::<Value>(line) else {
            report.finding("a log line is no JSON: a panic?".to_owned(), || line.clone());
            continue;
        };
        if fields["level"] == "ERROR" {
            // As far as it is the same for the same mistake: ids come last.
            let error: String = fields["error"].as_str().unwrap_or_default().chars().take(200).collect();
            report.finding(format!("an error in the log: {} {error}", fields["message"]), || line.clone());
        }
        if fields["cold_start"] == true {
            *started.entry(fields["service"].as_str().unwrap_or_default().to_owned()).or_default() += 1;
        }
    }
    if started.is_empty() {
        report.finding("the functions logged nothing".to_owned(), || "the functions logged nothing".to_owned());
    }
    for (service, processes) in started {
        // One for each request that is on its way, and one that the stack itself had started. Reports of emails come in any number at
        // once; a panic there is a line that is no JSON.
        if service != "mail-feedback" && processes > workers + 2 {
            report.finding(format!("processes of {service} died"), || {
                format!("{processes} processes of {service} for {workers} workers")
            });
        }
    }
}
