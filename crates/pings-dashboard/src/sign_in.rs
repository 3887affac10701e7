//! Signing in with the token for reading, and signing out.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::Body;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Extension, Form, FromRequest, Query, Request, State};
use axum::http::header::{RETRY_AFTER, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode};
use maud::html;
use pings_store::server::Sender;
use serde::Deserialize;
use tokio::time::timeout;

use crate::attempts::WINDOW;
use crate::frame::{Area, Reader, failed, page as in_frame, see};
use crate::sessions::{LASTS, SESSION, session};
use crate::site::Site;

/// The time limit for receiving a form.
const PATIENCE: Duration = Duration::from_secs(10);

#[derive(Default, Deserialize)]
pub(crate) struct Next {
    next: Option<String>,
}

#[derive(Deserialize)]
struct Given {
    token: String,
    next: Option<String>,
}

/// Returns the page on which readers sign in.
pub(crate) async fn page(
    State(site): State<Arc<Site>>,
    asked: Result<Query<Next>, QueryRejection>,
) -> Response<Body> {
    match &site.access {
        None => without_token(),
        Some(_) => form(
            StatusCode::OK,
            asked.ok().and_then(|Query(it)| it.next),
            None,
        ),
    }
}

fn form(status: StatusCode, next: Option<String>, wrong: Option<&str>) -> Response<Body> {
    let content = html! {
        h1 { "Sign in" }
        form.sign-in method="post" action="/sign-in" {
            @if let Some(wrong) = wrong { p.wrong role="alert" { (wrong) } }
            label for="token" { "Token for reading" }
            input #token name="token" type="password" autocomplete="current-password" required autofocus aria-describedby="about";
            input type="hidden" name="next" value=(safe(next.as_deref()));
            button { "Sign in" }
            p.dim #about {
                "The token is the one of " code { "pings store serve --read-token" }
                " or " code { "PINGS_STORE_READ_TOKEN" } "."
            }
        }
    };
    in_frame(status, (Area::Other, "Sign in"), Reader::Other, &content)
}

/// Returns the page for a server without a token for reading.
pub(crate) fn without_token() -> Response<Body> {
    let content = html! {
        h1 { "The dashboard is switched off" }
        p { "The numbers of the store are shown only behind a token. Start the server with a token for reading, and with the registries by which the numbers are computed:" }
        pre { "PINGS_STORE_READ_TOKEN=$(openssl rand -hex 32) pings store serve --registry pings.yaml" }
        p { "Instances send payloads with other tokens, which cannot read." }
    };
    in_frame(
        StatusCode::NOT_FOUND,
        (Area::Other, "Dashboard"),
        Reader::Other,
        &content,
    )
}

/// Returns an address of this site, and the first page instead of any other address.
fn safe(next: Option<&str>) -> &str {
    let is_ours = |next: &&str| {
        let mut chars = next.chars();
        chars.next() == Some('/')
            && !matches!(chars.next(), Some('/' | '\\'))
            && next.chars().all(|c| c.is_ascii_graphic())
    };
    next.filter(is_ours).unwrap_or("/")
}

/// Begins a session, if the token is right.
pub(crate) async fn sign_in(
    State(site): State<Arc<Site>>,
    sender: Option<Extension<Sender>>,
    headers: HeaderMap,
    request: Request,
) -> Response<Body> {
    let Some(access) = &site.access else {
        return without_token();
    };
    let given = timeout(PATIENCE, Form::<Given>::from_request(request, &())).await;
    let Ok(Ok(Form(given))) = given else {
        let wrong = Some("The form was not received. Try again.");
        return form(StatusCode::BAD_REQUEST, None, wrong);
    };
    let now = Instant::now();
    let address = sender.map(|Extension(sender)| sender.address);
    if address.is_some_and(|address| !site.attempts.is_allowed(address, now)) {
        let wrong = Some("Too many wrong tokens. Try again in a minute.");
        let mut limited = form(StatusCode::TOO_MANY_REQUESTS, given.next, wrong);
        let again = HeaderValue::from(WINDOW.as_secs());
        limited.headers_mut().insert(RETRY_AFTER, again);
        return limited;
    }
    let authorization = format!("Bearer {}", given.token.trim());
    if !access.allows(Some(authorization.as_bytes())) {
        return form(
            StatusCode::UNAUTHORIZED,
            given.next,
            Some("The token is wrong."),
        );
    }
    if let Some(address) = address {
        site.attempts.forget(address);
    }
    let Some(key) = site.sessions.begin(now) else {
        let message = "the system has no random numbers";
        return failed(StatusCode::INTERNAL_SERVER_ERROR, Reader::Other, message);
    };
    let mut answer = see(safe(given.next.as_deref()));
    set_cookie(&mut answer, &headers, &key, LASTS);
    answer
}

/// Ends a session.
pub(crate) async fn sign_out(State(site): State<Arc<Site>>, headers: HeaderMap) -> Response<Body> {
    if let Some(key) = session(&headers) {
        site.sessions.end(key);
    }
    let mut answer = see("/sign-in");
    set_cookie(&mut answer, &headers, "", Duration::ZERO);
    answer
}

/// Sets the cookie of a session. A browser sends it only to this site and, if a proxy received the
/// request over TLS, only over TLS.
fn set_cookie(answer: &mut Response<Body>, headers: &HeaderMap, key: &str, lasts: Duration) {
    let is_secure = headers
        .get("x-forwarded-proto")
        .is_some_and(|it| it.as_bytes().eq_ignore_ascii_case(b"https"));
    let secure = if is_secure { "; Secure" } else { "" };
    let lasts = lasts.as_secs();
    let cookie =
        format!("{SESSION}={key}; HttpOnly; SameSite=Strict; Path=/; Max-Age={lasts}{secure}");
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        answer.headers_mut().insert(SET_COOKIE, cookie);
    }
}

#[cfg(test)]
mod tests {
    use super::safe;

    #[test]
    fn signing_in_leads_only_to_pages_of_the_site() {
        for own in ["/", "/series/a/b?by=c&weeks=5", "/series/a/%2Fb"] {
            assert_eq!(safe(Some(own)), own);
        }
        for other in [
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "",
            "/a b",
            "/\n",
        ] {
            assert_eq!(safe(Some(other)), "/", "{other}");
        }
        assert_eq!(safe(None), "/");
    }
}
