//! The budgets of tests/benchmarks are those of the template's functions and of everything that invokes them.

use std::collections::{BTreeMap, BTreeSet};

use super::{read, template};

/// What has a budget, function by function: a table of budgets.toml for each, a line for each budget.
fn budgets() -> BTreeMap<String, BTreeSet<String>> {
    let page = read("tests/benchmarks/budgets.toml");
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut function = String::new();
    for line in page.lines() {
        if let Some(name) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            name.clone_into(&mut function);
        } else if let Some((name, _)) = line.split_once(" = ") {
            found.entry(function.clone()).or_default().insert(name.trim_matches('"').to_owned());
        }
    }
    found
}

#[test]
fn init_and_every_route_have_a_budget() {
    let template = template();
    let functions = template.functions().unwrap();
    let budgets = budgets();
    let deployed: BTreeSet<&str> = functions.iter().map(|function| function.binary).collect();
    assert_eq!(budgets.keys().map(String::as_str).collect::<BTreeSet<_>>(), deployed);
    for function in functions {
        let routes = template.routes().into_iter().filter(|route| route.function == function.id);
        let routes: BTreeSet<String> = routes.map(|route| format!("{} {}", route.method, route.path)).collect();
        let counted = &budgets[function.binary];
        let budgeted: BTreeSet<String> = counted.iter().filter(|name| name.contains(' ')).cloned().collect();
        assert_eq!(budgeted, routes, "{}", function.binary);
        assert!(
            counted.contains("init") && counted.len() > 1,
            "{} has no budget of init or of a request",
            function.binary
        );
    }
}
