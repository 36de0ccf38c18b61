//! The JWT authorizer of an HTTP API, with its words in `www-authenticate`.
//!
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html>

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use axum::http::HeaderMap;
use jsonwebtoken::{Algorithm, Validation, decode, decode_header};
use serde_json::{Map, Value};
use stack_template::{Api, Authorizer, RouteAuthorizer};

use crate::{clock, cognito::keys::PublicKeys};

/// The claims of a token that was accepted, and the scopes that the route asked for.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Authorized {
    pub(super) claims: Map<String, Value>,
    pub(super) scopes: Option<Vec<String>>,
}

/// Why a request is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    NoToken,
    Invalid(&'static str),
    InsufficientScope,
}

impl Refusal {
    pub(super) fn www_authenticate(self) -> String {
        match self {
            Self::NoToken => "Bearer".to_owned(),
            Self::Invalid(reason) => {
                format!("Bearer scope=\"\" error=\"invalid_token\" error_description=\"{reason}\"")
            }
            Self::InsufficientScope => "Bearer scope=\"\" error=\"insufficient_scope\"".to_owned(),
        }
    }
}

/// All authorizers of the API.
#[derive(Debug)]
pub(super) struct Authorizers {
    api: Api,
    keys: PublicKeys,
    /// The claims of tokens whose signature was right: to verify one costs a tenth of a request's processor time.
    verified: Mutex<HashMap<String, Map<String, Value>>>,
}

/// How many tokens are remembered before all are forgotten.
const MOST_TOKENS: usize = 1_000;

impl Authorizers {
    pub(super) fn new(api: &Api, keys: PublicKeys) -> Self {
        Self { api: api.clone(), keys, verified: Mutex::default() }
    }

    /// `None` for a route without an authorizer.
    pub(super) fn check(&self, route: &RouteAuthorizer, headers: &HeaderMap) -> Result<Option<Authorized>, Refusal> {
        let (name, scopes) = match route {
            RouteAuthorizer::None => return Ok(None),
            RouteAuthorizer::Named { name, scopes } => (Some(name), scopes.as_slice()),
            RouteAuthorizer::Default => (self.api.default_authorizer.as_ref(), [].as_slice()),
        };
        let Some(name) = name else { return Ok(None) };
        // A name without an authorizer would be a template that cannot be deployed: nobody passes.
        let authorizer = self.api.authorizers.get(name).ok_or(Refusal::Invalid("unknown authorizer"))?;
        let token =
            headers.get(authorizer.header.as_str()).and_then(|value| value.to_str().ok()).ok_or(Refusal::NoToken)?;
        let token = match token.split_once(' ') {
            Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => token.trim(),
            _ => token,
        };
        if token.is_empty() {
            return Err(Refusal::NoToken);
        }
        let claims = self.verified_claims(token)?;
        check_claims(authorizer, &claims, clock::now_seconds())?;
        if !scopes.is_empty() {
            let granted = claims.get("scope").or_else(|| claims.get("scp")).and_then(Value::as_str).unwrap_or_default();
            if !granted.split(' ').any(|scope| scopes.iter().any(|wanted| wanted == scope)) {
                return Err(Refusal::InsufficientScope);
            }
        }
        Ok(Some(Authorized { claims, scopes: (!scopes.is_empty()).then(|| scopes.to_vec()) }))
    }

    /// As [`Self::claims`], verified once for each token. The keys do not change while the stack runs.
    fn verified_claims(&self, token: &str) -> Result<Map<String, Value>, Refusal> {
        let verified = || self.verified.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(claims) = verified().get(token) {
            return Ok(claims.clone());
        }
        let claims = self.claims(token)?;
        let mut verified = verified();
        if verified.len() >= MOST_TOKENS {
            verified.clear();
        }
        verified.insert(token.to_owned(), claims.clone());
        Ok(claims)
    }

    /// The claims, if the pool's own key signed them.
    fn claims(&self, token: &str) -> Result<Map<String, Value>, Refusal> {
        let header = decode_header(token).map_err(|_| Refusal::Invalid("the token is malformed"))?;
        let key = header.kid.as_deref().and_then(|kid| self.keys.find(kid));
        let key = key
            .filter(|_| header.alg == Algorithm::RS256)
            .ok_or(Refusal::Invalid("signing method RS256 is invalid"))?;
        let mut validation = Validation::new(Algorithm::RS256);
        // Times and audience follow the gateway's rules, below.
        validation.required_spec_claims.clear();
        validation.validate_exp = false;
        validation.validate_aud = false;
        decode::<Map<String, Value>>(token, &key, &validation)
            .map(|token| token.claims)
            .map_err(|_| Refusal::Invalid("crypto/rsa: verification error"))
    }
}

fn check_claims(authorizer: &Authorizer, claims: &Map<String, Value>, now: i64) -> Result<(), Refusal> {
    if claims.get("iss").and_then(Value::as_str) != Some(authorizer.issuer.as_str()) {
        return Err(Refusal::Invalid("the token does not have a valid issuer"));
    }
    // `client_id` counts only where there is no `aud`, as with Cognito's access tokens.
    let audience = match claims.get("aud").or_else(|| claims.get("client_id")) {
        Some(Value::Array(several)) => several.iter().filter_map(Value::as_str).collect(),
        Some(Value::String(one)) => vec![one.as_str()],
        _ => Vec::new(),
    };
    if !audience.iter().any(|one| authorizer.audience.iter().any(|wanted| wanted == one)) {
        return Err(Refusal::Invalid("the token does not have a valid audience"));
    }
    let time = |name: &str| claims.get(name).and_then(Value::as_i64);
    if time("exp").is_none_or(|expiry| expiry <= now) {
        return Err(Refusal::Invalid("the token has expired"));
    }
    if time("nbf").is_some_and(|start| start > now) || time("iat").is_some_and(|issued| issued > now) {
        return Err(Refusal::Invalid("the token is not valid yet"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;
    use serde_json::json;

    use super::*;
    use crate::cognito::keys::SigningKey;

    struct Fixture {
        key: SigningKey,
        authorizers: Authorizers,
    }

    fn fixture() -> Fixture {
        let key = SigningKey::for_tests();
        let authorizer = Authorizer {
            header: "authorization".to_owned(),
            issuer: "https://issuer".to_owned(),
            audience: vec!["client".to_owned()],
        };
        let api = Api {
            authorizers: [("Cognito".to_owned(), authorizer)].into(),
            default_authorizer: Some("Cognito".to_owned()),
            cors: None,
        };
        Fixture { authorizers: Authorizers::new(&api, key.public()), key }
    }

    fn claims() -> Value {
        let now = clock::now_seconds();
        json!({"iss": "https://issuer", "client_id": "client", "exp": now + 60, "iat": now - 1, "scope": "a b"})
    }

    fn with(changes: Value) -> Value {
        let mut claims = claims();
        for (name, value) in changes.as_object().unwrap() {
            claims[name] = value.clone();
        }
        claims
    }

    fn ask(fixture: &Fixture, route: &RouteAuthorizer, header: Option<&str>) -> Result<Option<Authorized>, Refusal> {
        let mut headers = HeaderMap::new();
        if let Some(header) = header {
            headers.insert("authorization", HeaderValue::from_str(header).unwrap());
        }
        fixture.authorizers.check(route, &headers)
    }

    #[test]
    fn tokens_are_judged_as_the_gateway_does() {
        let fixture = fixture();
        let now = clock::now_seconds();
        let other = SigningKey::for_tests();
        let invalid = |reason| Err(Refusal::Invalid(reason));
        let sign = |claims: &Value| format!("Bearer {}", fixture.key.sign(claims).unwrap());
        let cases: Vec<(String, Result<(), Refusal>)> = vec![
            (sign(&claims()), Ok(())),
            (fixture.key.sign(&claims()).unwrap(), Ok(())),
            (sign(&with(json!({"aud": "client", "client_id": "other"}))), Ok(())),
            (sign(&with(json!({"aud": "other"}))), invalid("the token does not have a valid audience")),
            (sign(&with(json!({"client_id": "other"}))), invalid("the token does not have a valid audience")),
            (sign(&with(json!({"iss": "https://other"}))), invalid("the token does not have a valid issuer")),
            (sign(&with(json!({"exp": now}))), invalid("the token has expired")),
            (sign(&with(json!({"nbf": now + 60}))), invalid("the token is not valid yet")),
            (sign(&with(json!({"iat": now + 60}))), invalid("the token is not valid yet")),
            (format!("Bearer {}", other.sign(&claims()).unwrap()), invalid("signing method RS256 is invalid")),
            (format!("{}x", sign(&claims())), invalid("crypto/rsa: verification error")),
            ("Bearer nonsense".to_owned(), invalid("the token is malformed")),
            ("Bearer ".to_owned(), Err(Refusal::NoToken)),
        ];
        for (header, expected) in cases {
            // Remembered or not, the answer is the same.
            for _ in 0..2 {
                let found = ask(&fixture, &RouteAuthorizer::Default, Some(&header)).map(|_| ());
                assert_eq!(found, expected, "{header}");
            }
        }
        assert_eq!(ask(&fixture, &RouteAuthorizer::Default, None), Err(Refusal::NoToken));
    }

    #[test]
    fn a_token_without_a_signature_is_refused() {
        use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD as BASE64};
        let token = format!("{}.{}.", BASE64.encode(r#"{"alg":"none"}"#), BASE64.encode(claims().to_string()));
        assert!(ask(&fixture(), &RouteAuthorizer::Default, Some(&token)).is_err());
    }

    #[test]
    fn routes_may_have_no_authorizer_or_want_scopes() {
        let fixture = fixture();
        assert_eq!(ask(&fixture, &RouteAuthorizer::None, None), Ok(None));
        let token = fixture.key.sign(&claims()).unwrap();
        let wants = |scope: &str| RouteAuthorizer::Named { name: "Cognito".to_owned(), scopes: vec![scope.to_owned()] };
        assert!(ask(&fixture, &wants("b"), Some(&token)).is_ok());
        assert_eq!(ask(&fixture, &wants("c"), Some(&token)), Err(Refusal::InsufficientScope));
    }
}
