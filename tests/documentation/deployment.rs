//! What template.yaml promises about deployments.

use std::collections::{BTreeMap, BTreeSet};

use super::read;

/// Each parameter with the text of its declaration.
fn parameters(template: &str) -> BTreeMap<String, String> {
    let (_, rest) = template.split_once("\nParameters:\n").unwrap();
    let (declarations, _) = rest.split_once("\nRules:\n").unwrap();
    let mut found: BTreeMap<String, String> = BTreeMap::new();
    let mut name = String::new();
    for line in declarations.lines() {
        match line.strip_prefix("  ") {
            Some(declared) if !declared.starts_with(' ') && declared.ends_with(':') => {
                name = declared.trim_end_matches(':').to_owned();
            }
            _ => found.entry(name.clone()).or_default().push_str(&format!("{line}\n")),
        }
    }
    found
}

/// The longest value that a declaration allows.
fn longest(declaration: &str) -> usize {
    let value = |key: &str| declaration.lines().find_map(|line| line.trim().strip_prefix(key)).map(str::trim);
    if let Some(length) = value("MaxLength:") {
        return length.parse().unwrap();
    }
    if let Some(largest) = value("MaxValue:") {
        return largest.len();
    }
    let values = value("AllowedValues:").unwrap_or_else(|| panic!("no longest value: {declaration}"));
    values.trim_matches(['[', ']']).split(", ").map(str::len).max().unwrap()
}

/// The functions' declarations.
fn functions(template: &str) -> Vec<&str> {
    template
        .split("\n    Type: AWS::Serverless::Function\n")
        .skip(1)
        .map(|part| &part[..part.find("\n\n").unwrap()])
        .collect()
}

/// The names that `!Ref`, and the conditions that `!If`, name in a text.
fn named(text: &str) -> BTreeSet<String> {
    let after = |start: &'static str| {
        text.split(start)
            .skip(1)
            .map(|rest| rest.split(|letter: char| !letter.is_ascii_alphanumeric()).next().unwrap().to_owned())
    };
    after("!Ref ").chain(after("!If [")).collect()
}

/// The parameters that a text depends on: those that it names, and those that the conditions and resources that it names do.
fn depends_on(template: &str, text: &str, declared: &BTreeMap<String, String>) -> BTreeSet<String> {
    let (_, conditions) = template.split_once("\nConditions:\n").unwrap();
    let mut found = BTreeSet::new();
    for name in named(text) {
        if declared.contains_key(&name) {
            found.insert(name);
        } else if let Some(condition) = conditions.lines().find_map(|line| line.strip_prefix(&format!("  {name}: "))) {
            found.extend(named(condition));
        } else if let Some((_, resource)) = template.split_once(&format!("\n  {name}:\n    Type: AWS::")) {
            // Whether it is there does not matter to who refers to it; what it is made of does, since it may be replaced.
            let made_of =
                resource.split("\n\n").next().unwrap().split_once("    Properties:\n").map_or("", |(_, rest)| rest);
            found.extend(named(made_of).into_iter().filter(|name| declared.contains_key(name)));
        }
    }
    found
}

#[test]
fn a_changed_parameter_makes_a_new_version_of_every_function_that_reads_it() {
    let template = read("template.yaml");
    let declared = parameters(&template);
    let (_, globals) = template.split_once("\nGlobals:\n").unwrap();
    let everybody = globals.split("\nResources:\n").next().unwrap();
    let environment = |text: &str| {
        let variables = text.split_once("Variables:\n").map_or("", |(_, rest)| rest);
        let deep = variables.len() - variables.trim_start().len();
        let variables: Vec<_> =
            variables.lines().take_while(|line| line.len() - line.trim_start().len() >= deep).collect();
        depends_on(&template, &variables.join("\n"), &declared)
    };
    let found = functions(&template);
    assert_eq!(found.len(), 9);
    for function in found {
        let (_, description) = function.split_once("VersionDescription: !Sub \"").unwrap();
        let description = description.split('"').next().unwrap();
        let described: BTreeSet<String> =
            description.split("${").skip(1).map(|rest| rest.split('}').next().unwrap().to_owned()).collect();
        let read: BTreeSet<String> = &environment(everybody) | &environment(function);
        assert_eq!(described, read, "{description}");
        let length = described.iter().map(|name| longest(&declared[name]) + 1).sum::<usize>();
        assert!(length <= 256, "{description}: {length} characters, and Lambda takes 256");
    }
}
