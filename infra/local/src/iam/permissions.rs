//! Who may do what, and what of it was needed.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Mutex, PoisonError},
};

use serde::Serialize;
use serde_json::Value;
use stack_template::{ACCOUNT, Function, Source, TemplateError};

use super::{
    cognito,
    condition::Context,
    dynamodb::DynamoDb,
    policy::{Decision, Policy},
    ses,
    statement::{Request, Statement},
};
use crate::{lambda::access_key_id, notices::Notices};

/// An action and a resource that a statement of a function's policy allows, as the policy has them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Grant {
    /// The function's name.
    pub function: String,
    /// `Sid` of the statement.
    pub sid: String,
    /// The action, perhaps with wildcards.
    pub action: String,
    /// The resource, perhaps with wildcards.
    pub resource: String,
}

/// Something that a function was not allowed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Refusal {
    /// The function's name.
    pub function: String,
    /// The action.
    pub action: String,
    /// The ARN of the resource, or `*` where the action has none.
    pub resource: String,
    /// What the function was answered.
    pub message: String,
}

/// What `/_local/permissions.json` says.
#[derive(Debug, Clone, Default, Serialize)]
pub struct PermissionsReport {
    /// Everything that the functions' policies allow.
    pub granted: Vec<Grant>,
    /// What allowed a call that nothing else would have allowed.
    pub used: Vec<Grant>,
    /// The rest.
    pub unused: Vec<Grant>,
    /// What was refused, each once.
    pub refused: Vec<Refusal>,
}

/// What Lambda does with a stream, in AWS's own words: "the execution role can perform".
const STREAM_ACTIONS: [&str; 4] =
    ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams"];

/// The functions' policies. Nobody else's calls are restricted.
#[derive(Debug)]
pub(crate) struct Permissions {
    region: String,
    dynamodb: DynamoDb,
    /// By the access key id that calls are signed with.
    principals: BTreeMap<String, Principal>,
    record: Mutex<Record>,
    notices: Notices,
}

#[derive(Debug)]
struct Principal {
    function: String,
    /// As AWS calls it in refusals.
    arn: String,
    policy: Policy,
}

#[derive(Debug, Default)]
struct Record {
    used: BTreeSet<Grant>,
    refused: BTreeSet<Refusal>,
}

impl Permissions {
    /// The policies of these functions; `table` is the `CreateTable` request of the table that they use.
    pub(crate) fn new(
        functions: &[Function],
        table: &Value,
        region: &str,
        notices: Notices,
    ) -> Result<Self, TemplateError> {
        let principal = |function: &Function| {
            let (name, role) = (&function.name, &function.role);
            let arn = format!("arn:aws:sts::{ACCOUNT}:assumed-role/{role}/{name}");
            Ok((access_key_id(name), Principal { function: name.clone(), arn, policy: policy(function)? }))
        };
        Ok(Self {
            region: region.to_owned(),
            dynamodb: DynamoDb::new(region, table),
            principals: functions.iter().map(principal).collect::<Result<_, TemplateError>>()?,
            record: Mutex::default(),
            notices,
        })
    }

    /// Who signs with this key, as AWS calls a function; `None` for everybody else.
    pub(crate) fn arn(&self, caller: &str) -> Option<&str> {
        self.principals.get(caller).map(|principal| principal.arn.as_str())
    }

    /// Whether this key is a function's.
    pub(crate) fn is_function(&self, caller: &str) -> bool {
        self.principals.contains_key(caller)
    }

    /// Whether whoever signs with this key may call an operation of DynamoDB.
    pub(crate) fn dynamodb(&self, caller: &str, operation: &str, body: &[u8]) -> Result<(), Refusal> {
        self.check(caller, body, |body, _| self.dynamodb.requests(operation, body))
    }

    /// As above, of Cognito.
    pub(crate) fn cognito(&self, caller: &str, operation: &str, body: &[u8]) -> Result<(), Refusal> {
        self.check(caller, body, |body, _| cognito::requests(&self.region, operation, body))
    }

    /// Whether whoever signs with this key may send a mail.
    pub(crate) fn send_email(&self, caller: &str, body: &[u8]) -> Result<(), Refusal> {
        self.check(caller, body, |body, policy| ses::requests(&self.region, body, policy))
    }

    /// Whether whoever signs with this key may do something that has one action, one resource and no conditions.
    pub(crate) fn action(&self, caller: &str, action: &str, resource: &str) -> Result<(), Refusal> {
        let request = Request { action: action.to_owned(), resource: resource.to_owned(), context: Context::new() };
        self.check(caller, b"{}", |_, _| vec![request])
    }

    /// What Lambda needs on a function's own role before the function runs at all: to write its logs and traces, to read its
    /// stream and to report to its queues. Lambda does it, not the function, so it is asked for when the stack starts. What is
    /// refused is on record; a stream that may not be read is not, as Lambda creates no mapping for it.
    pub(crate) fn lambda(&self, function: &Function, stream_arn: &str) -> Result<(), Refusal> {
        let caller = access_key_id(&function.name);
        let arn = format!("arn:aws:logs:{}:{ACCOUNT}:log-group:{}:log-stream:local", self.region, function.log_group);
        let mut needed = vec![("logs:CreateLogStream", arn.clone()), ("logs:PutLogEvents", arn)];
        if function.traced {
            needed.extend(["xray:PutTraceSegments", "xray:PutTelemetryRecords"].map(|action| (action, "*".to_owned())));
        }
        needed.extend(function.asynchronous.on_failure.iter().map(|queue| ("sqs:SendMessage", queue.clone())));
        for source in &function.sources {
            let Source::Stream(stream) = source else { continue };
            needed.extend(STREAM_ACTIONS.map(|action| (action, stream_arn.to_owned())));
            needed.extend(stream.on_failure.iter().map(|queue| ("sqs:SendMessage", queue.clone())));
        }
        let ask = |(action, resource): (&str, String)| self.action(&caller, action, &resource);
        // All of them, so that one refusal hides no other.
        needed.into_iter().map(ask).collect::<Vec<_>>().into_iter().collect()
    }

    /// All of it is allowed, or none of it happens. A body that is no JSON is one that names nothing.
    fn check(
        &self,
        caller: &str,
        body: &[u8],
        requests: impl FnOnce(&Value, &Policy) -> Vec<Request>,
    ) -> Result<(), Refusal> {
        let Some(principal) = self.principals.get(caller) else { return Ok(()) };
        let body: Value = serde_json::from_slice(body).unwrap_or_default();
        let mut needed = Vec::new();
        for request in requests(&body, &principal.policy) {
            match principal.policy.decide(&request) {
                Decision::Allowed(grants) => {
                    // With a second grant beside it, neither is needed for this.
                    if let [(sid, action, resource)] = grants.as_slice() {
                        needed.push(principal.grant(sid, action, resource));
                    }
                }
                decision => return Err(self.refuse(principal, request, &decision)),
            }
        }
        self.record.lock().unwrap_or_else(PoisonError::into_inner).used.extend(needed);
        Ok(())
    }

    fn refuse(&self, principal: &Principal, request: Request, decision: &Decision) -> Refusal {
        let Request { action, resource, .. } = request;
        let why = match decision {
            Decision::Denied => "with an explicit deny in an identity-based policy".to_owned(),
            _ => format!("because no identity-based policy allows the {action} action"),
        };
        let arn = &principal.arn;
        let message = format!("User: {arn} is not authorized to perform: {action} on resource: {resource} {why}");
        self.notices.warn(&format!("{} is refused {action} on {resource} by its policy", principal.function));
        let refusal = Refusal { function: principal.function.clone(), action, resource, message };
        self.record.lock().unwrap_or_else(PoisonError::into_inner).refused.insert(refusal.clone());
        refusal
    }

    /// What was granted, what of it was needed so far, and what was refused.
    pub(crate) fn report(&self) -> PermissionsReport {
        let record = self.record.lock().unwrap_or_else(PoisonError::into_inner);
        let grants = |principal: &Principal| {
            let grants = principal.policy.grants();
            grants.iter().map(|(sid, action, resource)| principal.grant(sid, action, resource)).collect::<Vec<_>>()
        };
        let granted: Vec<Grant> = self.principals.values().flat_map(grants).collect();
        let (used, unused) = granted.iter().cloned().partition(|grant| record.used.contains(grant));
        PermissionsReport { granted, used, unused, refused: record.refused.iter().cloned().collect() }
    }
}

/// A statement that is not understood is an error, never a permission.
fn policy(function: &Function) -> Result<Policy, TemplateError> {
    let parsed = function.statements.iter().enumerate().map(|(index, statement)| {
        let number = index + 1;
        Statement::parse(statement, number).map_err(|reason| {
            let sid = statement.get("Sid").and_then(Value::as_str).map_or_else(|| number.to_string(), str::to_owned);
            TemplateError::NotUnderstood { place: format!("{}.{sid}", function.role), reason }
        })
    });
    Ok(Policy::new(parsed.collect::<Result<_, _>>()?))
}

impl Principal {
    fn grant(&self, sid: &str, action: &str, resource: &str) -> Grant {
        let text = str::to_owned;
        Grant { function: self.function.clone(), sid: text(sid), action: text(action), resource: text(resource) }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::options::{Logs, Options};
    use stack_template::{Names, Template};

    const TEMPLATE: &str = "
Parameters: {Sender: {Type: String, Default: a@example.com}}
Resources:
  Table:
    Type: AWS::DynamoDB::Table
    Properties: {KeySchema: [{AttributeName: pk, KeyType: HASH}]}
  ReaderFunction:
    Type: AWS::Serverless::Function
    Metadata: {BuildProperties: {Binary: the-reader}}
    Properties:
      Policies:
        - Version: '2012-10-17'
          Statement:
            - {Sid: Read, Effect: Allow, Action: [dynamodb:GetItem, dynamodb:Query], Resource: !GetAtt Table.Arn}
            - {Sid: ReadAgain, Effect: Allow, Action: dynamodb:Query, Resource: !GetAtt Table.Arn}
            - Sid: Write
              Effect: Allow
              Action: [dynamodb:PutItem]
              Resource: !Sub '${Table.Arn}'
              Condition: {StringEquals: {dynamodb:EnclosingOperation: TransactWriteItems}}
  OtherFunction:
    Type: AWS::Serverless::Function
    Metadata: {BuildProperties: {Binary: other}}
";

    fn permissions() -> Permissions {
        let template = Template::parse(TEMPLATE, &BTreeMap::new()).unwrap();
        let names = Names { table_name: "items".to_owned(), ..Names::default() };
        let functions = template.functions(&names).unwrap();
        Permissions::new(&functions, &template.table("items").unwrap(), "us-east-1", Notices::new(Logs::Captured))
            .unwrap()
    }

    #[test]
    fn a_statement_that_is_not_understood_is_named_with_its_place() {
        for condition in ["DateLessThan: {'aws:CurrentTime': x}", "Bool: {'aws:SecureTransport': true}"] {
            let statement =
                format!("{{Sid: Odd, Effect: Allow, Action: 'a:b', Resource: '*', Condition: {{{condition}}}}}");
            let text = TEMPLATE.replace("{Sid: Read, ", &format!("{statement}\n            - {{Sid: Read, "));
            let template = Template::parse(&text, &BTreeMap::new()).unwrap();
            let functions = template.functions(&Names { table_name: "items".to_owned(), ..Names::default() }).unwrap();
            let table = template.table("items").unwrap();
            let refused = Permissions::new(&functions, &table, "us-east-1", Notices::new(Logs::Captured)).unwrap_err();
            let named = condition.split([':', '\'']).next().unwrap();
            let named = if named == "Bool" { "aws:SecureTransport" } else { named };
            let error = refused.to_string();
            assert!(error.starts_with("ReaderFunctionRole.Odd") && error.contains(named), "{error}");
        }
    }

    #[test]
    fn the_workspaces_own_policies_are_understood() {
        let template = Options::default().template().unwrap();
        let names = Names {
            table_name: "items".to_owned(),
            stream_arn: "arn:aws:dynamodb:us-east-1:000000000000:table/items/stream/x".to_owned(),
            user_pool_id: "us-east-1_1".to_owned(),
            user_pool_client_id: "client".to_owned(),
            api_url: "http://127.0.0.1:1".to_owned(),
        };
        for function in template.functions(&names).unwrap() {
            assert_ne!(policy(&function).unwrap(), Policy::default(), "{} may do nothing", function.name);
        }
    }

    fn item(key: &str) -> Value {
        json!({"TableName": "items", "Key": {"pk": {"S": key}}, "Item": {"pk": {"S": key}}})
    }

    fn ask(permissions: &Permissions, operation: &str, body: &Value) -> Result<(), Refusal> {
        permissions.dynamodb("thereader", operation, body.to_string().as_bytes())
    }

    #[test]
    fn a_refusal_names_function_action_and_resource() {
        let refusal = ask(&permissions(), "PutItem", &item("a")).unwrap_err();
        assert_eq!(
            refusal.message,
            "User: arn:aws:sts::000000000000:assumed-role/ReaderFunctionRole/the-reader is not authorized to perform: \
             dynamodb:PutItem on resource: arn:aws:dynamodb:us-east-1:000000000000:table/items because no identity-based \
             policy allows the dynamodb:PutItem action"
        );
        assert_eq!((refusal.function.as_str(), refusal.action.as_str()), ("the-reader", "dynamodb:PutItem"));
    }

    #[test]
    fn only_functions_are_restricted_and_one_without_a_policy_may_nothing() {
        let (permissions, put) = (permissions(), item("a").to_string());
        permissions.dynamodb("AKIADEVELOPER", "PutItem", put.as_bytes()).unwrap();
        for caller in ["other", "thereader"] {
            permissions.cognito(caller, "AdminGetUser", b"{\"UserPoolId\": \"p\"}").unwrap_err();
            permissions.cognito(caller, "SignUp", b"{}").unwrap();
            permissions.send_email(caller, b"{\"FromEmailAddress\": \"a@example.com\"}").unwrap_err();
            permissions
                .action(caller, "lambda:InvokeFunction", "arn:aws:lambda:us-east-1:000000000000:function:other")
                .unwrap_err();
        }
        permissions.dynamodb("other", "GetItem", put.as_bytes()).unwrap_err();
        permissions.dynamodb("thereader", "GetItem", put.as_bytes()).unwrap();
    }

    #[test]
    fn one_refusal_refuses_a_whole_transaction_and_uses_nothing() {
        let permissions = permissions();
        let mixed = json!({"TransactItems": [{"Put": item("a")}, {"Delete": item("b")}]});
        assert_eq!(ask(&permissions, "TransactWriteItems", &mixed).unwrap_err().action, "dynamodb:DeleteItem");
        assert!(permissions.report().used.is_empty());
        ask(&permissions, "TransactWriteItems", &json!({"TransactItems": [{"Put": item("a")}]})).unwrap();
        let used: Vec<String> = permissions.report().used.into_iter().map(|grant| grant.sid).collect();
        assert_eq!(used, ["Write"]);
    }

    #[test]
    fn lambda_needs_logs_traces_stream_and_queue_on_the_functions_role() {
        let stream = "arn:aws:dynamodb:us-east-1:000000000000:table/items/stream/x";
        let statements = [
            "{Sid: Logs, Effect: Allow, Action: ['logs:CreateLogStream', 'logs:PutLogEvents'], Resource: !GetAtt Logs.Arn}",
            "{Sid: Traces, Effect: Allow, Action: 'xray:Put*', Resource: '*'}",
            "{Sid: Stream, Effect: Allow, Action: ['dynamodb:*Stream*', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'], Resource: !GetAtt Table.StreamArn}",
            "{Sid: Queue, Effect: Allow, Action: 'sqs:SendMessage', Resource: !GetAtt Letters.Arn}",
        ];
        // With each left out in turn, and with all of them.
        for left_out in 0..=statements.len() {
            let kept = statements.iter().enumerate().filter(|(index, _)| *index != left_out).map(|(_, text)| *text);
            let text = format!(
                "
Resources:
  Table: {{Type: 'AWS::DynamoDB::Table'}}
  Logs: {{Type: 'AWS::Logs::LogGroup'}}
  Letters: {{Type: 'AWS::SQS::Queue'}}
  F:
    Type: AWS::Serverless::Function
    Metadata: {{BuildProperties: {{Binary: f}}}}
    Properties:
      Tracing: Active
      LoggingConfig: {{LogGroup: !Ref Logs}}
      Policies: [{{Statement: [{}]}}]
      Events:
        S:
          Type: DynamoDB
          Properties: {{Stream: !GetAtt Table.StreamArn, DestinationConfig: {{OnFailure: {{Destination: !GetAtt Letters.Arn}}}}}}
",
                kept.collect::<Vec<_>>().join(", ")
            );
            let template = Template::parse(&text, &BTreeMap::new()).unwrap();
            let named = |text: &str| text.to_owned();
            let names = Names { table_name: named("items"), stream_arn: named(stream), ..Names::default() };
            let functions = template.functions(&names).unwrap();
            let table = template.table("items").unwrap();
            let permissions = Permissions::new(&functions, &table, "us-east-1", Notices::new(Logs::Captured)).unwrap();
            let answer = permissions.lambda(&functions[0], stream);
            let refused: Vec<_> = permissions.report().refused.into_iter().map(|refusal| refusal.action).collect();
            let expected: &[&str] = match left_out {
                0 => &["logs:CreateLogStream", "logs:PutLogEvents"],
                1 => &["xray:PutTelemetryRecords", "xray:PutTraceSegments"],
                2 => &STREAM_ACTIONS,
                3 => &["sqs:SendMessage"],
                _ => &[],
            };
            assert_eq!(refused, expected);
            assert_eq!(answer.is_ok(), expected.is_empty());
            assert!(permissions.report().unused.is_empty(), "{:?}", permissions.report().unused);
        }
    }

    #[test]
    fn a_grant_is_used_where_nothing_else_allows_the_call() {
        let permissions = permissions();
        for operation in ["GetItem", "Query"] {
            ask(&permissions, operation, &item("a")).unwrap();
        }
        let report = permissions.report();
        let pairs = |grants: &[Grant]| -> Vec<String> {
            grants.iter().map(|grant| format!("{} {}", grant.sid, grant.action)).collect()
        };
        assert_eq!(pairs(&report.used), ["Read dynamodb:GetItem"]);
        // Twice granted: either of the two is one too many.
        assert_eq!(
            pairs(&report.unused),
            ["Read dynamodb:Query", "ReadAgain dynamodb:Query", "Write dynamodb:PutItem"]
        );
        assert_eq!(report.granted.len(), 4);
        assert!(report.refused.is_empty());
    }
}
