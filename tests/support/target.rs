//! What is tested: a stack that somebody started, known by the address of its `config.json`.

use std::sync::Arc;
use std::time::Duration;

use aws_sdk_cognitoidentityprovider as cognito;
use cognito::config::{BehaviorVersion, Credentials, Region, retry::RetryConfig};
use reqwest::{Method, redirect};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::{Call, Mail};

/// `/_local/config.json`.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Configuration {
    /// Address of the HTTP API.
    pub api_url: String,
    /// Address of the AWS services.
    pub aws_endpoint_url: String,
    /// The AWS region.
    pub region: String,
    /// Id of the user pool.
    pub user_pool_id: String,
    /// Id of the app client that people sign in with.
    pub user_pool_client_id: String,
    /// Name of the table.
    pub table_name: String,
    /// Names of the functions.
    pub functions: Vec<String>,
}

/// A stack, through its public addresses alone. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Target(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    configuration: Configuration,
    http: reqwest::Client,
    cognito: cognito::Client,
    /// One look at the inbox serves every test that waits: it holds all mails of the run.
    inbox: Mutex<Option<(Instant, Arc<Vec<Mail>>)>>,
}

impl Target {
    /// Connects to the stack whose `config.json` is at this address.
    ///
    /// # Panics
    /// When nothing answers there.
    pub async fn connect(configuration_url: &str) -> Self {
        let http = reqwest::Client::builder()
            .redirect(redirect::Policy::none())
            .timeout(Duration::from_secs(60))
            .build()
            .expect("an HTTP client");
        let answer = http.get(configuration_url).send().await.expect("config.json");
        let configuration: Configuration = answer.json().await.expect("config.json as documented");
        let cognito = cognito::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .endpoint_url(&configuration.aws_endpoint_url)
            .region(Region::new(configuration.region.clone()))
            .credentials_provider(Credentials::new("acceptance", "acceptance", None, None, "acceptance"))
            // A retry could hide an error that a client would see.
            .retry_config(RetryConfig::disabled())
            .http_client(aws_smithy_http_client::Builder::new().build_http())
            .build();
        Self(Arc::new(Inner {
            configuration,
            http,
            cognito: cognito::Client::from_conf(cognito),
            inbox: Mutex::new(None),
        }))
    }

    /// What the stack says about itself.
    #[must_use]
    pub fn configuration(&self) -> &Configuration {
        &self.0.configuration
    }

    /// The same stack, whose users sign up and in with another app client.
    #[must_use]
    pub fn with_app_client(&self, id: &str) -> Self {
        let mut configuration = self.0.configuration.clone();
        id.clone_into(&mut configuration.user_pool_client_id);
        let (http, cognito) = (self.0.http.clone(), self.0.cognito.clone());
        Self(Arc::new(Inner { configuration, http, cognito, inbox: Mutex::new(None) }))
    }

    /// The AWS SDK's client for the user pool.
    #[must_use]
    pub fn cognito(&self) -> &cognito::Client {
        &self.0.cognito
    }

    /// The HTTP client, for requests that are not to the API.
    #[must_use]
    pub fn http(&self) -> &reqwest::Client {
        &self.0.http
    }

    /// A request to the API without a token.
    pub fn call(&self, method: Method, path: &str) -> Call {
        Call::new(self.clone(), method, path)
    }

    /// A POST of JSON to the API without a token.
    pub fn post(&self, path: &str, body: &Value) -> Call {
        self.call(Method::POST, path).json(body)
    }

    /// Calls a function through the Lambda Invoke API and returns what it returned.
    ///
    /// # Panics
    /// When the function failed.
    pub async fn invoke(&self, function: &str, event: &Value) -> Value {
        let url = format!("{}/2015-03-31/functions/{function}/invocations", self.0.configuration.aws_endpoint_url);
        let answer = self.0.http.post(url).json(event).send().await.expect("an invocation");
        let failed = answer.headers().contains_key("x-amz-function-error");
        let (status, body) = (answer.status(), answer.text().await.expect("a body"));
        assert!(status.is_success() && !failed, "{function} failed: {status} {body}");
        serde_json::from_str(&body).expect("JSON from the function")
    }

    /// Whether the stack has refused a function what its policy does not allow.
    ///
    /// # Panics
    /// When the stack does not answer as documented.
    pub async fn has_refused(&self) -> bool {
        let url = format!("{}/_local/permissions.json", self.0.configuration.aws_endpoint_url);
        let answer = self.0.http.get(url).send().await.expect("the permissions");
        let report: Value = answer.json().await.expect("the permissions as documented");
        report["refused"].as_array().is_some_and(|refused| !refused.is_empty())
    }

    /// Makes the next mails to an address fail, in this order; each failure is an SES exception and its status.
    ///
    /// # Panics
    /// When the stack does not take the order.
    pub async fn fail_mails(&self, address: &str, failures: &[(&str, u16)]) {
        let failures: Vec<_> = failures.iter().map(|(kind, status)| json!({"type": kind, "status": status})).collect();
        let url = format!("{}/_local/ses-faults", self.0.configuration.aws_endpoint_url);
        let order = json!({"to": address, "failures": failures});
        let answer = self.0.http.post(url).json(&order).send().await.expect("the SES faults");
        assert!(answer.status().is_success(), "ses-faults answered {}", answer.status());
    }

    /// Every mail so far, oldest first, as of at most a tenth of a second ago.
    ///
    /// # Panics
    /// When the inbox does not answer as documented.
    pub async fn inbox(&self) -> Arc<Vec<Mail>> {
        const FRESH: Duration = Duration::from_millis(100);
        let asked = Instant::now();
        let mut inbox = self.0.inbox.lock().await;
        match &*inbox {
            // Also fresh when somebody else fetched it while this caller waited for the lock.
            Some((fetched, mails)) if *fetched >= asked || asked - *fetched < FRESH => mails.clone(),
            _ => {
                let mails = Arc::new(self.fetch_inbox().await);
                *inbox = Some((asked, mails.clone()));
                mails
            }
        }
    }

    /// Every mail as of now, oldest first.
    ///
    /// # Panics
    /// When the inbox does not answer as documented.
    pub async fn fetch_inbox(&self) -> Vec<Mail> {
        #[derive(Deserialize)]
        struct Inbox {
            items: Vec<Mail>,
        }
        let url = format!("{}/_local/inbox.json", self.0.configuration.aws_endpoint_url);
        let answer = self.0.http.get(url).send().await.expect("the inbox");
        answer.json::<Inbox>().await.expect("the inbox as documented").items
    }

    /// The mails to one address as of now, oldest first.
    pub async fn mails_to(&self, address: &str) -> Vec<Mail> {
        let mut mails = self.fetch_inbox().await;
        mails.retain(|mail| mail.is_to(address));
        mails
    }
}
