use std::time::Duration;

use lambda_http::{
    Body, Request, RequestExt,
    aws_lambda_events::apigw::ApiGatewayV2httpRequestContext,
    http::header::{CONTENT_TYPE, IF_MATCH},
    request::RequestContext,
};
use serde::de::DeserializeOwned;

use super::{Caller, Clients, Code, Cursor, Idempotency, IdempotencyKey, Problem};
use crate::{
    domain::{InvalidId, InvitationId, OrganizationId, Timestamp, UserId, Version, WorkspaceId},
    table::Occasion,
};

/// The part of an invocation's time that is reserved for the response and the log.
const TO_ANSWER: Duration = Duration::from_millis(500);

/// The largest body that a route accepts, in KiB.
const LARGEST_BODY: usize = 16;
/// The largest body of a batch, in KiB.
const LARGEST_BATCH: usize = 64;

/// A request from API Gateway.
pub struct ApiRequest {
    request: Request,
    context: ApiGatewayV2httpRequestContext,
    clients: Clients,
    now: Timestamp,
}

/// The requested page of a list.
#[derive(Clone, Debug)]
pub struct PageRequest {
    /// The maximum number of items: 1 to 100.
    pub limit: u16,
    /// The sort key after which the page begins.
    pub after: Option<String>,
}

impl ApiRequest {
    /// Creates the request with the instant of its arrival.
    pub(super) fn new(request: Request, clients: Clients, now: Timestamp) -> Self {
        let context = match request.request_context() {
            RequestContext::ApiGatewayV2(context) => context,
            _ => ApiGatewayV2httpRequestContext::default(),
        };
        Self { request, context, clients, now }
    }

    /// The route of the request, such as `GET /organizations/{organizationId}`.
    pub fn route(&self) -> &str {
        self.context.route_key.as_deref().unwrap_or_default()
    }

    /// API Gateway's id of the request.
    pub fn id(&self) -> &str {
        self.context.request_id.as_deref().unwrap_or_default()
    }

    /// The instant of the request, which all its decisions use.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// The instant and id of the request, for audit records.
    pub fn occasion(&self) -> Occasion {
        Occasion { at: self.now, request_id: self.id().to_owned() }
    }

    /// The time until shortly before Lambda ends the invocation. `None` outside of Lambda.
    pub(super) fn time_left(&self) -> Option<Duration> {
        let deadline = self.request.lambda_context_ref().map(|context| context.deadline).filter(|time| *time > 0)?;
        let now = u64::try_from(self.now.as_milliseconds()).unwrap_or_default();
        Some(Duration::from_millis(deadline.saturating_sub(now)).saturating_sub(TO_ANSWER))
    }

    pub(super) fn request(&self) -> &Request {
        &self.request
    }

    /// The caller: the user of the access token.
    ///
    /// # Errors
    /// 401 `access-token-required`
    pub fn caller(&self) -> Result<Caller, Problem> {
        let jwt = self.context.authorizer.as_ref().and_then(|authorizer| authorizer.jwt.as_ref());
        Caller::from_claims(jwt.map(|jwt| &jwt.claims), &self.clients)
    }

    /// A path parameter without a check. It is empty if the route has no parameter of this name.
    pub fn path(&self, name: &str) -> &str {
        self.request.path_parameters_ref().and_then(|parameters| parameters.first(name)).unwrap_or_default()
    }

    /// Parses the path parameter `{organizationId}`.
    ///
    /// # Errors
    /// 404 `organization-not-found`, because a text that cannot be an id is an unknown id.
    pub fn organization_id(&self) -> Result<OrganizationId, Problem> {
        self.path("organizationId").parse().map_err(|InvalidId| Problem::organization_not_found())
    }

    /// Parses the path parameter `{userId}`. A text that cannot be an id becomes an id that no user has. The response
    /// depends on the caller's permissions, so the table is read in any case.
    pub fn user_id(&self) -> UserId {
        self.path("userId").parse().unwrap_or_else(|InvalidId| UserId::none())
    }

    /// Parses the path parameter `{invitationId}`. A text that cannot be an id becomes an id that no invitation has.
    pub fn invitation_id(&self) -> InvitationId {
        self.path("invitationId").parse().unwrap_or(InvitationId::NONE)
    }

    /// Parses the path parameter `{workspaceId}`. A text that cannot be an id becomes an id that no workspace has.
    pub fn workspace_id(&self) -> WorkspaceId {
        self.path("workspaceId").parse().unwrap_or(WorkspaceId::NONE)
    }

    /// A query parameter without a check.
    pub fn query(&self, name: &str) -> Option<String> {
        self.request.query_string_parameters_ref().and_then(|parameters| parameters.first(name)).map(str::to_owned)
    }

    /// Parses a query parameter that is the name of a value.
    ///
    /// # Errors
    /// 422 `validation-failed`
    pub fn query_as<T>(
        &self,
        name: &str,
        parse: impl FnOnce(&str) -> Option<T>,
        rule: &str,
    ) -> Result<Option<T>, Problem> {
        let Some(text) = self.query(name) else { return Ok(None) };
        parse(&text).map(Some).ok_or_else(|| Problem::invalid(&format!("/{name}"), rule))
    }

    /// Parses a query parameter that is an instant.
    ///
    /// # Errors
    /// 422 `validation-failed`
    pub fn query_instant(&self, name: &str) -> Result<Option<Timestamp>, Problem> {
        let rule = "must be an instant in RFC 3339, such as `2026-01-31T00:00:00Z`";
        self.query_as(name, |text| text.parse().ok(), rule)
    }

    /// Parses the query parameters `limit` (1 to 100, default 25) and `cursor`.
    ///
    /// # Errors
    /// 400 `malformed-request`, 422 `validation-failed`, 400 `invalid-cursor`
    pub fn page(&self, cursor: &Cursor) -> Result<PageRequest, Problem> {
        let limit = match self.query("limit").as_deref().map(|text| (text, text.parse())) {
            None => 25,
            Some((_, Ok(limit @ 1..=100))) => limit,
            Some((text, _))
                if text.trim_start_matches('-').bytes().all(|byte| byte.is_ascii_digit()) && !text.is_empty() =>
            {
                return Err(Problem::invalid("/limit", "must be from 1 to 100"));
            }
            Some(_) => {
                return Err(Problem::new(
                    Code::MalformedRequest,
                    "`limit` must be a whole number from 1 to 100. Correct it and send the request again.",
                ));
            }
        };
        let after = self.query("cursor").map(|text| cursor.read(&text)).transpose()?;
        Ok(PageRequest { limit, after })
    }

    fn bytes(&self) -> &[u8] {
        match self.request.body() {
            Body::Text(text) => text.as_bytes(),
            Body::Binary(bytes) => bytes,
            _ => &[],
        }
    }

    /// The body of a route that works without one, as [`Self::body`] reads it.
    ///
    /// # Errors
    /// Those of [`Self::body`], if there is one.
    pub fn optional_body<T: DeserializeOwned + Default>(&self) -> Result<T, Problem> {
        if self.bytes().is_empty() { Ok(T::default()) } else { self.body() }
    }

    /// Parses the body of the route. It rejects unknown fields, because a misspelled field must not be ignored
    /// silently.
    ///
    /// # Errors
    /// 413 `body-too-large`, 415 `unsupported-media-type`, 400 `malformed-request`
    pub fn body<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        self.body_within(LARGEST_BODY)
    }

    /// The body of a batch, as [`Self::body`] reads it. It can be larger.
    ///
    /// # Errors
    /// Those of [`Self::body`].
    pub fn batch_body<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        self.body_within(LARGEST_BATCH)
    }

    fn body_within<T: DeserializeOwned>(&self, largest: usize) -> Result<T, Problem> {
        let bytes = self.bytes();
        if bytes.len() > largest * 1024 {
            return Err(Problem::new(
                Code::BodyTooLarge,
                format!("The body must have at most {largest} KiB. Shorten it and send the request again."),
            ));
        }
        let media_type =
            self.request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let essence = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        if essence != "application/json" && !(essence.starts_with("application/") && essence.ends_with("+json")) {
            return Err(Problem::new(
                Code::UnsupportedMediaType,
                "The `Content-Type` of the body is not JSON. Send a JSON body with `Content-Type: application/json`.",
            ));
        }
        object("body", bytes)
    }

    /// Parses the version in `If-Match`. `None` if the header is missing or is `*`.
    ///
    /// # Errors
    /// 400 `malformed-request` for more than one entity tag, 412 `version-mismatch` for a weak one, which never matches.
    pub fn if_match(&self) -> Result<Option<Version>, Problem> {
        let Some(header) = self.request.headers().get(IF_MATCH) else { return Ok(None) };
        let text = header.to_str().unwrap_or_default().trim();
        if text == "*" {
            return Ok(None);
        }
        if text.starts_with("W/") {
            return Err(Problem::new(
                Code::VersionMismatch,
                "`If-Match` has a weak `ETag`, which never matches. Send the `ETag` exactly as the API returned it.",
            ));
        }
        let tag =
            text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).filter(|tag| !tag.contains(['"', ',']));
        let tag = tag.ok_or_else(|| {
            Problem::new(
                Code::MalformedRequest,
                "`If-Match` must be one `ETag` in its quotes, or `*`. Send the `ETag` exactly as the API returned it.",
            )
        })?;
        Ok(Some(Version::from(tag.to_owned())))
    }

    /// Parses the version in `If-Match` for a route that requires the header. `None` for `*`: any version.
    ///
    /// # Errors
    /// 428 `if-match-required` without the header, and those of [`Self::if_match`].
    pub fn required_if_match(&self) -> Result<Option<Version>, Problem> {
        if self.request.headers().get(IF_MATCH).is_none() {
            return Err(Problem::new(
                Code::IfMatchRequired,
                "A change without `If-Match` could undo another person's change. Send the `ETag` of what you read in `If-Match`.",
            ));
        }
        self.if_match()
    }

    /// The identity of the request for its idempotency key. `None` without the header.
    ///
    /// # Errors
    /// 400 `malformed-request`
    pub fn idempotency(&self, caller: &Caller) -> Result<Option<Idempotency>, Problem> {
        let Some(header) = self.request.headers().get("idempotency-key") else { return Ok(None) };
        let key = IdempotencyKey::parse(header.to_str().unwrap_or_default())?;
        // The route has read the body by now, with a limit of its own.
        let body: serde_json::Value =
            if self.bytes().is_empty() { serde_json::Value::Null } else { self.batch_body()? };
        let asked = serde_json::json!([self.path("organizationId"), self.path("invitationId"), body]);
        Ok(Some(Idempotency::new(caller.user_id.clone(), self.route(), key, &asked)))
    }
}

/// Parses a JSON object with exactly the fields of `T`. `part` is the part of the request that it is, such as `body`.
///
/// # Errors
/// 400 `malformed-request`
pub fn object<T: DeserializeOwned>(part: &str, json: &[u8]) -> Result<T, Problem> {
    let problem = |error: &str| {
        let detail = format!("The {part} {error}. Correct the {part} and send the request again.");
        Problem::new(Code::MalformedRequest, detail)
    };
    // An array would do for serde, its elements taken for the fields in order.
    if !json.trim_ascii_start().starts_with(b"{") {
        return Err(problem("must be a JSON object"));
    }
    serde_json::from_slice(json).map_err(|error| problem(&malformed(&error)))
}

/// Describes the error in a body, without repeating values of the request, which can be personal data.
fn malformed(error: &serde_json::Error) -> String {
    let place = format!("line {}, column {}", error.line(), error.column());
    if error.is_data() {
        let text = error.to_string();
        let known =
            ["unknown field", "missing field", "duplicate field"].into_iter().any(|start| text.starts_with(start));
        // A name as routes have them may be repeated; anything longer could be a value that lost its quotes, or a token (R14).
        let name = text.split('`').nth(1).unwrap_or_default();
        let is_name = name.len() <= 32 && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
        if known && is_name {
            let text: String = text.chars().filter(|c| !c.is_control()).take(300).collect();
            return format!("does not have the fields of this route: {text}");
        }
        if known {
            return format!("has a field that this route does not have, at {place}");
        }
        return format!("has a value of the wrong type at {place}");
    }
    format!("is not valid JSON at {place}")
}
