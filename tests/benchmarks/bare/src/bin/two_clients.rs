//! A function that makes one call with each of two clients.

use aws_sdk_dynamodb::types::AttributeValue;
use lambda_http::{Body, Error, Request, Response, run, service_fn};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let configuration = bare::configuration().await;
    let (table, pool) =
        &(aws_sdk_dynamodb::Client::new(&configuration), aws_sdk_cognitoidentityprovider::Client::new(&configuration));
    run(service_fn(move |_: Request| async move {
        let key = |text: &str| AttributeValue::S(text.to_owned());
        let item = table.get_item().table_name("table").key("pk", key("a")).key("sk", key("b")).send().await?;
        let user = pool.admin_get_user().user_pool_id("us-east-1_a").username("a").send().await?;
        let found = item.item.is_some() && user.enabled;
        Ok::<_, Error>(Response::new(Body::from(if found { "1" } else { "0" })))
    }))
    .await
}
