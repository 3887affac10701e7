//! Answers a request for a page: checks the reader, computes the answer, and chooses its format.

use std::future::Future;
use std::sync::Arc;
use std::time::Instant;

use axum::body::Body;
use axum::extract::Query;
use axum::extract::rejection::QueryRejection;
use axum::http::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode, Uri};
use maud::Markup;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use pings_store::Result;
use pings_store::server::tagged;
use serde_json::{Value as Json, json};

use crate::asked::{Asked, Format};
use crate::frame::{Area, HTML, Reader, failed, html, response, see};
use crate::sessions::session;
use crate::sign_in::without_token;
use crate::site::Site;
use crate::table::Table;

/// The type of an answer as JSON.
const JSON: &str = "application/json";

/// An answer in all formats.
pub(crate) struct Content {
    pub(crate) area: Area,
    pub(crate) title: String,
    pub(crate) markup: Markup,
    /// The table that is the CSV.
    pub(crate) table: Table,
    pub(crate) json: Json,
}

/// The parameters of a request, or why they cannot be read.
pub(crate) type Asking = std::result::Result<Query<Asked>, QueryRejection>;

/// Answers a request. Without a session or the token, a page leads to the sign-in.
pub(crate) async fn answer<F: Future<Output = Result<Content>>>(
    site: &Arc<Site>,
    (headers, uri): (&HeaderMap, &Uri),
    asked: Asking,
    read: impl FnOnce(Arc<Site>, Asked) -> F + Send + 'static,
) -> Response<Body> {
    let Some(access) = &site.access else {
        return without_token();
    };
    let is_signed_in = session(headers).is_some_and(|it| site.sessions.has(it, Instant::now()));
    let authorization = headers.get(AUTHORIZATION).map(HeaderValue::as_bytes);
    let has_token = authorization.is_some() && access.allows(authorization);
    let reader = match is_signed_in {
        true => Reader::SignedIn,
        false => Reader::Other,
    };
    let query = asked.as_ref().map(|Query(asked)| asked.format());
    let is_page = matches!(query, Err(_) | Ok(Err(_) | Ok(Format::Page)));
    if !is_signed_in && !has_token {
        return match is_page && authorization.is_none() {
            true => to_sign_in(uri),
            false => unauthorized(),
        };
    }
    let asked = match asked {
        Ok(Query(asked)) => asked,
        Err(rejection) => return failed(StatusCode::BAD_REQUEST, reader, &rejection.body_text()),
    };
    let format = match asked.format() {
        Ok(format) => format,
        Err(error) => return failed(StatusCode::BAD_REQUEST, reader, &error.to_string()),
    };
    let shared = Arc::clone(site);
    let content = access.answer(move || read(shared, asked)).await;
    let (status, message) = match content {
        Some(Ok(content)) => return formatted(headers, format, reader, &content),
        Some(Err(error)) if error.is_missing() => (StatusCode::NOT_FOUND, error.to_string()),
        Some(Err(error)) if error.is_input() => (StatusCode::BAD_REQUEST, error.to_string()),
        Some(Err(_)) => busy("the database does not answer"),
        None => busy("the answer takes too long\nask for fewer weeks"),
    };
    match is_page {
        true => failed(status, reader, &message),
        false => json_response(status, &json!({ "ok": false, "error": message })),
    }
}

fn busy(message: &str) -> (StatusCode, String) {
    (StatusCode::SERVICE_UNAVAILABLE, message.to_owned())
}

/// Returns an answer with its digest, or 304 if the client has the same answer.
fn formatted(
    headers: &HeaderMap,
    format: Format,
    reader: Reader,
    content: &Content,
) -> Response<Body> {
    let (kind, body) = match format {
        Format::Page => {
            let what = (content.area, content.title.as_str());
            (HTML, html(what, reader, &content.markup))
        }
        Format::Csv => ("text/csv; charset=utf-8", content.table.csv()),
        Format::Json => (JSON, format!("{}\n", content.json)),
    };
    let answer = response(StatusCode::OK, kind, body.clone());
    tagged(headers, answer, body.as_bytes())
}

fn json_response(status: StatusCode, json: &Json) -> Response<Body> {
    response(status, JSON, format!("{json}\n"))
}

fn unauthorized() -> Response<Body> {
    let error = "the token is missing or wrong: Authorization: Bearer TOKEN";
    let mut response = json_response(
        StatusCode::UNAUTHORIZED,
        &json!({ "ok": false, "error": error }),
    );
    let bearer = HeaderValue::from_static("Bearer");
    response.headers_mut().insert(WWW_AUTHENTICATE, bearer);
    response
}

/// Leads to the sign-in, and from there back to the page.
fn to_sign_in(uri: &Uri) -> Response<Body> {
    let next = uri.path_and_query().map_or("/", |it| it.as_str());
    let next = utf8_percent_encode(next, NON_ALPHANUMERIC);
    see(&format!("/sign-in?next={next}"))
}
