//! Faults between the browser and the endpoint.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Json;
use axum::body::{Body, Bytes, HttpBody};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};
use http_body::Frame;
use serde::{Deserialize, Serialize};

use crate::Product;

/// What happens to the requests of the endpoint.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Fault {
    /// Milliseconds until the endpoint receives the request.
    before: u64,
    /// Milliseconds from the answer of the endpoint to that of the server.
    after: u64,
    answer: Answer,
    /// Seconds, or a date.
    retry_after: Option<String>,
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Answer {
    /// The answer of the endpoint.
    #[default]
    Own,
    /// The connection is closed after the endpoint answered.
    Lost,
    /// The connection is closed before the endpoint receives the request.
    Closed,
    /// 429, without the endpoint.
    TooMany,
    /// 503, without the endpoint.
    Unavailable,
    /// 500 with a page of a proxy, without the endpoint.
    Page,
    /// 200 with a page, as a captive portal answers, without the endpoint.
    Portal,
}

/// A request to the endpoint, as the server saw it.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Seen {
    origin: Option<String>,
    referer: Option<String>,
    site: Option<String>,
    /// The status of the answer, if there was one before the connection was closed.
    status: Option<u16>,
}

/// The current fault, and all requests.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    now: Mutex<Fault>,
    requests: Mutex<Vec<Seen>>,
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Replaces the fault.
pub(crate) async fn set(State(product): State<Product>, Json(fault): Json<Fault>) -> StatusCode {
    *lock(&product.faults.now) = fault;
    StatusCode::NO_CONTENT
}

/// Returns all requests to the endpoint since the server started.
pub(crate) async fn requests(State(product): State<Product>) -> Json<Vec<Seen>> {
    Json(lock(&product.faults.requests).clone())
}

/// The middleware in front of the endpoint.
pub(crate) async fn inject(
    State(faults): State<Arc<Faults>>,
    request: Request,
    next: Next,
) -> Response {
    let fault = lock(&faults.now).clone();
    let number = faults.saw(request.headers());
    pause(fault.before).await;
    let mut response = match fault.answer {
        Answer::Own => next.run(request).await,
        Answer::Lost => {
            next.run(request).await;
            Body::new(Cut).into_response()
        }
        Answer::Closed => Body::new(Cut).into_response(),
        Answer::TooMany => StatusCode::TOO_MANY_REQUESTS.into_response(),
        Answer::Unavailable => StatusCode::SERVICE_UNAVAILABLE.into_response(),
        Answer::Page => (StatusCode::INTERNAL_SERVER_ERROR, Html(PAGE)).into_response(),
        Answer::Portal => Html(PAGE).into_response(),
    };
    if let Some(wait) = fault.retry_after {
        let wait = wait.parse().expect("a header");
        response.headers_mut().insert(header::RETRY_AFTER, wait);
    }
    pause(fault.after).await;
    if !matches!(fault.answer, Answer::Lost | Answer::Closed) {
        lock(&faults.requests)[number].status = Some(response.status().as_u16());
    }
    response
}

const PAGE: &str = "<!doctype html><title>Sorry</title><h1>Something went wrong</h1>";

async fn pause(milliseconds: u64) {
    tokio::time::sleep(Duration::from_millis(milliseconds)).await;
}

impl Faults {
    /// Notes a request, and returns its number.
    fn saw(&self, headers: &HeaderMap) -> usize {
        let header = |name| Some(headers.get(name)?.to_str().ok()?.to_owned());
        let mut requests = lock(&self.requests);
        requests.push(Seen {
            origin: header("origin"),
            referer: header("referer"),
            site: header("sec-fetch-site"),
            status: None,
        });
        requests.len() - 1
    }
}

/// A body that fails at once, so that the server closes the connection.
struct Cut;

impl HttpBody for Cut {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        Poll::Ready(Some(Err(io::ErrorKind::ConnectionReset.into())))
    }
}
