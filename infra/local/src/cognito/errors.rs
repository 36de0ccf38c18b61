//! Cognito's errors: their types and their words.

/// What is emulated.
const LIST: &str = "infra/local/README.md#cognito";

/// An error as clients see it. The status is always 400.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CognitoError {
    pub(crate) name: &'static str,
    pub(crate) message: String,
}

impl CognitoError {
    pub(crate) fn new(name: &'static str, message: impl Into<String>) -> Self {
        Self { name, message: message.into() }
    }

    pub(super) fn not_authorized(message: &str) -> Self {
        Self::new("NotAuthorizedException", message)
    }

    pub(super) fn invalid_parameter(message: impl Into<String>) -> Self {
        Self::new("InvalidParameterException", message)
    }

    /// The same for a wrong password and, where the app client hides them, for an unknown user.
    pub(super) fn incorrect_credentials() -> Self {
        Self::not_authorized("Incorrect username or password.")
    }

    pub(super) fn user_not_found() -> Self {
        Self::new("UserNotFoundException", "User does not exist.")
    }

    pub(super) fn invalid_session() -> Self {
        Self::not_authorized("Invalid session for the user.")
    }

    pub(super) fn missing(parameter: &str) -> Self {
        Self::invalid_parameter(format!("Missing required parameter {parameter}"))
    }

    /// Names what is missing here, and where to look.
    pub(super) fn not_emulated(what: &str) -> Self {
        Self::new(
            "UnknownOperationException",
            format!("The local stack does not emulate {what}. See what it emulates in {LIST}."),
        )
    }

    pub(super) fn user_is_disabled() -> Self {
        Self::not_authorized("User is disabled.")
    }

    pub(super) fn code_mismatch() -> Self {
        Self::new("CodeMismatchException", "Invalid verification code provided, please try again.")
    }

    pub(super) fn expired_code() -> Self {
        Self::new("ExpiredCodeException", "Invalid code provided, please request a code again.")
    }

    pub(super) fn internal() -> Self {
        Self::new("InternalErrorException", "The local stack could not write its data directory.")
    }
}
