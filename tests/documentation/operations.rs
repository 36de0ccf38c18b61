//! docs/operations.md and infra/observability.yaml against what the functions write.

use std::collections::BTreeSet;

use shared::{http::Code, metrics::Metric};

use super::{files, first_cells, lines, read, root};

fn section<'a>(page: &'a str, title: &str) -> &'a str {
    let (_, rest) = page.split_once(&format!("\n## {title}\n")).unwrap();
    rest.split("\n## ").next().unwrap()
}

fn set<'a>(words: impl IntoIterator<Item = &'a str>) -> BTreeSet<String> {
    words.into_iter().map(str::to_owned).collect()
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
    let mut outcomes = BTreeSet::from(["ignored", "failed", "timed_out", "retried", "skipped"]);
    use invitation_mailer::Sent;
    use post_confirmation::Welcomed;
    outcomes.extend([Sent::Now, Sent::NotWanted, Sent::Failed].map(Sent::name));
    outcomes.extend(
        [Welcomed::Founded, Welcomed::Already, Welcomed::Prompted, Welcomed::PromptedForCorrection].map(Welcomed::name),
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
    let template = read("infra/observability.yaml");
    let mut found = Vec::new();
    for alarm in between(&template, "      Namespace: !Ref Namespace\n", "      Statistic:") {
        let name = between(alarm, "MetricName: ", "\n").next().unwrap();
        let (dimension, value) =
            (between(alarm, "Name: ", ",").last().unwrap(), between(alarm, "Value: ", " }").next());
        found.push((name.to_owned(), dimension.to_owned(), value.map(str::to_owned)));
    }
    for widget in between(&template, "[\"${Namespace}\", ", ", {") {
        let words: Vec<_> = widget.split(", ").map(|word| word.trim_matches('"').to_owned()).collect();
        found.push((words[0].clone(), words[1].clone(), Some(words[2].clone())));
    }
    for search in between(&template, "SEARCH('{\\\"${Namespace}\\\",", "', 'Sum'") {
        let (dimension, rest) = search.split_once('}').unwrap();
        let name = between(rest, "MetricName=\\\"", "\\\"").next().unwrap();
        found.push((name.to_owned(), dimension.to_owned(), None));
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
    let (page, template) = (read("docs/operations.md"), read("infra/observability.yaml"));
    let nested = alarms(&template);
    assert_eq!(set(between(&template, "\"${", ".Arn}\"").filter(|name| name.ends_with("Alarm"))), nested);
    let own = alarms(&read("template.yaml"));
    let described: BTreeSet<String> = set(first_cells(section(&page, "Alarms")));
    let of_functions: BTreeSet<String> = own.difference(&described).cloned().collect();
    let expected = functions().iter().map(|name| format!("{}ErrorsAlarm", name.trim_end_matches("Function"))).collect();
    assert_eq!(of_functions, expected, "one row stands for an alarm of each function");
    assert_eq!(
        described.difference(&own).cloned().collect::<BTreeSet<_>>(),
        &nested | &["…ErrorsAlarm".to_owned()].into()
    );
    assert_eq!((nested.len(), own.len()), (11, 10), "docs/operations.md says how many and what they cost");
}

#[test]
fn a_deployment_watches_the_alarm_of_its_function_and_the_dashboard_shows_them_all() {
    let template = read("template.yaml");
    for function in functions() {
        let alarm = format!("{}ErrorsAlarm", function.trim_end_matches("Function"));
        assert!(template.contains(&format!("Alarms: [!Ref {alarm}, !Ref InternalErrorsAlarm]")), "{function}");
    }
    let (_, list) = template.split_once("        RollbackAlarmArns: !Join\n").unwrap();
    let listed =
        list.lines().map_while(|line| line.strip_prefix("          ")).filter_map(|line| line.split("!GetAtt ").nth(1));
    assert_eq!(set(listed.map(|name| name.trim_end_matches(".Arn"))), alarms(&template));
}

/// The alarms of a template.
fn alarms(template: &str) -> BTreeSet<String> {
    let (_, resources) = template.split_once("\nResources:\n").unwrap();
    let ids = resources.lines().filter_map(|line| line.strip_prefix("  ")?.strip_suffix(':'));
    set(ids.filter(|id| id.ends_with("Alarm") && !id.starts_with(' ')))
}

/// The functions of template.yaml, by logical id.
fn functions() -> BTreeSet<String> {
    let template = read("template.yaml");
    let parts = template.split("\n    Type: AWS::Serverless::Function\n");
    let ids = parts.filter_map(|part| part.lines().last()?.strip_prefix("  ")?.strip_suffix(':'));
    set(ids.filter(|name| name.ends_with("Function")))
}

#[test]
fn the_nested_stack_knows_every_function_and_the_namespace() {
    let template = read("template.yaml");
    let (_, list) = template.split_once("        FunctionNames: !Join\n").unwrap();
    let listed =
        list.lines().map_while(|line| line.strip_prefix("          ")).filter_map(|line| line.split("!Ref ").nth(1));
    assert_eq!(set(listed), functions());
    let namespace = |key: &str| between(&template, key, "\n").next().unwrap().to_owned();
    assert_eq!(namespace("METRICS_NAMESPACE: "), namespace("        Namespace: "));
    assert!(root().join("infra/observability.yaml").is_file());
}
