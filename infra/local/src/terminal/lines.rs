//! The functions' log lines for people: a line for each request, what went wrong below it, no metrics.

use std::fmt::Write;

use anstyle::{AnsiColor, Style};
use jiff::tz::TimeZone;
use serde_json::{Map, Value};

use crate::clock;

const DIM: Style = Style::new().dimmed();
const GOOD: Style = AnsiColor::Green.on_default();
const POOR: Style = AnsiColor::Yellow.on_default();
const BAD: Style = AnsiColor::Red.on_default();

/// The messages of the lines that end an invocation, or a mail.
const ENDS: [&str; 3] = ["request", "sign-up", "mail"];
/// What Lambda itself would write.
const LAMBDAS_OWN: [&str; 4] = ["INIT_START", "START RequestId:", "END RequestId:", "REPORT RequestId:"];
/// Fields that are shown in a place of their own, or only help a search of many lines.
const PLACED: [&str; 10] = [
    "timestamp",
    "level",
    "message",
    "error",
    "service",
    "route",
    "cold_start",
    "function_request_id",
    "xray_trace_id",
    "correlation_id",
];

/// The lines of one execution environment, which works on one invocation at a time.
///
/// What goes wrong is logged before the line of the request. It is held until then, so that it is read below that line.
pub(crate) struct Pretty {
    function: String,
    zone: TimeZone,
    held: Vec<(String, String)>,
}

impl Pretty {
    pub(crate) fn new(function: &str, zone: TimeZone) -> Self {
        Self { function: function.to_owned(), zone, held: Vec::new() }
    }

    /// Whether something waits for the line of its request.
    pub(crate) fn holds(&self) -> bool {
        !self.held.is_empty()
    }

    /// What is to be printed once this line is there; may be nothing.
    pub(crate) fn push(&mut self, line: &str) -> String {
        let Ok(Value::Object(fields)) = serde_json::from_str(line) else {
            let shown = !line.trim().is_empty() && !LAMBDAS_OWN.iter().any(|own| line.starts_with(own));
            if shown {
                self.held.push((self.time(None), line.to_owned()));
            }
            return String::new();
        };
        let text = |name: &str| fields.get(name).and_then(Value::as_str).unwrap_or_default();
        let time = self.time(Some(text("timestamp")));
        match text("message") {
            "counts" => String::new(),
            message if ENDS.contains(&message) => {
                let head = format!("{}{}\n", self.head(&time), end(&fields));
                let below = self.held.drain(..).map(|(_, detail)| format!("         {detail}\n"));
                below.fold(head, |all, detail| all + &detail)
            }
            _ => {
                self.held.push((time, detail(&fields)));
                String::new()
            }
        }
    }

    /// What is held, when the line of its request does not come.
    pub(crate) fn flush(&mut self) -> String {
        let held = std::mem::take(&mut self.held);
        held.iter().map(|(time, detail)| format!("{}{detail}\n", self.head(time))).collect()
    }

    fn head(&self, time: &str) -> String {
        format!("{DIM}{time}{DIM:#} {:<19}", self.function)
    }

    fn time(&self, timestamp: Option<&str>) -> String {
        let instant = timestamp.and_then(|text| text.parse().ok()).unwrap_or_else(clock::now);
        instant.to_zoned_datetime(self.zone.clone()).strftime("%H:%M:%S").to_string()
    }
}

/// `200    4 ms  GET /me`, or `sign-up  prompted`: what is short first, so that it stands in columns.
fn end(fields: &Map<String, Value>) -> String {
    let text = |name: &str| fields.get(name).and_then(Value::as_str).unwrap_or_default();
    let Some(status) = fields.get("status").and_then(Value::as_u64) else {
        return format!("{:<15}{}", text("message"), text("outcome"));
    };
    let style = match status {
        500.. => BAD,
        400.. => POOR,
        _ => GOOD,
    };
    let duration = fields.get("duration_ms").and_then(Value::as_u64).unwrap_or_default();
    let mut line = format!("{style}{status}{style:#} {duration:>5} ms   {}", text("route"));
    if let Some(code) = fields.get("code").and_then(Value::as_str) {
        // A string takes whatever is written to it.
        let _ = write!(line, "  {style}{code}{style:#}");
    }
    line
}

/// `ERROR the request failed: why  name=value`.
fn detail(fields: &Map<String, Value>) -> String {
    let text = |name: &str| fields.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    let level = text("level").unwrap_or("INFO");
    let style = match level {
        "ERROR" => BAD,
        "WARN" => POOR,
        _ => DIM,
    };
    let mut line = format!("{style}{level}{style:#} {}", text("message").unwrap_or_default());
    if let Some(error) = text("error") {
        let _ = write!(line, ": {error}");
    }
    if let Some(route) = text("route") {
        let _ = write!(line, "  {route}");
    }
    for (name, value) in fields.iter().filter(|(name, _)| !PLACED.contains(&name.as_str())) {
        let _ = write!(line, "  {DIM}{name}={value}{DIM:#}");
    }
    line
}

#[cfg(test)]
mod tests {
    use anstream::adapter::strip_str;
    use serde_json::json;

    use super::*;

    const AT: &str = "2026-01-02T03:04:05.678Z";

    fn pretty() -> Pretty {
        Pretty::new("members", TimeZone::UTC)
    }

    fn plain(text: &str) -> String {
        strip_str(text).to_string()
    }

    fn request(status: u16, code: Option<&str>) -> String {
        let route = "GET /organizations/{organizationId}/members";
        json!({"timestamp": AT, "level": "INFO", "message": "request", "service": "members", "cold_start": false,
               "route": route, "status": status, "code": code, "duration_ms": 12})
        .to_string()
    }

    #[test]
    fn a_request_is_a_line_with_time_function_status_duration_route_and_code() {
        let line = pretty().push(&request(200, None));
        assert_eq!(
            plain(&line),
            "03:04:05 members            200    12 ms   GET /organizations/{organizationId}/members\n"
        );
        assert!(line.contains(&format!("{GOOD}200")), "{line:?}");
        let line = pretty().push(&request(403, Some("permission-denied")));
        assert!(
            plain(&line).ends_with("/members  permission-denied\n") && line.contains(&format!("{POOR}403")),
            "{line:?}"
        );
        assert!(pretty().push(&request(500, None)).contains(&format!("{BAD}500")));
    }

    #[test]
    fn what_went_wrong_is_below_its_request() {
        let mut pretty = pretty();
        let error = json!({"timestamp": AT, "level": "ERROR", "message": "the request failed",
                           "error": "the table: a conflict", "attempt": 3});
        assert_eq!(pretty.push(&error.to_string()), "");
        assert!(pretty.holds());
        assert_eq!(
            plain(&pretty.push(&request(500, Some("internal-error")))),
            "03:04:05 members            500    12 ms   GET /organizations/{organizationId}/members  internal-error\n         \
             ERROR the request failed: the table: a conflict  attempt=3\n"
        );
        assert!(!pretty.holds() && pretty.flush().is_empty());
    }

    #[test]
    fn what_belongs_to_no_request_is_a_line_of_its_own() {
        let mut pretty = pretty();
        let killed = json!({"timestamp": AT, "level": "ERROR", "service": "members", "route": "GET /me",
                            "function_request_id": "f-1", "message": "Task timed out after 15.00 seconds"});
        pretty.push(&killed.to_string());
        assert_eq!(
            plain(&pretty.flush()),
            "03:04:05 members            ERROR Task timed out after 15.00 seconds  GET /me\n"
        );
        pretty.push("thread 'main' panicked at src/lib.rs:1:1:");
        assert!(plain(&pretty.flush()).ends_with(" members            thread 'main' panicked at src/lib.rs:1:1:\n"));
    }

    #[test]
    fn other_ends_show_their_outcome() {
        let line = json!({"timestamp": AT, "message": "sign-up", "outcome": "prompted"}).to_string();
        assert_eq!(plain(&pretty().push(&line)), "03:04:05 members            sign-up        prompted\n");
    }

    #[test]
    fn metrics_and_lambdas_own_lines_are_hidden() {
        let mut pretty = pretty();
        for line in [
            r#"{"message": "counts", "Problems": 1}"#,
            "START RequestId: f-1 Version: $LATEST",
            "REPORT RequestId: f-1",
            "",
        ] {
            assert_eq!(pretty.push(line), "", "{line}");
        }
        assert!(!pretty.holds());
    }
}
