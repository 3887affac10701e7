//! Shows events as they arrive to those who know a token, such as `pings tail`.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use serde::Serialize;
use serde_json::{Map, Value as Json};
use subtle::ConstantTimeEq;
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;

use crate::refusal::Reason;

/// The number of lines that wait for a slow reader. Further ones are skipped.
const WAITING: usize = 1024;

/// Longer lines are skipped, so that a reader who pauses does not fill the memory.
const LONGEST: usize = 16 * 1024;

/// A line break is sent this often, so that neither side takes a quiet connection for a lost one.
const HEARTBEAT: Duration = Duration::from_secs(10);

/// The events that arrive.
#[derive(Clone, Debug)]
pub(crate) struct Feed {
    lines: broadcast::Sender<Arc<str>>,
    token: Arc<str>,
}

/// A line of the feed.
#[derive(Serialize)]
pub(crate) struct Line<'a> {
    /// `logged`, `spilled`, `duplicate` or `refused`.
    pub(crate) outcome: &'static str,
    pub(crate) reason: Option<Reason>,
    pub(crate) message: Option<&'a str>,
    /// The kind of actor: `user`, `visitor` or `nobody`.
    pub(crate) actor: &'static str,
    pub(crate) source: &'a str,
    /// The event as the client sent it, without the id of the visitor.
    pub(crate) event: &'a Map<String, Json>,
}

impl Feed {
    pub(crate) fn new(token: &str) -> Self {
        Self {
            lines: broadcast::channel(WAITING).0,
            token: token.into(),
        }
    }

    /// Returns whether anybody reads the feed.
    pub(crate) fn is_read(&self) -> bool {
        self.lines.receiver_count() > 0
    }

    pub(crate) fn send(&self, line: &Line<'_>) {
        let line = match serde_json::to_string(line) {
            Ok(json) if json.len() <= LONGEST => format!("{json}\n"),
            _ => "{\"skipped\":1}\n".to_owned(),
        };
        // The last reader may have stopped.
        let _ = self.lines.send(line.into());
    }

    /// Answers with the events that arrive from now on, one JSON object per line.
    pub(crate) fn answer(&self, headers: &HeaderMap) -> Response {
        let sent = headers.get(header::AUTHORIZATION);
        let sent = sent.and_then(|it| it.to_str().ok()?.strip_prefix("Bearer "));
        let is_known = sent.is_some_and(|it| it.as_bytes().ct_eq(self.token.as_bytes()).into());
        if !is_known {
            let challenge = [(header::WWW_AUTHENTICATE, "Bearer")];
            return (StatusCode::UNAUTHORIZED, challenge).into_response();
        }
        let lines = stream::unfold(self.lines.subscribe(), |mut lines| async move {
            let line = match tokio::time::timeout(HEARTBEAT, lines.recv()).await {
                Err(_) => Bytes::from_static(b"\n"),
                Ok(Ok(line)) => Bytes::copy_from_slice(line.as_bytes()),
                Ok(Err(RecvError::Lagged(skipped))) => {
                    format!("{{\"skipped\":{skipped}}}\n").into()
                }
                Ok(Err(RecvError::Closed)) => return None,
            };
            Some((Ok::<_, Infallible>(line), lines))
        });
        let headers = [
            (header::CONTENT_TYPE, "application/x-ndjson"),
            (header::CACHE_CONTROL, "no-store"),
        ];
        (headers, Body::from_stream(lines)).into_response()
    }
}
