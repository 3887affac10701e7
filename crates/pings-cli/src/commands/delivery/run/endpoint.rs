//! The endpoint of `pings run` with its health and metrics.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use axum::routing::get;
use tokio::net::TcpListener;

use super::health::Health;
use crate::commands::http;
use crate::failure::Failure;
use crate::output;

/// Listens on an address.
pub(super) async fn bind(address: SocketAddr) -> Result<TcpListener, Failure> {
    let cannot = |error| Failure::Ours(format!("cannot listen on {address}: {error}"));
    let listener = TcpListener::bind(address).await.map_err(cannot)?;
    let bound = listener.local_addr().map_err(cannot)?;
    output::done(
        "Listening",
        &format!("on http://{bound}/healthz and /metrics"),
    );
    Ok(listener)
}

/// Serves the health and the metrics until the future is dropped.
pub(super) async fn serve(listener: TcpListener, health: Arc<Health>) {
    let router = Router::new()
        .route("/healthz", get(healthz))
        .route("/metrics", get(metrics))
        .with_state(health);
    http::serve(listener, router, std::future::pending::<()>()).await;
}

/// Says only whether the service works: reasons may name tables and hosts.
async fn healthz(State(health): State<Arc<Health>>) -> impl IntoResponse {
    let (status, body) = match health.is_well() {
        true => (StatusCode::OK, r#"{"ok":true}"#),
        false => (StatusCode::SERVICE_UNAVAILABLE, r#"{"ok":false}"#),
    };
    (status, [(CONTENT_TYPE, "application/json")], body)
}

async fn metrics(State(health): State<Arc<Health>>) -> impl IntoResponse {
    let text = "text/plain; version=0.0.4; charset=utf-8";
    ([(CONTENT_TYPE, text)], health.metrics())
}
