//! Requests that were answered wrongly once, or that stand for a class of such. They are sent before anything is made up.

use crate::cursors;
use crate::request::{Request, Sender};

/// A request and what it has to be answered: status and code.
pub(crate) struct Known {
    pub(crate) name: String,
    pub(crate) request: Request,
    pub(crate) status: u16,
    /// Of a problem; the gateway's own refusals have none.
    pub(crate) code: Option<&'static str>,
}

const MEMBERS: &str = "/organizations/«org»/members";
const INVITATIONS: &str = "/organizations/«org»/invitations";

/// Sort keys with which no page of any list ends.
const NO_KEYS: [&[u8]; 14] = [
    b"",
    b"\0",
    b" ",
    b"META",
    b"SEATS",
    b"PROFILE",
    b"ADDRESS#x",
    b"AUDIT#x",
    b"MEMBER",
    b"MEMBER$",
    b"INVITATION",
    b"ORG",
    b"~",
    b"\xff\xfe",
];

fn request(sender: Sender, method: &str, target: &str, headers: &[(&str, &str)], body: Option<&[u8]>) -> Request {
    let token = [("Authorization".to_owned(), format!("Bearer «access:{}»", sender.name()))];
    let named = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let media_type = body.map(|_| ("Content-Type".to_owned(), "application/json".to_owned()));
    Request {
        sender,
        route: None,
        method: method.to_owned(),
        target: target.to_owned(),
        headers: token.into_iter().filter(|_| sender != Sender::Nobody).chain(named).chain(media_type).collect(),
        body: body.map(<[u8]>::to_vec),
    }
}

/// All of them.
pub(crate) fn cases() -> Vec<Known> {
    [cursors(), bodies(), headers(), paths()].into_iter().flatten().collect()
}

/// A checksum that is right, over a key that is none of the list's.
fn cursors() -> Vec<Known> {
    let lists = [
        (Sender::Creator, MEMBERS, "members/{o}//", "INVITATION#inv_0199d1e2-0000-7000-8000-000000000000"),
        (Sender::Creator, INVITATIONS, "invitations/{o}/", "MEMBER#{u}"),
        (Sender::Stranger, "/organizations", "organizations/{u}", "MEMBER#{u}"),
    ];
    let mut cases = Vec::new();
    for (sender, path, list, of_another_list) in lists {
        let long = [b"MEMBER#".as_slice(), &[b'x'; 2000]].concat();
        for key in NO_KEYS.into_iter().chain([of_another_list.as_bytes(), &long]) {
            let target = format!("{path}?cursor={}", cursors::name(list, key));
            let name = format!("a cursor of {list} with the key {}", key[..key.len().min(40)].escape_ascii());
            let request = request(sender, "GET", &target, &[], None);
            cases.push(Known { name, request, status: 400, code: Some("invalid-cursor") });
        }
    }
    cases
}

fn bodies() -> Vec<Known> {
    let name = |value: &str| format!("{{\"name\":{value}}}").into_bytes();
    let table: Vec<(&str, Vec<u8>, u16, &str)> = vec![
        (
            "a body of 16 KiB and one byte",
            [name("\"x\""), vec![b' '; 16 * 1024 + 1 - 12]].concat(),
            413,
            "body-too-large",
        ),
        ("the same name twice", b"{\"name\":\"a\",\"name\":\"b\"}".to_vec(), 400, "malformed-request"),
        ("a body that is deeper than its reader goes", name(&"[".repeat(8000)), 400, "malformed-request"),
        ("half of a surrogate pair", name("\"\\ud800\""), 400, "malformed-request"),
        ("bytes that are no UTF-8", b"{\"name\":\"\xff\xfe\"}".to_vec(), 400, "malformed-request"),
        ("a byte order mark", b"\xef\xbb\xbf{\"name\":\"a\"}".to_vec(), 400, "malformed-request"),
        ("a number beyond all numbers", name("1e999"), 400, "malformed-request"),
        ("an array for an object", b"[\"a\"]".to_vec(), 400, "malformed-request"),
        ("no body", Vec::new(), 400, "malformed-request"),
        ("a field that is not known", b"{\"name\":\"a\",\"Name\":\"b\"}".to_vec(), 400, "malformed-request"),
        ("NUL in a name", name("\"a\\u0000b\""), 422, "validation-failed"),
        ("a line end in a name", name("\"a\\r\\nBcc: eve@example.com\""), 422, "validation-failed"),
        ("a direction in a name", name("\"\\u202emoc\""), 422, "validation-failed"),
    ];
    let case = |(name, body, status, code): (&str, Vec<u8>, u16, &'static str)| Known {
        name: name.to_owned(),
        request: request(Sender::Stranger, "POST", "/organizations", &[], Some(&body)),
        status,
        code: Some(code),
    };
    table.into_iter().map(case).collect()
}

fn headers() -> Vec<Known> {
    let roles = format!("{MEMBERS}/«user:member»/roles");
    let change = |name: &str, tag: &str, status, code| Known {
        name: name.to_owned(),
        request: request(Sender::Creator, "PUT", &roles, &[("If-Match", tag)], Some(b"{\"roles\":[\"member\"]}")),
        status,
        code: Some(code),
    };
    let key = |name: &str, key: &str| Known {
        name: name.to_owned(),
        request: request(
            Sender::Stranger,
            "POST",
            "/organizations",
            &[("Idempotency-Key", key)],
            Some(b"{\"name\":\"a\"}"),
        ),
        status: 400,
        code: Some("malformed-request"),
    };
    vec![
        change("two entity tags", "\"a\", \"b\"", 400, "malformed-request"),
        change("an entity tag without quotes", "a", 400, "malformed-request"),
        change("a weak entity tag", "W/\"a\"", 412, "version-mismatch"),
        change("an entity tag of nothing", "\"\"", 412, "version-mismatch"),
        change("an entity tag in other letters", "\"ä\"", 400, "malformed-request"),
        key("a key that is too short", "1234567"),
        key("a key that is too long", &"k".repeat(129)),
        key("a key in other letters", "schlüssel-1"),
    ]
}

/// What cannot be an id is an unknown one.
fn paths() -> Vec<Known> {
    let mut cases = Vec::new();
    for id in ["%00", "%ff%fe", "?", "«user:creator»", "ORG%23x", "%E2%80%8B", "«foreign-org»", "«no-org»"] {
        let target = format!("/organizations/{}/members", id.replace('?', "%3F"));
        let request = request(Sender::Creator, "GET", &target, &[], None);
        cases.push(Known {
            name: format!("{id} for an organization"),
            request,
            status: 404,
            code: Some("organization-not-found"),
        });
    }
    for id in ["%00", "%ff", "%3F", "«org»", "x%23y", "«user:foreigner»"] {
        let request = request(Sender::Creator, "DELETE", &format!("{MEMBERS}/{id}"), &[], None);
        cases.push(Known { name: format!("{id} for a member"), request, status: 404, code: Some("member-not-found") });
    }
    let request = request(Sender::Nobody, "GET", "/me", &[], None);
    cases.push(Known { name: "no token".to_owned(), request, status: 401, code: None });
    cases
}
