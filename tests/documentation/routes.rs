//! The routes of template.yaml, of the functions and of docs/api.md are one set.

use std::collections::{BTreeMap, BTreeSet};

use super::{files, first_cells, read, template};

/// The routes in the `routes!` tables of a source file, in their order.
fn routes_of(source: &str) -> Vec<String> {
    let tables = source.split("routes! {").skip(1).map(|rest| rest.split("\n}").next().unwrap_or_default());
    let lines = tables.flat_map(str::lines).filter(|line| line.contains("\" => "));
    lines.filter_map(|line| line.split('"').nth(1)).map(str::to_owned).collect()
}

/// Every route, and the function that has it.
fn routes_of_the_functions() -> BTreeMap<String, String> {
    let mut routes = BTreeMap::new();
    for path in files("functions", "src/lib.rs") {
        let function = path.iter().rev().nth(2).unwrap().to_str().unwrap().to_owned();
        for route in routes_of(&std::fs::read_to_string(&path).unwrap()) {
            if let Some(other) = routes.insert(route.clone(), function.clone()) {
                panic!("{route} is a route of {other} and of {function}");
            }
        }
    }
    routes
}

fn routes_of_the_template() -> BTreeSet<String> {
    template().routes().iter().map(|route| format!("{} {}", route.method, route.path)).collect()
}

/// What one side has and the other does not.
fn differences(template: &BTreeSet<String>, functions: &BTreeSet<String>) -> Vec<String> {
    let only = |here: &BTreeSet<String>, there: &BTreeSet<String>, place: &str| -> Vec<String> {
        here.difference(there).map(|route| format!("{route} is only in {place}")).collect()
    };
    [only(template, functions, "template.yaml"), only(functions, template, "a function")].concat()
}

#[test]
fn the_functions_have_the_routes_of_the_template() {
    let functions: BTreeSet<String> = routes_of_the_functions().into_keys().collect();
    assert_eq!(differences(&routes_of_the_template(), &functions), Vec::<String>::new());
    assert!(functions.len() >= 16);
}

#[test]
fn a_route_on_one_side_only_is_found() {
    let table = "routes! {\n    Ping {\n        \"GET /ping\" => ping,\n        \"GET /pong\" => ping,\n    }\n}\n";
    let functions: BTreeSet<String> = routes_of(table).into_iter().collect();
    let template = BTreeSet::from(["GET /ping".to_owned(), "GET /pang".to_owned()]);
    let found = differences(&template, &functions);
    assert_eq!(found, ["GET /pang is only in template.yaml", "GET /pong is only in a function"]);
}

#[test]
fn the_api_page_has_the_routes_of_the_template() {
    let page = read("docs/api.md");
    let documented: BTreeSet<String> =
        first_cells(&page).filter(|cell| cell.contains(" /")).map(str::to_owned).collect();
    assert_eq!(documented, routes_of_the_template());
}
