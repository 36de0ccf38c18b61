//! Which route a request takes.

use std::collections::BTreeMap;

use stack_template::{Function, RouteAuthorizer, Source};

/// A route and the function behind it.
#[derive(Debug, Clone)]
pub(super) struct Route {
    pub(super) method: String,
    pub(super) path: String,
    pub(super) authorizer: RouteAuthorizer,
    pub(super) function: String,
}

impl Route {
    /// As the event names it: `GET /me`, `$default`.
    pub(super) fn key(&self) -> String {
        match self.path.as_str() {
            "$default" => "$default".to_owned(),
            path => format!("{} {path}", self.method),
        }
    }
}

/// A route that matches, with what its path binds.
#[derive(Debug)]
pub(super) struct Match<'a> {
    pub(super) route: &'a Route,
    pub(super) parameters: BTreeMap<String, String>,
}

#[derive(Debug, Default)]
pub(super) struct Routes(Vec<Route>);

impl Routes {
    pub(super) fn of(functions: &[Function]) -> Self {
        let routes = functions.iter().flat_map(|function| {
            function.sources.iter().filter_map(|source| match source {
                Source::Http(route) => Some(Route {
                    method: route.method.clone(),
                    path: route.path.clone(),
                    authorizer: route.authorizer.clone(),
                    function: function.name.clone(),
                }),
                _ => None,
            })
        });
        Self(routes.collect())
    }

    /// The most specific route: literal segments before parameters before `{name+}` before `$default`,
    /// the method itself before `ANY`.
    pub(super) fn find(&self, method: &str, path: &str) -> Option<Match<'_>> {
        let candidates = self.0.iter().filter(|route| route.method == method || route.method == "ANY");
        let matching = candidates.filter_map(|route| {
            let (rank, parameters) = bind(&route.path, path)?;
            Some(((rank, route.method == "ANY"), Match { route, parameters }))
        });
        matching.min_by(|(left, _), (right, _)| left.cmp(right)).map(|(_, found)| found)
    }
}

/// How specific each segment is, less being more specific, and what the parameters are bound to.
fn bind(pattern: &str, path: &str) -> Option<(Vec<u8>, BTreeMap<String, String>)> {
    let mut parameters = BTreeMap::new();
    if pattern == "$default" {
        return Some((vec![3], parameters));
    }
    let mut rank = Vec::new();
    let mut segments = path.trim_start_matches('/').split('/');
    for wanted in pattern.trim_start_matches('/').split('/') {
        if let Some(name) = wanted.strip_prefix('{').and_then(|name| name.strip_suffix("+}")) {
            let rest = segments.by_ref().collect::<Vec<_>>().join("/");
            parameters.insert(name.to_owned(), decode(&rest));
            rank.push(2);
            break;
        }
        let segment = segments.next()?;
        match wanted.strip_prefix('{').and_then(|name| name.strip_suffix('}')) {
            Some(_) if segment.is_empty() => return None,
            Some(name) => {
                parameters.insert(name.to_owned(), decode(segment));
                rank.push(1);
            }
            None if decode(segment) == wanted => rank.push(0),
            None => return None,
        }
    }
    segments.next().is_none().then_some((rank, parameters))
}

/// Percent-decoding, as the gateway does for paths: `+` stays what it is.
pub(super) fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        let escaped = (*first == b'%').then(|| after.get(..2)).flatten();
        let byte = escaped
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.push(byte.unwrap_or(*first));
        rest = if byte.is_some() { after.get(2..).unwrap_or_default() } else { after };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn routes() -> Routes {
        let route = |key: &str| {
            let (method, path) = key.split_once(' ').unwrap_or(("ANY", key));
            Route {
                method: method.to_owned(),
                path: path.to_owned(),
                authorizer: RouteAuthorizer::Default,
                function: key.to_owned(),
            }
        };
        Routes(
            ["GET /me", "GET /o/{id}", "ANY /o/{id}", "GET /o/new", "GET /o/{id}/m/{user}", "GET /files/{path+}"]
                .map(route)
                .to_vec(),
        )
    }

    #[track_caller]
    fn check(method: &str, path: &str, expected: Option<(&str, &[(&str, &str)])>) {
        let routes = routes();
        let found = routes.find(method, path);
        let found = found.map(|found| (found.route.key(), found.parameters.into_iter().collect::<Vec<_>>()));
        let expected = expected.map(|(key, parameters)| {
            (key.to_owned(), parameters.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
        });
        assert_eq!(found, expected, "{method} {path}");
    }

    #[test]
    fn the_most_specific_route_wins() {
        check("GET", "/me", Some(("GET /me", &[])));
        check("GET", "/o/new", Some(("GET /o/new", &[])));
        check("GET", "/o/a%20b", Some(("GET /o/{id}", &[("id", "a b")])));
        check("PUT", "/o/new", Some(("ANY /o/{id}", &[("id", "new")])));
        check("GET", "/o/1/m/%2e%2e", Some(("GET /o/{id}/m/{user}", &[("id", "1"), ("user", "..")])));
        check("GET", "/files/a/b", Some(("GET /files/{path+}", &[("path", "a/b")])));
    }

    #[test]
    fn what_no_route_has_is_not_found() {
        for (method, path) in
            [("POST", "/me"), ("GET", "/me/"), ("GET", "/"), ("GET", "/o/"), ("GET", "/o/1/m"), ("HEAD", "/me")]
        {
            check(method, path, None);
        }
    }

    #[test]
    fn broken_escapes_stay_as_they_are() {
        assert_eq!(decode("%4a%zz%"), "J%zz%");
    }
}
