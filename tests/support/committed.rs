//! What a stack's table says was done.

use aws_sdk_dynamodb::{
    Client, Config,
    config::{BehaviorVersion, Credentials, Region},
    types::AttributeValue,
};

/// A client of a stack's table, as an operator has one.
#[must_use]
pub fn client(stack: &local_stack::Config) -> Client {
    let config = Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .endpoint_url(&stack.aws_endpoint_url)
        .region(Region::new(stack.region.clone()))
        .credentials_provider(Credentials::new("acceptance", "acceptance", None, None, "acceptance"))
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .build();
    Client::from_conf(config)
}

/// The actions of all audit records.
pub(crate) async fn actions(stack: &local_stack::Config) -> Vec<String> {
    let scan = client(stack).scan().table_name(&stack.table_name).consistent_read(true);
    let records = scan
        .filter_expression("#entity = :record")
        .projection_expression("#action")
        .expression_attribute_names("#entity", "entity")
        .expression_attribute_names("#action", "action")
        .expression_attribute_values(":record", AttributeValue::S("audit_record".to_owned()));
    let items = records.into_paginator().items().send().collect::<Result<Vec<_>, _>>().await.expect("the table");
    items.iter().filter_map(|item| item.get("action")?.as_s().ok().cloned()).collect()
}
