//! What template.yaml promises about deployments.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use stack_template::{Document, Names, Template};

use super::template;

/// The length of an app client's id, as Cognito makes it.
const CLIENT_ID: usize = 26;

/// The longest value that a declaration allows.
fn longest(declaration: &Value) -> usize {
    if let Some(length) = declaration["MaxLength"].as_u64() {
        return length as usize;
    }
    if let Some(largest) = declaration["MaxValue"].as_u64() {
        return largest.to_string().len();
    }
    let values = declaration["AllowedValues"].as_array();
    let values = values.unwrap_or_else(|| panic!("no longest value: {declaration}"));
    values.iter().map(|value| value.as_str().map_or(value.to_string().len(), str::len)).max().unwrap()
}

/// The names that `Ref`, `Fn::GetAtt` and `Fn::Sub`, and the conditions that `Fn::If`, name in a value.
fn named(value: &Value) -> BTreeSet<String> {
    let one = |name: &Value| name.as_str().map(|name| name.split('.').next().unwrap().to_owned());
    match value {
        Value::Array(items) => items.iter().flat_map(named).collect(),
        Value::Object(map) => {
            let mut found: BTreeSet<String> = map.values().flat_map(named).collect();
            found.extend(map.get("Ref").and_then(one));
            for function in ["Fn::GetAtt", "Fn::If"] {
                found.extend(map.get(function).and_then(|arguments| one(&arguments[0])));
            }
            if let Some(text) = map.get("Fn::Sub") {
                let pattern = text.as_str().or(text[0].as_str()).unwrap();
                found.extend(substituted(pattern));
            }
            found
        }
        _ => BTreeSet::new(),
    }
}

/// The names in the pattern of `Fn::Sub`.
fn substituted(pattern: &str) -> impl Iterator<Item = String> {
    let names = pattern.split("${").skip(1).map(|rest| rest.split(['}', '.']).next().unwrap());
    names.map(str::to_owned)
}

/// The properties whose change gives a resource another name, as CloudFormation's reference has them ("Replacement").
fn replaced_by(kind: &str) -> &'static [&'static str] {
    match kind {
        "AWS::AppConfig::HostedConfigurationVersion" => {
            &["ApplicationId", "ConfigurationProfileId", "Content", "ContentType"]
        }
        "AWS::Cognito::UserPool" => &["AliasAttributes", "UsernameAttributes", "UsernameConfiguration"],
        "AWS::Cognito::UserPoolClient" => &["GenerateSecret", "UserPoolId"],
        "AWS::DynamoDB::Table" => &["KeySchema", "TableName"],
        "AWS::SES::ConfigurationSet" => &["Name"],
        other => panic!("say which properties replace an {other}"),
    }
}

/// The parameters that a value depends on: those that it names, and those that the conditions and resources that it names do.
fn depends_on(document: &Document, value: &Value) -> BTreeSet<String> {
    let declared = |name: &String| document.parameters().contains_key(name);
    let mut found = BTreeSet::new();
    for name in named(value) {
        if declared(&name) {
            found.insert(name);
        } else if let Some(condition) = document.json()["Conditions"].get(&name) {
            found.extend(named(condition));
        } else if let Some(resource) = document.json()["Resources"].get(&name) {
            // Whether it is there does not matter to who refers to it; what replaces it does.
            let replacing = replaced_by(resource["Type"].as_str().unwrap());
            let made_of = replacing.iter().flat_map(|property| named(&resource["Properties"][property]));
            found.extend(made_of.filter(declared));
        }
    }
    found
}

#[test]
fn a_changed_parameter_makes_a_new_version_of_every_function_that_reads_it() {
    let document = template();
    let functions = document.functions().unwrap();
    assert!(!functions.is_empty());
    for function in functions {
        let description = &function.properties["VersionDescription"];
        let mut read = depends_on(&document, &function.properties["Environment"]);
        // The lever of docs/deploy.md, in the function's own description too: Lambda compares that, and not the version's.
        assert_eq!(depends_on(&document, &function.properties["Description"]), ["Release".to_owned()].into());
        read.insert("Release".to_owned());
        assert_eq!(depends_on(&document, description), read, "{}", function.id);
        let pattern = &description["Fn::Sub"];
        let pattern = pattern.as_str().or(pattern[0].as_str()).unwrap();
        let values = substituted(pattern).map(|name| match document.parameters().get(&name) {
            Some(declaration) => longest(declaration),
            None if name == "Client" => CLIENT_ID,
            // The number of a version of a configuration.
            None if ["MailBrand", "OrganizationDefaults"].contains(&name.as_str()) => 6,
            None => panic!("how long is ${{{name}}}?"),
        });
        let length = values.map(|length| length + 1).sum::<usize>();
        assert!(length <= 256, "{}: {length} characters, and Lambda takes 256", function.id);
    }
}

/// API Gateway checks the audience of a token, the functions check the client of an access token.
#[test]
fn api_gateway_and_the_functions_accept_the_same_app_clients() {
    for (more, expected) in [("", "client"), ("mobile", "client,mobile"), ("mobile,cli", "client,mobile,cli")] {
        let required = ["AppUrl", "SupportUrl"].map(|name| (name.to_owned(), "https://app.example.com".to_owned()));
        let mut parameters = BTreeMap::from(required);
        parameters.insert("SenderAddress".to_owned(), "no-reply@example.com".to_owned());
        parameters.insert("AdditionalUserPoolClientIds".to_owned(), more.to_owned());
        let template = Template::new(template(), &parameters).unwrap();
        let name = |name: &str| name.to_owned();
        let names = Names {
            table_name: name("table"),
            stream_arn: name("stream"),
            user_pool_id: name("pool"),
            user_pool_client_id: name("client"),
            api_url: name("api"),
        };
        let api = template.api(&names).unwrap();
        let audiences: Vec<String> = api.authorizers.values().map(|authorizer| authorizer.audience.join(",")).collect();
        assert_eq!(audiences, [expected]);
        let functions = template.functions(&names).unwrap();
        let lists = functions.iter().filter_map(|function| function.environment.get("USER_POOL_CLIENT_IDS"));
        let lists: Vec<&str> = lists.map(String::as_str).collect();
        assert_eq!(lists.len(), functions.len() - 4, "all but the trigger, the mailer, its feedback and the sweeper");
        assert!(lists.iter().all(|list| *list == expected), "{lists:?}");
    }
}

#[test]
fn what_is_no_list_of_app_clients_is_refused_at_the_deployment() {
    let pattern = super::parameters::pattern("AdditionalUserPoolClientIds");
    let id = "1h57kf5cpq17m0eml12EXAMPLE";
    for list in [String::new(), id.to_owned(), [id; 2].join(","), [id; 3].join(",")] {
        assert!(pattern.is_match(&list), "{list:?}");
    }
    for list in [" ", ",", "a,", ",a", "a,,b", "a, b", "a b", "a-b", &[id; 4].join(","), &format!("{id}x")] {
        assert!(!pattern.is_match(list), "{list:?}");
    }
}

#[test]
fn a_deployment_watches_the_alarm_of_its_function_and_that_of_all() {
    let document = template();
    for function in document.functions().unwrap() {
        let alarm = format!("{}ErrorsAlarm", function.id.trim_end_matches("Function"));
        let watched = &function.properties["DeploymentPreference"]["Alarms"];
        assert_eq!(*watched, serde_json::json!([{"Ref": "InternalErrorsAlarm"}, {"Ref": alarm}]), "{}", function.id);
        let alarms = document.alarms();
        let (_, found) = alarms.iter().find(|(id, _)| *id == alarm).unwrap_or_else(|| panic!("there is no {alarm}"));
        assert_eq!(found["Dimensions"][0]["Value"]["Ref"], function.id);
    }
}

/// Names of schedules are an account's, and SAM gives each one that is the same in every stack.
#[test]
fn a_second_stack_can_have_its_schedules() {
    let document = template();
    let functions = document.functions().unwrap();
    let events = functions.iter().filter_map(|function| function.properties["Events"].as_object()).flatten();
    let schedules: Vec<_> = events.filter(|(_, event)| event["Type"] == "ScheduleV2").collect();
    assert!(!schedules.is_empty());
    for (name, schedule) in schedules {
        assert_eq!(schedule["Properties"]["OmitName"], true, "{name}");
    }
}
