//! Plays requests against the real functions and an empty table, and keeps what each of them asked of AWS.

use std::{collections::BTreeMap, time::Duration};

use axum::body::Bytes;
use local_stack::{Data, Engine};
use serde_json::{Value, json};

use crate::{
    Result,
    event::{self, Request},
    function::Function,
    product::{Product, variables},
    recording::{Exchange, Recording},
    services::{Answers, Services},
};

pub(crate) struct Stage<'a> {
    product: &'a Product,
    services: Services,
    functions: BTreeMap<String, Function>,
    recordings: BTreeMap<String, Recording>,
    _engine: Engine,
}

impl<'a> Stage<'a> {
    pub(crate) async fn new(product: &'a Product) -> Result<Self> {
        let engine = Engine::start(Data::Memory).await?;
        engine.create_table_without_stream(&product.template, &product.table).await?;
        let answers = Answers::Engine { url: engine.endpoint_url().to_owned(), client: reqwest::Client::new() };
        let services = Services::start(answers, None, Duration::ZERO).await?;
        Ok(Self { product, services, functions: BTreeMap::new(), recordings: BTreeMap::new(), _engine: engine })
    }

    /// Hands an event over and keeps it under this name. An earlier one of the same name is forgotten.
    async fn invoke(&mut self, name: &str, event: Bytes) -> Result<&Recording> {
        let function = self.product.behind(name)?.to_owned();
        if !self.functions.contains_key(&function) {
            let declared = self.product.function(&function)?;
            let variables = variables(Some(declared), &self.services);
            let started = Function::start(&self.product.binary(declared)?, &variables, &[]).await?;
            self.functions.insert(function.clone(), started);
        }
        let running = self.functions.get_mut(&function).ok_or("it was started")?;
        // What init asked is nobody's request.
        self.services.take();
        let (answer, _) = running.invoke(&event).await.map_err(|error| format!("{name}: {error}"))?;
        let exchanges = self.services.take();
        let recording = Recording { name: name.to_owned(), function, event, exchanges, answer };
        Ok(self.recordings.entry(name.to_owned()).insert_entry(recording).into_mut())
    }

    /// A request to the HTTP API, which has to succeed: the body of the answer.
    pub(crate) async fn call(&mut self, request: Request<'_>) -> Result<Value> {
        let recording = self.invoke(request.route, request.event()).await?;
        let answer: Value = serde_json::from_slice(&recording.answer)?;
        let body = answer["body"].as_str().unwrap_or_default();
        if !(200..300).contains(&answer["statusCode"].as_u64().unwrap_or_default()) {
            return Err(format!("{}: {answer}", request.route).into());
        }
        Ok(serde_json::from_str(body).unwrap_or_default())
    }

    /// A user whose sign-up is confirmed.
    pub(crate) async fn sign_up(&mut self, user: &str, organization: Option<&str>) -> Result<()> {
        self.invoke("PostConfirmation", event::post_confirmation(user, organization)).await.map(drop)
    }

    /// The mail of the invitation that the last request made: its token.
    pub(crate) async fn mail(&mut self) -> Result<String> {
        let invited = self.recordings.get("POST /organizations/{organizationId}/invitations");
        let item =
            invited.and_then(|invited| invited.exchanges.iter().find_map(invitation)).ok_or("nobody is invited")?;
        let sent = self.invoke("stream", event::stream(&item)).await?;
        let mail = sent.exchanges.iter().find(|exchange| exchange.operation.starts_with("/v2/email/"));
        let mail = mail.ok_or("there is no mail")?.request.to_string();
        let (_, rest) = mail.split_once("#token=").ok_or("the mail has no link")?;
        let is_of_token = |letter: char| letter.is_ascii_alphanumeric() || "-_.~".contains(letter);
        Ok(rest.chars().take_while(|letter| is_of_token(*letter)).collect())
    }

    /// What SES reports about the last mail.
    pub(crate) async fn delivered(&mut self) -> Result<()> {
        let sent = self.recordings.get("stream").ok_or("nothing is sent")?;
        let mail = sent.exchanges.iter().find(|exchange| exchange.operation.starts_with("/v2/email/"));
        let event = event::delivered(&mail.ok_or("there is no mail")?.request);
        self.invoke("event", event).await.map(drop)
    }

    /// What a schedule sends.
    pub(crate) async fn tick(&mut self, task: &str) -> Result<()> {
        self.invoke(task, json!({ "task": task }).to_string().into()).await.map(drop)
    }

    /// Ends the functions: everything that was recorded, by name.
    pub(crate) async fn finish(self) -> Result<BTreeMap<String, Recording>> {
        for function in self.functions.into_values() {
            function.stop().await?;
        }
        Ok(self.recordings)
    }
}

/// The invitation that a transaction writes.
fn invitation(exchange: &Exchange) -> Option<Value> {
    let actions = exchange.request["TransactItems"].as_array()?;
    let items = actions.iter().map(|action| &action["Put"]["Item"]);
    items.into_iter().find(|item| item["entity"]["S"] == "invitation").cloned()
}
