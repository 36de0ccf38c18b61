//! Bodies that are not what they should be, the same on every route that takes one (I13).

use acceptance::suite::Test;
use acceptance::{Organization, Person, Target, made_up, tests};
use reqwest::Method;
use serde_json::json;

pub(crate) fn tests() -> Vec<Test> {
    tests![
        what_is_no_json_is_malformed,
        unknown_fields_are_refused,
        duplicate_keys_are_refused,
        deep_nesting_is_refused,
        another_media_type_is_refused,
        a_body_over_16_kib_is_refused,
        a_body_of_16_kib_is_read,
    ]
}

/// The routes with a body, and a body that each takes.
async fn routes(target: &Target) -> (Person, [(Method, String, serde_json::Value); 6]) {
    let organization = Organization::create(target).await;
    let person = organization.creator.clone();
    let roles = organization.path(&format!("/members/{}/roles", made_up::uuid()));
    let invite = json!({"email": made_up::email(), "roles": ["member"]});
    let token = json!({"token": "t".repeat(60)});
    let routes = [
        (Method::POST, "/organizations".to_owned(), json!({"name": made_up::organization_name()})),
        (Method::POST, organization.path("/invitations"), invite),
        (Method::PUT, roles, json!({"roles": ["member"]})),
        (Method::POST, "/invitations/preview".to_owned(), token.clone()),
        (Method::POST, "/invitations/accept".to_owned(), token.clone()),
        (Method::POST, "/invitations/decline".to_owned(), token),
    ];
    (person, routes)
}

async fn what_is_no_json_is_malformed(target: Target) {
    let (person, routes) = routes(&target).await;
    for (method, path, _) in routes {
        for body in
            ["", "{", "null", "nonsense", "[]", "\"text\"", "{\"name\":}", "{} {}", "\u{feff}{}", "{'name': 'x'}"]
        {
            let call = person.call(method.clone(), &path).body("application/json", body);
            call.await.problem(400, "malformed-request");
        }
        let binary = person.call(method.clone(), &path).body("application/json", vec![0xff, 0xfe, 0x00]);
        binary.await.problem(400, "malformed-request");
    }
}

async fn unknown_fields_are_refused(target: Target) {
    let (person, routes) = routes(&target).await;
    for (method, path, mut body) in routes {
        body["surplus"] = json!(1);
        person.call(method, &path).json(&body).await.problem(400, "malformed-request");
    }
}

/// Two readers of such a body could see two different requests.
async fn duplicate_keys_are_refused(target: Target) {
    let (person, routes) = routes(&target).await;
    for (method, path, body) in routes {
        let text = body.to_string();
        let twice = format!("{{{},{}", &text[1..text.len() - 1], &text[1..]);
        let call = person.call(method, &path).body("application/json", twice);
        call.await.problem(400, "malformed-request");
    }
}

async fn deep_nesting_is_refused(target: Target) {
    let (person, routes) = routes(&target).await;
    for (method, path, _) in routes {
        let deep = format!("{{\"name\":{}{}}}", "[".repeat(5000), "]".repeat(5000));
        let call = person.call(method, &path).body("application/json", deep);
        call.await.problem(400, "malformed-request");
    }
}

async fn another_media_type_is_refused(target: Target) {
    let (person, routes) = routes(&target).await;
    for (method, path, body) in routes {
        for media_type in [
            "text/plain",
            "application/x-www-form-urlencoded",
            "application/xml",
            "text/json-ish",
            "multipart/form-data",
        ] {
            let call = person.call(method.clone(), &path).body(media_type, body.to_string());
            call.await.problem(415, "unsupported-media-type");
        }
    }
    let organization = Organization::create(&target).await;
    for media_type in ["application/json; charset=utf-8", "Application/JSON"] {
        let body = json!({"email": made_up::email(), "roles": ["member"]}).to_string();
        let call = organization.creator.call(Method::POST, &organization.path("/invitations")).body(media_type, body);
        call.await.success(201);
    }
}

async fn a_body_over_16_kib_is_refused(target: Target) {
    let (person, routes) = routes(&target).await;
    for (method, path, body) in routes {
        let text = body.to_string();
        for length in [16 * 1024 + 1, 200_000] {
            let padded = text.clone() + &" ".repeat(length - text.len());
            let call = person.call(method.clone(), &path).body("application/json", padded);
            call.await.problem(413, "body-too-large");
        }
    }
}

async fn a_body_of_16_kib_is_read(target: Target) {
    let organization = Organization::create(&target).await;
    let body = json!({"email": made_up::email(), "roles": ["member"]}).to_string();
    let padded = format!("{body:<length$}", length = 16 * 1024);
    let call = organization.creator.call(Method::POST, &organization.path("/invitations"));
    call.body("application/json", padded).await.success(201);
}
