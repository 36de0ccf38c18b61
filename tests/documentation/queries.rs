//! The queries for CloudWatch Logs Insights in docs/operations.md. Nothing here can run them, so their words are checked.

use std::collections::BTreeSet;

use shared::metrics::Metric;

use super::{
    first_cells,
    operations::{section, set},
    read,
};

/// Of Logs Insights, what the page uses.
const COMMANDS: [&str; 4] = ["fields", "filter", "stats", "sort"];
const FUNCTIONS: [&str; 6] = ["count", "sum", "max", "pct", "bin", "ispresent"];
const WORDS: [&str; 4] = ["by", "in", "desc", "@timestamp"];

/// The queries: what stands in the block and is no comment.
fn queries(page: &str) -> Vec<&str> {
    let (_, rest) = page.split_once("Queries for CloudWatch Logs Insights").unwrap();
    let (_, block) = rest.split_once("```text\n").unwrap();
    let (block, _) = block.split_once("\n```").unwrap();
    block.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).collect()
}

/// Words without those in quotes and without numbers and durations.
fn words(query: &str) -> impl Iterator<Item = &str> {
    let unquoted = query.split('"').step_by(2);
    let words = unquoted.flat_map(|part| part.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == '@')));
    words.filter(|word| !word.is_empty() && !word.starts_with(|c: char| c.is_ascii_digit()))
}

/// Words that are no part of the language and no field, and stages that begin with no command.
fn complaints<'a>(query: &'a str, fields: &BTreeSet<String>) -> Vec<&'a str> {
    let is_command = |stage: &&str| COMMANDS.iter().any(|command| stage.trim().starts_with(&format!("{command} ")));
    let stages = query.split('|').filter(|stage| !is_command(stage));
    let known = |word: &&str| {
        COMMANDS.contains(word) || FUNCTIONS.contains(word) || WORDS.contains(word) || fields.contains(*word)
    };
    stages.chain(words(query).filter(|word| !known(word))).collect()
}

fn fields(page: &str) -> BTreeSet<String> {
    let metrics = set(Metric::ALL.iter().map(|metric| metric.name()));
    &set(first_cells(section(page, "Logs"))) | &metrics
}

#[test]
fn every_query_asks_for_fields_that_there_are() {
    let page = read("docs/operations.md");
    let fields = fields(&page);
    let found = queries(&page);
    assert!(found.len() > 5, "{found:?}");
    for query in found {
        assert_eq!(complaints(query, &fields), Vec::<&str>::new(), "{query}");
        assert_eq!(query.matches('(').count(), query.matches(')').count(), "{query}");
    }
}

#[test]
fn a_query_for_nothing_is_found() {
    let fields = set(["level", "route"]);
    assert!(complaints("filter level = \"ERROR\" | stats count() by route, bin(1h)", &fields).is_empty());
    assert_eq!(
        complaints("filter level = \"x\" | state count() by rout", &fields),
        [" state count() by rout", "state", "rout"]
    );
}

/// What is no metric by default has to be in the logs, with a query that asks for it.
#[test]
fn every_metric_is_in_a_query() {
    let page = read("docs/operations.md");
    let asked: BTreeSet<&str> = queries(&page).into_iter().flat_map(words).collect();
    for metric in Metric::ALL {
        assert!(asked.contains(metric.name()), "{}", metric.name());
    }
}
