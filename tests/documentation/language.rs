//! Words and sentence beginnings that docs/style.md rules out.

use regex_lite::Regex;

use super::rules::repository;

/// Sentences that begin with "who", and words that have a plainer one.
const BEGINNING: &str = r"(?i)(^|[.:;] |//[/!] )(who|whoever|nobody|somebody)\b";
const WORD: &str = r"(?i)\b(found(ed|ing|s|er)?|e-mails?|mails?|hono[u]red|mend|gives? up|given up|goes off)\b";

/// Pages that quote what the rules are against.
const QUOTING: [&str; 1] = ["docs/style.md"];

/// Matches that are right as they are: the page, the words around the match, and why they stay.
const ALLOWED: [(&str, &str, &str); 0] = [];

/// The prose of a page, line by line: identifiers, examples and the targets of links are what they are.
fn prose(page: &str) -> String {
    let mut fenced = false;
    let lines = page.lines().map(|line| {
        let fence = line.trim_start().starts_with("```");
        fenced ^= fence;
        if fence || fenced || line.starts_with("    ") { "" } else { line }
    });
    let text = lines.collect::<Vec<_>>().join("\n");
    let text = Regex::new("`[^`]*`").unwrap().replace_all(&text, "`code`");
    Regex::new(r"\]\([^)]*\)").unwrap().replace_all(&text, "]").into_owned()
}

fn complaints(path: &str, page: &str, allowed: &[(&str, &str, &str)]) -> Vec<String> {
    let rules = [BEGINNING, WORD].map(|rule| Regex::new(rule).unwrap());
    let text = prose(page);
    let lines = text.lines().enumerate().map(|(at, line)| {
        let here = allowed.iter().filter(|(page, ..)| *page == path);
        (at, here.fold(line.to_owned(), |line, (_, words, _)| line.replace(words, "")))
    });
    lines
        .flat_map(|(at, line)| {
            let found = rules.iter().find_map(|rule| rule.find(&line)).map(|found| found.as_str().trim().to_owned());
            found.map(|found| format!("{path}:{}: {found:?} in: {line}", at + 1))
        })
        .collect()
}

#[test]
fn no_page_uses_a_word_that_the_style_rules_out() {
    let pages = repository();
    let looked_at = |path: &str| path.ends_with(".md") && !QUOTING.contains(&path);
    let pages: Vec<_> = pages.iter().filter(|(path, _)| looked_at(path)).collect();
    assert!(pages.len() >= 5, "{}", pages.len());
    let complaints: Vec<_> = pages.iter().flat_map(|(path, page)| complaints(path, page, &ALLOWED)).collect();
    assert!(complaints.is_empty(), "docs/style.md has the rules:\n{}", complaints.join("\n"));
}

/// What is allowed is there, so that the list does not outlive its reasons.
#[test]
fn every_exception_to_the_style_is_needed() {
    let pages = repository();
    for (path, words, reason) in ALLOWED {
        assert!(!reason.is_empty() && pages[path].contains(words), "{path} has no {words:?}");
    }
    for path in QUOTING {
        assert!(pages.contains_key(path), "there is no {path}");
    }
}

#[test]
fn words_are_found_in_prose_and_not_in_code() {
    let page = "Ada founded it. Who asks\n\n```sh\nmail ada\n```\n\n- `unsent-mails` [waits](a.md#mail)\n- It was not found.\nIt is: nobody\n";
    let found = complaints("p.md", page, &[("p.md", "was not found", "located, not created")]);
    let expected = ["p.md:1: \". Who\" in: Ada founded it. Who asks", "p.md:9: \": nobody\" in: It is: nobody"];
    assert_eq!(found, expected);
    assert_eq!(complaints("p.md", "An e-mail.\n", &[]), ["p.md:1: \"e-mail\" in: An e-mail."]);
}
