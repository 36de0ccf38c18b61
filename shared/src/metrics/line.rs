use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Value, json};

use super::Metric;
use crate::domain::Timestamp;

/// Which invocation a line comes from, in the key names of its log line.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Origin<'a> {
    pub service: &'static str,
    /// Lambda's id of the invocation.
    pub function_request_id: Option<&'a str>,
    /// The gateway's id of the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub correlation_id: Option<&'a str>,
}

/// One object of the embedded metric format, or nothing.
pub(super) fn line(
    namespace: &str,
    now: Timestamp,
    origin: &Origin<'_>,
    values: &BTreeMap<Metric, i64>,
    problem: Option<&'static str>,
) -> Option<String> {
    let directive = |dimension: &str, metrics: Vec<Metric>| {
        let metrics: Vec<_> =
            metrics.into_iter().map(|metric| json!({ "Name": metric.name(), "Unit": metric.unit() })).collect();
        json!({ "Namespace": namespace, "Dimensions": [[dimension]], "Metrics": metrics })
    };
    let mut directives = Vec::new();
    let mut line = serde_json::to_value(origin).ok()?;
    if !values.is_empty() {
        directives.push(directive("service", values.keys().copied().collect()));
        for (metric, value) in values {
            line[metric.name()] = json!(value);
        }
    }
    if let Some(code) = problem {
        directives.push(directive(Metric::Problems.dimension(), vec![Metric::Problems]));
        line["code"] = json!(code);
        line[Metric::Problems.name()] = json!(1);
    }
    if directives.is_empty() {
        return None;
    }
    line["_aws"] = json!({ "Timestamp": now.as_milliseconds(), "CloudWatchMetrics": Value::Array(directives) });
    Some(line.to_string())
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::{super::Metrics, *};

    fn lines_of(act: impl FnOnce(&Metrics), problem: Option<&'static str>) -> Vec<Value> {
        let lines = Arc::new(Mutex::new(Vec::new()));
        let sink = lines.clone();
        let metrics = Metrics::new("organizations/test", move |line: &str| {
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
        let lines = lines_of(|metrics| metrics.count(Metric::OrganizationsFounded), None);
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

    /// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html>
    #[test]
    fn a_line_is_what_the_specification_asks_for() {
        let count_all = |metrics: &Metrics| {
            Metric::ALL.iter().filter(|metric| **metric != Metric::Problems).for_each(|metric| metrics.count(*metric));
        };
        let line = lines_of(count_all, Some("seat-limit-reached")).remove(0);
        assert_eq!(line["_aws"]["Timestamp"], 1_767_323_045_678_i64, "milliseconds");
        let mut names = Vec::new();
        for directive in line["_aws"]["CloudWatchMetrics"].as_array().unwrap() {
            assert_eq!(directive.as_object().unwrap().len(), 3, "no member that the specification does not know");
            let namespace = directive["Namespace"].as_str().unwrap();
            assert!((1..=1024).contains(&namespace.len()) && !namespace.starts_with(':'));
            for set in directive["Dimensions"].as_array().unwrap() {
                let set = set.as_array().unwrap();
                assert!((1..=30).contains(&set.len()));
                for dimension in set {
                    let value = line[dimension.as_str().unwrap()].as_str().expect("a dimension's value is a text");
                    assert!((1..=1024).contains(&value.len()) && value.is_ascii());
                }
            }
            for metric in directive["Metrics"].as_array().unwrap() {
                assert!(["Count", "Seconds"].contains(&metric["Unit"].as_str().unwrap()), "{metric}");
                names.push(metric["Name"].as_str().unwrap().to_owned());
                assert!(line[names.last().unwrap()].is_i64(), "a metric's value is a number at the root");
            }
        }
        names.sort();
        let mut all: Vec<_> = Metric::ALL.iter().map(|metric| metric.name()).collect();
        all.sort_unstable();
        assert_eq!(names, all);
        assert!(all.len() <= 100, "no more than a line may have");
    }
}
