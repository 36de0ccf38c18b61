use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_dynamodb::config::{Credentials, SharedCredentialsProvider};
use jiff::SignedDuration;

use super::{
    super::{Start, server::*},
    *,
};
use crate::{configuration::Variables, environment::Environment};

fn start(url: &str, connections: Connections) -> Start {
    let credentials = Credentials::new("test", "test", None, None, "test");
    let sdk = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .endpoint_url(format!("{url}/somewhere"))
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .build();
    let variables = Variables::from_iter([
        ("TABLE_NAME", "table"),
        ("AUDIT_RETENTION_DAYS", "0"),
        ("USER_POOL_ID", "us-east-1_pool"),
    ]);
    Start { variables, sdk, environment: Environment::system(), directory: None, post_office: None, connections }
}

#[tokio::test]
async fn connections_are_opened_once_and_used_by_the_first_request() {
    let server = Server::start(None).await;
    let start = start(&server.url, Connections::of_the_process());
    let table = start.table_with_patience(2, SignedDuration::ZERO).unwrap();
    let directory = start.directory().unwrap();
    assert_eq!(server.seen(), Seen::default(), "nothing is sent before it is asked for");
    start.connections.opened().await;
    let opened = server.seen();
    assert_eq!((opened.connections, opened.requests.len()), (3, 3));
    for request in opened.requests {
        assert!(request.starts_with("get / http/1.1\r\n"), "{request}");
        assert!(!request.contains("authorization") && !request.contains("x-amz"), "{request}");
    }
    start.connections.opened().await;
    assert_eq!(server.seen().requests.len(), 3, "once");

    let read = || async { drop(table.unsent_mails().await) };
    futures::join!(read(), read(), async { drop(directory.identity("ada").await) });
    let used = server.seen();
    assert_eq!((used.connections, used.requests.len()), (3, 6));
}
