//! What can be asked for.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, Response, StatusCode};
use axum::response::IntoResponse;
use axum::routing::{get, post};
use pings_database::Mode;
use serde_json::json;
use tokio::time::timeout;

use super::Shared;
use super::answer::{Refusal, json_response};
use super::body::pass_by;
use super::receive;
use crate::store::Store;

/// How long the database may take to show that it lives.
const PATIENCE: Duration = Duration::from_secs(2);

pub(super) fn router(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/v1/payloads", post(receive::payload))
        .route("/healthz", get(health))
        .route("/metrics", get(metrics))
        .fallback(not_found)
        .method_not_allowed_fallback(wrong_method)
        .with_state(shared)
}

async fn health(State(shared): State<Arc<Shared>>) -> Response<Body> {
    match timeout(PATIENCE, alive(&shared.store)).await {
        Ok(Ok(())) => json_response(StatusCode::OK, &json!({ "ok": true })),
        _ => Refusal::busy("the database does not answer").into_response(),
    }
}

async fn alive(store: &Store) -> sqlx::Result<()> {
    let mut tx = store.database.begin(Mode::Read).await?;
    tx.run("SELECT 1", &[]).await?;
    tx.rollback().await
}

async fn metrics(State(shared): State<Arc<Shared>>) -> Response<Body> {
    let under_way = shared.limits.requests - shared.requests.available_permits();
    let mut response = Response::new(Body::from(shared.metrics.text(under_way)));
    let text = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
    response.headers_mut().insert(CONTENT_TYPE, text);
    response
}

async fn not_found(State(shared): State<Arc<Shared>>, request: Request) -> Refusal {
    let reason = "there are POST /v1/payloads, GET /healthz and GET /metrics";
    refuse(&shared, request, StatusCode::NOT_FOUND, reason).await
}

async fn wrong_method(State(shared): State<Arc<Shared>>, request: Request) -> Refusal {
    let reason = "payloads are sent with POST; the rest is asked for with GET";
    refuse(&shared, request, StatusCode::METHOD_NOT_ALLOWED, reason).await
}

async fn refuse(shared: &Shared, request: Request, status: StatusCode, reason: &str) -> Refusal {
    let (head, body) = request.into_parts();
    pass_by(&head.headers, body, &shared.limits).await;
    Refusal::new(status, reason)
}
