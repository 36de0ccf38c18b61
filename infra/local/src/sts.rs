//! The part of AWS STS that tools ask first: who am I.

use axum::{
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use stack_template::ACCOUNT;

use crate::{engine::caller, entropy, iam::Permissions, not_emulated::escape};

/// `GetCallerIdentity`: a function is its role, everybody else a user with the name of the key.
pub(crate) fn get_caller_identity(permissions: &Permissions, headers: &HeaderMap) -> Response {
    let key = caller(headers);
    let arn =
        permissions.arn(&key).map_or_else(|| format!("arn:aws:iam::{ACCOUNT}:user/{}", escape(&key)), str::to_owned);
    let body = format!(
        "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><GetCallerIdentityResult>\
         <Arn>{arn}</Arn><UserId>{}</UserId><Account>{ACCOUNT}</Account></GetCallerIdentityResult>\
         <ResponseMetadata><RequestId>{}</RequestId></ResponseMetadata></GetCallerIdentityResponse>",
        escape(&key),
        entropy::uuid()
    );
    (StatusCode::OK, [(header::CONTENT_TYPE, "text/xml")], body).into_response()
}
