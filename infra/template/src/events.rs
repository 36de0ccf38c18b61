//! The rules of EventBridge that invoke functions, and the events that SES sends there.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{Names, Source, Template, TemplateError, parameters::text, properties};

impl Template {
    /// A rule of the default bus that hands its events on as they are. Others are not driven.
    pub(super) fn rule(&self, place: &str, raw: &Value, names: &Names) -> Result<Source, TemplateError> {
        let rule = self.evaluate(raw, names, place)?;
        let other = ["EventBusName", "Input", "InputPath", "InputTransformer"];
        let enabled = rule.get("State").is_none_or(|state| state == "ENABLED");
        Ok(match rule.get("Pattern") {
            Some(pattern) if enabled && other.iter().all(|name| rule.get(name).is_none()) => {
                Source::Rule(pattern.clone())
            }
            _ => Source::NotDriven("EventBridgeRule".to_owned()),
        })
    }

    /// The types of the events that SES sends to EventBridge, by the name of the configuration set.
    pub fn mail_events(&self, names: &Names) -> Result<BTreeMap<String, BTreeSet<String>>, TemplateError> {
        let mut found = BTreeMap::<String, BTreeSet<String>>::new();
        for (id, resource) in self.resources("AWS::SES::ConfigurationSetEventDestination") {
            let configured = self.evaluate(properties(resource), names, id)?;
            let destination = configured.get("EventDestination").unwrap_or(&Value::Null);
            let enabled = destination.get("Enabled").and_then(Value::as_bool) != Some(false);
            if !enabled || destination.get("EventBridgeDestination").is_none() {
                continue;
            }
            let set = configured.get("ConfigurationSetName").map(text).unwrap_or_default();
            let types = destination.get("MatchingEventTypes").and_then(Value::as_array);
            found.entry(set).or_default().extend(types.into_iter().flatten().map(text));
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn template(rule: &str, destination: &str) -> Template {
        let text = format!(
            "Resources:
  Set: {{Type: 'AWS::SES::ConfigurationSet'}}
  Events:
    Type: AWS::SES::ConfigurationSetEventDestination
    Properties: {{ConfigurationSetName: !Ref Set, EventDestination: {destination}}}
  Reader:
    Type: AWS::Serverless::Function
    Metadata: {{BuildProperties: {{Binary: reader}}}}
    Properties: {{Events: {{Mail: {{Type: EventBridgeRule, Properties: {rule}}}}}}}
"
        );
        Template::parse(&text, &BTreeMap::new()).unwrap()
    }

    fn source(rule: &str) -> Source {
        let mut functions = template(rule, "{}").functions(&Names::default()).unwrap();
        functions.pop().unwrap().sources.pop().unwrap()
    }

    #[test]
    fn a_rule_of_the_default_bus_is_driven() {
        let driven = source("{Pattern: {detail: {set: [!Ref Set]}}, RetryPolicy: {MaximumRetryAttempts: 3}}");
        assert!(matches!(driven, Source::Rule(pattern) if pattern == json!({"detail": {"set": ["local-Set"]}})));
        for other in ["EventBusName: other", "Input: '{}'", "State: DISABLED"] {
            let found = source(&format!("{{Pattern: {{source: [aws.ses]}}, {other}}}"));
            assert!(matches!(found, Source::NotDriven(kind) if kind == "EventBridgeRule"), "{other}");
        }
    }

    #[test]
    fn a_configuration_set_sends_the_events_that_its_destination_names() {
        let events = |destination: &str| template("{}", destination).mail_events(&Names::default()).unwrap();
        let bus = "EventBridgeDestination: {EventBusArn: bus}, MatchingEventTypes: [bounce, delivery]";
        let expected = BTreeSet::from(["bounce", "delivery"].map(str::to_owned));
        assert_eq!(events(&format!("{{{bus}}}")), BTreeMap::from([("local-Set".to_owned(), expected)]));
        for none in [format!("{{Enabled: false, {bus}}}"), "{MatchingEventTypes: [bounce]}".to_owned()] {
            assert!(events(&none).is_empty(), "{none}");
        }
    }
}
