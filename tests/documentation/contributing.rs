//! CONTRIBUTING.md against the tests that it names, and those of its steps that no other test would notice.

use std::collections::BTreeSet;

use super::{
    files, read,
    rules::{quoted, repository, tests_of},
    template,
};

const PAGE: &str = "CONTRIBUTING.md";

/// The numbered steps of a page, each with the lines that belong to it.
fn steps(page: &str) -> Vec<String> {
    let mut steps: Vec<String> = Vec::new();
    let mut inside = false;
    for line in page.lines() {
        let number = line.split_once(". ").map(|(number, _)| number);
        if number.is_some_and(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())) {
            steps.push(line.to_owned());
            inside = true;
        } else if inside && line.starts_with("   ") {
            let step = steps.last_mut().unwrap();
            *step = format!("{step} {}", line.trim());
        } else {
            inside = false;
        }
    }
    steps
}

/// Whether a word between backticks is the name of a test: as long as theirs are, and nothing else.
fn names_a_test(word: &str) -> bool {
    word.matches('_').count() >= 2
        && word.bytes().all(|byte| byte == b'_' || byte.is_ascii_lowercase() || byte.is_ascii_digit())
        || word == "check_invariants"
        || word == "every_code"
}

/// Steps that name no check, and names of tests that there are not.
fn complaints(page: &str, tests: &BTreeSet<&str>) -> Vec<String> {
    let checks = |step: &str| quoted(step).iter().any(|word| names_a_test(word) || word.starts_with(".ci/"));
    let missing = steps(page).into_iter().filter(|step| !checks(step) && !step.contains("No test notices"));
    let missing = missing.map(|step| format!("names no test: {step}"));
    let unknown = page.lines().flat_map(quoted).filter(|word| names_a_test(word) && !tests.contains(word.as_str()));
    missing.chain(unknown.map(|word| format!("there is no test {word}"))).collect()
}

#[test]
fn every_step_names_a_test_that_there_is() {
    let (page, repository) = (read(PAGE), repository());
    assert_eq!(complaints(&page, &tests_of(&repository)), Vec::<String>::new());
    let found = steps(&page).len();
    assert!(found > 30, "{found} steps");
    for title in ["Add a route", "Add a function", "Add an item", "Release"] {
        assert!(page.contains(&format!("\n## {title}\n")), "{title}?");
    }
}

#[test]
fn a_step_without_a_test_and_a_test_that_is_gone_are_found() {
    let page = "1. Write it. Otherwise `it_is_not_written` fails.\n2. Think\n   about it.\n\nNot a step.\n3. Go. Otherwise\n   `it_never_went` fails.\n";
    let found = complaints(page, &BTreeSet::from(["it_is_not_written"]));
    assert_eq!(found, ["names no test: 2. Think about it.", "there is no test it_never_went"]);
}

/// What stands between backticks and is a path of the repository: with a folder, without a placeholder.
#[test]
fn every_path_that_the_page_names_exists() {
    let (page, repository) = (read(PAGE), repository());
    let path = |word: &String| {
        let known =
            ["functions/", "shared/", "infra/", "tests/", "docs/", ".ci/"].iter().any(|start| word.starts_with(start));
        known && !word.contains("NAME") && !word.contains(' ')
    };
    let paths: Vec<String> = page.lines().flat_map(quoted).filter(path).collect();
    assert!(paths.len() > 15, "{paths:?}");
    for path in paths {
        let below = format!("{path}/");
        assert!(repository.keys().any(|known| *known == path || known.starts_with(&below)), "{path} does not exist");
    }
}

/// Routes that no row of the matrix asks for. A row names an example: `{org}`, and words in the place of parameters.
fn without_a_row(routes: &[String], matrix: &str) -> Vec<String> {
    let rows: Vec<String> = matrix
        .lines()
        .filter_map(|line| line.trim().strip_prefix("(\"")?.split('"').next())
        .map(|row| row.replace("{org}", "/organizations/{org}"))
        .collect();
    let parameter = |segment: &str| segment.starts_with('{');
    let fits = |row: &str, route: &str| {
        let (row, route): (Vec<_>, Vec<_>) = (row.split('/').collect(), route.split('/').collect());
        row.len() == route.len() && row.iter().zip(&route).all(|(row, route)| row == route || parameter(route))
    };
    routes.iter().filter(|route| !rows.iter().any(|row| fits(row, route))).cloned().collect()
}

#[test]
fn every_route_has_a_row_in_the_permission_matrix() {
    let routes: Vec<String> =
        template().routes().iter().map(|route| format!("{} {}", route.method, route.path)).collect();
    assert!(routes.len() >= 16);
    let matrix = read("tests/black_box/permission_matrix.rs");
    assert_eq!(without_a_row(&routes, &matrix), Vec::<String>::new());
}

#[test]
fn a_route_without_a_row_is_found() {
    let matrix = "    (\"GET {org}/members/{self}\", Body::Nothing, [OK]),\n    (\"GET /me\", Body::Nothing, [OK]),\n";
    let routes = ["GET /me", "DELETE /me", "GET /organizations/{id}/members/{user}", "GET /organizations/{id}"];
    let found = without_a_row(&routes.map(str::to_owned), matrix);
    assert_eq!(found, ["DELETE /me", "GET /organizations/{id}"]);
}

#[test]
fn every_kind_of_item_is_stored_and_described() {
    let (stored, architecture) = (read("shared/src/items/stored.json"), read("ARCHITECTURE.md"));
    let stored: serde_json::Value = serde_json::from_str(&stored).unwrap();
    let stored: BTreeSet<&str> =
        stored.as_array().unwrap().iter().map(|item| item["entity"]["S"].as_str().unwrap()).collect();
    let sources = files("shared/src/items", ".rs");
    let sources: Vec<String> = sources.iter().map(|path| std::fs::read_to_string(path).unwrap()).collect();
    let declared: BTreeSet<&str> = sources
        .iter()
        .flat_map(|source| source.split("const ENTITY: &'static str = \"").skip(1))
        .map(|rest| rest.split('"').next().unwrap())
        .collect();
    assert_eq!(declared, stored, "shared/src/items/stored.json has an item of every kind");
    for entity in declared {
        let row = format!("\n| {} | `", entity.replace('_', " "));
        assert!(architecture.contains(&row), "{entity} has no row in ARCHITECTURE.md");
    }
}

/// What a merge that was not finished leaves in a file.
fn unfinished(text: &str) -> bool {
    text.lines().any(|line| ["<", ">"].iter().any(|sign| line.starts_with(&format!("{} ", sign.repeat(7)))))
}

#[test]
fn no_merge_was_left_unfinished() {
    assert!(unfinished(&format!("a\n{} HEAD\nb", "<".repeat(7))) && !unfinished("a\n<< b"));
    for (path, text) in repository() {
        assert!(!unfinished(&text), "{path}");
    }
}
