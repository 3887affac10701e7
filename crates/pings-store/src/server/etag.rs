//! The digest of an answer, with which a client asks whether the answer changed.

use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode};
use sha2::{Digest, Sha256};

/// Adds the digest of the body to an answer. If the client has the same answer, the answer becomes 304
/// without a body. `body` is the body of the answer.
#[must_use]
pub fn tagged(headers: &HeaderMap, mut response: Response<Body>, body: &[u8]) -> Response<Body> {
    let digest = hex::encode(Sha256::digest(body));
    let tag = format!("\"{}\"", &digest[..32]);
    let known = headers.get_all(IF_NONE_MATCH).iter();
    let mut known = known
        .filter_map(|value| value.to_str().ok())
        .flat_map(|it| it.split(','));
    if known.any(|it| it.trim() == "*" || it.trim().trim_start_matches("W/") == tag) {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        *response.body_mut() = Body::empty();
        response.headers_mut().remove(CONTENT_TYPE);
    }
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        response.headers_mut().insert(ETAG, tag);
    }
    response
}
