//! The metric filters of both templates against what the functions count, and against the alarms that read the metrics.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use shared::metrics::Metric;
use stack_template::Document;

use super::{
    operations::{is_always_there, nested},
    template,
};

/// A filter: its logical id, what it matches, what it makes of that, and whether it is there without DetailedMonitoring.
struct Filter {
    id: String,
    pattern: String,
    transformation: Value,
    always: bool,
}

fn filters_of(document: &Document) -> Vec<Filter> {
    let resources = document.json()["Resources"].as_object().unwrap();
    let filters = resources.iter().filter(|(_, resource)| resource["Type"] == "AWS::Logs::MetricFilter");
    let filter = |(id, resource): (&String, &Value)| {
        let properties = &resource["Properties"];
        Filter {
            id: id.clone(),
            pattern: properties["FilterPattern"].as_str().unwrap().to_owned(),
            transformation: properties["MetricTransformations"][0].clone(),
            always: is_always_there(document, id),
        }
    };
    filters.map(filter).collect()
}

fn filters() -> Vec<Filter> {
    filters_of(&nested()).into_iter().chain(filters_of(&template())).collect()
}

/// Every line of counts has the fields that these take: `a_line_has_numbers_and_dimensions_at_its_root`.
#[test]
fn a_filter_counts_what_it_is_called_after() {
    for Filter { id, transformation, .. } in filters() {
        let name = transformation["MetricName"].as_str().unwrap();
        let metric = Metric::ALL.iter().find(|metric| metric.name() == name).unwrap_or_else(|| panic!("{id}: {name}?"));
        assert_eq!(transformation["MetricValue"], format!("$.{name}"), "{id}");
        assert_eq!(transformation["Unit"], metric.unit(), "{id}");
        let dimension = metric.dimension();
        assert_eq!(
            transformation["Dimensions"],
            json!([{"Key": dimension, "Value": format!("$.{dimension}")}]),
            "{id}"
        );
    }
}

#[test]
fn every_count_is_counted_by_one_filter() {
    let filters = filters();
    for metric in Metric::ALL.iter().filter(|metric| **metric != Metric::Problems) {
        let name = metric.name();
        let own: Vec<_> = filters.iter().filter(|filter| filter.transformation["MetricName"] == name).collect();
        assert!(
            matches!(own[..], [one] if one.pattern == format!("{{ $.{name} >= 0 }}")),
            "{name}: {} filters",
            own.len()
        );
    }
    let problems = filters.iter().filter(|filter| filter.transformation["MetricName"] == Metric::Problems.name());
    let (own, rest): (Vec<_>, Vec<_>) =
        problems.map(|filter| filter.pattern.as_str()).partition(|p| p.contains(" = \""));
    let mut every_other = "{ ($.Problems = 1)".to_owned();
    let mut codes: Vec<&str> = own.iter().map(|pattern| pattern.split('"').nth(1).unwrap()).collect();
    codes.sort_unstable();
    for code in &codes {
        assert!(own.contains(&format!("{{ ($.Problems = 1) && ($.code = \"{code}\") }}").as_str()), "{code}");
        every_other += &format!(" && ($.code != \"{code}\")");
    }
    assert_eq!(rest, [every_other + " }"], "the rest of the codes, each counted once");
}

/// A metric costs more than an alarm.
#[test]
fn a_metric_is_there_by_default_where_an_alarm_reads_it() {
    let code = |pattern: &str| pattern.split('"').nth(1).unwrap_or_default().to_owned();
    let filters = filters();
    let always = filters.iter().filter(|filter| filter.always);
    let always: BTreeSet<_> =
        always.map(|one| (one.transformation["MetricName"].as_str().unwrap().to_owned(), code(&one.pattern))).collect();
    let mut read = BTreeSet::new();
    for document in [nested(), template()] {
        for (id, alarm) in document.alarms() {
            let name = alarm["MetricName"].as_str().unwrap();
            if is_always_there(&document, id) && Metric::ALL.iter().any(|metric| metric.name() == name) {
                let dimension = &alarm["Dimensions"][0];
                let code = if dimension["Name"] == "code" { dimension["Value"].as_str().unwrap() } else { "" };
                read.insert((name.to_owned(), code.to_owned()));
            }
        }
    }
    assert_eq!(always, read);
}
