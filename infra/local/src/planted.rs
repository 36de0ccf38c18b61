//! Personal data in error messages. The real services name identities, items and values there ("The following identities
//! failed the check in region US-EAST-1: eve@example.com"), so a function that logs such a message leaks. Here every error that
//! a function is sent names somebody who does not exist: where that person turns up, a message was passed on.

use serde_json::Value;

/// The email address in every error message for a function.
pub const PLANTED_EMAIL: &str = "wilhelmina.ravenscroft@planted.example.com";
/// The name in every error message for a function.
pub const PLANTED_NAME: &str = "Wilhelmina Ravenscroft";

/// A message as a service would word it about that person.
pub(crate) fn sentence(message: &str) -> String {
    format!("{message} The request was about {PLANTED_NAME} <{PLANTED_EMAIL}>.")
}

/// Plants them in an error of the JSON protocols, and in the reasons of a transaction.
pub(crate) fn plant(error: &mut Value) {
    let Some(members) = error.as_object_mut() else { return };
    let mut planted = false;
    for name in ["message", "Message"] {
        if let Some(message) = members.get_mut(name) {
            *message = sentence(message.as_str().unwrap_or_default()).into();
            planted = true;
        }
    }
    if !planted {
        members.insert("message".to_owned(), sentence("The request failed.").into());
    }
    let reasons = members.get_mut("CancellationReasons").and_then(Value::as_array_mut);
    for reason in reasons.into_iter().flatten().filter(|reason| reason.get("Message").is_some_and(Value::is_string)) {
        plant(reason);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_message_of_an_error_names_somebody() {
        let mut error = json!({"Message": "a", "message": "b", "CancellationReasons": [
            {"Code": "None"}, {"Code": "ValidationError", "Message": "c"}, {"Code": "None", "Message": null}]});
        plant(&mut error);
        for pointer in ["/Message", "/message", "/CancellationReasons/1/Message"] {
            let text = error.pointer(pointer).and_then(Value::as_str).unwrap();
            assert!(text.contains(PLANTED_EMAIL) && text.contains(PLANTED_NAME), "{text}");
        }
        assert_eq!(error["CancellationReasons"][0], json!({"Code": "None"}));
        assert!(error["CancellationReasons"][2]["Message"].is_null(), "as DynamoDB has it");
        let mut bare = json!({"__type": "SerializationException"});
        plant(&mut bare);
        assert!(bare["message"].as_str().unwrap().contains(PLANTED_EMAIL));
    }
}
