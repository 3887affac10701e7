//! What all pages have in common: the navigation, the links to CSV and JSON, and the security headers.

use axum::body::Body;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, LOCATION, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderValue, Response, StatusCode};
use maud::{Markup, html};
use pings_pages::{Frame, Link, POLICY};

use crate::text::plain;

/// The pages that the navigation of every page links to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Area {
    Overview,
    Alarms,
    Versions,
    Impact,
    Doctor,
    Instances,
    Received,
    /// A page that the navigation does not have.
    Other,
}

const AREAS: [(Area, &str, &str); 7] = [
    (Area::Overview, "Overview", "/"),
    (Area::Alarms, "Alarms", "/alarms"),
    (Area::Versions, "Versions", "/versions"),
    (Area::Impact, "Broken ranges", "/impact"),
    (Area::Doctor, "Doctor", "/doctor"),
    (Area::Instances, "Instances", "/instances"),
    (Area::Received, "Received", "/received"),
];

/// The reader of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reader {
    /// A reader who signed in, and can sign out.
    SignedIn,
    /// A program with a token, or somebody who has not signed in.
    Other,
}

/// The type of a page.
pub(crate) const HTML: &str = "text/html; charset=utf-8";

/// Returns a page in the frame of the dashboard.
pub(crate) fn page(
    status: StatusCode,
    what: (Area, &str),
    reader: Reader,
    content: &Markup,
) -> Response<Body> {
    response(status, HTML, html(what, reader, content))
}

/// Returns the text of a page in the frame of the dashboard.
pub(crate) fn html((area, title): (Area, &str), reader: Reader, content: &Markup) -> String {
    let links = AREAS.map(|(of, label, address)| Link {
        label,
        address: address.to_owned(),
        current: of == area,
    });
    let frame = Frame {
        name: "Pings store",
        home: "/",
        label: "Dashboard",
        links: match reader {
            Reader::SignedIn => links.into(),
            Reader::Other => Vec::new(),
        },
        style: "/dashboard.css",
        script: None,
        policy: POLICY,
        footer: html! {
            @if reader == Reader::SignedIn {
                form.sign-out method="post" action="/sign-out" { button { "Sign out" } }
            } @else {
                "The dashboard of " code { "pings store serve" } "."
            }
        },
    };
    frame.page(&plain(title), content).into_string()
}

/// Returns an answer with the headers of all answers.
pub(crate) fn response(status: StatusCode, kind: &'static str, body: String) -> Response<Body> {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let mut add = |name: HeaderName, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            response.headers_mut().insert(name, value);
        }
    };
    add(CONTENT_TYPE, kind);
    add(CACHE_CONTROL, "private, no-cache");
    add(REFERRER_POLICY, "no-referrer");
    add(X_CONTENT_TYPE_OPTIONS, "nosniff");
    add(
        CONTENT_SECURITY_POLICY,
        &format!("{POLICY}; frame-ancestors 'none'"),
    );
    response
}

/// Returns a page that says why there is no answer.
pub(crate) fn failed(status: StatusCode, reader: Reader, what: &str) -> Response<Body> {
    let mut lines = what.lines();
    let first = lines.next().unwrap_or_default();
    let content = html! {
        h1 { "No answer" }
        p dir="auto" { (plain(first)) }
        @for line in lines { p.dim dir="auto" { (plain(line)) } }
        p { a href="/" { "Overview" } }
    };
    page(status, (Area::Other, "No answer"), reader, &content)
}

/// Leads to another page of the site.
pub(crate) fn see(address: &str) -> Response<Body> {
    let mut found = response(StatusCode::SEE_OTHER, "text/plain", String::new());
    if let Ok(address) = HeaderValue::from_str(address) {
        found.headers_mut().insert(LOCATION, address);
    }
    found
}
