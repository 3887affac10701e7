//! Headers that decide who sends a payload.

use axum::http::{HeaderMap, HeaderValue, StatusCode};

use super::answer::Refusal;

/// Returns the value of a header that a request may have once.
///
/// # Errors
///
/// If the request has it more than once: a proxy may check one value while the store uses another.
pub(super) fn single<'h>(
    headers: &'h HeaderMap,
    name: &str,
) -> Result<Option<&'h HeaderValue>, Refusal> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (value, None) => Ok(value),
        (_, Some(_)) => {
            let reason = format!("the header {name} is there more than once");
            Err(Refusal::new(StatusCode::BAD_REQUEST, reason))
        }
    }
}
