use aws_config::{BehaviorVersion, Region, SdkConfig, retry::RetryConfig};
use aws_sdk_dynamodb::{
    Client,
    config::{Credentials, SharedCredentialsProvider},
};
use rustls::pki_types::{CertificateDer, pem::PemObject};
use sha2::{Digest, Sha256};

use super::{super::server::*, *};

/// As <https://www.amazontrust.com/repository/> lists them.
const FINGERPRINTS: [&str; 5] = [
    "8ecde6884f3d87b1125ba31ac3fcb13d7016de7f57cc904fe1cb97c6ae98196e",
    "1ba5b2aa8c65401a82960118f80bec4f62304d83cec4713a19c39c011ea46db4",
    "18ce6cfe7bf14e60b2e347b8dfe868cb31d02ebb3ada271569f50343b46db3a4",
    "e35d28419ed02025cfa69038cd623962458da5c695fbdea3c22b0bfb25897092",
    "568d6905a2c88708a4b3025190edcfedb1974a606a13c6e5290fcb2ae63edab5",
];

#[test]
fn the_roots_are_amazons() {
    let roots = CertificateDer::pem_slice_iter(AMAZON_ROOTS).map(|root| hex(&Sha256::digest(root.unwrap())));
    assert_eq!(roots.collect::<Vec<_>>(), FINGERPRINTS);
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn trusting(authority: &Authority) -> TlsContext {
    let store = TrustStore::empty().with_pem_certificate(authority.pem.as_bytes());
    TlsContext::builder().with_trust_store(store).build().unwrap()
}

/// A client of a service at `url`.
fn client(http: SharedHttpClient, url: &str) -> Client {
    let credentials = Credentials::new("test", "test", None, None, "test");
    let sdk = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .retry_config(RetryConfig::disabled())
        .endpoint_url(url)
        .http_client(http)
        .build();
    Client::new(&sdk)
}

async fn is_answered(client: &Client) -> bool {
    client.list_tables().send().await.is_ok()
}

async fn server_and_client(of_server: &Authority, first: &Authority, second: &Authority) -> (Server, Client) {
    let server = Server::start(Some(of_server)).await;
    let client = client(SharedHttpClient::new(TwoStores::new(trusting(first), trusting(second))), &server.url);
    (server, client)
}

#[tokio::test]
async fn what_the_first_store_vouches_for_is_not_asked_of_the_second() {
    let [first, second] = [Authority::new(), Authority::new()];
    let (server, client) = server_and_client(&first, &first, &second).await;
    assert!(is_answered(&client).await && is_answered(&client).await);
    let seen = server.seen();
    assert_eq!((seen.connections, seen.refused, seen.requests.len()), (1, 0, 2));
}

#[tokio::test]
async fn what_only_the_second_store_vouches_for_is_asked_of_it_from_then_on() {
    let [first, second] = [Authority::new(), Authority::new()];
    let (server, client) = server_and_client(&second, &first, &second).await;
    assert!(is_answered(&client).await && is_answered(&client).await);
    let seen = server.seen();
    assert_eq!((seen.connections, seen.refused, seen.requests.len()), (2, 1, 2));
}

#[tokio::test]
async fn what_no_store_vouches_for_is_refused_and_sent_nothing() {
    let [first, second] = [Authority::new(), Authority::new()];
    let (server, client) = server_and_client(&Authority::new(), &first, &second).await;
    assert!(!is_answered(&client).await && !is_answered(&client).await);
    assert_eq!(server.seen().requests, Vec::<String>::new());
}

/// Whether a process that `SSL_CERT_FILE` names an authority to gets an answer from a server of another's or of the same.
async fn is_answered_in_a_process(of_server: &Authority, named: Option<&Authority>) -> bool {
    let server = Server::start(Some(of_server)).await;
    let file =
        std::env::temp_dir().join(format!("authority-{}.pem", server.url.replace(|c: char| !c.is_numeric(), "")));
    let mut variables = vec![("URL", server.url.as_str())];
    if let Some(authority) = named {
        std::fs::write(&file, &authority.pem).unwrap();
        variables.push(("SSL_CERT_FILE", file.to_str().unwrap()));
    }
    let passes = passes("start::trust::tests::a_process_of_another_test", &variables).await;
    let _ = std::fs::remove_file(&file);
    passes
}

#[tokio::test]
#[ignore = "the tests below run it in a process of its own"]
async fn a_process_of_another_test() {
    let url = std::env::var("URL").unwrap();
    assert!(is_answered(&client(http_client(&Variables::OfTheProcess), &url)).await);
}

#[tokio::test]
async fn the_store_that_the_environment_names_is_the_only_one() {
    let [named, other] = [Authority::new(), Authority::new()];
    assert!(is_answered_in_a_process(&named, Some(&named)).await);
    assert!(!is_answered_in_a_process(&other, Some(&named)).await);
}

#[tokio::test]
async fn a_certificate_of_nobodys_is_refused() {
    assert!(!is_answered_in_a_process(&Authority::new(), None).await);
}
