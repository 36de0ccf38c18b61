//! The operations of the emulated user pool that no other test calls, each through the AWS SDK: its answers have to be
//! readable by a real client, and its errors to have Cognito's names.

use aws_sdk_cognitoidentityprovider::{
    error::ProvideErrorMetadata,
    operation::RequestId,
    types::{AttributeType, AuthFlowType, ChallengeNameType, UserStatusType},
};

use acceptance::mail::Mail;
use acceptance::suite::Test;
use acceptance::{Person, Target, made_up, tests};

pub(super) fn tests() -> Vec<Test> {
    tests![
        a_settings_page_changes_the_user,
        a_session_is_renewed_as_amplify_does,
        an_administrator_disables_resets_and_signs_out,
        a_temporary_password_is_replaced,
        the_pool_is_described,
        a_missing_operation_is_named,
    ]
}

/// The name of an error, from the SDK.
macro_rules! refused {
    ($call:expr) => {{
        let error = $call.send().await.expect_err("is refused");
        assert!(error.request_id().is_some(), "{error:?}");
        error.code().expect("a name").to_owned()
    }};
}

fn attribute(name: &str, value: &str) -> AttributeType {
    AttributeType::builder().name(name).value(value).build().unwrap()
}

async fn a_settings_page_changes_the_user(target: Target) {
    let person = Person::new(&target).await;
    let (cognito, token) = (target.cognito(), &person.access_token);
    let name = attribute("name", "Ada");
    cognito.update_user_attributes().access_token(token).user_attributes(name).send().await.unwrap();
    let delete = cognito.delete_user_attributes().access_token(token).user_attribute_names("name");
    delete.send().await.unwrap();

    let address = made_up::email();
    let change = cognito.update_user_attributes().access_token(token).user_attributes(attribute("email", &address));
    let sent = change.send().await.unwrap().code_delivery_details_list.unwrap_or_default();
    assert_eq!(sent[0].attribute_name.as_deref(), Some("email"));
    let known = target.mails_to(&address).await.len();
    let again = cognito.get_user_attribute_verification_code().access_token(token).attribute_name("email");
    again.send().await.unwrap();
    let code = target.read_mail(&address, known, Mail::code).await;
    let verify = cognito.verify_user_attribute().access_token(token).attribute_name("email");
    assert_eq!(refused!(verify.clone().code("x")), "CodeMismatchException");
    let before = cognito.get_user().access_token(token).send().await.unwrap();
    assert!(before.user_attributes.contains(&attribute("email", &person.email)), "the old one, until then");
    verify.clone().code(&code).send().await.unwrap();
    assert_eq!(refused!(verify.code(&code)), "ExpiredCodeException");
    let after = cognito.get_user().access_token(token).send().await.unwrap();
    assert!(after.user_attributes.contains(&attribute("email", &address)), "{after:?}");

    let change = cognito.change_password().access_token(token).previous_password(&person.password);
    assert_eq!(refused!(change.clone().proposed_password("short")), "InvalidPasswordException");
    let password = format!("{} again", person.password);
    change.clone().proposed_password(&password).send().await.unwrap();
    assert_eq!(refused!(change.proposed_password(&password)), "NotAuthorizedException");
    cognito.delete_user().access_token(token).send().await.unwrap();
    assert_eq!(refused!(cognito.get_user().access_token(token)), "UserNotFoundException");
}

async fn a_session_is_renewed_as_amplify_does(target: Target) {
    let person = Person::new(&target).await;
    let (cognito, client) = (target.cognito(), &target.configuration().user_pool_client_id);
    let sign_in = cognito.initiate_auth().client_id(client).auth_flow(AuthFlowType::UserPasswordAuth);
    let sign_in = sign_in.auth_parameters("USERNAME", &person.email).auth_parameters("PASSWORD", &person.password);
    let refresh = sign_in.send().await.unwrap().authentication_result.unwrap().refresh_token.unwrap();
    let renew = cognito.get_tokens_from_refresh_token().client_id(client);
    let renewed = renew.clone().refresh_token(&refresh).send().await.unwrap().authentication_result.unwrap();
    let token = renewed.access_token.unwrap();
    assert!(renewed.id_token.is_some() && renewed.refresh_token.is_none());
    cognito.get_user().access_token(&token).send().await.unwrap();
    cognito.revoke_token().client_id(client).token(&refresh).send().await.unwrap();
    assert_eq!(refused!(renew.refresh_token(&refresh)), "NotAuthorizedException");
}

async fn an_administrator_disables_resets_and_signs_out(target: Target) {
    let person = Person::new(&target).await;
    let (cognito, pool) = (target.cognito(), &target.configuration().user_pool_id);
    let client = &target.configuration().user_pool_client_id;
    let sign_in = cognito.initiate_auth().client_id(client).auth_flow(AuthFlowType::UserPasswordAuth);
    let sign_in = sign_in.auth_parameters("USERNAME", &person.email).auth_parameters("PASSWORD", &person.password);

    cognito.admin_user_global_sign_out().user_pool_id(pool).username(&person.email).send().await.unwrap();
    assert_eq!(refused!(cognito.get_user().access_token(&person.access_token)), "NotAuthorizedException");
    cognito.admin_disable_user().user_pool_id(pool).username(&person.email).send().await.unwrap();
    let read = cognito.admin_get_user().user_pool_id(pool).username(&person.email);
    assert!(!read.clone().send().await.unwrap().enabled);
    assert_eq!(refused!(sign_in.clone()), "NotAuthorizedException");
    cognito.admin_enable_user().user_pool_id(pool).username(&person.email).send().await.unwrap();
    sign_in.clone().send().await.unwrap();

    let known = target.mails_to(&person.email).await.len();
    cognito.admin_reset_user_password().user_pool_id(pool).username(&person.email).send().await.unwrap();
    assert_eq!(read.send().await.unwrap().user_status, Some(UserStatusType::ResetRequired));
    assert_eq!(refused!(sign_in), "PasswordResetRequiredException");
    let code = target.read_mail(&person.email, known, Mail::code).await;
    let confirm = cognito.confirm_forgot_password().client_id(client).username(&person.email).confirmation_code(code);
    confirm.password("quite another phrase").send().await.unwrap();
    let person = person.sign_in("quite another phrase").await;
    assert!(!person.access_token.is_empty());
}

async fn a_temporary_password_is_replaced(target: Target) {
    let (cognito, pool) = (target.cognito(), &target.configuration().user_pool_id);
    let (client, email) = (&target.configuration().user_pool_client_id, made_up::email());
    let create = cognito.admin_create_user().user_pool_id(pool).username(&email);
    create.temporary_password("a temporary phrase").send().await.unwrap();
    // The template's app client leaves administrators the flows of users.
    let admin = cognito.admin_initiate_auth().user_pool_id(pool).client_id(client);
    let admin = admin.auth_parameters("USERNAME", &email).auth_parameters("PASSWORD", "a temporary phrase");
    assert_eq!(refused!(admin.auth_flow(AuthFlowType::AdminUserPasswordAuth)), "InvalidParameterException");

    let sign_in = cognito.initiate_auth().client_id(client).auth_flow(AuthFlowType::UserPasswordAuth);
    let sign_in = sign_in.auth_parameters("USERNAME", &email).auth_parameters("PASSWORD", "a temporary phrase");
    let challenge = sign_in.clone().send().await.unwrap();
    assert_eq!(challenge.challenge_name, Some(ChallengeNameType::NewPasswordRequired));
    let respond = cognito.respond_to_auth_challenge().client_id(client).set_session(challenge.session);
    let respond = respond.challenge_name(ChallengeNameType::NewPasswordRequired);
    let respond = respond.challenge_responses("USERNAME", &email);
    assert_eq!(refused!(respond.clone().challenge_responses("NEW_PASSWORD", "short")), "InvalidPasswordException");
    let answer = respond.challenge_responses("NEW_PASSWORD", "a lasting phrase").send().await.unwrap();
    assert!(answer.authentication_result.is_some());
    assert_eq!(refused!(sign_in), "NotAuthorizedException");

    let reset = cognito.admin_set_user_password().user_pool_id(pool).username(&email);
    reset.password("a temporary phrase").permanent(false).send().await.unwrap();
    let session = cognito.initiate_auth().client_id(client).auth_flow(AuthFlowType::UserPasswordAuth);
    let session = session.auth_parameters("USERNAME", &email).auth_parameters("PASSWORD", "a temporary phrase");
    let respond = cognito.admin_respond_to_auth_challenge().user_pool_id(pool).client_id(client);
    let respond = respond.challenge_name(ChallengeNameType::NewPasswordRequired);
    let respond = respond.set_session(session.send().await.unwrap().session);
    let respond = respond.challenge_responses("USERNAME", &email);
    respond.challenge_responses("NEW_PASSWORD", "a lasting phrase").send().await.unwrap();
}

async fn the_pool_is_described(target: Target) {
    let (cognito, configuration) = (target.cognito(), target.configuration());
    let (pool, client) = (&configuration.user_pool_id, &configuration.user_pool_client_id);
    let described = cognito.describe_user_pool().user_pool_id(pool).send().await.unwrap().user_pool.unwrap();
    assert_eq!(described.policies.unwrap().password_policy.unwrap().minimum_length, Some(12));
    let described = cognito.describe_user_pool_client().user_pool_id(pool).client_id(client).send().await.unwrap();
    let flows = described.user_pool_client.unwrap().explicit_auth_flows.unwrap_or_default();
    assert!(flows.iter().any(|flow| flow.as_str() == "ALLOW_USER_SRP_AUTH"), "{flows:?}");
    let pools = cognito.list_user_pools().max_results(10).send().await.unwrap().user_pools.unwrap();
    assert_eq!(pools[0].id.as_deref(), Some(pool.as_str()));
    let clients = cognito.list_user_pool_clients().user_pool_id(pool).send().await.unwrap();
    assert_eq!(clients.user_pool_clients.unwrap()[0].client_id.as_deref(), Some(client.as_str()));
    let other = cognito.describe_user_pool().user_pool_id("us-east-1_other");
    assert_eq!(refused!(other), "ResourceNotFoundException");
}

async fn a_missing_operation_is_named(target: Target) {
    let pool = &target.configuration().user_pool_id;
    let error = target.cognito().create_group().user_pool_id(pool).group_name("g").send().await.unwrap_err();
    assert_eq!(error.code(), Some("UnknownOperationException"));
    let message = error.message().unwrap();
    assert!(message.contains("CreateGroup") && message.contains("infra/local/README.md#cognito"), "{message}");
}
