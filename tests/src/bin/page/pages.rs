//! The pages of the product, and the files of its front end.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use pings::PageConsent;

use crate::Product;
use crate::sessions::{cookies, with_cookie};

/// The cookie that keeps the answer of the user.
const CONSENT: &str = "consent";

/// The strictest policy with which a front end can run.
const POLICY: &str = "default-src 'none'; script-src 'self'; connect-src 'self'; base-uri 'none'; \
                      form-action 'none'; frame-ancestors 'none'";

/// Returns a page. The last part of its path does not matter.
pub(crate) async fn page(
    State(product): State<Product>,
    Path(path): Path<Vec<String>>,
    headers: HeaderMap,
) -> Response {
    let consent = match cookies(&headers).get(CONSENT) {
        Some(&"ask") => PageConsent::Ask,
        Some(&"denied") => PageConsent::Denied,
        _ => PageConsent::Granted,
    };
    let script = product.ingest.script(consent);
    let build = &path[0];
    let page = format!(
        "<!doctype html>
<html lang=\"en\">
<meta charset=\"utf-8\">
<title>Insights</title>
{script}
<script type=\"module\" src=\"/assets/{build}/main.js\"></script>
<button data-ping=\"InsightAddition\" data-ping-insight-type=\"searchInsights\">Add</button>
"
    );
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::REFERRER_POLICY, "no-referrer"),
    ];
    (headers, page).into_response()
}

/// Returns a file of a build.
pub(crate) async fn asset(
    State(product): State<Product>,
    Path((build, file)): Path<(String, String)>,
) -> Response {
    let is_name = |name: &str| !name.contains(['/', '\\']) && !name.starts_with('.');
    if !is_name(&build) || !is_name(&file) {
        return StatusCode::NOT_FOUND.into_response();
    }
    match std::fs::read(product.builds.join(build).join(file)) {
        Ok(bytes) => ([(header::CONTENT_TYPE, "text/javascript")], bytes).into_response(),
        Err(_) => StatusCode::NOT_FOUND.into_response(),
    }
}

/// Remembers the answer of the user.
pub(crate) async fn consent(Path(consent): Path<String>) -> Response {
    with_cookie(CONSENT, &consent)
}
