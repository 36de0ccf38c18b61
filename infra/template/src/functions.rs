//! The functions, and what invokes them.

use std::{collections::BTreeMap, time::Duration};

use serde_json::Value;

use super::{
    Names, Template, TemplateError,
    document::binary,
    names::function_arn,
    not_understood,
    parameters::{number, text},
    properties,
    schedules::ScheduleSource,
};

/// A function as the template describes it.
#[derive(Debug, Clone)]
pub struct Function {
    /// Its logical id.
    pub id: String,
    /// Its binary, which is also the name it is invoked by.
    pub name: String,
    /// Its ARN, without an alias.
    pub arn: String,
    /// `Handler`.
    pub handler: String,
    /// `MemorySize`.
    pub memory_megabytes: u64,
    /// `Timeout`.
    pub timeout: Duration,
    /// Its environment variables.
    pub environment: BTreeMap<String, String>,
    /// What invokes it.
    pub sources: Vec<Source>,
    /// The logical id of its role.
    pub role: String,
    /// The statements of its role's policies. Without one it may do nothing.
    pub statements: Vec<Value>,
    /// The log group that Lambda writes its lines to.
    pub log_group: String,
    /// Whether Lambda sends traces.
    pub traced: bool,
    /// What Lambda does with an asynchronous invocation that fails.
    pub asynchronous: Asynchronous,
}

/// `EventInvokeConfig`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asynchronous {
    /// `MaximumRetryAttempts`.
    pub retries: u32,
    /// The ARN of the destination on failure.
    pub on_failure: Option<String>,
}

/// What invokes a function.
#[derive(Debug, Clone)]
pub enum Source {
    /// A route of the HTTP API.
    Http(HttpRoute),
    /// A trigger of the user pool, for example `PostConfirmation`.
    Cognito(String),
    /// The table's stream.
    Stream(StreamSource),
    /// A schedule.
    Schedule(ScheduleSource),
    /// A rule of EventBridge's default bus: the pattern of its events.
    Rule(Value),
    /// Known to SAM, not driven here: such a function is invoked through the Lambda Invoke API.
    NotDriven(String),
}

/// A route of the HTTP API.
#[derive(Debug, Clone)]
pub struct HttpRoute {
    /// Upper case, or `ANY`.
    pub method: String,
    /// As API Gateway writes it: `/organizations/{organizationId}`; `$default` catches everything.
    pub path: String,
    /// Who is let through.
    pub authorizer: RouteAuthorizer,
}

/// Which authorizer a route has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RouteAuthorizer {
    /// The API's default, if it has one.
    Default,
    /// None at all.
    None,
    /// One by its name.
    Named {
        /// The name.
        name: String,
        /// `AuthorizationScopes`.
        scopes: Vec<String>,
    },
}

/// A table's stream as the source of a function.
#[derive(Debug, Clone)]
pub struct StreamSource {
    /// `BatchSize`.
    pub batch_size: usize,
    /// `StartingPosition` is not `LATEST`.
    pub from_the_beginning: bool,
    /// `None`: as often as it takes, as Lambda does by default.
    pub maximum_retries: Option<u32>,
    /// `None`: for as long as the stream has the record.
    pub maximum_age: Option<Duration>,
    /// `BisectBatchOnFunctionError`.
    pub bisect: bool,
    /// The function says which records of a batch failed.
    pub report_item_failures: bool,
    /// The ARN of the queue or topic that hears of what was given up.
    pub on_failure: Option<String>,
    /// A record passes if any of them matches; without any, every record passes.
    pub filters: Vec<Value>,
}

impl Template {
    /// Every function, evaluated.
    pub fn functions(&self, names: &Names) -> Result<Vec<Function>, TemplateError> {
        let functions = self.resources("AWS::Serverless::Function").into_iter();
        let mut functions =
            functions.map(|(id, resource)| self.function_of(id, resource, names)).collect::<Result<Vec<_>, _>>()?;
        self.attach_triggers(&mut functions, names)?;
        Ok(functions)
    }

    /// `LambdaConfig` of the user pool: the other way, beside an event of the function, to set a trigger.
    fn attach_triggers(&self, functions: &mut [Function], names: &Names) -> Result<(), TemplateError> {
        for (id, resource) in self.resources("AWS::Cognito::UserPool") {
            let place = format!("{id}.LambdaConfig");
            let configured = properties(resource).get("LambdaConfig").unwrap_or(&Value::Null);
            let configured = self.evaluate(configured, names, &place)?;
            for (trigger, arn) in configured.as_object().into_iter().flatten() {
                let arn = text(arn);
                let called =
                    functions.iter_mut().find(|function| arn == function.arn || is_alias_of(&arn, &function.arn));
                let called = called.ok_or_else(|| {
                    not_understood(format!("{place}.{trigger}"), format!("{arn} is no function of this template"))
                })?;
                called.sources.push(Source::Cognito(trigger.clone()));
            }
        }
        Ok(())
    }

    /// The binaries to build, known before anything else is.
    pub fn binaries(&self) -> Result<Vec<String>, TemplateError> {
        let functions = self.resources("AWS::Serverless::Function").into_iter();
        functions.map(|(id, resource)| binary(id, resource).map(str::to_owned)).collect()
    }

    fn function_of(&self, id: &str, resource: &Value, names: &Names) -> Result<Function, TemplateError> {
        let properties = properties(resource);
        let name = binary(id, resource)?.to_owned();
        let get = |property: &str| {
            self.evaluate(properties.get(property).unwrap_or(&Value::Null), names, &format!("{id}.{property}"))
        };
        let variables = properties.pointer("/Environment/Variables").unwrap_or(&Value::Null);
        let environment = match self.evaluate(variables, names, &format!("{id}.Environment.Variables"))? {
            Value::Object(map) => map.iter().map(|(name, value)| (name.clone(), text(value))).collect(),
            _ => BTreeMap::new(),
        };
        let sources = match properties.get("Events") {
            Some(Value::Object(events)) => events
                .iter()
                .map(|(event, value)| self.source(&format!("{id}.Events.{event}"), value, names))
                .collect::<Result<Vec<_>, _>>()?
                .concat(),
            _ => Vec::new(),
        };
        let log_group = get("LoggingConfig")?.get("LogGroup").map_or_else(|| format!("/aws/lambda/{name}"), text);
        let (role, statements) = self.role(id, properties, names)?;
        let invoke = get("EventInvokeConfig")?;
        let asynchronous = Asynchronous {
            retries: invoke.get("MaximumRetryAttempts").and_then(number).map_or(2, |retries| retries as u32),
            on_failure: invoke.pointer("/DestinationConfig/OnFailure/Destination").map(text),
        };
        Ok(Function {
            id: id.to_owned(),
            role,
            statements,
            asynchronous,
            log_group,
            traced: get("Tracing")?.as_str() == Some("Active"),
            arn: function_arn(self.region(), &name),
            handler: get("Handler")?.as_str().unwrap_or("bootstrap").to_owned(),
            memory_megabytes: number(&get("MemorySize")?).unwrap_or(128.0) as u64,
            timeout: Duration::from_secs_f64(number(&get("Timeout")?).unwrap_or(3.0).max(0.001)),
            name,
            environment,
            sources,
        })
    }

    fn source(&self, place: &str, event: &Value, names: &Names) -> Result<Vec<Source>, TemplateError> {
        let kind = event.get("Type").and_then(Value::as_str).unwrap_or_default();
        let raw = properties(event);
        match kind {
            "HttpApi" => Ok(vec![Source::Http(self.route(place, raw, names)?)]),
            "Cognito" => match self.evaluate(raw.get("Trigger").unwrap_or(&Value::Null), names, place)? {
                Value::String(trigger) => Ok(vec![Source::Cognito(trigger)]),
                Value::Array(triggers) => Ok(triggers.iter().map(|trigger| Source::Cognito(text(trigger))).collect()),
                _ => Err(not_understood(place, "Trigger is missing")),
            },
            "DynamoDB" => Ok(vec![Source::Stream(self.stream(place, raw, names)?)]),
            "Schedule" | "ScheduleV2" => Ok(vec![self.schedule(place, kind, raw, names)?]),
            "EventBridgeRule" => Ok(vec![self.rule(place, raw, names)?]),
            "CloudWatchEvent" | "SNS" | "SQS" | "S3" => Ok(vec![Source::NotDriven(kind.to_owned())]),
            other => Err(not_understood(place, format!("events of type {other} are not known to the local stack"))),
        }
    }

    fn route(&self, place: &str, raw: &Value, names: &Names) -> Result<HttpRoute, TemplateError> {
        let get = |name: &str| self.evaluate(raw.get(name).unwrap_or(&Value::Null), names, &format!("{place}.{name}"));
        let auth = get("Auth")?;
        let scopes = match auth.get("AuthorizationScopes") {
            Some(Value::Array(scopes)) => scopes.iter().map(text).collect(),
            _ => Vec::new(),
        };
        Ok(HttpRoute {
            method: get("Method")?.as_str().unwrap_or("ANY").to_ascii_uppercase(),
            path: get("Path")?.as_str().unwrap_or("$default").to_owned(),
            authorizer: match auth.get("Authorizer").and_then(Value::as_str) {
                None => RouteAuthorizer::Default,
                Some("NONE") => RouteAuthorizer::None,
                Some(name) => RouteAuthorizer::Named { name: name.to_owned(), scopes },
            },
        })
    }

    fn stream(&self, place: &str, raw: &Value, names: &Names) -> Result<StreamSource, TemplateError> {
        let get = |name: &str| match raw.get(name) {
            Some(value) => self.evaluate(value, names, &format!("{place}.{name}")),
            None => Ok(Value::Null),
        };
        let stream = get("Stream")?;
        if stream.as_str() != Some(names.stream_arn.as_str()) {
            return Err(not_understood(
                format!("{place}.Stream"),
                "only the stream of the template's own table is known to the local stack",
            ));
        }
        // -1 is Lambda's way to write "no limit".
        let limit = |value: &Value| number(value).filter(|limit| *limit >= 0.0);
        let patterns = get("FilterCriteria")?;
        let patterns = patterns.get("Filters").and_then(Value::as_array).cloned().unwrap_or_default();
        let filters = patterns.iter().map(|filter| {
            let pattern = filter.get("Pattern").and_then(Value::as_str).unwrap_or_default();
            let parsed = serde_json::from_str(pattern);
            parsed.map_err(|error| not_understood(format!("{place}.FilterCriteria"), error.to_string()))
        });
        Ok(StreamSource {
            batch_size: number(&get("BatchSize")?).unwrap_or(100.0).max(1.0) as usize,
            from_the_beginning: get("StartingPosition")?.as_str() != Some("LATEST"),
            maximum_retries: limit(&get("MaximumRetryAttempts")?).map(|retries| retries as u32),
            maximum_age: limit(&get("MaximumRecordAgeInSeconds")?).map(Duration::from_secs_f64),
            bisect: get("BisectBatchOnFunctionError")?.as_bool().unwrap_or(false),
            report_item_failures: get("FunctionResponseTypes")?
                .as_array()
                .is_some_and(|types| types.iter().any(|kind| kind == "ReportBatchItemFailures")),
            on_failure: get("DestinationConfig")?.pointer("/OnFailure/Destination").map(text),
            filters: filters.collect::<Result<_, _>>()?,
        })
    }
}

fn is_alias_of(arn: &str, function: &str) -> bool {
    arn.strip_prefix(function).is_some_and(|rest| rest.starts_with(':'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn triggers(lambda_config: &str) -> Result<Vec<String>, TemplateError> {
        let template = format!(
            "Resources:
  Pool: {{Type: 'AWS::Cognito::UserPool', Properties: {{LambdaConfig: {lambda_config}}}}}
  Greeter:
    Type: AWS::Serverless::Function
    Metadata: {{BuildProperties: {{Binary: greeter}}}}
    Properties: {{AutoPublishAlias: live}}
"
        );
        let functions = Template::parse(&template, &BTreeMap::new())?.functions(&Names::default())?;
        let sources = functions.into_iter().flat_map(|function| function.sources);
        Ok(sources.map(|source| format!("{source:?}")).collect())
    }

    #[test]
    fn a_user_pool_names_its_triggers_by_function_or_by_alias() {
        for function in ["!GetAtt Greeter.Arn", "!Ref Greeter.Alias"] {
            let found = triggers(&format!("{{PostConfirmation: {function}}}")).unwrap();
            assert_eq!(found, [r#"Cognito("PostConfirmation")"#], "{function}");
        }
    }

    #[test]
    fn a_trigger_that_is_no_function_of_the_template_is_refused() {
        let refusal = triggers("{PostConfirmation: 'arn:aws:lambda:us-east-1:000000000000:function:greeters'}");
        assert!(refusal.unwrap_err().to_string().contains("Pool.LambdaConfig.PostConfirmation"));
    }
}
