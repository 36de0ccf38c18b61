use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::json;

use super::Metric;
use crate::domain::Timestamp;

/// The `message` of a line of counts.
pub(super) const MESSAGE: &str = "counts";

/// The invocation of a line, with the same key names as in its log line.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Origin<'a> {
    pub service: &'static str,
    /// Lambda's id of the invocation.
    pub function_request_id: Option<&'a str>,
    /// API Gateway's id of the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub correlation_id: Option<&'a str>,
}

/// Returns an object with a number at its root for each metric, or `None` without counts.
pub(super) fn line(
    now: Timestamp,
    origin: &Origin<'_>,
    values: &BTreeMap<Metric, i64>,
    problem: Option<&'static str>,
) -> Option<String> {
    if values.is_empty() && problem.is_none() {
        return None;
    }
    let mut line = serde_json::to_value(origin).ok()?;
    line["timestamp"] = json!(now.to_string());
    line["message"] = json!(MESSAGE);
    for (metric, value) in values {
        line[metric.name()] = json!(value);
    }
    if let Some(code) = problem {
        line["code"] = json!(code);
        line[Metric::Problems.name()] = json!(1);
    }
    Some(line.to_string())
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use serde_json::Value;

    use super::{super::Metrics, *};

    fn lines_of(act: impl FnOnce(&Metrics), problem: Option<&'static str>) -> Vec<Value> {
        let lines = Arc::new(Mutex::new(Vec::new()));
        let sink = lines.clone();
        let metrics = Metrics::new(move |line: &str| {
            sink.lock().unwrap().push(serde_json::from_str(line).unwrap());
        });
        act(&metrics);
        let origin = Origin { service: "onboarding", function_request_id: Some("f-1"), correlation_id: None };
        metrics.write("2026-01-02T03:04:05.678Z".parse().unwrap(), &origin, problem);
        metrics.write("2026-01-02T03:04:06Z".parse().unwrap(), &origin, None);
        let lines = lines.lock().unwrap();
        lines.clone()
    }

    #[test]
    fn a_line_is_written_once_and_only_when_there_is_something_to_say() {
        assert!(lines_of(|_| {}, None).is_empty());
        let lines = lines_of(|metrics| metrics.count(Metric::OrganizationsCreated), None);
        assert_eq!(lines.len(), 1);
    }

    #[test]
    fn counts_add_up_and_measurements_do_not() {
        let act = |metrics: &Metrics| {
            metrics.count(Metric::MailsSent);
            metrics.count(Metric::MailsSent);
            metrics.largest(Metric::OldestUnsentAge, 7);
            metrics.largest(Metric::OldestUnsentAge, 3);
        };
        let line = lines_of(act, None).remove(0);
        assert_eq!((&line["MailsSent"], &line["OldestUnsentAge"]), (&json!(2), &json!(7)));
    }

    /// The metric filters read these fields at the root, and dimensions that are texts.
    #[test]
    fn a_line_has_numbers_and_dimensions_at_its_root() {
        let count_all = |metrics: &Metrics| {
            Metric::ALL.iter().filter(|metric| **metric != Metric::Problems).for_each(|metric| metrics.count(*metric));
        };
        let line = lines_of(count_all, Some("seat-limit-reached")).remove(0);
        assert_eq!((&line["message"], &line["timestamp"]), (&json!("counts"), &json!("2026-01-02T03:04:05.678Z")));
        for metric in Metric::ALL {
            assert!(line[metric.name()].is_i64(), "{metric:?}");
            assert!(line[metric.dimension()].is_string(), "{metric:?}");
        }
    }
}
