//! Answers requests.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Form, Query, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use pings_payload::Week;
use pings_runtime::{Error, Result};
use serde::Deserialize;
use time::OffsetDateTime;

use crate::change::{self, Change};
use crate::form::{is_foreign, is_same, random};
use crate::frame::{Area, STYLE_PATH, frame};
use crate::host::Host;
use crate::pages::{health, held_back, overview, payload, sent, switches, week};
use crate::state::{self, State as Read};
use crate::view::{Both, View};
use crate::weeks::Weeks;

/// The data that the pages share.
pub(crate) struct Pages {
    host: Arc<Host>,
    weeks: Weeks,
    /// The token of the forms, if switches can be changed. Only who can read a page has it.
    form_token: Option<String>,
}

impl Pages {
    pub(crate) fn new(host: Host, switches: bool) -> Self {
        Self {
            host: Arc::new(host),
            weeks: Weeks::default(),
            form_token: switches.then(random).flatten(),
        }
    }

    /// Runs a future on the runtime of the event log.
    async fn run<T: Send + 'static>(
        &self,
        future: impl Future<Output = Result<T>> + Send + 'static,
    ) -> Result<T> {
        let ran = self.host.runtime.spawn(future).await;
        ran.unwrap_or_else(|_| Err(Error::failure("usage telemetry was shut down")))
    }

    async fn view(self: &Arc<Self>) -> Result<View> {
        let pages = Arc::clone(self);
        let now = OffsetDateTime::now_utc();
        let state = self.run(async move { Read::read(&pages.host, now).await });
        Ok(View {
            host: Arc::clone(&self.host),
            state: state.await?,
            form_token: self.form_token.clone(),
        })
    }

    /// Returns what a page gets, and the numbers of both weeks unless there is no event log.
    async fn numbers(self: &Arc<Self>) -> Result<(View, Option<Both>)> {
        let view = self.view().await?;
        let pages = Arc::clone(self);
        self.run(async move {
            let Some(logged) = &view.state.logged else {
                return Ok((view, None));
            };
            let week = Week::containing(view.state.now);
            let state = (&view.state, logged);
            let this = pages.weeks.numbers(&pages.host, state, week).await?;
            let last = pages.weeks.numbers(&pages.host, state, week.back(1));
            let last = last.await?;
            Ok((view, Some(Both { this, last })))
        })
        .await
    }

    fn html(&self, area: Area, title: &str, content: &maud::Markup) -> Response {
        let page = frame(&self.host, area).page(title, content).into_string();
        let headers = [(header::CONTENT_TYPE, "text/html; charset=utf-8")];
        guarded((headers, page).into_response())
    }

    fn failed(&self, status: StatusCode, title: &str, message: &str) -> Response {
        let content = maud::html! {
            h1 { (title) }
            @for line in message.lines() { p dir="auto" { (line) } }
        };
        let mut response = self.html(Area::None, title, &content);
        *response.status_mut() = status;
        response
    }

    fn error(&self, error: &Error) -> Response {
        tracing::warn!("the admin page cannot be shown: {error}");
        self.failed(
            StatusCode::SERVICE_UNAVAILABLE,
            "The page cannot be shown",
            &error.to_string(),
        )
    }
}

pub(crate) fn router(path: &str, pages: Pages) -> Router {
    // Braces are literal, and no other character has a meaning.
    let path = path.replace('{', "{{").replace('}', "}}");
    let at = |page: &str| format!("{path}/{page}");
    let mut routes = Router::new()
        .without_v07_checks()
        .route(&at(""), get(overview_page))
        .route(&at("this-week"), get(this_week))
        .route(&at("last-week"), get(last_week))
        .route(&at("sent"), get(sent_page))
        .route(&at("payload"), get(payload_page))
        .route(&at("payload.json"), get(payload_bytes))
        .route(&at("held-back"), get(held_back_page))
        .route(&at("switches"), get(switches_page))
        .route(&at("health"), get(health_page))
        .route(&at(STYLE_PATH), get(style));
    if pages.form_token.is_some() {
        routes = routes
            .route(&at("switch"), post(switch))
            .route(&at("agree"), post(agree));
    }
    if let Some((_, folder)) = path.rsplit_once('/') {
        // The links of the pages are relative to their folder.
        let location = format!("{folder}/");
        routes = routes.route(
            &path,
            get(async move || redirect(&location, StatusCode::PERMANENT_REDIRECT)),
        );
    }
    routes.with_state(Arc::new(pages))
}

type Shared = State<Arc<Pages>>;

async fn overview_page(State(pages): Shared) -> Response {
    match pages.view().await {
        Ok(view) => pages.html(Area::Overview, "Overview", &overview::overview(&view)),
        Err(error) => pages.error(&error),
    }
}

async fn this_week(State(pages): Shared) -> Response {
    match pages.numbers().await {
        Ok((view, both)) => {
            let now = Week::containing(view.state.now);
            let content = week::week(&view, now, both.as_ref().map(|it| &it.this));
            pages.html(Area::ThisWeek, "This week", &content)
        }
        Err(error) => pages.error(&error),
    }
}

async fn last_week(State(pages): Shared) -> Response {
    match pages.numbers().await {
        Ok((view, both)) => {
            let last = Week::last_complete(view.state.now);
            let content = week::week(&view, last, both.as_ref().map(|it| &it.last));
            pages.html(Area::LastWeek, "Last week", &content)
        }
        Err(error) => pages.error(&error),
    }
}

async fn sent_page(State(pages): Shared) -> Response {
    match pages.view().await {
        Ok(view) => pages.html(Area::Sent, "What left", &sent::sent(&view)),
        Err(error) => pages.error(&error),
    }
}

async fn held_back_page(State(pages): Shared) -> Response {
    match pages.numbers().await {
        Ok((view, both)) => {
            let content = held_back::held_back(&view, both.as_ref());
            pages.html(Area::HeldBack, "Held back", &content)
        }
        Err(error) => pages.error(&error),
    }
}

async fn switches_page(State(pages): Shared) -> Response {
    match pages.view().await {
        Ok(view) => pages.html(Area::Switches, "Switches", &switches::switches(&view)),
        Err(error) => pages.error(&error),
    }
}

async fn health_page(State(pages): Shared) -> Response {
    match pages.numbers().await {
        Ok((view, both)) => {
            let content = health::health(&view, both.as_ref());
            pages.html(Area::Health, "Health", &content)
        }
        Err(error) => pages.error(&error),
    }
}

/// The payload that a page is about.
#[derive(Deserialize)]
struct Wanted {
    week: String,
    revision: u32,
}

async fn payload_page(State(pages): Shared, Query(wanted): Query<Wanted>) -> Response {
    let read = async {
        let view = pages.view().await?;
        let found = wanted.find(&view)?;
        let content = found.map(|(entry, body)| payload::payload(&view, entry, body.as_deref()));
        Ok::<_, Error>(content)
    };
    match read.await {
        Ok(Some(content)) => {
            let title = format!("Report of {}", wanted.week);
            pages.html(Area::Sent, &title, &content)
        }
        Ok(None) => pages.failed(StatusCode::NOT_FOUND, "There is no such report", ""),
        Err(error) => pages.error(&error),
    }
}

async fn payload_bytes(State(pages): Shared, Query(wanted): Query<Wanted>) -> Response {
    let read = async {
        let view = pages.view().await?;
        let body = wanted.find(&view)?.and_then(|(_, body)| body);
        Ok::<_, Error>(body)
    };
    match read.await {
        Ok(Some(body)) => {
            let headers = [(header::CONTENT_TYPE, "application/json")];
            guarded((headers, body).into_response())
        }
        Ok(None) => pages.failed(StatusCode::NOT_FOUND, "There is no such report", ""),
        Err(error) => pages.error(&error),
    }
}

impl Wanted {
    /// Returns the payload, and its body if that may be shown.
    fn find<'v>(
        &self,
        view: &'v View,
    ) -> Result<Option<(&'v pings_runtime::Entry, Option<String>)>> {
        let found = || {
            let logged = view.logged()?;
            let entry = logged.entry(self.week.parse().ok()?, self.revision)?;
            Some((logged, entry))
        };
        let Some((logged, entry)) = found() else {
            return Ok(None);
        };
        let body = state::body(&view.host, &view.state, logged, entry)?;
        Ok(Some((entry, body)))
    }
}

/// A form that changes a switch.
#[derive(Deserialize)]
struct SwitchForm {
    token: Option<String>,
    switch: String,
    value: String,
}

async fn switch(
    State(pages): Shared,
    headers: HeaderMap,
    Form(form): Form<SwitchForm>,
) -> Response {
    let change = Change::Switch {
        name: form.switch,
        value: form.value,
    };
    changed(&pages, &headers, form.token, change, "switches").await
}

/// A form that agrees to a metric.
#[derive(Deserialize)]
struct AgreeForm {
    token: Option<String>,
    code: String,
}

async fn agree(State(pages): Shared, headers: HeaderMap, Form(form): Form<AgreeForm>) -> Response {
    let change = Change::Agree { code: form.code };
    changed(&pages, &headers, form.token, change, "held-back").await
}

/// Makes a change, and leads back to the page of its form.
async fn changed(
    pages: &Arc<Pages>,
    headers: &HeaderMap,
    token: Option<String>,
    change: Change,
    page: &'static str,
) -> Response {
    let is_ours = match (&token, &pages.form_token) {
        (Some(sent), Some(expected)) => is_same(sent, expected),
        _ => false,
    };
    if !is_ours || is_foreign(headers) {
        return pages.failed(
            StatusCode::FORBIDDEN,
            "Nothing was changed",
            "The form is not from a page of this server, or the server was started again. \
             Open the page again.",
        );
    }
    let shared = Arc::clone(pages);
    let made = pages.run(async move { change::make(&shared.host, change).await });
    match made.await {
        Ok(()) => {
            pages.weeks.forget().await;
            redirect(page, StatusCode::SEE_OTHER)
        }
        Err(error) => pages.failed(
            StatusCode::CONFLICT,
            "Nothing was changed",
            &error.to_string(),
        ),
    }
}

async fn style() -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/css; charset=utf-8"),
        (header::CACHE_CONTROL, "max-age=600"),
    ];
    (headers, pings_pages::STYLE).into_response()
}

fn redirect(location: &str, status: StatusCode) -> Response {
    match HeaderValue::from_str(location) {
        Ok(location) => (status, [(header::LOCATION, location)]).into_response(),
        Err(_) => StatusCode::NOT_FOUND.into_response(),
    }
}

/// Adds the headers that forbid other sites and caches to keep or embed a page.
fn guarded(mut response: Response) -> Response {
    let headers: [(HeaderName, &'static str); 4] = [
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
        ),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
    ];
    for (name, value) in headers {
        response
            .headers_mut()
            .insert(name, HeaderValue::from_static(value));
    }
    response
}
