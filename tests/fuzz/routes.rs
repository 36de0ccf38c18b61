//! Which route a request takes, and what docs/api.md promises.

use std::collections::BTreeMap;

use crate::request::Request;
use crate::world::World;

/// Routes that anybody may call who has an invitation's token.
pub(crate) const PUBLIC: [&str; 2] = ["POST /invitations/preview", "POST /invitations/decline"];

/// A route and what its path binds.
#[derive(Clone, Debug)]
pub(crate) struct Matched {
    /// `GET /organizations/{organizationId}`
    pub(crate) route: String,
    parameters: BTreeMap<String, String>,
}

impl Matched {
    pub(crate) fn is(&self, method: &str, path: &str) -> bool {
        self.route.split_once(' ') == Some((method, path))
    }

    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.get(name).map(String::as_str)
    }
}

/// The page's promises: the status of each route's success, and the status of each code.
pub(crate) struct Promises {
    successes: BTreeMap<String, u16>,
    codes: BTreeMap<String, u16>,
}

impl Promises {
    /// From docs/api.md, whose tables a documentation test compares with the code and the template.
    pub(crate) fn read() -> Self {
        const PAGE: &str = include_str!("../../docs/api.md");
        let rows = || {
            PAGE.lines().filter_map(|line| {
                let cells: Vec<&str> = line.strip_prefix("| ")?.split(" | ").collect();
                Some((cells.first()?.trim_matches('`').to_owned(), (*cells.get(1)?).to_owned()))
            })
        };
        let number = |text: &str| text.get(..3)?.parse().ok();
        let successes = rows().filter(|(route, _)| route.contains(" /"));
        let codes = rows().filter_map(|(status, code)| Some((code.trim_matches('`').to_owned(), number(&status)?)));
        Self {
            successes: successes.filter_map(|(route, status)| Some((route, number(&status)?))).collect(),
            codes: codes.collect(),
        }
    }

    pub(crate) fn success(&self, route: &str) -> Option<u16> {
        self.successes.get(route).copied()
    }

    pub(crate) fn status_of(&self, code: &str) -> Option<u16> {
        self.codes.get(code).copied()
    }
}

/// The route that a request takes, wherever it was meant to go. Literal segments go before parameters.
pub(crate) fn matched(routes: &[String], request: &Request, world: &World) -> Option<Matched> {
    let target = world.fill(request.target.as_bytes(), request.sender);
    let path = String::from_utf8_lossy(&target).into_owned();
    let path = path.split(['?', '#']).next().unwrap_or_default().trim_start_matches('/').to_owned();
    let segments: Vec<String> = path.split('/').map(decoded).collect();
    let mut found: Option<Matched> = None;
    for route in routes {
        let Some((method, pattern)) = route.split_once(" /") else { continue };
        let wanted: Vec<&str> = pattern.split('/').collect();
        let name = |wanted: &str| wanted.strip_prefix('{').and_then(|name| name.strip_suffix('}')).map(str::to_owned);
        let fits = |(wanted, segment): (&&str, &String)| match name(wanted) {
            Some(_) => !segment.is_empty(),
            None => wanted == segment,
        };
        if method != request.method || wanted.len() != segments.len() || !wanted.iter().zip(&segments).all(fits) {
            continue;
        }
        let parameters: BTreeMap<String, String> = wanted
            .iter()
            .zip(&segments)
            .filter_map(|(wanted, segment)| Some((name(wanted)?, segment.clone())))
            .collect();
        if found.as_ref().is_none_or(|found| parameters.len() < found.parameters.len()) {
            found = Some(Matched { route: route.clone(), parameters });
        }
    }
    found
}

fn decoded(segment: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = segment.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let digits = after.get(..2).filter(|_| *first == b'%').and_then(|digits| std::str::from_utf8(digits).ok());
        match digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
