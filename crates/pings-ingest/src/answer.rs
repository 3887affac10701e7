//! Answers, which are JSON.

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::refusal::Refusal;

/// The maximum size of a body in bytes.
pub(crate) const LARGEST: usize = 256 * 1024;

/// The answer to a batch. The three counts sum to the number of events in the batch.
#[derive(Debug, Default, PartialEq, Serialize)]
pub(crate) struct Accepted {
    /// The events that are recorded.
    pub(crate) accepted: usize,
    /// The events that were recorded before.
    pub(crate) duplicates: usize,
    pub(crate) refused: Vec<Refusal>,
}

impl IntoResponse for Accepted {
    fn into_response(self) -> Response {
        json(StatusCode::OK, &self)
    }
}

/// A request that is refused as a whole.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Rejection {
    #[error("the request comes from another site")]
    OtherSite,
    #[error("this client sends too many requests")]
    TooMany,
    #[error("compressed bodies are not accepted")]
    Encoded,
    #[error("the body must be text/plain or application/json")]
    MediaType,
    #[error("the body is larger than {} KB", LARGEST / 1024)]
    TooLarge,
    #[error("the body did not arrive in time")]
    TooSlow,
    #[error("the body did not arrive completely")]
    Incomplete,
    #[error("{0}")]
    Malformed(String),
    #[error("too many requests are being received")]
    Busy,
    #[error("the events cannot be stored now")]
    Unavailable,
}

#[derive(Serialize)]
struct Message<'a> {
    message: &'a str,
}

impl IntoResponse for Rejection {
    fn into_response(self) -> Response {
        let status = match self {
            Self::OtherSite => StatusCode::FORBIDDEN,
            Self::TooMany => StatusCode::TOO_MANY_REQUESTS,
            Self::Encoded | Self::MediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::Incomplete | Self::Malformed(_) => StatusCode::BAD_REQUEST,
            Self::Busy | Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        };
        let wait = match self {
            Self::TooMany | Self::Busy => Some("1"),
            Self::Unavailable => Some("5"),
            _ => None,
        };
        let message = self.to_string();
        let mut response = json(status, &Message { message: &message });
        if let Some(wait) = wait {
            let headers = response.headers_mut();
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static(wait));
        }
        response
    }
}

fn json(status: StatusCode, value: &impl Serialize) -> Response {
    // These types always serialize.
    let body = serde_json::to_vec(value).unwrap_or_default();
    let mut response = (status, Body::from(body)).into_response();
    let headers = response.headers_mut();
    let json = HeaderValue::from_static("application/json");
    headers.insert(header::CONTENT_TYPE, json);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
