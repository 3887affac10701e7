//! The answers to requests.

use std::fmt::Display;

use axum::body::Body;
use axum::http::header::{
    ACCEPT_ENCODING, CONNECTION, CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER,
    WWW_AUTHENTICATE,
};
use axum::http::{Response, StatusCode};
use axum::response::IntoResponse;
use pings_payload::{Malformed, Uuid, Week};
use serde_json::{Value as Json, json};

use super::quotas::Exceeded;
use crate::ingest::accept::{Accepted, Disposition};

/// The default of `Retry-After` in seconds.
const AGAIN: u64 = 5;

/// The refusal of a request.
#[derive(Clone, Debug)]
pub(super) struct Refusal {
    pub(super) status: StatusCode,
    /// The kind of the reason, for the log. The reason itself may contain values of the payload.
    pub(super) class: &'static str,
    /// The instance, if the payload could be read.
    pub(super) instance: Option<Uuid>,
    reason: String,
    path: Option<String>,
    /// The value of `Retry-After` in seconds.
    again: u64,
    /// Whether the connection must be closed, because the start of the next request cannot be
    /// found.
    closes: bool,
}

impl Refusal {
    pub(super) fn new(status: StatusCode, reason: impl Display) -> Self {
        Self {
            status,
            class: status.canonical_reason().unwrap_or("refused"),
            instance: None,
            reason: reason.to_string(),
            path: None,
            again: AGAIN,
            closes: false,
        }
    }

    /// Sets the instance that sent the payload.
    pub(super) fn of(self, instance: Uuid) -> Self {
        Self {
            instance: Some(instance),
            ..self
        }
    }

    /// Closes the connection after the answer.
    pub(super) fn closing(mut self) -> Self {
        self.closes = true;
        self
    }

    pub(super) fn malformed(malformed: Malformed) -> Self {
        let status = match malformed.is_too_large {
            true => StatusCode::PAYLOAD_TOO_LARGE,
            false => StatusCode::BAD_REQUEST,
        };
        Self {
            path: Some(malformed.path),
            class: match malformed.is_too_large {
                true => "too_large",
                false => "malformed",
            },
            ..Self::new(status, malformed.reason)
        }
    }

    /// The sender has used up a quota.
    pub(super) fn exceeded(exceeded: Exceeded) -> Self {
        let Exceeded { limit, most, again } = exceeded;
        let what = limit.name();
        let refusal = match again {
            Some(again) => Self {
                again: again.as_secs() + 1,
                ..Self::new(
                    StatusCode::TOO_MANY_REQUESTS,
                    format!("the limit `{what}` of {most} is exhausted"),
                )
            },
            None => Self::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                format!("the payload alone exceeds the limit `{what}` of {most}"),
            ),
        };
        Self {
            class: what,
            ..refusal
        }
    }

    /// The sender is not allowed to send this payload.
    pub(super) fn forbidden(reason: &str) -> Self {
        Self::new(StatusCode::FORBIDDEN, reason)
    }

    /// The request may succeed later.
    pub(super) fn busy(reason: impl Display) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, reason)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response<Body> {
        let mut body = json!({ "ok": false, "error": self.reason });
        if let Some(path) = self.path {
            body["path"] = path.into();
        }
        let mut response = json_response(self.status, &body);
        let mut add = |name: HeaderName, value: HeaderValue| {
            response.headers_mut().insert(name, value);
        };
        let text = HeaderValue::from_static;
        match self.status {
            StatusCode::UNAUTHORIZED => add(WWW_AUTHENTICATE, text("Bearer")),
            StatusCode::UNSUPPORTED_MEDIA_TYPE => add(ACCEPT_ENCODING, text("gzip, identity")),
            StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS => {
                add(RETRY_AFTER, self.again.into());
            }
            _ => {}
        }
        if self.closes {
            add(CONNECTION, text("close"));
        }
        response
    }
}

/// Returns the answer to a payload that is kept. The answer tells the sender whether to send a
/// higher revision, because the store holds different content, and which missing weeks to send
/// again.
pub(super) fn accepted(accepted: &Accepted, lacks: &[Week]) -> Response<Body> {
    let mut body = json!({
        "ok": true,
        "instance": accepted.instance.to_string(),
        "week": accepted.week.to_string(),
        "revision": accepted.revision,
        "received_at": accepted.received_at,
        "known": accepted.known,
    });
    if accepted.how == Disposition::Conflict {
        body["conflict"] = true.into();
    }
    if let Some(standing) = accepted.standing {
        body["newest"] = standing.newest.into();
        body["events"] = standing.events.into();
    }
    if !lacks.is_empty() {
        body["lacks"] = lacks.iter().map(ToString::to_string).collect();
    }
    json_response(StatusCode::OK, &body)
}

pub(super) fn json_response(status: StatusCode, json: &Json) -> Response<Body> {
    let mut response = Response::new(Body::from(format!("{json}\n")));
    *response.status_mut() = status;
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(CONTENT_TYPE, json);
    response
}
