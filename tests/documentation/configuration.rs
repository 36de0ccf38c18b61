//! docs/configuration.md against the parameters and outputs of template.yaml.

use std::collections::BTreeMap;

use super::{read, template};

/// The first two cells of the rows that begin with a name between backticks, of the tables with this header.
fn rows(page: &str, header: &str) -> BTreeMap<String, String> {
    let tables = page.split(header).skip(1).map(|rest| rest.split("\n\n").next().unwrap());
    let lines = tables.flat_map(str::lines).filter_map(|line| line.strip_prefix("| `")?.split_once("` | "));
    lines.map(|(name, rest)| (name.to_owned(), rest.split(" | ").next().unwrap().to_owned())).collect()
}

#[test]
fn the_page_has_every_parameter_with_its_default() {
    let document = template();
    let declared: BTreeMap<String, String> = document
        .parameters()
        .iter()
        .map(|(name, declaration)| {
            let default = match &declaration["Default"] {
                serde_json::Value::Null => "required".to_owned(),
                serde_json::Value::String(text) if text.is_empty() => "empty".to_owned(),
                serde_json::Value::String(text) => format!("`{text}`"),
                other => format!("`{other}`"),
            };
            (name.clone(), default)
        })
        .collect();
    assert_eq!(rows(&read("docs/configuration.md"), "| parameter | default |"), declared);
}

#[test]
fn the_page_has_every_output() {
    let document = template();
    let declared: Vec<&String> = document.json()["Outputs"].as_object().unwrap().keys().collect();
    let page = rows(&read("docs/configuration.md"), "| output | use |");
    let mut documented: Vec<&String> = page.keys().collect();
    documented.sort();
    let mut declared = declared;
    declared.sort();
    assert_eq!(documented, declared);
}

/// Limits that pages repeat.
#[test]
fn the_page_on_limits_has_the_defaults() {
    let (page, document) = (read("docs/limits.md"), template());
    for (name, declaration) in document.parameters() {
        if let Some((_, rest)) = page.split_once(&format!("| `{name}`, ")) {
            assert_eq!(rest.split(" | ").next().unwrap(), declaration["Default"].to_string(), "{name}");
        }
    }
}
