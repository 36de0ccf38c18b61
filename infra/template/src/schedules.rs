//! Schedules, and which of them a machine without a calendar can keep.

use std::time::Duration;

use serde_json::{Map, Value};

use super::{Names, Source, Template, TemplateError, not_understood, parameters::text};

/// A schedule that invokes a function at a fixed rate.
#[derive(Debug, Clone, PartialEq)]
pub struct ScheduleSource {
    /// `ScheduleExpression`: from one invocation to the next.
    pub every: Duration,
    /// `Input`: the event.
    pub input: Value,
}

impl Template {
    /// A rate is driven; the calendar of `cron(…)` and `at(…)` is not, nor is a schedule that is switched off.
    pub(super) fn schedule(
        &self,
        place: &str,
        kind: &str,
        raw: &Value,
        names: &Names,
    ) -> Result<Source, TemplateError> {
        let get = |name: &str| match raw.get(name) {
            Some(value) => self.evaluate(value, names, &format!("{place}.{name}")),
            None => Ok(Value::Null),
        };
        // ScheduleV2 and Schedule have different names for it.
        let expression = match get("ScheduleExpression")? {
            Value::Null => get("Schedule")?,
            expression => expression,
        };
        let enabled = get("State")?.as_str() != Some("DISABLED") && get("Enabled")?.as_bool() != Some(false);
        let (Some(every), true) = (expression.as_str().and_then(rate), enabled) else {
            return Ok(Source::NotDriven(kind.to_owned()));
        };
        let input = match get("Input")? {
            Value::Null => Value::Object(Map::new()),
            input => serde_json::from_str(&text(&input))
                .map_err(|error| not_understood(format!("{place}.Input"), error.to_string()))?,
        };
        Ok(Source::Schedule(ScheduleSource { every, input }))
    }
}

/// `rate(5 minutes)`, as EventBridge writes it.
fn rate(expression: &str) -> Option<Duration> {
    let (count, unit) = expression.strip_prefix("rate(")?.strip_suffix(')')?.split_once(' ')?;
    let seconds = match unit {
        "minute" | "minutes" => 60,
        "hour" | "hours" => 3600,
        "day" | "days" => 86400,
        _ => return None,
    };
    let count: u64 = count.parse().ok().filter(|count| *count > 0)?;
    count.checked_mul(seconds).map(Duration::from_secs)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn schedule(event: &str) -> Result<Source, TemplateError> {
        let template = format!(
            "Resources:
  Sweeper:
    Type: AWS::Serverless::Function
    Metadata: {{BuildProperties: {{Binary: sweeper}}}}
    Properties: {{Events: {{Tick: {event}}}}}
"
        );
        let mut functions = Template::parse(&template, &BTreeMap::new())?.functions(&Names::default())?;
        Ok(functions.pop().unwrap().sources.pop().unwrap())
    }

    #[test]
    fn a_schedule_is_driven_if_it_is_a_rate() {
        let driven = [
            ("ScheduleV2", "ScheduleExpression: rate(1 minute), Input: '{\"task\": 1}'", 60, "{\"task\":1}"),
            ("ScheduleV2", "ScheduleExpression: rate(2 hours), State: ENABLED", 7200, "{}"),
            ("Schedule", "Schedule: rate(3 days), Enabled: true", 259_200, "{}"),
        ];
        for (kind, properties, seconds, input) in driven {
            let found = schedule(&format!("{{Type: {kind}, Properties: {{{properties}}}}}")).unwrap();
            let Source::Schedule(ScheduleSource { every, input: given }) = found else {
                panic!("{properties}: {found:?}")
            };
            assert_eq!((every, given.to_string().as_str()), (Duration::from_secs(seconds), input), "{properties}");
        }
        for properties in [
            "ScheduleExpression: cron(0 * * * ? *)",
            "ScheduleExpression: rate(0 minutes)",
            "ScheduleExpression: rate(1 minute), State: DISABLED",
        ] {
            let found = schedule(&format!("{{Type: ScheduleV2, Properties: {{{properties}}}}}")).unwrap();
            assert!(matches!(found, Source::NotDriven(kind) if kind == "ScheduleV2"), "{properties}");
        }
        let refusal = schedule("{Type: ScheduleV2, Properties: {ScheduleExpression: rate(1 minute), Input: no JSON}}");
        assert!(refusal.unwrap_err().to_string().contains("Sweeper.Events.Tick.Input"));
    }
}
