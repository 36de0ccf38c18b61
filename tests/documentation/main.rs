//! Documentation that can rot is held against the code and the template.
#![expect(clippy::unwrap_used, clippy::panic, reason = "in a test a panic is the report")]

mod api;
mod budgets;
mod configuration;
mod contributing;
mod deployment;
mod language;
mod lines;
mod links;
mod metric_filters;
mod operations;
mod parameters;
mod queries;
mod routes;
mod rules;

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use shared::http::Code;
use stack_template::Document;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap()
}

/// template.yaml.
fn template() -> Document {
    Document::workspace().unwrap()
}

/// What package managers and bundlers put beside a front end, which is not in the repository.
const INSTALLED: [&str; 3] = ["node_modules", "venv", "dist"];

/// The files below a folder that end so.
fn files(folder: &str, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(root().join(folder)).unwrap() {
        let path = entry.unwrap().path();
        let name = path.strip_prefix(root()).unwrap().to_str().unwrap().to_owned();
        if INSTALLED.iter().any(|folder| path.ends_with(folder)) {
            continue;
        }
        if path.is_dir() {
            found.extend(files(&name, ending));
        } else if name.ends_with(ending) {
            found.push(path);
        }
    }
    found
}

/// What stands between backticks at the start of a table's rows.
fn first_cells(page: &str) -> impl Iterator<Item = &str> {
    page.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next())
}

#[test]
fn the_api_page_has_every_problem_with_its_status() {
    let page = read("docs/api.md");
    let rows: BTreeSet<(u16, String)> = page
        .lines()
        .filter_map(|line| {
            let mut cells = line.strip_prefix("| ")?.split(" | ");
            let status = cells.next()?.parse().ok()?;
            Some((status, cells.next()?.trim_matches('`').to_owned()))
        })
        .collect();
    let codes: BTreeSet<(u16, String)> = Code::ALL.iter().map(|code| (code.status(), code.text().to_owned())).collect();
    assert_eq!(rows, codes);
}

#[test]
fn the_architecture_names_every_access_pattern() {
    let page = read("ARCHITECTURE.md");
    let helpers = [
        "mod",
        "admins",
        "commit",
        "error",
        "expression",
        "mailbox",
        "seats",
        "patience",
        "update_if",
        "read",
        "refused",
        "retention",
        "transaction",
    ];
    for path in files("shared/src/table", ".rs") {
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        assert!(
            helpers.contains(&name.as_str()) || page.contains(&format!("`{name}`")),
            "{name} is not in ARCHITECTURE.md"
        );
    }
}

#[test]
fn every_function_is_deployed_and_no_other() {
    let template = template();
    let deployed: BTreeSet<String> =
        template.functions().unwrap().iter().map(|function| function.binary.to_owned()).collect();
    let folders: BTreeSet<String> = fs::read_dir(root().join("functions"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(deployed, folders);
}

/// What is deployed is what was tested: the functions cannot behave differently here, since nothing tells them where they are.
#[test]
fn nothing_in_the_functions_knows_that_it_runs_locally() {
    // Unit tests are not deployed.
    let deployed = |path: &PathBuf| !path.ends_with("tests.rs");
    for path in [files("functions", ".rs"), files("shared", ".rs")].concat().into_iter().filter(deployed) {
        let source = fs::read_to_string(&path).unwrap();
        for word in ["127.0.0.1", "4566", "local_stack", "AWS_ENDPOINT", "IS_LOCAL"] {
            assert!(!source.contains(word), "{} mentions {word}", path.display());
        }
    }
}
