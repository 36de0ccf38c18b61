//! The small part of Amazon Cognito that the functions and their clients touch. A development tool, nothing else.

/// The attributes of OpenID Connect that every pool knows.
pub(crate) fn is_standard_attribute(name: &str) -> bool {
    const STANDARD: [&str; 20] = [
        "sub",
        "name",
        "given_name",
        "family_name",
        "middle_name",
        "nickname",
        "preferred_username",
        "profile",
        "picture",
        "website",
        "email",
        "email_verified",
        "gender",
        "birthdate",
        "zoneinfo",
        "locale",
        "phone_number",
        "phone_number_verified",
        "address",
        "updated_at",
    ];
    STANDARD.contains(&name)
}
