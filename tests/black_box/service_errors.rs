//! What functions log when an AWS service answers with an error. The real services name identities, items and values in their
//! messages; the local stack plants a person in each, and the check of the whole run looks for that person in every log line
//! (I11). So each function here meets an error of each operation that it calls. On a stack of their own, for faults hit
//! whoever calls next.

use std::collections::{BTreeMap, BTreeSet};

use acceptance::organization::text;
use acceptance::suite::{Test, an_engine_is_replaced, start, stop};
use acceptance::{NewPerson, Organization, Person, Target, eventually, made_up, tests};
use local_stack::{Fault, FaultKind, LocalStack};
use reqwest::Method;
use serde_json::{Value, json};

pub(crate) fn tests() -> Vec<Test> {
    tests![every_function_meets_an_error_of_every_operation]
}

/// A request, and the function that answers it.
struct Request<'a> {
    function: &'static str,
    sender: Option<&'a Person>,
    method: Method,
    path: String,
    body: Option<Value>,
    /// If it also asks Cognito: its status when Cognito does not answer.
    without_cognito: Option<u16>,
}

impl Request<'_> {
    /// Past [`acceptance::Call`]: these 5xx are wanted.
    async fn send(&self, target: &Target) -> u16 {
        let url = format!("{}{}", target.configuration().api_url, self.path);
        let mut request = target.http().request(self.method.clone(), url);
        if let Some(sender) = self.sender {
            request = request.bearer_auth(&sender.access_token);
        }
        if let Some(body) = &self.body {
            request = request.json(body);
        }
        request.send().await.unwrap().status().as_u16()
    }
}

async fn every_function_meets_an_error_of_every_operation(_: Target) {
    if an_engine_is_replaced() {
        // Its errors are its own.
        return;
    }
    let (stack, target) = start(BTreeMap::new()).await;
    let organization = Organization::create(&target).await;
    let member = organization.add(&["member"]).await;
    let newcomer = Person::new(&target).await;
    let invitation = organization.invitation(&organization.creator, &newcomer.email, &["member"]).await;
    let requests = requests(&organization, &member, &newcomer, &invitation.token, &invitation.id);
    let mut met = BTreeSet::new();
    for request in &requests {
        let what = format!("{} {}", request.method, request.path);
        for operation in operations(&stack, &target, request).await {
            let status = with(&stack, &operation, FaultKind::Invalid, request.send(&target)).await;
            assert_eq!(status, 500, "{what} went on without {operation}");
            met.insert((request.function, operation));
        }
        if let Some(expected) = request.without_cognito {
            // Throttled above all: AdminGetUser has one quota for the whole pool, so a request asks once and gives up.
            let throttled = ("TooManyRequestsException", 400);
            for failure in [throttled, ("InvalidParameterException", 400), ("InternalErrorException", 500)] {
                const TIMES: usize = 20;
                fail_cognito(&target, &[failure; TIMES]).await;
                assert_eq!(request.send(&target).await, expected, "{what}: {failure:?}");
                assert_eq!(TIMES - fail_cognito(&target, &[]).await, 1, "{what}: {failure:?}");
            }
        }
    }
    assert!(met.len() > requests.len() / 2, "the faults hit next to nothing: {met:?}");
    for (operation, request) in [("BatchGetItem", &requests[3]), ("TransactWriteItems", &requests[1])] {
        for kind in [FaultKind::Throttled, FaultKind::Unavailable] {
            let status = with(&stack, operation, kind, request.send(&target)).await;
            assert_eq!(status, 503, "{} {}: {kind:?}", request.method, request.path);
        }
    }
    trigger(&stack, &target).await;
    mailer(&stack, &target, &organization).await;
    stop(stack).await;
}

/// Does something while every call of an operation fails.
async fn with<T>(stack: &LocalStack, operation: &str, kind: FaultKind, work: impl Future<Output = T>) -> T {
    stack.engine().inject(Fault { operation: operation.to_owned(), times: u32::MAX, kind });
    let done = work.await;
    stack.engine().clear_faults();
    done
}

/// Which operations a request calls before it changes anything: found by letting each write fail.
async fn operations(stack: &LocalStack, target: &Target, request: &Request<'_>) -> BTreeSet<String> {
    stack.engine().clear_calls();
    with(stack, "TransactWriteItems", FaultKind::Invalid, request.send(target)).await;
    let key = request.function.replace('-', "");
    let calls = stack.engine().calls().into_iter().filter(|call| call.caller == key);
    let operations: BTreeSet<String> = calls.map(|call| call.operation).collect();
    assert!(!operations.is_empty(), "{} {} calls nothing", request.method, request.path);
    operations
}

/// Instead of what was ordered before; answers with how much of that is left.
async fn fail_cognito(target: &Target, failures: &[(&str, u16)]) -> usize {
    let failures: Vec<_> = failures.iter().map(|(kind, status)| json!({"type": kind, "status": status})).collect();
    let url = format!("{}/_local/cognito-faults", target.configuration().aws_endpoint_url);
    let order = json!({"operation": "AdminGetUser", "failures": failures});
    let answer: Value = target.http().post(url).json(&order).send().await.unwrap().json().await.unwrap();
    usize::try_from(answer["replaced"].as_u64().unwrap()).unwrap()
}

/// The trigger lets every sign-up pass, so it shows in the log alone.
async fn trigger(stack: &LocalStack, target: &Target) {
    for operation in ["TransactWriteItems", "UpdateItem"] {
        for kind in [FaultKind::Invalid, FaultKind::Throttled] {
            stack.engine().clear_calls();
            let mut person = NewPerson::new(target);
            if operation == "TransactWriteItems" {
                person = person.metadata("organizationName", &made_up::organization_name());
            }
            with(stack, operation, kind, person.sign_up()).await;
            let hit = |call: &local_stack::Call| call.caller == "postconfirmation" && call.operation == operation;
            assert!(stack.engine().calls().iter().any(hit), "the trigger calls {operation}");
        }
    }
}

/// The mailer leaves a mail to its schedule when the table fails, and SES's own failures to the next attempt.
async fn mailer(stack: &LocalStack, target: &Target, organization: &Organization) {
    for operation in ["UpdateItem", "BatchGetItem"] {
        let email = made_up::email();
        stack.engine().clear_calls();
        let invited = async {
            organization.invite(&organization.creator, &email, &["member"]).await.success(201);
            let hit = |call: &local_stack::Call| call.caller == "invitationmailer" && call.operation == operation;
            eventually("the mailer's call", async || stack.engine().calls().iter().any(hit).then_some(())).await;
            // One more invocation, and what the first one logged is written.
            target.invoke("invitation-mailer", &json!({"task": "send-due-mails"})).await;
        };
        with(stack, operation, FaultKind::Invalid, invited).await;
    }
    let passing = [("TooManyRequestsException", 429), ("LimitExceededException", 400), ("InternalFailure", 500)];
    for failure in passing {
        let email = made_up::email();
        target.fail_mails(&email, &[failure]).await;
        organization.invite(&organization.creator, &email, &["member"]).await.success(201);
        arrives(target, &email).await;
    }
    for failure in [("MessageRejected", 400), ("MailFromDomainNotVerifiedException", 400)] {
        let email = made_up::email();
        target.fail_mails(&email, &[failure; 20]).await;
        let created = organization.invite(&organization.creator, &email, &["member"]).await.success(201);
        let path = organization.path(&format!("/invitations/{}", text(&created["invitationId"])));
        let failed = eventually("a mail that failed", async || {
            let invitation = organization.creator.get(&path).await.success(200);
            (invitation["delivery"]["status"] == "failed").then_some(invitation)
        });
        let reason = text(&failed.await["delivery"]["reason"]);
        assert!(!reason.contains(local_stack::PLANTED_EMAIL) && !reason.contains(&email), "{reason}");
    }
}

/// A mail that has to wait: its schedule comes more often than once a minute here.
async fn arrives(target: &Target, email: &str) {
    eventually("the mail that waited", async || {
        target.invoke("invitation-mailer", &json!({"task": "send-due-mails"})).await;
        (!target.mails_to(email).await.is_empty()).then_some(())
    })
    .await;
}

fn requests<'a>(
    organization: &'a Organization,
    member: &'a Person,
    newcomer: &'a Person,
    token: &str,
    invitation: &str,
) -> Vec<Request<'a>> {
    let (creator, token) = (&organization.creator, json!({ "token": token }));
    let one = |function, sender, method, path: String, body, without_cognito| Request {
        function,
        sender,
        method,
        path,
        body,
        without_cognito,
    };
    let get = |function, path: &str| one(function, Some(creator), Method::GET, organization.path(path), None, None);
    let reply = |path: &str, sender, without_cognito| {
        let path = format!("/invitations/{path}");
        one("invitation-replies", sender, Method::POST, path, Some(token.clone()), without_cognito)
    };
    let name = json!({"name": made_up::organization_name()});
    let invite = json!({"email": made_up::email(), "roles": ["member"]});
    let roles = organization.path(&format!("/members/{}/roles", member.id));
    vec![
        one("onboarding", Some(newcomer), Method::GET, "/me".to_owned(), None, Some(200)),
        one("onboarding", Some(newcomer), Method::POST, "/organizations".to_owned(), Some(name), Some(503)),
        one("organizations", Some(creator), Method::GET, "/organizations".to_owned(), None, None),
        get("organizations", ""),
        get("settings", "/settings"),
        get("settings", "/settings/billing"),
        get("members", "/members"),
        get("members", &format!("/members/{}", member.id)),
        one("members", Some(creator), Method::DELETE, organization.member_path(member), None, None),
        one("roles", Some(creator), Method::PUT, roles, Some(json!({"roles": ["user_admin"]})), None),
        one("invitations", Some(creator), Method::POST, organization.path("/invitations"), Some(invite), None),
        get("invitations", "/invitations"),
        get("invitations", &format!("/invitations/{invitation}")),
        reply("preview", None, None),
        reply("accept", Some(newcomer), Some(503)),
        reply("decline", None, None),
    ]
}
