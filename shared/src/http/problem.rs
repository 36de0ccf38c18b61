use jiff::SignedDuration;
use serde::Serialize;

use crate::{
    directory::DirectoryError,
    domain::{Permission, Refusal, Violation},
    table::StoreError,
    telemetry,
};

/// Defines the error codes, each with its status and its title. Clients branch on the code, which never changes. The
/// texts can change.
macro_rules! codes {
    ($($code:ident = $text:literal, $status:literal, $title:literal;)*) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Code { $(#[doc = $title] $code,)* }

        impl Code {
            pub const ALL: &[Self] = &[$(Self::$code,)*];

            pub const fn text(self) -> &'static str { match self { $(Self::$code => $text,)* } }

            pub const fn status(self) -> u16 { match self { $(Self::$code => $status,)* } }

            /// The title of the error response, which is the same for every response with this code.
            pub const fn title(self) -> &'static str { match self { $(Self::$code => $title,)* } }
        }
    };
}

codes! {
    MalformedRequest = "malformed-request", 400, "The request cannot be read";
    InvalidCursor = "invalid-cursor", 400, "The cursor does not belong to this list";
    AccessTokenRequired = "access-token-required", 401, "An access token is required";
    PermissionDenied = "permission-denied", 403, "Your roles do not allow this";
    RoleNotGrantable = "role-not-grantable", 403, "You cannot grant or revoke these roles";
    OrganizationCreationClosed = "organization-creation-closed", 403, "You cannot create an organization";
    EmailNotVerified = "email-not-verified", 403, "A verified email address is required";
    InAppAcceptanceDisabled = "in-app-acceptance-disabled", 403, "You cannot accept without the link";
    InvitationForAnotherAddress = "invitation-for-another-address", 403, "The invitation is for another email address";
    OrganizationNotFound = "organization-not-found", 404, "The organization was not found";
    MemberNotFound = "member-not-found", 404, "The member was not found";
    InvitationNotFound = "invitation-not-found", 404, "The invitation was not found";
    WorkspaceNotFound = "workspace-not-found", 404, "The workspace was not found";
    SettingsTabNotFound = "settings-tab-not-found", 404, "The settings tab was not found";
    OrganizationAlreadyCreated = "organization-already-created", 409, "You have already created an organization";
    LastOrganizationAdmin = "last-organization-admin", 409, "An organization must have an organization admin";
    CannotChangeOwnRoles = "cannot-change-own-roles", 409, "You cannot change your own roles";
    AlreadyAMember = "already-a-member", 409, "This person is already a member";
    InvitationAlreadyPending = "invitation-already-pending", 409, "This email address already has an invitation";
    InvitationAlreadyAccepted = "invitation-already-accepted", 409, "The invitation was already accepted";
    InviterLostAuthority = "inviter-lost-authority", 409, "The inviter can no longer grant these roles";
    AddressUndeliverable = "address-undeliverable", 409, "The last email to this address failed";
    SeatLimitReached = "seat-limit-reached", 409, "All seats are in use";
    WorkspaceLimitReached = "workspace-limit-reached", 409, "All workspaces are in use";
    LastWorkspace = "last-workspace", 409, "An organization must have a workspace";
    InvitationExpired = "invitation-expired", 410, "The invitation has expired";
    InvitationRevoked = "invitation-revoked", 410, "The invitation was revoked";
    InvitationDeclined = "invitation-declined", 410, "The invitation was declined";
    VersionMismatch = "version-mismatch", 412, "The resource has changed";
    BodyTooLarge = "body-too-large", 413, "The body is too large";
    UnsupportedMediaType = "unsupported-media-type", 415, "The body must be JSON";
    ValidationFailed = "validation-failed", 422, "Some values are not valid";
    IdempotencyKeyReused = "idempotency-key-reused", 422, "The idempotency key belongs to another request";
    IfMatchRequired = "if-match-required", 428, "An `If-Match` header is required";
    TooManyRequests = "too-many-requests", 429, "You sent too many requests";
    InvitationRateLimited = "invitation-rate-limited", 429, "The limit of invitations is reached";
    InternalError = "internal-error", 500, "An internal error occurred";
    TemporarilyUnavailable = "temporarily-unavailable", 503, "The API is temporarily unavailable";
}

/// An error response (problem details, RFC 9457).
#[derive(Clone, Debug)]
pub struct Problem {
    code: Code,
    detail: String,
    errors: Vec<Violation>,
    required: Option<Permission>,
    retry_after: Option<SignedDuration>,
}

impl Problem {
    /// Creates an error response. `detail` has two sentences: what is wrong, and what the reader can do. docs/style.md
    /// has the rules.
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into(), errors: Vec::new(), required: None, retry_after: None }
    }

    /// The response for values that break rules.
    pub fn validation(errors: Vec<Violation>) -> Self {
        let detail = "Each entry of `errors` names a value and the rule that it breaks. Correct these values and send the request again.";
        Self { errors, ..Self::new(Code::ValidationFailed, detail) }
    }

    /// The response for one value that breaks a rule.
    pub fn invalid(pointer: &str, detail: impl std::fmt::Display) -> Self {
        Self::validation(vec![Violation { pointer: pointer.to_owned(), detail: detail.to_string() }])
    }

    /// The response for an unknown organization. It is the same if the caller is not a member (R12).
    pub fn organization_not_found() -> Self {
        let detail = "You are not a member of an organization with this id. Check the link, or ask the organization to invite you.";
        Self::new(Code::OrganizationNotFound, detail)
    }

    /// The response for a member who does not exist.
    pub fn member_not_found() -> Self {
        Self::new(Code::MemberNotFound, "The organization has no member with this id. Reload the list of members.")
    }

    /// The response for a change that would leave no organization admin (R10).
    pub fn last_organization_admin() -> Self {
        let detail = "This change would leave the organization without an admin. Make another member an organization admin first.";
        Self::new(Code::LastOrganizationAdmin, detail)
    }

    /// The response for an `If-Match` that names another version than the current one.
    /// `what`: the word for the resource, such as `member`.
    pub fn version_mismatch(what: &str) -> Self {
        let detail = format!(
            "The {what} changed after you read this version. Read the {what} again, and send the new `ETag` in `If-Match`."
        );
        Self::new(Code::VersionMismatch, detail)
    }

    /// The response for an idempotency key that was used for another request (I9).
    pub fn idempotency_key_reused() -> Self {
        let detail = "Another request used this `Idempotency-Key` within the last 24 hours. Send a new key with each new request.";
        Self::new(Code::IdempotencyKeyReused, detail)
    }

    /// The response for a route in template.yaml that the function does not have, see [`routes!`](crate::routes).
    pub fn unknown_route() -> Self {
        #[derive(Debug, thiserror::Error)]
        #[error("template.yaml sends a route to this function that the function does not have")]
        struct UnknownRoute;
        Self::internal(&UnknownRoute)
    }

    /// The response for a request that the client can safely send again.
    pub fn unavailable() -> Self {
        let detail = "The API could not complete or confirm the request. You can safely send the same request again in a moment.";
        Self::retry_after(Code::TemporarilyUnavailable, detail, SignedDuration::from_secs(1))
    }

    /// The response for a request that can succeed after `pause`.
    pub fn retry_after(code: Code, detail: impl Into<String>, pause: SignedDuration) -> Self {
        Self { retry_after: Some(pause), ..Self::new(code, detail) }
    }

    /// The response for an internal error. `error` goes to the log, never to the client.
    pub fn internal(error: &dyn std::error::Error) -> Self {
        tracing::error!(error = telemetry::chain(error), "the request failed");
        Self::new(
            Code::InternalError,
            "The API logged the error. If it happens again, send the `requestId` to support.",
        )
    }

    pub fn code(&self) -> Code {
        self.code
    }

    /// The same about a part of the body, where `pointer` is.
    #[must_use]
    pub fn within(mut self, pointer: &str) -> Self {
        self.errors.iter_mut().for_each(|error| error.pointer.insert_str(0, pointer));
        self
    }

    pub fn detail(&self) -> &str {
        &self.detail
    }

    /// The values that break rules.
    pub fn errors(&self) -> &[Violation] {
        &self.errors
    }

    /// The value of the header `Retry-After`, in seconds.
    pub fn retry_after_seconds(&self) -> Option<i64> {
        self.retry_after.map(|duration| (duration.as_millis() + 999) as i64 / 1000)
    }

    pub fn document(&self, request_id: &str) -> impl Serialize {
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Document {
            r#type: String,
            title: &'static str,
            status: u16,
            detail: String,
            code: &'static str,
            request_id: String,
            #[serde(skip_serializing_if = "Vec::is_empty")]
            errors: Vec<ErrorView>,
            #[serde(skip_serializing_if = "Option::is_none")]
            required_permission: Option<String>,
            #[serde(skip_serializing_if = "Option::is_none")]
            roles_that_may: Option<Vec<&'static str>>,
        }

        #[derive(Serialize)]
        struct ErrorView {
            pointer: String,
            detail: String,
        }

        let errors = self.errors.iter().cloned().map(|Violation { pointer, detail }| ErrorView { pointer, detail });
        Document {
            r#type: format!("/problems/{}", self.code.text()),
            title: self.code.title(),
            status: self.code.status(),
            detail: self.detail.clone(),
            code: self.code.text(),
            request_id: request_id.to_owned(),
            errors: errors.collect(),
            required_permission: self.required.map(|permission| permission.to_string()),
            roles_that_may: self
                .required
                .map(|permission| permission.roles_that_may().map(|role| role.name()).collect()),
        }
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let (code, permission, detail) = match refusal {
            Refusal::NotAMember => return Self::organization_not_found(),
            Refusal::Lacks(permission) => (
                Code::PermissionDenied,
                permission,
                format!(
                    "You do not have the permission `{permission}`. Ask a member with a role in `rolesThatMay` to do this."
                ),
            ),
            Refusal::NotGrantable(permission) => (
                Code::RoleNotGrantable,
                permission,
                format!(
                    "A role in this change has the permission `{permission}`, which you do not have. Ask a member with a role in `rolesThatMay` to do this."
                ),
            ),
        };
        Self { required: Some(permission), ..Self::new(code, detail) }
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unavailable(_) => {
                tracing::warn!(error = telemetry::chain(&error), "the table is not available");
                Self::unavailable()
            }
            StoreError::Unexpected(_) => Self::internal(&error),
        }
    }
}

impl From<DirectoryError> for Problem {
    fn from(error: DirectoryError) -> Self {
        match error {
            DirectoryError::Unknown => Self::new(
                Code::AccessTokenRequired,
                "The account for this access token no longer exists or is disabled. Sign in with another account.",
            ),
            DirectoryError::NoAddress => Self::new(
                Code::EmailNotVerified,
                "Your account has no email address. Add an email address to your account, verify it, and try again.",
            ),
            DirectoryError::TooOften(pause) => Self::retry_after(
                Code::TooManyRequests,
                "The API limits the requests that read your account from the user pool. Wait as `Retry-After` says, then try again.",
                pause,
            ),
            DirectoryError::UnusableAddress => Self::new(
                Code::EmailNotVerified,
                "The API does not support your email address: it has quotes, two dots in a row, non-ASCII or too many characters before the @, or an incomplete domain. Change the email address of your account, verify it, and try again.",
            ),
            DirectoryError::Unavailable(_) => {
                tracing::warn!(error = telemetry::chain(&error), "the user pool is not available");
                Self::unavailable()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code() {
        let rows: Vec<_> =
            Code::ALL.iter().map(|code| format!("{} {} {}", code.status(), code.text(), code.title())).collect();
        insta::assert_snapshot!(rows.join("\n"));
    }

    #[test]
    fn a_refusal_says_which_permission_and_who_has_it() {
        let problem = Problem::from(Refusal::Lacks(Permission::MANAGE_USERS));
        let document = serde_json::to_value(problem.document("r-1")).unwrap();
        assert_eq!(document["requiredPermission"], "users:manage");
        assert_eq!(document["rolesThatMay"], serde_json::json!(["organization_admin", "user_admin"]));
        assert_eq!(document["type"], "/problems/permission-denied");
    }
}
