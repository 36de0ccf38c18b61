//! What a mail has to be allowed: `ses:SendEmail` on the identity that it is sent from and, if it names a configuration set,
//! on that too.

use serde_json::Value;
use stack_template::ACCOUNT;

use super::{
    condition::{Context, FROM_ADDRESS, FROM_DISPLAY_NAME, RECIPIENTS},
    policy::Policy,
    statement::Request,
};

pub(super) fn requests(region: &str, body: &Value, policy: &Policy) -> Vec<Request> {
    let text = |name: &str| body.get(name).and_then(Value::as_str).unwrap_or_default();
    let arn = |kind: &str, name: &str| format!("arn:aws:ses:{region}:{ACCOUNT}:{kind}/{name}");
    let (name, address) = parts(text("FromEmailAddress"));
    let mut context = Context::from([(FROM_ADDRESS, vec![address.to_owned()]), (RECIPIENTS, recipients(body))]);
    if !name.is_empty() {
        context.insert(FROM_DISPLAY_NAME, vec![name.to_owned()]);
    }
    let identity = match text("FromEmailAddressIdentityArn") {
        "" => {
            let identities: Vec<String> = identities(address).into_iter().map(|name| arn("identity", name)).collect();
            let named = identities.iter().find(|identity| policy.names(identity));
            named.or(identities.get(1)).or(identities.first()).cloned().unwrap_or_default()
        }
        identity => identity.to_owned(),
    };
    let mut resources = vec![identity];
    if let Some(set) = Some(text("ConfigurationSetName")).filter(|set| !set.is_empty()) {
        resources.push(arn("configuration-set", set));
    }
    let request = |resource| Request { action: "ses:SendEmail".to_owned(), resource, context: context.clone() };
    resources.into_iter().map(request).collect()
}

/// The identities that can stand for an address: itself, its domain, the domains above. Which of them SES has verified is
/// not known here, so it is the one that the policy is about, or else the domain.
fn identities(address: &str) -> Vec<&str> {
    let mut identities = vec![address];
    let mut domain = address.rsplit_once('@').map(|(_, domain)| domain);
    while let Some(name) = domain.filter(|name| name.contains('.')) {
        identities.push(name);
        domain = name.split_once('.').map(|(_, above)| above);
    }
    identities
}

/// `Name <address>`, or an address alone.
fn parts(sender: &str) -> (&str, &str) {
    match sender.split_once('<') {
        Some((name, address)) => (name.trim().trim_matches('"'), address.trim_end_matches(['>', ' '])),
        None => ("", sender.trim()),
    }
}

fn recipients(body: &Value) -> Vec<String> {
    let lists = ["ToAddresses", "CcAddresses", "BccAddresses"];
    let lists = lists.iter().filter_map(|list| body.pointer(&format!("/Destination/{list}"))?.as_array());
    lists.flatten().filter_map(|address| Some(parts(address.as_str()?).1.to_owned())).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::iam::{policy::Decision, statement::Statement};

    const SES: &str = "arn:aws:ses:us-east-1:000000000000";

    fn policy(resources: &[&str]) -> Policy {
        let resources: Vec<String> = resources.iter().map(|name| format!("{SES}:{name}")).collect();
        let statement = json!({"Effect": "Allow", "Action": "ses:SendEmail", "Resource": resources,
            "Condition": {"StringEquals": {"ses:FromAddress": "no-reply@mail.example.com"}}});
        Policy::new(vec![Statement::parse(&statement, 1).unwrap()])
    }

    fn mail(from: &str) -> Value {
        json!({"FromEmailAddress": from, "ConfigurationSetName": "set", "Destination": {"ToAddresses": ["a@example.org"]}})
    }

    #[track_caller]
    fn allowed(resources: &[&str], from: &str) -> Vec<bool> {
        let policy = policy(resources);
        let requests = requests("us-east-1", &mail(from), &policy);
        requests.iter().map(|request| matches!(policy.decide(request), Decision::Allowed(_))).collect()
    }

    #[test]
    fn a_mail_takes_both_the_identity_and_the_configuration_set() {
        let sender = "no-reply@mail.example.com";
        assert_eq!(allowed(&["identity/example.com", "configuration-set/set"], sender), [true, true]);
        assert_eq!(allowed(&["identity/example.com"], sender), [true, false]);
        assert_eq!(allowed(&["configuration-set/set"], sender), [false, true]);
        assert_eq!(allowed(&["identity/*", "configuration-set/other"], sender), [true, false]);
        assert_eq!(allowed(&["identity/example.net", "configuration-set/set"], sender), [false, true]);
    }

    #[test]
    fn the_sender_is_the_address_without_the_name() {
        let resources = ["identity/no-reply@mail.example.com", "configuration-set/set"];
        assert_eq!(allowed(&resources, "Example <no-reply@mail.example.com>"), [true, true]);
        assert_eq!(allowed(&resources, "other@mail.example.com"), [false, false]);
    }

    #[test]
    fn the_context_says_from_whom_and_to_whom() {
        let requests = requests("us-east-1", &mail("Example <a@example.com>"), &Policy::default());
        let context = &requests[0].context;
        assert_eq!(context[FROM_ADDRESS], ["a@example.com"]);
        assert_eq!(context[FROM_DISPLAY_NAME], ["Example"]);
        assert_eq!(context[RECIPIENTS], ["a@example.org"]);
        // Of an identity that no policy is about, the domain is named.
        assert_eq!(requests[0].resource, format!("{SES}:identity/example.com"));
        assert_eq!(requests[1].resource, format!("{SES}:configuration-set/set"));
    }
}
