//! Lambda triggers: synchronous, five seconds, three tries.
//!
//! <https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-working-with-lambda-triggers.html>

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use serde_json::{Map, Value, json};
use stack_template::{Function, Source};

use super::{Cognito, errors::CognitoError, request::Request, users::User};
use crate::lambda::Lambda;

/// How long Cognito waits for an answer.
const LIMIT: Duration = Duration::from_secs(5);
const TRIES: usize = 3;

/// The triggers that the template sets, and what they invoke.
pub(crate) struct Triggers {
    functions: BTreeMap<String, String>,
    lambda: Option<Arc<Lambda>>,
    region: String,
}

/// What a pre-sign-up trigger decided.
#[derive(Debug, Default)]
pub(super) struct PreSignUp {
    pub(super) confirm: bool,
    pub(super) verify_email: bool,
}

impl Triggers {
    pub(crate) fn new(functions: &[Function], lambda: Arc<Lambda>, region: &str) -> Self {
        let triggers = functions.iter().flat_map(|function| {
            function.sources.iter().filter_map(|source| match source {
                Source::Cognito(trigger) => Some((trigger.clone(), function.name.clone())),
                _ => None,
            })
        });
        Self { functions: triggers.collect(), lambda: Some(lambda), region: region.to_owned() }
    }

    #[cfg(test)]
    pub(super) fn none() -> Self {
        Self { functions: BTreeMap::new(), lambda: None, region: "us-east-1".to_owned() }
    }

    /// Invokes a trigger; `None` if the template has none of that name.
    async fn fire(&self, trigger: &str, event: &Value) -> Result<Option<Value>, CognitoError> {
        let (Some(function), Some(lambda)) = (self.functions.get(trigger), &self.lambda) else { return Ok(None) };
        for _ in 0..TRIES {
            let invocation = lambda.invoke(function, event.to_string().into());
            // The function may still be running when Cognito asks again.
            let Ok(outcome) = tokio::time::timeout(lambda.patience(LIMIT), invocation).await else { continue };
            match outcome.map(|outcome| outcome.into_json()) {
                Some(Ok(answer)) if answer.is_object() => return Ok(Some(answer)),
                Some(Ok(_)) => {
                    return Err(CognitoError::new("InvalidLambdaResponseException", "Unrecognizable lambda output"));
                }
                Some(Err(error)) if error.get("errorType").and_then(Value::as_str) == Some("Sandbox.Timedout") => {}
                Some(Err(error)) => {
                    let reason =
                        error.get("errorMessage").and_then(Value::as_str).unwrap_or("unknown").trim_end_matches('.');
                    return Err(CognitoError::new(
                        "UserLambdaValidationException",
                        format!("{trigger} failed with error {reason}."),
                    ));
                }
                None => return Ok(None),
            }
        }
        let message = format!("{trigger} failed with error Socket timeout while invoking Lambda function.");
        Err(CognitoError::new("UnexpectedLambdaException", message))
    }
}

impl Cognito {
    fn event(&self, source: &str, user: &User, client_id: &str, metadata: Option<&Value>) -> Value {
        let mut attributes: Map<String, Value> =
            user.all_attributes().map(|(name, value)| (name.to_owned(), json!(value))).collect();
        attributes.insert("cognito:user_status".to_owned(), json!(user.status.name()));
        let mut request = json!({ "userAttributes": attributes });
        if let Some(metadata) = metadata {
            request["clientMetadata"] = metadata.clone();
        }
        json!({
            "version": "1",
            "region": self.triggers.region,
            "userPoolId": self.store.identity().pool_id,
            "userName": user.sub,
            "callerContext": {"awsSdkVersion": "aws-sdk-unknown-unknown", "clientId": client_id},
            "triggerSource": source,
            "request": request,
            "response": {},
        })
    }

    pub(super) async fn fire_post_confirmation(
        &self,
        source: &str,
        user: &User,
        client_id: &str,
        metadata: Option<&Value>,
    ) -> Result<(), CognitoError> {
        let event = self.event(source, user, client_id, metadata);
        self.triggers.fire("PostConfirmation", &event).await.map(|_| ())
    }

    pub(super) async fn fire_pre_sign_up(
        &self,
        user: &User,
        client_id: &str,
        metadata: Option<&Value>,
        request: &Request,
    ) -> Result<PreSignUp, CognitoError> {
        let mut event = self.event("PreSignUp_SignUp", user, client_id, metadata);
        event["response"] = json!({"autoConfirmUser": false, "autoVerifyEmail": false, "autoVerifyPhone": false});
        let validation = request.attributes("ValidationData")?;
        if !validation.is_empty() {
            event["request"]["validationData"] = json!(validation);
        }
        let answer = self.triggers.fire("PreSignUp", &event).await?.unwrap_or_default();
        let says = |name: &str| answer.pointer(&format!("/response/{name}")).and_then(Value::as_bool).unwrap_or(false);
        Ok(PreSignUp { confirm: says("autoConfirmUser"), verify_email: says("autoVerifyEmail") })
    }
}
