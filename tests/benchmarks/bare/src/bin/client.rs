//! A function that makes one call with one client.

use aws_sdk_dynamodb::{Client, types::AttributeValue};
use lambda_http::{Body, Error, Request, Response, run, service_fn};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let client = &Client::new(&bare::configuration().await);
    run(service_fn(move |_: Request| async move {
        let key = |text: &str| AttributeValue::S(text.to_owned());
        let answer = client.get_item().table_name("table").key("pk", key("a")).key("sk", key("b")).send().await?;
        Ok::<_, Error>(Response::new(Body::from(if answer.item.is_some() { "1" } else { "0" })))
    }))
    .await
}
