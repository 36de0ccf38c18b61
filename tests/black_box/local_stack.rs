//! The local stack's own addresses, on which every other tool relies.

mod cognito;
mod console;
mod feedback;
mod services;

use std::net::TcpListener;

use acceptance::raw::{Connection, RawAnswer};
use acceptance::suite::Test;
use acceptance::{Person, Target, tests};
use local_stack::{LocalStack, Options};

pub(crate) fn tests() -> Vec<Test> {
    let own = tests![
        config_json_says_where_everything_is,
        the_inbox_is_readable_by_people_and_programs,
        a_port_in_use_is_one_line_that_says_what_to_do,
        a_template_that_is_not_there_is_one_line,
        discovery_documents_and_keys_are_published,
        a_page_from_elsewhere_reads_nothing,
        programs_and_pages_of_this_machine_are_answered,
        a_page_of_this_machine_may_call_cognito,
    ];
    [own, cognito::tests(), console::tests(), feedback::tests(), services::tests()].concat()
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

/// Every kind of address on the AWS port, and what it takes.
const AWS_PORT: [(&str, &str, &str); 15] = [
    ("GET", "/", ""),
    ("GET", "/_local", ""),
    ("GET", "/_local/users.json", ""),
    ("GET", "/_local/items?pk=ORG%231", ""),
    ("GET", "/2015-03-31/functions/", ""),
    ("GET", "/v2/email/identities", ""),
    ("GET", "/_local/inbox", ""),
    ("GET", "/_local/inbox.json?to=eve%40example.com", ""),
    ("GET", "/_local/config.json", ""),
    ("POST", "/_local/ses-faults", "{\"to\":\"nobody@example.com\",\"failures\":[]}"),
    ("POST", "/", "X-Amz-Target: DynamoDB_20120810.ListTables"),
    ("POST", "/", "X-Amz-Target: AWSCognitoIdentityProviderService.ListUsers"),
    ("POST", "/v2/email/outbound-emails", "{}"),
    ("POST", "/2015-03-31/functions/onboarding/invocations", "{}"),
    ("GET", "/no-such-path", ""),
];

async fn ask(url: &str, method: &str, path: &str, what: &str, headers: &[(&str, &str)]) -> RawAnswer {
    let (header, body) = if what.starts_with("X-") { (format!("{what}\r\n"), "{}") } else { (String::new(), what) };
    let mut request = format!("{method} {path} HTTP/1.1\r\nContent-Length: {}\r\n{header}", body.len());
    for (name, value) in headers {
        request += &format!("{name}: {value}\r\n");
    }
    let mut connection = Connection::to(url).await.unwrap();
    connection.send(format!("{request}\r\n{body}").as_bytes()).await.unwrap()
}

/// What a browser asks before a page calls Cognito, with the headers of Amplify and of the AWS SDK for JavaScript.
async fn a_page_of_this_machine_may_call_cognito(target: Target) {
    let url = &target.configuration().aws_endpoint_url;
    let wanted = "amz-sdk-invocation-id,amz-sdk-request,authorization,cache-control,content-type,x-amz-date,\
                  x-amz-security-token,x-amz-target,x-amz-user-agent";
    for (origin, expected) in
        [("http://127.0.0.1:5173", 204), (acceptance::APP_URL, 204), ("https://evil.example", 403), ("null", 403)]
    {
        let headers = [
            ("Host", "localhost:4566"),
            ("Origin", origin),
            ("Access-Control-Request-Method", "POST"),
            ("Access-Control-Request-Headers", wanted),
        ];
        let answer = ask(url, "OPTIONS", "/", "", &headers).await;
        assert_eq!(answer.status, expected, "{answer:?}");
        if expected == 204 {
            assert_eq!(answer.header("access-control-allow-origin"), Some(origin), "{answer:?}");
            assert!(answer.header("access-control-allow-methods").unwrap().contains("POST"), "{answer:?}");
            let accepted: Vec<_> = answer.header("access-control-allow-headers").unwrap().split(',').collect();
            assert!(wanted.split(',').all(|name| accepted.contains(&name)), "{answer:?}");
        }
    }
    let headers = [("Host", "localhost"), ("Origin", "http://localhost:5173")];
    let answer = ask(url, "POST", "/", "X-Amz-Target: AWSCognitoIdentityProviderService.GetUser", &headers).await;
    let exposed: Vec<_> = answer.header("access-control-expose-headers").unwrap().split(',').collect();
    for name in ["x-amzn-requestid", "x-amzn-errortype"] {
        assert!(exposed.contains(&name) && answer.header(name).is_some(), "{name}: {answer:?}");
    }
}

/// A page of another origin, and one whose host name was made to point at this machine (DNS rebinding).
async fn a_page_from_elsewhere_reads_nothing(target: Target) {
    let person = Person::new(&target).await;
    let configuration = target.configuration();
    let here = configuration.aws_endpoint_url.trim_start_matches("http://");
    for (method, path, what) in AWS_PORT {
        for headers in [
            vec![("Host", "evil.example:4566")],
            vec![("Host", "127.0.0.1.evil.example"), ("Origin", "http://127.0.0.1.evil.example")],
            vec![("Host", here), ("Host", "evil.example")],
            vec![],
            vec![("Host", here), ("Origin", "https://evil.example")],
            vec![("Host", here), ("Origin", "null")],
            vec![("Host", here), ("Origin", "http://localhost.evil.example:5173")],
        ] {
            let answer = ask(&configuration.aws_endpoint_url, method, path, what, &headers).await;
            assert_eq!(answer.status, 403, "{method} {path} {headers:?}: {answer:?}");
            let body: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
            assert_eq!(body["__type"], "AccessDeniedException", "{body}");
            assert!(body["message"].as_str().unwrap().contains("localhost"), "says what is answered: {body}");
            assert!(answer.header("access-control-allow-origin").is_none(), "{answer:?}");
            assert!(!answer.body.contains(&person.email), "{answer:?}");
        }
    }
    let preflight = [("Origin", "http://localhost:5173"), ("Access-Control-Request-Method", "POST")];
    for headers in
        [vec![("Host", "evil.example:3000")], vec![], [&[("Host", "evil.example:3000")], &preflight[..]].concat()]
    {
        for method in ["GET", "OPTIONS"] {
            let answer = ask(&configuration.api_url, method, "/me", "", &headers).await;
            assert_eq!(answer.status, 403, "{method} {headers:?}: {answer:?}");
            assert!(answer.header("access-control-allow-methods").is_none(), "{answer:?}");
            let body: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
            assert!(body["message"].as_str().unwrap().contains("localhost"), "as the gateway words its own: {body}");
            let answer = ask(&configuration.aws_endpoint_url, method, "/", "", &headers).await;
            assert_eq!(answer.status, 403, "{method} {headers:?}: {answer:?}");
        }
    }
}

async fn programs_and_pages_of_this_machine_are_answered(target: Target) {
    let configuration = target.configuration();
    for name in ["127.0.0.1", "localhost", "[::1]", "LOCALHOST"] {
        for host in [name.to_owned(), format!("{name}:4566")] {
            for origin in [None, Some("http://localhost:5173"), Some("https://127.0.0.1"), Some("http://[::1]:8080")] {
                let headers: Vec<_> =
                    [("Host", host.as_str())].into_iter().chain(origin.map(|origin| ("Origin", origin))).collect();
                for (method, path, what) in AWS_PORT {
                    let answer = ask(&configuration.aws_endpoint_url, method, path, what, &headers).await;
                    assert_ne!(answer.status, 403, "{method} {path} {headers:?}: {answer:?}");
                    assert_eq!(answer.header("access-control-allow-origin"), origin, "{method} {path}: {answer:?}");
                }
                let answer = ask(&configuration.api_url, "GET", "/me", "", &headers).await;
                assert_eq!(answer.status, 401, "{headers:?}: {answer:?}");
                assert_eq!(answer.header("access-control-allow-origin"), origin, "{headers:?}: {answer:?}");
            }
        }
    }
    // A page from elsewhere gets the API's answers, but none of them may be shown to it: CORS is the template's.
    let headers = [("Host", "localhost"), ("Origin", "https://evil.example")];
    let answer = ask(&configuration.api_url, "GET", "/me", "", &headers).await;
    assert_eq!((answer.status, answer.header("access-control-allow-origin")), (401, None), "{answer:?}");
    let headers = [("Host", "localhost"), ("Origin", "https://evil.example"), ("Access-Control-Request-Method", "GET")];
    let answer = ask(&configuration.api_url, "OPTIONS", "/me", "", &headers).await;
    assert_eq!((answer.status, answer.header("access-control-allow-methods")), (204, None), "{answer:?}");
    let headers = [("Host", "localhost"), ("Origin", acceptance::APP_URL)];
    let answer = ask(&configuration.api_url, "GET", "/me", "", &headers).await;
    assert_eq!(answer.header("access-control-allow-origin"), Some(acceptance::APP_URL), "{answer:?}");
}
