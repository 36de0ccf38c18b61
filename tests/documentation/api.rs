//! The sections of docs/api.md: one for each route of its table, whole, with an example that `.ci/walkthrough.py` runs.

use std::collections::BTreeSet;

use shared::domain::{Access, Area, Permission, PermissionSet, Role};

use super::read;

/// The cells of the table's rows: the route, and the anchor of its section.
fn routes(page: &str) -> Vec<(String, String)> {
    let row = |row: &str| {
        let route = row.strip_prefix("| `")?.split('`').next().filter(|cell| cell.contains(" /"))?;
        let anchor = row.split("](#").nth(1).and_then(|rest| rest.split(')').next()).unwrap_or_default();
        Some((route.to_owned(), anchor.to_owned()))
    };
    page.lines().filter_map(row).collect()
}

/// The text below a heading, up to the next one.
fn section<'a>(page: &'a str, anchor: &str) -> Option<&'a str> {
    let is_it = |part: &&str| {
        let title = part.lines().next().unwrap_or_default().to_lowercase();
        let plain = title.replace(' ', "-").replace(|c: char| !c.is_alphanumeric() && c != '-', "");
        plain == anchor
    };
    page.split("\n### ").find(is_it).map(|part| part.split("\n## ").next().unwrap_or_default())
}

/// What a section lacks.
fn complaints(page: &str) -> Vec<String> {
    let (_, examples) = page.split_once("<!-- walkthrough -->").unwrap();
    let (examples, _) = examples.split_once("<!-- /walkthrough -->").unwrap();
    let lacks = |(route, anchor): (String, String)| {
        let Some(section) = section(examples, &anchor) else {
            return vec![format!("{route} has no section #{anchor} among the examples")];
        };
        let purpose = format!("\n\n`{route}` ");
        let needed = [purpose.as_str(), "**Permission:**", "**Request:**", "**Response:**", "\n```sh\n"];
        let missing = needed.into_iter().filter(|part| !section.contains(part));
        let mut missing: Vec<String> = missing.map(|part| format!("{route} has no {:?}", part.trim())).collect();
        if !section.contains("\n```json\n") && !section.contains("\n```text\n") {
            missing.push(format!("{route} has no example of a response"));
        }
        missing
    };
    routes(page).into_iter().flat_map(lacks).collect()
}

#[test]
fn every_route_has_a_section_with_an_example() {
    let page = read("docs/api.md");
    assert!(routes(&page).len() >= 16);
    assert_eq!(complaints(&page), Vec::<String>::new());
}

#[test]
fn a_section_that_is_missing_or_not_whole_is_found() {
    let page = "| `GET /a` | 200 | any | [A's](#as-way) |\n| `GET /b` | 200 | any | [B](#b) |\n\
                <!-- walkthrough -->\n### A's way\n\n`GET /a` is it.\n\n**Permission:** none. **Request:** nothing.\n\n\
                **Response:** 200\n\n```sh\ncurl\n```\n## C\n```json\n{}\n```\n<!-- /walkthrough -->\n";
    let found = complaints(page);
    assert_eq!(found, ["GET /a has no example of a response", "GET /b has no section #b among the examples"]);
}

/// The table of roles says what the code does.
#[test]
fn the_roles_have_the_permissions_of_the_page() {
    let page = read("docs/api.md");
    let written: BTreeSet<String> = page
        .lines()
        .filter(|line| Role::ALL.iter().any(|role| line.starts_with(&format!("| `{}` | ", role.name()))))
        .map(str::to_owned)
        .collect();
    let row = |role: Role| {
        let held = PermissionSet::of_role(role);
        let access = |area| {
            let widest = [Access::Manage, Access::View]
                .into_iter()
                .find(|access| held.contains(Permission::Settings(area, *access)));
            widest.map_or("none", Access::name)
        };
        let areas = Area::ALL.map(access).join(" | ");
        let others = [Permission::DeleteOrganization, Permission::ViewAuditRecords];
        let others = others.map(|permission| if held.contains(permission) { "yes" } else { "no" }).join(" | ");
        format!("| `{}` | {areas} | {others} |", role.name())
    };
    assert_eq!(written, Role::ALL.into_iter().map(row).collect());
}
