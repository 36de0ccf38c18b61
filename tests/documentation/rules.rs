//! docs/rules.md against what cites its rules: comments, templates, pages and the names of tests.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

use super::{files, read, root};

/// What the repository holds: each file's text by its path.
pub(super) type Repository = BTreeMap<String, String>;

/// Where rules are cited, besides the files at the top.
const FOLDERS: [&str; 6] = ["functions", "shared", "infra", "tests", "docs", ".ci"];

const PAGE: &str = "docs/rules.md";

/// The highest number of each letter. A rule that is added gets a row and raises this; a number is never used again.
const LAST: [(char, u32); 2] = [('R', 24), ('I', 15)];

/// A row of the page.
struct Rule {
    id: String,
    /// The files that keep the rule.
    homes: Vec<String>,
    /// The rules that it follows from.
    sees: BTreeSet<String>,
    /// No code keeps it.
    not_yet: bool,
    tests: Vec<String>,
}

impl Rule {
    /// The rule of a line of the page, if that is one of the tables of rules.
    fn of(line: &str) -> Option<Self> {
        let cells: Vec<&str> = line.strip_prefix("| ")?.strip_suffix(" |")?.split(" | ").collect();
        let &[id, _, home, tests] = cells.as_slice() else { return None };
        let sees = home.strip_prefix("see ").map(cited).unwrap_or_default();
        is_id(id).then(|| Self {
            id: id.to_owned(),
            homes: quoted(home),
            sees,
            not_yet: home == "not yet",
            tests: quoted(tests),
        })
    }
}

fn is_id(text: &str) -> bool {
    let digits = text.strip_prefix(['R', 'I']).unwrap_or_default();
    (1..=2).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit()) && !digits.starts_with('0')
}

/// What stands between backticks.
pub(super) fn quoted(cell: &str) -> Vec<String> {
    cell.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

/// The rules that a text cites: `R8`, `R7 to R11` with all between, and tests named after one (`fn r8_…`).
fn cited(text: &str) -> BTreeSet<String> {
    let words: Vec<&str> = text
        .split(|letter: char| !(letter.is_alphanumeric() || letter == '_'))
        .filter(|word| !word.is_empty())
        .collect();
    let mut found: BTreeSet<String> = words.iter().filter(|word| is_id(word)).map(|word| (*word).to_owned()).collect();
    for range in words.windows(3).filter(|range| range[1] == "to" && is_id(range[0]) && is_id(range[2])) {
        let number = |id: &str| id[1..].parse::<u32>().unwrap();
        if range[0][..1] == range[2][..1] {
            found.extend((number(range[0])..number(range[2])).map(|number| format!("{}{number}", &range[0][..1])));
        }
    }
    found.extend(words.windows(2).filter(|pair| pair[0] == "fn").filter_map(|pair| named_after(pair[1])));
    found
}

/// The rule that a test's name begins with.
fn named_after(test: &str) -> Option<String> {
    let id = test.split_once('_')?.0;
    (id.starts_with(['r', 'i']) && is_id(&id.to_uppercase())).then(|| id.to_uppercase())
}

/// The functions that a page may name as tests: all below tests/, and what is marked as a test elsewhere.
pub(super) fn tests_of(repository: &Repository) -> BTreeSet<&str> {
    let mut found = BTreeSet::new();
    for (path, source) in repository.iter().filter(|(path, _)| path.ends_with(".rs")) {
        let mut marked = path.starts_with("tests/");
        for line in source.lines().map(str::trim) {
            let declared =
                ["pub(crate) ", "pub ", "async "].iter().fold(line, |line, word| line.trim_start_matches(word));
            if let Some(declared) = declared.strip_prefix("fn ") {
                found.extend(declared.split(['(', '<']).next().filter(|_| marked));
                marked = path.starts_with("tests/");
            } else if line.starts_with("#[test]") || line.starts_with("#[tokio::test") {
                marked = true;
            }
        }
    }
    found
}

/// Everything in which the page and the repository disagree.
fn complaints(repository: &Repository) -> Vec<String> {
    let page = &repository[PAGE];
    let rules: Vec<Rule> = page.lines().filter_map(Rule::of).collect();
    let ids: Vec<String> = rules.iter().map(|rule| rule.id.clone()).collect();
    let expected: Vec<String> =
        LAST.iter().flat_map(|(letter, last)| (1..=*last).map(move |number| format!("{letter}{number}"))).collect();
    let mut complaints = Vec::new();
    if ids != expected {
        complaints.push(format!("{PAGE} has rows for {ids:?}, in this order, instead of {expected:?}"));
    }
    let rows: BTreeMap<&str, &Rule> = rules.iter().map(|rule| (rule.id.as_str(), rule)).collect();
    let (_, missing) = page.split_once("\n## Not yet\n").unwrap_or_default();
    let missing: BTreeSet<&str> =
        missing.lines().filter_map(|line| line.strip_prefix("| ")?.split(' ').next()).filter(|id| is_id(id)).collect();
    let tests = tests_of(repository);
    for Rule { id, homes, sees, not_yet, tests: named } in rows.values() {
        match (not_yet, homes.is_empty(), sees.is_empty()) {
            (true, ..) if !missing.contains(id.as_str()) => complaints.push(format!("{id}: what of it is missing?")),
            (true, ..) if !named.is_empty() => complaints.push(format!("{id} is not there yet and has tests")),
            (false, true, true) => complaints.push(format!("{id} has no home")),
            (false, ..) if named.is_empty() => complaints.push(format!("{id} names no test")),
            _ => {}
        }
        for home in homes {
            match repository.get(home) {
                None => complaints.push(format!("{home}, the home of {id}, does not exist")),
                Some(text) if !cited(text).contains(id) => complaints.push(format!("{home} does not cite {id}")),
                Some(_) => {}
            }
        }
        for seen in sees.iter().filter(|seen| rows.get(seen.as_str()).is_none_or(|rule| rule.homes.is_empty())) {
            complaints.push(format!("{id} follows from {seen}, which has no home"));
        }
        for test in named.iter().filter(|test| !tests.contains(test.as_str())) {
            complaints.push(format!("{test}, a test of {id}, does not exist"));
        }
    }
    for (path, text) in repository {
        for id in cited(text) {
            let shipped = path.starts_with("functions/") || path.starts_with("shared/") || path == "template.yaml";
            match rows.get(id.as_str()) {
                None => complaints.push(format!("{path} cites {id}, which {PAGE} does not define")),
                Some(rule) if rule.not_yet && shipped => complaints.push(format!("{path} cites {id}: name its home")),
                Some(_) => {}
            }
        }
    }
    for (id, test) in tests.iter().filter_map(|test| Some((named_after(test)?, test))) {
        if rows.get(id.as_str()).is_some_and(|rule| !rule.tests.iter().any(|named| named == test)) {
            complaints.push(format!("{test} is named after {id}, whose row does not name it"));
        }
    }
    complaints
}

/// The repository as it is. What is no text cites nothing; snapshots repeat what the code says.
pub(super) fn repository() -> Repository {
    let at_the_top = fs::read_dir(root()).unwrap().map(|entry| entry.unwrap().path()).filter(|path| {
        path.extension().is_some_and(|ending| ["md", "toml", "yaml"].iter().any(|known| ending == *known))
    });
    let below = FOLDERS.iter().flat_map(|folder| files(folder, ""));
    at_the_top
        .chain(below)
        .filter(|path| path.extension().is_none_or(|ending| ending != "snap"))
        .filter_map(|path| {
            let name = path.strip_prefix(root()).unwrap().to_str().unwrap().to_owned();
            Some((name, fs::read_to_string(&path).ok()?))
        })
        .collect()
}

#[test]
fn every_rule_that_is_cited_is_defined_and_has_its_home_and_its_tests() {
    let repository = repository();
    for path in ["template.yaml", "ARCHITECTURE.md", "docs/api.md", "infra/attach-trigger", "shared/src/domain/role.rs"]
    {
        assert!(repository.contains_key(path), "{path} was not looked at");
    }
    let complaints = complaints(&repository);
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
    let citing = repository.iter().filter(|(path, text)| path.ends_with(".rs") && !cited(text).is_empty());
    assert!(citing.count() > 50, "what finds citations finds too few");
}

/// The pages that send their readers to the rules.
#[test]
fn readers_find_the_rules() {
    for page in ["README.md", "ARCHITECTURE.md"] {
        assert!(read(page).contains("(docs/rules.md)"), "{page} has no link");
    }
}

/// An id that no scan of this file finds.
fn id(letter: char, number: u32) -> String {
    format!("{letter}{number}")
}

const HOME: &str = "shared/src/home.rs";

fn row(id: &str, home: &str, tests: &str) -> String {
    format!("| {id} | It holds. | {home} | {tests} |")
}

/// The row of every rule in a repository without faults: one home, one test.
fn sound(id: &str) -> String {
    row(id, &format!("`{HOME}`"), "`it_holds`")
}

/// A repository without faults, in which `change` then makes one.
fn made_up(change: impl Fn(&mut Repository)) -> Vec<String> {
    let ids: Vec<String> =
        LAST.iter().flat_map(|&(letter, last)| (1..=last).map(move |number| id(letter, number))).collect();
    let rows: Vec<String> = ids.iter().map(|id| sound(id)).collect();
    let mut repository = Repository::from([
        (PAGE.to_owned(), format!("{}\n\n## Not yet\n\n| rule | what is missing |\n", rows.join("\n"))),
        (HOME.to_owned(), format!("//! {}\n\n#[test]\nfn it_holds() {{}}\n", ids.join(", "))),
    ]);
    assert_eq!(complaints(&repository), Vec::<String>::new());
    change(&mut repository);
    complaints(&repository)
}

/// Replaces a row, and expects exactly these complaints.
#[track_caller]
fn with_row(id: &str, rows: &str, expected: &[&str]) {
    let page = |repository: &Repository| repository[PAGE].replace(&sound(id), rows);
    assert_eq!(made_up(|repository| drop(repository.insert(PAGE.to_owned(), page(repository)))), expected);
}

#[test]
fn a_citation_of_a_rule_that_is_not_there_is_found_wherever_it_stands() {
    for (path, text, rule) in [
        ("shared/src/new.rs", format!("/// As they are ({}).\nfn new() {{}}", id('R', 99)), id('R', 99)),
        ("template.yaml", format!("# {}: why this is here", id('I', 16)), id('I', 16)),
        ("docs/new.md", format!("see {}, {}", id('R', 8), id('R', 25)), id('R', 25)),
        ("infra/new", format!("{} to {}", id('R', 22), id('R', 25)), id('R', 25)),
        ("tests/use_cases/new.rs", format!("async fn {}_it_holds() {{", "i99"), id('I', 99)),
    ] {
        let found = made_up(|repository| drop(repository.insert(path.to_owned(), text.clone())));
        assert_eq!(found, [format!("{path} cites {rule}, which {PAGE} does not define")]);
    }
}

#[test]
fn a_range_cites_what_is_between_and_other_words_cite_nothing() {
    let [first, second, third] = [7, 8, 9].map(|number| id('R', number));
    assert_eq!(cited(&format!("{first} to {third}.")), BTreeSet::from([first, second, third]));
    assert_eq!(cited("HR7, R7x, _I7, I18n, R, I, R0, R100, r7, I'll, fn i_am_free(), fn r_7()"), BTreeSet::new());
}

#[test]
fn a_home_that_moved_or_no_longer_cites_its_rule_is_found() {
    let rule = id('R', 18);
    let moved = "shared/src/moved.rs";
    let complaint = format!("{moved}, the home of {rule}, does not exist");
    with_row(&rule, &row(&rule, &format!("`{moved}`"), "`it_holds`"), &[&complaint]);
    let found = made_up(|repository| {
        let text = repository[HOME].replace(&format!("{rule}, "), "");
        repository.insert(HOME.to_owned(), text);
    });
    assert_eq!(found, [format!("{HOME} does not cite {rule}")]);
}

#[test]
fn a_row_without_a_home_or_a_test_is_found() {
    let (rule, other) = (id('R', 18), id('R', 17));
    let home = format!("`{HOME}`");
    with_row(&rule, &row(&rule, "—", "`it_holds`"), &[&format!("{rule} has no home")]);
    with_row(&rule, &row(&rule, &home, "—"), &[&format!("{rule} names no test")]);
    let nowhere = format!("it_held, a test of {rule}, does not exist");
    with_row(&rule, &row(&rule, &home, "`it_held`, `it_holds`"), &[&nowhere]);
    with_row(&rule, &row(&rule, &format!("see {other}"), "`it_holds`"), &[]);
    let circle = format!("{rule} follows from {rule}, which has no home");
    with_row(&rule, &row(&rule, &format!("see {rule}"), "`it_holds`"), &[&circle]);
}

#[test]
fn a_row_that_is_gone_or_there_twice_is_found() {
    let rule = id('R', 18);
    let twice = format!("{0}\n{0}", sound(&rule));
    for rows in [String::new(), twice] {
        let found = made_up(|repository| {
            let page = repository[PAGE].replace(&sound(&rule), &rows);
            repository.insert(PAGE.to_owned(), page);
        });
        assert!(found.iter().any(|complaint| complaint.starts_with(&format!("{PAGE} has rows for"))), "{found:?}");
    }
}

#[test]
fn a_rule_that_is_not_there_yet_says_what_is_missing_until_the_code_cites_it() {
    let rule = id('R', 24);
    let uncited = |repository: &mut Repository| {
        let text = repository[HOME].replace(&format!("{rule}, "), "");
        repository.insert(HOME.to_owned(), text);
        let page = repository[PAGE].replace(&sound(&rule), &row(&rule, "not yet", "—"));
        repository.insert(PAGE.to_owned(), page);
    };
    let told = |repository: &mut Repository| {
        uncited(repository);
        *repository.get_mut(PAGE).unwrap() += &format!("| {rule} | All of it. |\n");
    };
    assert_eq!(made_up(uncited), [format!("{rule}: what of it is missing?")]);
    assert_eq!(made_up(told), Vec::<String>::new());
    let path = "functions/new/src/lib.rs";
    let cited = made_up(|repository| {
        told(repository);
        repository.insert(path.to_owned(), format!("/// A limit ({rule})."));
    });
    assert_eq!(cited, [format!("{path} cites {rule}: name its home")]);
}

#[test]
fn a_test_that_is_named_after_a_rule_stands_in_its_row() {
    let text = "#[tokio::test]\nasync fn r18_it_holds() {}\n".to_owned();
    let found = made_up(|repository| drop(repository.insert("tests/use_cases/new.rs".to_owned(), text.clone())));
    assert_eq!(found, [format!("r18_it_holds is named after {}, whose row does not name it", id('R', 18))]);
}

#[test]
fn a_function_that_is_not_marked_as_a_test_is_none() {
    let source =
        "#[test]\nfn one(a in b) {\n}\nfn helper() {}\n#[tokio::test(start_paused = true)]\nasync fn two() {}\n";
    let repository = Repository::from([("shared/src/a.rs".to_owned(), source.to_owned())]);
    assert_eq!(tests_of(&repository), BTreeSet::from(["one", "two"]));
}
