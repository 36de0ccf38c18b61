//! What `Ref` and `GetAtt` of a resource stand for on this machine.

use serde_json::Value;

use super::Template;

/// The account that everything pretends to be in.
pub const ACCOUNT: &str = "000000000000";

/// The names that are only known once the stack starts. Empty ones cannot be referred to.
#[derive(Debug, Clone, Default)]
pub struct Names {
    /// `Ref` of the table.
    pub table_name: String,
    /// The stream of the table, as its engine names it.
    pub stream_arn: String,
    /// `Ref` of the user pool.
    pub user_pool_id: String,
    /// `Ref` of the app client.
    pub user_pool_client_id: String,
    /// Address of the HTTP API.
    pub api_url: String,
}

impl Names {
    pub(super) fn reference(&self, template: &Template, id: &str) -> Option<String> {
        let region = template.region();
        if let Some(function) = id.strip_suffix(".Alias") {
            // What SAM makes of AutoPublishAlias: the ARN of the function with the alias behind it.
            let resource = template.root.get("Resources")?.get(function)?;
            let alias = super::properties(resource).get("AutoPublishAlias")?.as_str()?;
            return Some(format!("{}:{alias}", function_arn(region, function_name(resource)?)));
        }
        let resource = template.root.get("Resources")?.get(id)?;
        let value = match resource.get("Type")?.as_str()? {
            "AWS::DynamoDB::Table" => self.table_name.clone(),
            "AWS::Cognito::UserPool" => self.user_pool_id.clone(),
            "AWS::Cognito::UserPoolClient" => self.user_pool_client_id.clone(),
            "AWS::Serverless::HttpApi" => "local".to_owned(),
            "AWS::Serverless::Function" => function_name(resource)?.to_owned(),
            "AWS::SQS::Queue" => format!("https://sqs.{region}.amazonaws.com/{ACCOUNT}/local-{id}"),
            "AWS::SNS::Topic" => format!("arn:aws:sns:{region}:{ACCOUNT}:local-{id}"),
            // Everything else is a name to the function that gets it.
            _ => format!("local-{id}"),
        };
        (!value.is_empty()).then_some(value)
    }

    pub(super) fn attribute(&self, template: &Template, id: &str, attribute: &str) -> Option<String> {
        let (region, resource) = (template.region(), template.root.get("Resources")?.get(id)?);
        let (table, pool) = (&self.table_name, &self.user_pool_id);
        let named = |name: &str, value: String| (!name.is_empty()).then_some(value);
        match (resource.get("Type")?.as_str()?, attribute) {
            ("AWS::DynamoDB::Table", "Arn") => {
                named(table, format!("arn:aws:dynamodb:{region}:{ACCOUNT}:table/{table}"))
            }
            ("AWS::DynamoDB::Table", "StreamArn") => named(&self.stream_arn, self.stream_arn.clone()),
            ("AWS::Cognito::UserPool", "Arn") => {
                named(pool, format!("arn:aws:cognito-idp:{region}:{ACCOUNT}:userpool/{pool}"))
            }
            ("AWS::Cognito::UserPool", "UserPoolId") => named(pool, pool.clone()),
            ("AWS::Cognito::UserPool", "ProviderName") => {
                named(pool, format!("cognito-idp.{region}.amazonaws.com/{pool}"))
            }
            ("AWS::Cognito::UserPool", "ProviderURL") => {
                named(pool, format!("https://cognito-idp.{region}.amazonaws.com/{pool}"))
            }
            ("AWS::Cognito::UserPoolClient", "ClientId") => {
                named(&self.user_pool_client_id, self.user_pool_client_id.clone())
            }
            ("AWS::Serverless::HttpApi", "ApiEndpoint") => named(&self.api_url, self.api_url.clone()),
            ("AWS::Serverless::Function", "Arn") => Some(function_arn(region, function_name(resource)?)),
            ("AWS::Logs::LogGroup", "Arn") => Some(format!("arn:aws:logs:{region}:{ACCOUNT}:log-group:local-{id}:*")),
            ("AWS::SQS::Queue", "Arn") => Some(format!("arn:aws:sqs:{region}:{ACCOUNT}:local-{id}")),
            ("AWS::SQS::Queue", "QueueName") | ("AWS::SNS::Topic", "TopicName") => Some(format!("local-{id}")),
            ("AWS::SQS::Queue", "QueueUrl") => self.reference(template, id),
            ("AWS::SNS::Topic", "TopicArn") => self.reference(template, id),
            _ => None,
        }
    }
}

/// The name that a function is invoked by: its binary's.
pub(super) fn function_name(resource: &Value) -> Option<&str> {
    resource.pointer("/Metadata/BuildProperties/Binary")?.as_str()
}

/// The ARN of a function.
pub(super) fn function_arn(region: &str, name: &str) -> String {
    format!("arn:aws:lambda:{region}:{ACCOUNT}:function:{name}")
}
