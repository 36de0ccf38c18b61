//! The local stack's own addresses, on which every other tool relies.

use std::net::TcpListener;

use acceptance::suite::Test;
use acceptance::{Person, Target, tests};
use local_stack::{LocalStack, Options};

pub(crate) fn tests() -> Vec<Test> {
    tests![
        config_json_says_where_everything_is,
        the_inbox_is_readable_by_people_and_programs,
        a_port_in_use_is_one_line_that_says_what_to_do,
        a_template_that_is_not_there_is_one_line,
        discovery_documents_and_keys_are_published,
    ]
}

async fn config_json_says_where_everything_is(target: Target) {
    let configuration = target.configuration();
    assert!(configuration.api_url.starts_with("http://127.0.0.1:"), "{configuration:?}");
    assert!(configuration.aws_endpoint_url.starts_with("http://127.0.0.1:"), "{configuration:?}");
    assert!(configuration.user_pool_id.starts_with(&format!("{}_", configuration.region)), "{configuration:?}");
    assert!(!configuration.user_pool_client_id.is_empty() && !configuration.table_name.is_empty(), "{configuration:?}");
    let folders = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../functions")).unwrap();
    for function in folders.map(|entry| entry.unwrap().file_name().into_string().unwrap()) {
        assert!(configuration.functions.contains(&function), "{function}: {configuration:?}");
    }
}

async fn the_inbox_is_readable_by_people_and_programs(target: Target) {
    let person = Person::new(&target).await;
    let mails = target.mails_to(&person.email).await;
    assert_eq!(mails.len(), 1, "{mails:?}");
    assert!(mails[0].code().is_some() && !mails[0].subject.is_empty() && !mails[0].from.is_empty(), "{mails:?}");
    assert!(mails[0].at.parse::<jiff::Timestamp>().is_ok(), "{mails:?}");
    let page =
        target.http().get(format!("{}/_local/inbox", target.configuration().aws_endpoint_url)).send().await.unwrap();
    assert_eq!(page.status(), 200);
    assert!(page.headers()["content-type"].to_str().unwrap().starts_with("text/html"));
    assert!(page.text().await.unwrap().contains(&person.email));
}

async fn a_port_in_use_is_one_line_that_says_what_to_do(_: Target) {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    for options in [Options { api_port: port, ..Options::default() }, Options { aws_port: port, ..Options::default() }]
    {
        let Err(error) = LocalStack::start(options).await else { panic!("started on a port in use") };
        let line = error.to_string();
        assert_eq!(line.lines().count(), 1, "{line}");
        assert!(line.contains(&port.to_string()) && line.contains("-port"), "names the port and the option: {line}");
    }
}

async fn a_template_that_is_not_there_is_one_line(_: Target) {
    let options = Options { template: "no-such-template.yaml".into(), ..Options::default() };
    let Err(error) = LocalStack::start(options).await else { panic!("started without a template") };
    let line = error.to_string();
    assert!(line.lines().count() == 1 && line.contains("no-such-template.yaml"), "{line}");
}

async fn discovery_documents_and_keys_are_published(target: Target) {
    let person = Person::new(&target).await;
    let configuration = target.configuration();
    let pool = format!("{}/{}", configuration.aws_endpoint_url, configuration.user_pool_id);
    let get = async |url: String| {
        target
            .http()
            .get(&url)
            .send()
            .await
            .unwrap()
            .json::<serde_json::Value>()
            .await
            .unwrap_or_else(|_| panic!("{url}"))
    };
    let discovery = get(format!("{pool}/.well-known/openid-configuration")).await;
    assert!(discovery["jwks_uri"].is_string() && discovery["issuer"].is_string(), "{discovery}");
    let keys = get(format!("{pool}/.well-known/jwks.json")).await;
    assert!(!keys["keys"].as_array().unwrap().is_empty(), "{keys}");
    let claims = acceptance::forgery::claims(&person.access_token);
    assert_eq!(claims["token_use"], "access", "{claims}");
    assert_eq!(claims["iss"], discovery["issuer"], "{claims}");
    assert_eq!(claims["client_id"], configuration.user_pool_client_id, "{claims}");
    assert!(claims.get("email").is_none(), "an access token carries no address: {claims}");
}
