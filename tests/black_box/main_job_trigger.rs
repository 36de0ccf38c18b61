//! The post-confirmation trigger, as Cognito calls it and as it may be called again (R4, I5).

use acceptance::suite::Test;
use acceptance::{Mail, NewPerson, Person, Target, made_up, tests};
use futures::future::join_all;
use serde_json::{Value, json};

pub(crate) fn tests() -> Vec<Test> {
    tests![
        the_trigger_run_again_creates_nothing_more,
        the_trigger_three_times_at_once_creates_one,
        the_trigger_overlapping_with_the_first_request_creates_one,
        other_trigger_sources_return_the_event_untouched,
        a_forgotten_password_creates_nothing,
    ]
}

/// The event that Cognito sends after a confirmed sign-up.
fn event(person: &Person, source: &str, organization_name: &str) -> Value {
    let configuration = person.target.configuration();
    json!({
        "version": "1",
        "region": configuration.region,
        "userPoolId": configuration.user_pool_id,
        "userName": person.id,
        "callerContext": {
            "awsSdkVersion": "aws-sdk-unknown-unknown",
            "clientId": configuration.user_pool_client_id,
        },
        "triggerSource": source,
        "request": {
            "userAttributes": {
                "sub": person.id,
                "email": person.email,
                "email_verified": "true",
                "name": person.name,
                "cognito:user_status": "CONFIRMED",
            },
            "clientMetadata": {"organizationName": organization_name},
        },
        "response": {},
    })
}

/// Somebody whom no trigger has met.
async fn unknown_to_the_product(target: &Target) -> Person {
    NewPerson::new(target).created_by_administrator(true).await
}

async fn assert_one_organization(person: &Person, name: &str) {
    let me = person.me().await;
    assert_eq!(me["organizations"].as_array().unwrap().len(), 1, "{me}");
    assert_eq!(me["organizations"][0]["name"], name, "{me}");
    assert_eq!(me["onboarding"]["status"], "complete", "{me}");
}

async fn the_trigger_run_again_creates_nothing_more(target: Target) {
    let person = unknown_to_the_product(&target).await;
    let name = made_up::organization_name();
    let event = event(&person, "PostConfirmation_ConfirmSignUp", &name);
    for _ in 0..3 {
        assert_eq!(target.invoke("post-confirmation", &event).await, event, "Cognito gets its event back");
    }
    assert_one_organization(&person, &name).await;
}

async fn the_trigger_three_times_at_once_creates_one(target: Target) {
    for _ in 0..10 {
        let person = unknown_to_the_product(&target).await;
        let name = made_up::organization_name();
        let event = event(&person, "PostConfirmation_ConfirmSignUp", &name);
        join_all((0..3).map(|_| target.invoke("post-confirmation", &event))).await;
        assert_one_organization(&person, &name).await;
    }
}

/// A slow trigger meets the repair by `GET /me` and an impatient `POST /organizations`.
async fn the_trigger_overlapping_with_the_first_request_creates_one(target: Target) {
    for _ in 0..10 {
        let person = unknown_to_the_product(&target).await;
        let event = event(&person, "PostConfirmation_ConfirmSignUp", &made_up::organization_name());
        let details = json!({"name": made_up::organization_name()});
        let trigger = target.invoke("post-confirmation", &event);
        let (_, me, created) =
            tokio::join!(trigger, person.get("/me"), async { person.post("/organizations", &details).await });
        me.success(200);
        if created.status != 201 {
            created.problem(409, "organization-already-created");
        }
        let me = person.me().await;
        assert_eq!(me["organizations"].as_array().unwrap().len(), 1, "{me}");
    }
}

async fn other_trigger_sources_return_the_event_untouched(target: Target) {
    let person = unknown_to_the_product(&target).await;
    for source in
        ["PostConfirmation_ConfirmForgotPassword", "PostConfirmation_SomethingOfTheFuture", "PreSignUp_SignUp"]
    {
        let mut event = event(&person, source, &made_up::organization_name());
        event["unknown"] = json!({"nested": [null, 1.5, {"deep": "value"}], "empty": {}});
        event["response"] = json!({"kept": true});
        let returned = target.invoke("post-confirmation", &event).await;
        assert_eq!(returned.to_string(), event.to_string(), "{source}");
    }
    let me = person.me().await;
    assert_eq!(me["organizations"], json!([]), "{me}");
}

async fn a_forgotten_password_creates_nothing(target: Target) {
    let person = Person::new(&target).await;
    let client = &target.configuration().user_pool_client_id;
    let known = target.mails_to(&person.email).await.len();
    target.cognito().forgot_password().client_id(client).username(&person.email).send().await.expect("ForgotPassword");
    let code = target.read_mail(&person.email, known, Mail::code).await;
    let password = made_up::password();
    target
        .cognito()
        .confirm_forgot_password()
        .client_id(client)
        .username(&person.email)
        .confirmation_code(code)
        .password(&password)
        .client_metadata("organizationName", made_up::organization_name())
        .send()
        .await
        .expect("ConfirmForgotPassword");
    let me = person.sign_in(&password).await.me().await;
    assert_eq!(me["organizations"], json!([]), "{me}");
    assert_eq!(me["onboarding"]["status"], "organization_required", "{me}");
}
