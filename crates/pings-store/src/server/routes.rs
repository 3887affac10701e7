//! The routes of the server.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::IntoResponse;
use axum::routing::{get, post};
use serde_json::json;
use time::OffsetDateTime;
use tokio::time::timeout;

use super::activity::Activity;
use super::answer::{Refusal, json_response};
use super::body::pass_by;
use super::headers::single;
use super::health::PATIENCE;
use super::visitor::{Sender, Visitor};
use super::{reading, receive};

pub(super) fn router(visitor: Arc<Visitor>) -> Router {
    let pages = visitor.shared.pages.clone();
    let names_sender = from_fn_with_state(Arc::clone(&visitor), name_sender);
    let router = Router::new()
        .route("/v1/payloads", post(receive::payload))
        .route("/healthz", get(health))
        .route("/metrics", get(metrics))
        .merge(reading::router())
        .fallback(not_found)
        .method_not_allowed_fallback(wrong_method)
        .with_state(visitor);
    match pages {
        Some(pages) => router.merge(pages.route_layer(names_sender)),
        None => router,
    }
}

/// Tells the pages who asks, and what the server received.
async fn name_sender(
    State(visitor): State<Arc<Visitor>>,
    mut request: Request,
    next: Next,
) -> Response<Body> {
    let address = visitor.address(request.headers());
    let activity = Activity(Arc::clone(&visitor.shared));
    request.extensions_mut().insert(Sender { address });
    request.extensions_mut().insert(activity);
    next.run(request).await
}

async fn health(State(visitor): State<Arc<Visitor>>) -> Response<Body> {
    let shared = &visitor.shared;
    let is_well = timeout(2 * PATIENCE, shared.health.is_well(&shared.store)).await;
    if shared.metrics.is_failing() {
        return Refusal::busy("the database rejects the data").into_response();
    }
    match is_well {
        Ok(true) => json_response(StatusCode::OK, &json!({ "ok": true })),
        _ => Refusal::busy("the database is not writable").into_response(),
    }
}

async fn metrics(State(visitor): State<Arc<Visitor>>, headers: HeaderMap) -> Response<Body> {
    let shared = &visitor.shared;
    let token = match single(&headers, "Authorization") {
        Ok(token) => token.map(HeaderValue::as_bytes),
        Err(refusal) => return refusal.into_response(),
    };
    match &shared.metrics_token {
        Some(metrics_token)
            if metrics_token
                .allowed(token, OffsetDateTime::now_utc())
                .is_none() =>
        {
            let reason = "the token is missing or wrong: Authorization: Bearer TOKEN";
            return Refusal::new(StatusCode::UNAUTHORIZED, reason).into_response();
        }
        None if !visitor.is_local(&headers) => {
            let reason = "metrics can be read without a token only from this machine";
            return Refusal::new(StatusCode::FORBIDDEN, reason).into_response();
        }
        _ => {}
    }
    let under_way = shared.limits.requests - shared.requests.available_permits();
    let mut response = Response::new(Body::from(shared.metrics.text(under_way)));
    let text = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
    response.headers_mut().insert(CONTENT_TYPE, text);
    response
}

async fn not_found(State(visitor): State<Arc<Visitor>>, request: Request) -> Refusal {
    let reason = "the endpoints are POST /v1/payloads, GET /v1/series/CODE, /v1/growth/CODE, /v1/usage/CODE, /v1/fleet, /v1/retention, /healthz and /metrics";
    refuse(&visitor, request, StatusCode::NOT_FOUND, reason).await
}

async fn wrong_method(State(visitor): State<Arc<Visitor>>, request: Request) -> Refusal {
    let reason = "use POST for payloads and GET for the other endpoints";
    refuse(&visitor, request, StatusCode::METHOD_NOT_ALLOWED, reason).await
}

async fn refuse(visitor: &Visitor, request: Request, status: StatusCode, reason: &str) -> Refusal {
    let (head, body) = request.into_parts();
    pass_by(&head.headers, body, visitor).await;
    Refusal::new(status, reason)
}
