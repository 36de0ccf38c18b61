//! Every relative link and every anchor in the pages leads somewhere.

use std::collections::{BTreeMap, BTreeSet};

use regex_lite::Regex;

use super::{root, rules::repository};

/// A page without its code: links in examples are examples.
fn prose(page: &str) -> String {
    let mut fenced = false;
    let lines = page.lines().map(|line| {
        let fence = line.trim_start().starts_with("```");
        fenced ^= fence;
        if fence || fenced { "" } else { line }
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// The anchors of a page's headings, as GitHub and mdBook make them.
fn anchors(page: &str) -> BTreeSet<String> {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let link = Regex::new(r"\[([^\]]*)\]\([^)]*\)").unwrap();
    let prose = prose(page);
    let headings = prose.lines().filter(|line| line.trim_start_matches('#').starts_with(' ') && line.starts_with('#'));
    let anchor = |heading: &str| {
        let text = link.replace_all(heading.trim_start_matches('#').trim(), "$1").to_lowercase();
        let kept = text.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
        kept.map(|c| if c == ' ' { '-' } else { c }).collect::<String>()
    };
    headings
        .map(anchor)
        .map(|anchor| {
            let count = seen.entry(anchor.clone()).or_default();
            *count += 1;
            if *count == 1 { anchor } else { format!("{anchor}-{}", *count - 1) }
        })
        .collect()
}

/// `folder/../page.md` without the `..`.
fn normalized(path: &str) -> String {
    let mut parts = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// The links of one page that lead nowhere.
fn dead_links(path: &str, page: &str, pages: &BTreeMap<&str, &str>) -> Vec<String> {
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let without_code = Regex::new("`[^`]*`").unwrap().replace_all(&prose(page), "`code`").into_owned();
    let link = Regex::new(r"\]\(([^)\s]+)\)").unwrap();
    let targets = link.captures_iter(&without_code).map(|found| found[1].to_owned());
    let dead = targets.filter(|target| !target.contains("://") && !target.starts_with("mailto:")).filter(|target| {
        let (file, anchor) = target.split_once('#').unwrap_or((target, ""));
        let file = if file.is_empty() { path.to_owned() } else { normalized(&format!("{folder}/{file}")) };
        let leads_to_page = pages.get(file.as_str()).map(|page| anchor.is_empty() || anchors(page).contains(anchor));
        !leads_to_page.unwrap_or_else(|| anchor.is_empty() && root().join(&file).exists())
    });
    dead.map(|target| format!("{path}: {target}")).collect()
}

#[test]
fn every_link_and_every_anchor_in_the_pages_leads_somewhere() {
    let repository = repository();
    let pages: BTreeMap<&str, &str> = repository
        .iter()
        .filter(|(path, _)| path.ends_with(".md"))
        .map(|(path, page)| (path.as_str(), page.as_str()))
        .collect();
    assert!(pages.len() >= 20, "{}", pages.len());
    let dead: Vec<String> = pages.iter().flat_map(|(path, page)| dead_links(path, page, &pages)).collect();
    assert!(dead.is_empty(), "links that lead nowhere:\n{}", dead.join("\n"));
}

#[test]
fn a_link_that_leads_nowhere_is_reported() {
    let page = "# A `b` (c)\n## Same\n## Same\n[ok](#a-b-c) [ok](#same-1) [ok](../x.md#t) [ok](https://e.example/#x)\n\
                ```\n[code](nowhere)\n```\n[one](#same-2) [two](gone.md) [three](../x.md#s)\n";
    let pages = BTreeMap::from([("docs/a.md", page), ("x.md", "# T\n")]);
    assert_eq!(
        dead_links("docs/a.md", page, &pages),
        ["#same-2", "gone.md", "../x.md#s"].map(|link| format!("docs/a.md: {link}"))
    );
}
