//! Guards pages that are served on the loopback address of a machine, where other users and the pages
//! of other sites could reach them.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};

use crate::form::{is_same, random};

/// Lets in whoever has the one-time token: the first request with the token gets a cookie.
#[derive(Debug)]
pub struct Loopback {
    port: u16,
    token: String,
    is_used: AtomicBool,
    session: String,
}

impl Loopback {
    /// Creates a guard for a server on this port. Returns `None` if the system has no random numbers.
    #[must_use]
    pub fn new(port: u16) -> Option<Self> {
        Some(Self {
            port,
            token: random()?,
            is_used: AtomicBool::new(false),
            session: random()?,
        })
    }

    /// Returns the query with the one-time token: `token=…`.
    #[must_use]
    pub fn query(&self) -> String {
        format!("token={}", self.token)
    }

    /// Returns the router with the guard before it.
    pub fn guard(self, router: Router) -> Router {
        router.layer(from_fn_with_state(Arc::new(self), check))
    }

    /// Cookies are the same for all ports of a host, so that the name has the port.
    fn cookie(&self) -> String {
        format!("pings_view_{}", self.port)
    }

    /// Returns whether the request names this machine. A page of another site could let its own name
    /// resolve to this machine, but cannot change the name in the request.
    fn is_addressed(&self, headers: &HeaderMap) -> bool {
        let host = headers.get(header::HOST).and_then(|it| it.to_str().ok());
        let Some((name, port)) = host.and_then(|it| it.rsplit_once(':')) else {
            return false;
        };
        let is_local = ["127.0.0.1", "localhost", "[::1]"]
            .iter()
            .any(|it| name.eq_ignore_ascii_case(it));
        is_local && port == self.port.to_string()
    }

    fn has_session(&self, headers: &HeaderMap) -> bool {
        let cookies = headers.get_all(header::COOKIE).iter();
        let cookies = cookies.filter_map(|it| it.to_str().ok());
        let mut cookies = cookies.flat_map(|it| it.split(';'));
        let name = self.cookie();
        cookies.any(|cookie| {
            let pair = cookie.trim().split_once('=');
            pair.is_some_and(|(it, value)| it == name && is_same(value, &self.session))
        })
    }

    /// Returns whether the query has the token, which counts once.
    fn takes(&self, query: &str) -> bool {
        let token = query.split('&').find_map(|it| it.strip_prefix("token="));
        token.is_some_and(|it| is_same(it, &self.token))
            && !self.is_used.swap(true, Ordering::Relaxed)
    }
}

async fn check(State(guard): State<Arc<Loopback>>, request: Request, next: Next) -> Response {
    if !guard.is_addressed(request.headers()) {
        let message = "The host is not the address of this server.\n";
        return (StatusCode::MISDIRECTED_REQUEST, message).into_response();
    }
    if guard.has_session(request.headers()) {
        return next.run(request).await;
    }
    if guard.takes(request.uri().query().unwrap_or_default()) {
        let cookie = format!(
            "{}={}; Path=/; HttpOnly; SameSite=Strict",
            guard.cookie(),
            guard.session
        );
        // The token does not stay in the address.
        let location = HeaderValue::from_static("/");
        let headers = [(header::LOCATION, location)];
        let mut response = (StatusCode::SEE_OTHER, headers).into_response();
        if let Ok(cookie) = HeaderValue::from_str(&cookie) {
            response.headers_mut().insert(header::SET_COOKIE, cookie);
        }
        return response;
    }
    let message = "The address needs the token that `pings view` printed, which works once.\n\
                   Run `pings view` again for a new one.\n";
    (StatusCode::UNAUTHORIZED, message).into_response()
}
