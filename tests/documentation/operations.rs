//! docs/operations.md and infra/observability.yaml against what the functions write.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use shared::{http::Code, metrics::Metric};
use stack_template::Document;

use super::{files, first_cells, lines, read, root, template};

pub(super) fn section<'a>(page: &'a str, title: &str) -> &'a str {
    let (_, rest) = page.split_once(&format!("\n## {title}\n")).unwrap();
    rest.split("\n## ").next().unwrap()
}

pub(super) fn set<'a>(words: impl IntoIterator<Item = &'a str>) -> BTreeSet<String> {
    words.into_iter().map(str::to_owned).collect()
}

/// infra/observability.yaml.
pub(super) fn nested() -> Document {
    Document::read(&root().join("infra/observability.yaml")).unwrap()
}

/// Whether a resource does not depend on DetailedMonitoring.
pub(super) fn is_always_there(document: &Document, id: &str) -> bool {
    document.json()["Resources"][id]["Condition"].is_null()
}

/// The dashboard's widgets, and its text.
fn dashboard(document: &Document) -> (Vec<Value>, &str) {
    let body = &document.json()["Resources"]["Dashboard"]["Properties"]["DashboardBody"]["Fn::Sub"][0];
    let text = body.as_str().unwrap();
    let parsed: Value = serde_json::from_str(text).unwrap();
    (parsed["widgets"].as_array().unwrap().clone(), text)
}

/// What stands between `start` and `end`, wherever that is.
fn between<'a>(text: &'a str, start: &'a str, end: &'a str) -> impl Iterator<Item = &'a str> {
    text.split(start).skip(1).filter_map(move |rest| rest.split(end).next())
}

#[test]
fn every_field_of_a_log_line_is_documented_and_no_other() {
    let page = read("docs/operations.md");
    let written: BTreeSet<String> =
        lines::of_every_kind().iter().flat_map(|line| line.as_object().unwrap().keys().cloned()).collect();
    assert_eq!(set(first_cells(section(&page, "Logs"))), written);
}

#[test]
fn every_outcome_is_documented() {
    let page = read("docs/operations.md");
    let row = section(&page, "Logs").lines().find(|line| line.starts_with("| `outcome`")).unwrap();
    let documented: BTreeSet<&str> = row.split('`').skip(3).step_by(2).collect();
    let mut outcomes = BTreeSet::from(["ignored", "failed", "timed_out"]);
    use invitation_mailer::Outcome;
    use post_confirmation::Welcomed;
    outcomes.extend(Outcome::ALL.map(Outcome::name));
    outcomes.extend(mail_feedback::Outcome::ALL.map(mail_feedback::Outcome::name));
    outcomes.extend(
        [Welcomed::Created, Welcomed::Already, Welcomed::Prompted, Welcomed::PromptedForCorrection].map(Welcomed::name),
    );
    assert_eq!(documented, outcomes);
}

#[test]
fn every_metric_is_documented_with_its_unit_and_dimension() {
    let page = read("docs/operations.md");
    let rows = section(&page, "Metrics").lines().filter(|line| line.starts_with("| `"));
    let documented: BTreeSet<Vec<&str>> =
        rows.map(|row| row.split('|').skip(1).take(3).map(|cell| cell.trim_matches([' ', '`'])).collect()).collect();
    let counted = Metric::ALL.iter().map(|metric| vec![metric.name(), metric.unit(), metric.dimension()]);
    assert_eq!(documented, counted.collect());
}

/// Name, dimension and its value, wherever the template means one of our metrics.
fn metrics_of_the_template() -> Vec<(String, String, Option<String>)> {
    let document = nested();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let mut found = Vec::new();
    for (_, alarm) in document.alarms() {
        if alarm["Namespace"] == json!({"Ref": "Namespace"}) {
            let dimension = &alarm["Dimensions"][0];
            found.push((text(&alarm["MetricName"]), text(&dimension["Name"]), Some(text(&dimension["Value"]))));
        }
    }
    let (widgets, _) = dashboard(&document);
    for metric in widgets.iter().filter_map(|widget| widget["properties"]["metrics"].as_array()).flatten() {
        if metric[0] == "${Namespace}" {
            found.push((text(&metric[1]), text(&metric[2]), Some(text(&metric[3]))));
        }
        let search = metric[0]["expression"].as_str().unwrap_or_default();
        if let Some((_, search)) = search.split_once("SEARCH('{\"${Namespace}\",") {
            let (dimension, rest) = search.split_once('}').unwrap();
            let name = between(rest, "MetricName=\"", "\"").next().unwrap();
            found.push((name.to_owned(), dimension.to_owned(), None));
        }
    }
    found
}

#[test]
fn alarms_and_dashboard_name_metrics_that_there_are() {
    let services: BTreeSet<String> = files("functions", "Cargo.toml")
        .iter()
        .map(|path| path.parent().unwrap().file_name().unwrap().to_str().unwrap().to_owned())
        .collect();
    let found = metrics_of_the_template();
    for (name, dimension, value) in &found {
        let metric = Metric::ALL.iter().find(|metric| metric.name() == name).unwrap_or_else(|| panic!("{name}?"));
        assert_eq!(dimension, metric.dimension(), "{name}");
        match (dimension.as_str(), value) {
            ("code", Some(code)) => assert!(Code::ALL.iter().any(|known| known.text() == code), "{code}"),
            ("service", Some(service)) => assert!(services.contains(service), "{service}"),
            _ => {}
        }
    }
    let shown = set(found.iter().map(|(name, ..)| name.as_str()));
    assert_eq!(shown, set(Metric::ALL.iter().map(|metric| metric.name())), "every metric is on the dashboard");
}

#[test]
fn every_alarm_has_its_lines_in_the_runbook_and_its_place_on_the_dashboard() {
    let page = read("docs/operations.md");
    let (document, template) = (nested(), template());
    let alarms = |document: &Document| set(document.alarms().iter().map(|(id, _)| *id));
    let (nested, own) = (alarms(&document), alarms(&template));
    let (_, text) = dashboard(&document);
    assert_eq!(set(between(text, "\"${", ".Arn}\"").filter(|name| name.ends_with("Alarm"))), nested);
    let rows = section(&page, "Alarms");
    let described: BTreeSet<String> = set(first_cells(rows));
    let marked =
        rows.lines().filter_map(|line| line.strip_prefix("| `")?.split_once("` (detailed) |")).map(|row| row.0);
    let conditional = document.alarms().into_iter().map(|(id, _)| id).filter(|id| !is_always_there(&document, id));
    assert_eq!(set(marked), set(conditional), "marked are those that DetailedMonitoring adds");
    let of_functions: BTreeSet<String> = own.difference(&described).cloned().collect();
    let functions = template.functions().unwrap();
    let expected = functions.iter().map(|function| format!("{}ErrorsAlarm", function.id.trim_end_matches("Function")));
    assert_eq!(of_functions, expected.collect(), "one row stands for an alarm of each function");
    assert_eq!(
        described.difference(&own).cloned().collect::<BTreeSet<_>>(),
        &nested | &["…ErrorsAlarm".to_owned()].into()
    );
}

#[test]
fn the_nested_stack_gets_what_it_asks_for() {
    let template = template();
    let given = &template.json()["Resources"]["Observability"]["Properties"]["Parameters"];
    let asked: BTreeSet<String> = nested().parameters().keys().cloned().collect();
    assert_eq!(set(given.as_object().unwrap().keys().map(String::as_str)), asked);
    let filter = &template.json()["Resources"]["InternalErrorsFilter"]["Properties"];
    assert_eq!(given["Namespace"], filter["MetricTransformations"][0]["MetricNamespace"]);
    assert_eq!(given["LogGroupName"], filter["LogGroupName"]);
}
