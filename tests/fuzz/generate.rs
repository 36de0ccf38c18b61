//! Makes requests up: for every route of the template, with everything about it that can vary.

use fastrand::Rng;

use crate::bodies;
use crate::cursors;
use crate::headers;
use crate::request::{Request, Sender};
use crate::values::{id, in_query, pick, text};

/// Methods that a route may not have.
const METHODS: [&str; 9] = ["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "get", "PURGE"];

/// Parameters of the lists, and some that nothing knows.
const PARAMETERS: [&str; 14] = [
    "limit",
    "cursor",
    "role",
    "email",
    "status",
    "organizationId",
    "actor",
    "action",
    "from",
    "to",
    "at",
    "Limit",
    "limit[]",
    "",
];

/// Instants: those that an instant can be, and what is none.
const INSTANTS: [&str; 9] = [
    "1970-01-01T00:00:00Z",
    "2026-01-02T03:04:05.678Z",
    "2026-01-02T03:04:05+14:00",
    "-009999-01-02T01:59:59Z",
    "9999-12-30T22:00:00.999999999Z",
    "2026-01-02",
    "2026-02-30T00:00:00Z",
    "now",
    "",
];

/// The routes of the template: `GET /me`.
pub(crate) struct Generator {
    pub(crate) routes: Vec<String>,
}

impl Generator {
    /// The request with this number in the run of this seed.
    pub(crate) fn request(&self, seed: u64, number: u64) -> Request {
        // Spread out: neighboring seeds of this generator begin alike.
        let random = &mut Rng::with_seed(seed ^ number.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let route = pick(random, &self.routes);
        let (method, pattern) = route.split_once(' ').unwrap_or(("GET", route));
        let sender = *pick(random, &Sender::ALL);
        // Who may do most sends most, or nearly everything would end at the same check.
        let sender = match random.u8(..6) {
            0..2 => *pick(random, &[Sender::Creator, Sender::Admin]),
            2 if route.contains(" /me/invitations") => Sender::Removed,
            2 if route.ends_with("/accept") => Sender::Stranger,
            _ => sender,
        };
        let mut request = Request {
            sender,
            route: Some(route.clone()),
            method: method.to_owned(),
            target: pattern
                .split('/')
                .map(|segment| self.segment(route, segment, random))
                .collect::<Vec<_>>()
                .join("/"),
            headers: Vec::new(),
            body: None,
        };
        if random.u8(..if method == "GET" { 2 } else { 10 }) == 0 {
            request.target += &query(route, random);
        }
        headers::add(&mut request, random);
        if bodies::right(route, random).is_some() || random.u8(..20) == 0 {
            request.body = Some(bodies::body(route, random));
            let media_type = if random.u8(..15) == 0 { *pick(random, &headers::TYPES) } else { headers::TYPES[0] };
            request.headers.push(("Content-Type".to_owned(), media_type.to_owned()));
        }
        if random.u8(..25) == 0 {
            astray(&mut request, random);
        }
        request
    }

    /// A segment of a path: as it is, or a value for its parameter, mostly one that leads somewhere.
    fn segment(&self, route: &str, segment: &str, random: &mut Rng) -> String {
        if !segment.starts_with('{') {
            return segment.to_owned();
        }
        if random.u8(..6) == 0 {
            return in_path(&id(random));
        }
        let value = match segment {
            "{organizationId}" => {
                *pick(random, &["«org»", "«org»", "«org»", "«org»", "«org»", "«foreign-org»", "«no-org»"])
            }
            "{userId}" => {
                // Removals that succeed leave nobody to try anything with.
                let few = [Sender::Removed, Sender::Stranger, Sender::Foreigner, Sender::Member];
                let all = !route.starts_with("DELETE ") || random.u8(..4) == 0;
                let sender = if all { pick(random, &Sender::ALL[2..]) } else { pick(random, &few) };
                return format!("«user:{}»", sender.name());
            }
            "{invitationId}" => {
                // Likewise: one that is revoked leaves nothing to resend.
                let seldom = route.starts_with("DELETE ") && random.u8(..6) > 0;
                let own = if route.contains(" /me/") { "«own-invitation»" } else { "«invitation»" };
                let other = *pick(random, &["«foreign-invitation»", "«no-invitation»", "«invitation»"]);
                if seldom { "«no-invitation»" } else { *pick(random, &[own, own, other]) }
            }
            "{workspaceId}" => {
                let seldom = route.starts_with("DELETE ") && random.u8(..6) > 0;
                let other = *pick(random, &["«foreign-workspace»", "«no-workspace»", "«workspace»"]);
                if seldom {
                    "«no-workspace»"
                } else {
                    *pick(random, &["«workspace»", "«other-workspace»", other])
                }
            }
            "{tab}" => *pick(random, &["general", "users", "workspaces", "billing", "billing ", "audit"]),
            _ => return in_path(&id(random)),
        };
        in_path(value)
    }
}

/// What would end the target is escaped; everything else is sent as it is.
fn in_path(text: &str) -> String {
    text.replace(' ', "%20")
        .chars()
        .filter(|letter| !letter.is_ascii_control() && !"#?\"<>\\^`{}".contains(*letter))
        .collect()
}

fn query(route: &str, random: &mut Rng) -> String {
    let mut query = String::new();
    for index in 0..random.usize(1..5) {
        let name = if random.u8(..4) == 0 { "cursor" } else { *pick(random, &PARAMETERS) };
        let value = match name {
            _ if random.u8(..8) == 0 => text(random),
            "limit" => (*pick(
                random,
                &["1", "2", "25", "100", "101", "0", "-1", "1.5", "+1", "1e2", "99999999999", "٣", "0x1", " 1", ""],
            ))
            .to_owned(),
            "cursor" => cursors::forged(route, random),
            "role" => {
                (*pick(random, &["organization_admin", "billing_admin", "user_admin", "member", "Member", "owner", ""]))
                    .to_owned()
            }
            "status" => {
                (*pick(random, &["pending", "accepted", "declined", "revoked", "expired", "sent", ""])).to_owned()
            }
            "email" => (*pick(random, &["a", "A", "@", "fuzz", "eve@example.com", "ä", ""])).to_owned(),
            "at" | "from" | "to" => (*pick(random, &INSTANTS)).to_owned(),
            "actor" => format!("«user:{}»", pick(random, &["creator", "member"])),
            "action" => (*pick(random, &["member.removed", "invitation.accepted", "member.fired", ""])).to_owned(),
            _ => text(random),
        };
        query.push(if index == 0 { '?' } else { '&' });
        query += &in_query(random, name);
        if random.u8(..20) > 0 {
            query.push('=');
            query += &in_query(random, &value);
        }
    }
    query
}

/// Away from the route that it was made for.
fn astray(request: &mut Request, random: &mut Rng) {
    request.route = None;
    match random.u8(..5) {
        0 => request.method = (*pick(random, &METHODS)).to_owned(),
        1 => request.target += *pick(random, &["/", "//", "/x", "/../me", "/%2e%2e", ";x=y", "%00", "."]),
        2 => request.target = format!("/{}", in_path(&id(random))),
        3 => request.target = request.target.to_uppercase().replace("«ORG»", "«org»"),
        _ => request.target = format!("/{}", request.target),
    }
}
