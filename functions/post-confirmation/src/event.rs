use serde_json::Value;
use shared::{
    directory::Identity,
    domain::{SubmittedDetails, UserId},
};

/// A user who has just confirmed their sign-up.
#[derive(Clone)]
pub(crate) struct SignUp {
    pub(crate) user_id: UserId,
    pub(crate) identity: Identity,
    /// The details of the organization from ClientMetadata, or its name from `custom:organization_name`.
    pub(crate) details: SubmittedDetails,
}

impl SignUp {
    /// Reads the event of a sign-up, and returns `None` for every other event. The trigger also runs after a forgotten
    /// password (I5), and may run for other events in the future.
    pub(crate) fn from_event(event: &Value) -> Option<Self> {
        if event["triggerSource"] != "PostConfirmation_ConfirmSignUp" {
            return None;
        }
        let text = |place: &'static str, name: &str| event["request"][place][name].as_str();
        let attribute = |name: &str| text("userAttributes", name);
        let metadata = |name: &str| text("clientMetadata", name).map(str::to_owned);
        let details = SubmittedDetails {
            name: metadata("organizationName")
                .filter(|name| !name.trim().is_empty())
                .or_else(|| attribute("custom:organization_name").map(str::to_owned)),
            phone: metadata("organizationPhone"),
            website: metadata("organizationWebsite"),
            industry: metadata("organizationIndustry"),
            company_size: metadata("organizationCompanySize"),
            country: metadata("organizationCountry"),
        };
        Some(Self {
            user_id: attribute("sub")?.parse().ok()?,
            identity: Identity::from_attributes(attribute).ok()?,
            details,
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn event(source: &str, metadata: &Value) -> Value {
        json!({
            "version": "1", "triggerSource": source, "region": "us-east-1", "userPoolId": "us-east-1_Example",
            "userName": "u-1", "callerContext": {"awsSdkVersion": "1", "clientId": "c-1"},
            "request": {
                "userAttributes": {"sub": "u-1", "email": "ada@example.com", "email_verified": "true", "given_name": "Ada",
                    "custom:organization_name": "From the attribute"},
                "clientMetadata": metadata
            },
            "response": {}
        })
    }

    #[test]
    fn only_a_confirmed_sign_up_is_one() {
        for source in ["PostConfirmation_ConfirmForgotPassword", "PostConfirmation_Whatever", "PreSignUp_SignUp", ""] {
            assert!(SignUp::from_event(&event(source, &json!({}))).is_none(), "{source}");
        }
        assert!(SignUp::from_event(&json!({})).is_none() && SignUp::from_event(&json!([1])).is_none());
    }

    #[test]
    fn metadata_goes_before_the_attribute() {
        let details =
            |metadata| SignUp::from_event(&event("PostConfirmation_ConfirmSignUp", &metadata)).unwrap().details;
        assert_eq!(details(json!({"organizationName": "Acme", "organizationPhone": "12345"})).name.unwrap(), "Acme");
        assert_eq!(details(json!(null)).name.unwrap(), "From the attribute");
        assert_eq!(details(json!({"organizationName": " "})).name.unwrap(), "From the attribute");
    }
}
