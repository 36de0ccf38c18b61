use lambda_http::{
    Body, Response,
    http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, LOCATION, RETRY_AFTER},
};
use serde::Serialize;

use super::{Cursor, Problem};
use crate::{domain::Version, items::Answer};

/// The response to a request that succeeded.
#[derive(Debug)]
pub struct Reply {
    status: u16,
    etag: Option<String>,
    location: Option<String>,
    body: Option<String>,
}

impl Reply {
    /// A response with the status 200 and a view.
    ///
    /// # Errors
    /// When a view cannot be written as JSON. That does not happen for the views of this product.
    pub fn ok(view: &impl Serialize) -> Result<Self, Problem> {
        Self::with(200, view)
    }

    /// A response with another status and a view.
    ///
    /// # Errors
    /// As [`Reply::ok`].
    pub fn with(status: u16, view: &impl Serialize) -> Result<Self, Problem> {
        let body = serde_json::to_string(view).map_err(|error| Problem::internal(&error))?;
        Ok(Self { status, etag: None, location: None, body: Some(body) })
    }

    /// A response with the status 204 and no body.
    pub fn no_content() -> Self {
        Self { status: 204, etag: None, location: None, body: None }
    }

    /// Adds the `ETag` of the version that the view shows.
    #[must_use]
    pub fn etag(self, version: &Version) -> Self {
        Self { etag: Some(version.etag()), ..self }
    }

    /// Adds the `Location` of the created resource.
    #[must_use]
    pub fn location(self, path: String) -> Self {
        Self { location: Some(path), ..self }
    }

    /// The form in which the response is stored for a repeated request.
    pub fn to_answer(&self) -> Answer {
        Answer { status: self.status, location: self.location.clone(), body: self.body.clone().unwrap_or_default() }
    }
}

impl From<Answer> for Reply {
    fn from(answer: Answer) -> Self {
        Self {
            status: answer.status,
            etag: None,
            location: answer.location,
            body: Some(answer.body).filter(|body| !body.is_empty()),
        }
    }
}

/// A page of a list in a response.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PageView<T> {
    items: Vec<T>,
    /// The cursor of the next page, or `null` on the last page.
    next_cursor: Option<String>,
}

impl<T> PageView<T> {
    /// Creates a page. `next` is the sort key at the end of the page, if there may be more items.
    pub fn new(items: impl Iterator<Item = T>, next: Option<String>, cursor: &Cursor) -> Self {
        Self { items: items.collect(), next_cursor: next.map(|key| cursor.write(&key)) }
    }
}

/// Creates the HTTP response. No cache may store it, because every response depends on the caller.
pub(super) fn response(answer: Result<Reply, Problem>, request_id: &str) -> Response<Body> {
    let builder = Response::builder().header(CACHE_CONTROL, "no-store");
    let response = match answer {
        Ok(reply) => {
            let mut builder = builder.status(reply.status);
            for (name, value) in [(ETAG, reply.etag), (LOCATION, reply.location)] {
                if let Some(value) = value {
                    builder = builder.header(name, value);
                }
            }
            match reply.body {
                Some(body) => builder.header(CONTENT_TYPE, "application/json").body(Body::from(body)),
                None => builder.body(Body::Empty),
            }
        }
        Err(problem) => {
            let mut builder = builder.status(problem.code().status()).header(CONTENT_TYPE, "application/problem+json");
            if let Some(seconds) = problem.retry_after_seconds() {
                builder = builder.header(RETRY_AFTER, seconds);
            }
            builder.body(Body::from(serde_json::to_string(&problem.document(request_id)).unwrap_or_default()))
        }
    };
    response.unwrap_or_default()
}
