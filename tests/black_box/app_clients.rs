//! Several app clients of one user pool: web, mobile, command line. On stacks of their own.

use std::collections::BTreeMap;

use acceptance::suite::{Test, stop};
use acceptance::{NewPerson, Person, Target, forgery, tests};
use local_stack::{Data, LocalStack, Options};

pub(crate) fn tests() -> Vec<Test> {
    tests![only_users_of_the_listed_app_clients_may_call_the_api]
}

/// A stack whose users outlive it.
async fn start(data: &Data, clients: &str) -> (LocalStack, Target) {
    let parameters = BTreeMap::from([("AdditionalUserPoolClientIds".to_owned(), clients.to_owned())]);
    let options = Options { parameters, data: data.clone(), ..Options::default() };
    let stack = LocalStack::start(options).await.unwrap_or_else(|error| panic!("the local stack: {error}"));
    let target = Target::connect(&format!("{}/_local/config.json", stack.config().aws_endpoint_url)).await;
    (stack, target)
}

async fn only_users_of_the_listed_app_clients_may_call_the_api(_: Target) {
    let directory = std::env::temp_dir().join(format!("app-clients-{}", std::process::id()));
    let data = Data::Directory(directory.clone());
    let (stack, target) = start(&data, "mobile,cli").await;
    let mobile = target.with_app_client("mobile");

    // The trigger runs for each client, and each client's access token reaches API and functions.
    let person = NewPerson::new(&mobile).metadata("organizationName", "Example").sign_up().await;
    assert_eq!(forgery::claims(&person.access_token)["client_id"], "mobile");
    let organization = person.me().await["organizations"][0]["organizationId"].as_str().unwrap().to_owned();
    let organization = format!("/organizations/{organization}");
    assert_eq!(person.get(&organization).await.success(200)["name"], "Example");
    for client in [&target, &target.with_app_client("cli")] {
        let elsewhere = Person { target: client.clone(), ..person.clone() }.sign_in(&person.password).await;
        elsewhere.get(&organization).await.success(200);
        let by_id_token = client.call(reqwest::Method::GET, "/me").bearer(&elsewhere.id_token).await;
        by_id_token.problem(401, "access-token-required");
    }
    stop(stack).await;

    // The same pool, and only the template's own client.
    let (stack, target) = start(&data, "").await;
    target.call(reqwest::Method::GET, "/me").bearer(&person.access_token).await.gateway(401);
    let again = Person { target: target.clone(), ..person.clone() }.sign_in(&person.password).await;
    again.get(&organization).await.success(200);
    // Not as the first: what the table holds is counted already.
    stack.stop().await;
    std::fs::remove_dir_all(directory).unwrap();
}
