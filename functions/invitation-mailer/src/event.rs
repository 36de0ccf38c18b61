use aws_lambda_events::event::dynamodb::Event;
use serde::Deserialize;

/// The event of an invocation.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub enum Occasion {
    /// The table's stream has new emails.
    Stream(Event),
    /// The schedule starts a task.
    Schedule {
        /// The task. There is only one.
        task: Task,
    },
}

/// The tasks of the schedule, with their names in template.yaml.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Task {
    SendDueMails,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn stream_and_schedule_are_told_apart_and_nothing_else_is_taken() {
        let read = |json| serde_json::from_value::<Occasion>(json);
        assert!(matches!(read(json!({"Records": []})), Ok(Occasion::Stream(_))));
        let tick = read(json!({"task": "send-due-mails"}));
        assert!(matches!(tick, Ok(Occasion::Schedule { task: Task::SendDueMails })));
        for other in [json!({}), json!({"task": "other"}), json!([]), json!("send-due-mails")] {
            assert!(read(other.clone()).is_err(), "{other}");
        }
    }
}
