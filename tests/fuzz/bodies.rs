//! Bodies: right ones for every route, and what can be made of them.

use fastrand::Rng;
use serde_json::{Map, Value, json};

use crate::values::{json as any_json, pick, text};

const ROLES: [&[&str]; 6] = [
    &["member"],
    &["user_admin"],
    &["billing_admin"],
    &["organization_admin"],
    &["user_admin", "billing_admin"],
    &["organization_admin", "user_admin"],
];

/// The limit of the API for the body of a route.
fn largest(route: &str) -> usize {
    if route.ends_with("/batch") { 64 * 1024 } else { 16 * 1024 }
}

/// A body that the route takes, if it takes one at all.
pub(crate) fn right(route: &str, random: &mut Rng) -> Option<Map<String, Value>> {
    let roles = pick(random, &ROLES);
    let body = match route {
        "POST /organizations" => {
            json!({"name": format!("Works {}", random.u32(..)), "phone": "+1 555 0100", "website": "https://example.com",
            "industry": "Tools", "companySize": "1-10", "country": "Norway"})
        }
        "PUT /organizations/{organizationId}/members/{userId}/roles" => json!({"roles": roles}),
        "POST /organizations/{organizationId}/invitations" => {
            json!({"email": format!("fuzz{}@example.com", random.u32(..)), "roles": roles,
            "expiresInDays": random.u8(1..31), "message": "Hello", "locale": "en",
            "workspaces": [{"workspaceId": *pick(random, &["«workspace»", "«other-workspace»", "«foreign-workspace»"]), "role": "agent"}]})
        }
        "POST /organizations/{organizationId}/invitations/batch" => {
            // Some rows are right, some are what a route of another kind takes, some are anything.
            let row = |random: &mut Rng| match random.u8(..6) {
                0 => any_json(random),
                1 => json!({"email": "eve@example.com", "roles": ["member"], "token": "«altered-token»"}),
                2 => json!({"email": "twin@example.com", "roles": ["member"]}),
                _ => {
                    json!({"email": format!("fuzz{}@example.com", random.u32(..)), "roles": pick(random, &ROLES), "delivery": *pick(random, &["email", "link"])})
                }
            };
            let rows = *pick(random, &[1, 2, 3, 5, 50, 51]);
            json!({"invitations": (0..rows).map(|_| row(random)).collect::<Vec<_>>(), "dryRun": random.bool()})
        }
        "POST /organizations/{organizationId}/invitations/{invitationId}/resend" => {
            json!({"expiresInDays": random.u8(1..31), "delivery": *pick(random, &["email", "link"]), "confirmAddress": random.bool()})
        }
        "PATCH /organizations/{organizationId}/settings/general" => {
            json!({"name": format!("Works {}", random.u32(..)), "phone": *pick(random, &[Some("+1 555 0100"), None]),
            "metadata": {"tier": random.u8(..), "note": *pick(random, &[Some("x"), None])}})
        }
        "PATCH /organizations/{organizationId}/settings/billing" => {
            json!({"billingContact": format!("bills{}@example.com", random.u32(..))})
        }
        "POST /organizations/{organizationId}/workspaces" => json!({"name": format!("Place {}", random.u8(..))}),
        "PATCH /organizations/{organizationId}/workspaces/{workspaceId}" => {
            json!({"name": format!("Place {}", random.u8(..))})
        }
        "PUT /organizations/{organizationId}/workspaces/{workspaceId}/members/{userId}" => {
            json!({"role": *pick(random, &["manager", "agent", "agent", "owner"])})
        }
        "POST /invitations/preview" => {
            json!({"token": *pick(random, &["«token»", "«spent-token»", "«foreign-token»", "«altered-token»"])})
        }
        "POST /invitations/accept" => json!({"token": *pick(random, &["«token»", "«spent-token»", "«altered-token»"])}),
        // Seldom the one that can be accepted, or nothing would be left to accept.
        "POST /invitations/decline" => {
            json!({"token": if random.u8(..12) == 0 { "«token»" } else { *pick(random, &["«spent-token»", "«altered-token»"]) }})
        }
        // Their path says everything.
        other if other.starts_with("POST /me/") => return None,
        // A route that is not known here yet gets what others take.
        other if !other.starts_with("GET ") && !other.starts_with("DELETE ") => {
            json!({"name": "Name", "roles": roles, "email": "eve@example.com", "token": "«altered-token»"})
        }
        _ => return None,
    };
    let Value::Object(mut body) = body else { return None };
    // What is optional may be left out.
    body.retain(|name, _| {
        ["name", "email", "role", "roles", "token", "invitations"].contains(&name.as_str()) || random.bool()
    });
    Some(body)
}

/// A body for the route: right in a third of all cases.
pub(crate) fn body(route: &str, random: &mut Rng) -> Vec<u8> {
    let mut body = right(route, random).unwrap_or_default();
    let names: Vec<String> = body.keys().cloned().collect();
    let name = if names.is_empty() { "name".to_owned() } else { pick(random, &names).clone() };
    match random.u8(..30) {
        0..10 => {}
        10..16 => drop(body.insert(name, any_json(random))),
        16 => drop(body.remove(&name)),
        17 => drop(body.insert(text(random), any_json(random))),
        18 => drop(names.iter().map(|name| body.insert(name.clone(), any_json(random))).count()),
        _ => return spoiled(body, &name, largest(route), random),
    }
    Value::Object(body).to_string().into_bytes()
}

/// What is no longer an object of JSON with each name once, or only just.
fn spoiled(body: Map<String, Value>, name: &str, largest: usize, random: &mut Rng) -> Vec<u8> {
    let right = Value::Object(body).to_string();
    let open = right.trim_end_matches('}');
    let comma = if open.len() > 1 { "," } else { "" };
    let with = |value: &str| format!("{open}{comma}\"{name}\":{value}}}");
    let without = |value: &str| format!("{{\"{name}\":{value}}}");
    let spoiled = match random.u8(..22) {
        0 => with("\"again\""),
        1 => without(&("[".repeat(*pick(random, &[10, 127, 128, 129, 2000, 8000])))),
        2 => without(&format!("{}1{}", "[".repeat(200), "]".repeat(200))),
        3 => without(&format!("{}1{}", "{\"a\":".repeat(130), "}".repeat(130))),
        4 => without(pick::<&str>(
            random,
            &["\"\\ud800\"", "\"\\udc00x\"", "\"\\ud83d\\u0041\"", "\"\\u0000\"", "\"\\u202e\"", "\"\\x\""],
        )),
        5 => without(pick::<&str>(
            random,
            &["1e999", "-0", "1E400", "00", "0x10", ".5", "1.", "123456789012345678901234567890", "NaN", "-1e-999"],
        )),
        6 => format!("{right}{right}"),
        7 => format!("[{right}]"),
        8 => format!("\u{feff}{right}"),
        9 => format!("\r\n\t {right} \0"),
        10 => return right.as_bytes()[..random.usize(..right.len())].to_vec(),
        11 => with(&format!("\"{}\"", "a".repeat(20_000))),
        12..15 => return sized(&right, largest + random.usize(..3) - 1),
        15 => String::new(),
        16 => pick(random, &["null", "true", "1", "\"x\"", "[]", "{}", "{", "}", "<a/>", "a=b&c=d"]).to_string(),
        17 => right.replace('"', "'"),
        18 => right.replace(':', ": /* no comment */ "),
        _ => return flipped(right.into_bytes(), random),
    };
    spoiled.into_bytes()
}

/// Padded with blanks to a length.
fn sized(right: &str, length: usize) -> Vec<u8> {
    let open = right.trim_end_matches('}');
    format!("{open}{}}}", " ".repeat(length.saturating_sub(open.len() + 1))).into_bytes()
}

/// With bytes replaced, which may leave no UTF-8.
fn flipped(mut bytes: Vec<u8>, random: &mut Rng) -> Vec<u8> {
    for _ in 0..random.usize(1..6) {
        if !bytes.is_empty() {
            let (place, any) = (random.usize(..bytes.len()), random.u8(..));
            bytes[place] = *pick(random, &[0, 0xff, 0xc0, 0x80, b'"', b'\\', b'{', b'}', b',', 0xed, any]);
        }
    }
    bytes
}
