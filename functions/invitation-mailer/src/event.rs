use aws_lambda_events::event::dynamodb::Event;
use serde::Deserialize;

/// What invokes the function.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub enum Occasion {
    /// The table's stream has new mails.
    Stream(Event),
    /// The schedule asks for what is due.
    Schedule {
        /// Which of the function's tasks. There is one.
        task: Task,
    },
}

/// What a schedule can ask for, as template.yaml writes it.
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
