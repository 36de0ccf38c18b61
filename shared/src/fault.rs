//! The error of a call to AWS, in a form for the log. It never contains the service's message, because that can repeat
//! an email address, an item or a request (I11).

use aws_sdk_dynamodb::error::ProvideErrorMetadata;
use aws_smithy_runtime_api::client::{
    orchestrator::HttpResponse,
    result::{ConnectorError, SdkError},
};

/// A failed call: the kind of failure, and the code and HTTP status if the service responded.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    #[error("the request could not be made")]
    NotMade,
    #[error("no response in time")]
    TimedOut,
    #[error("the service could not be reached")]
    NotReached,
    #[error("the response could not be read (HTTP {0})")]
    Unreadable(u16),
    #[error("{code} (HTTP {status})")]
    Answered { code: String, status: u16 },
}

impl Fault {
    /// Converts `error` and drops everything that must not be logged.
    pub fn of<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> Self {
        match error {
            SdkError::TimeoutError(_) => Self::TimedOut,
            SdkError::DispatchFailure(failure)
                if failure.as_connector_error().is_some_and(ConnectorError::is_timeout) =>
            {
                Self::TimedOut
            }
            SdkError::DispatchFailure(_) => Self::NotReached,
            SdkError::ResponseError(response) => Self::Unreadable(response.raw().status().as_u16()),
            SdkError::ServiceError(error) => {
                Self::answered(error.err().code().unwrap_or("no code"), error.raw().status().as_u16())
            }
            _ => Self::NotMade,
        }
    }

    /// Creates the fault of a response with an error. It keeps only the characters of `code` that a name can have.
    pub fn answered(code: &str, status: u16) -> Self {
        let code = code.chars().filter(|c| c.is_ascii_alphanumeric() || " .,_".contains(*c)).take(200).collect();
        Self::Answered { code, status }
    }
}

#[cfg(test)]
mod tests {
    use super::Fault;

    #[test]
    fn a_code_that_is_none_cannot_carry_an_address() {
        assert_eq!(
            Fault::answered("Throttled: eve@example.com\n{", 400).to_string(),
            "Throttled eveexample.com (HTTP 400)"
        );
        assert_eq!(Fault::answered("ThrottlingException", 400).to_string(), "ThrottlingException (HTTP 400)");
    }
}
