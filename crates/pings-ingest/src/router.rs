//! Receives requests.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use pings_runtime::{Actor, Receipt, Received, ReceivedEvent};
use time::OffsetDateTime;
use tokio::sync::Semaphore;

use crate::answer::{Accepted, LARGEST, Rejection};
use crate::batch;
use crate::check::{Checked, Kind, check};
use crate::clock::Clock;
use crate::endpoint::Ingest;
use crate::limit::{self, Client, Limit};
use crate::names::Suggestions;
use crate::origin;
use crate::page;
use crate::refusal::{Reason, Refusal};
use crate::shown::Shown;
use crate::user::User;

/// How long a body may take to arrive.
const PATIENCE: Duration = Duration::from_secs(10);

/// The header in which a proxy names the address of the client.
const FORWARDED_FOR: &str = "x-forwarded-for";

/// The maximum number of requests that are received at once, so that their bodies fit into memory.
/// A single client cannot occupy all of them, by its limit of requests per second and `PATIENCE`.
const AT_ONCE: usize = 512;

struct Endpoint {
    ingest: Ingest,
    limit: Limit,
    seats: Semaphore,
}

impl Ingest {
    /// Returns the router of the endpoint, which the product merges into its own.
    pub fn router(self) -> Router {
        router(self)
    }
}

fn router(ingest: Ingest) -> Router {
    // Braces are literal, and no other character has a meaning.
    let path = ingest.path.replace('{', "{{").replace('}', "}}");
    let endpoint = Arc::new(Endpoint {
        limit: Limit::new(ingest.per_second),
        seats: Semaphore::new(AT_ONCE),
        ingest,
    });
    let mut routes = Router::new()
        .without_v07_checks()
        .route(&path, post(receive));
    if endpoint.ingest.feed.is_some() {
        routes = routes.route(&format!("{path}/tail"), get(tail));
    }
    routes.with_state(endpoint)
}

async fn tail(State(endpoint): State<Arc<Endpoint>>, headers: HeaderMap) -> Response {
    match &endpoint.ingest.feed {
        Some(feed) => feed.answer(&headers),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn receive(State(endpoint): State<Arc<Endpoint>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let mut response = match endpoint.receive(&parts, body).await {
        Ok(accepted) => accepted.into_response(),
        Err(rejection) => {
            tracing::debug!("rejected a request: {rejection}");
            rejection.into_response()
        }
    };
    let headers = response.headers_mut();
    headers.insert(header::VARY, HeaderValue::from_static("origin"));
    if let Some(origin) = origin::listed(&parts.headers, &endpoint.ingest.origins) {
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
    }
    response
}

impl Endpoint {
    async fn receive(&self, parts: &Parts, body: Body) -> Result<Accepted, Rejection> {
        if !origin::is_allowed(&parts.headers, &self.ingest.origins) {
            return Err(Rejection::OtherSite);
        }
        let user = (self.ingest.user)(parts).filter(|user| !user.id().is_nobody());
        if let Some(client) = self.client(parts, user.as_ref())
            && !self.limit.allows(&client)
        {
            return Err(Rejection::TooMany);
        }
        check_headers(&parts.headers)?;
        let _seat = self.seats.try_acquire().map_err(|_| Rejection::Busy)?;
        let body = read(body).await?;
        let arrived = OffsetDateTime::now_utc();
        let batch = batch::parse(&body).map_err(Rejection::Malformed)?;
        let clock = Clock {
            sent_at: batch.sent_at,
            arrived,
        };
        let mut answer = Accepted::default();
        let mut checked = Vec::with_capacity(batch.events.len());
        let mut shown = Shown::new(
            self.ingest.feed.as_ref(),
            user.is_some(),
            &self.ingest.source,
        );
        let suggestions = Suggestions::new(&self.ingest.registry);
        let newest = self.ingest.newest();
        for event in batch.events {
            shown.note(&event);
            let event = event.and_then(|event| {
                check(
                    event,
                    &self.ingest.registry,
                    &self.ingest.names,
                    &suggestions,
                    newest,
                    clock,
                )
            });
            match event {
                Ok(event) => checked.push(event),
                Err(refusal) => {
                    shown.refused(&refusal);
                    answer.refused.push(refusal);
                }
            }
        }
        let receipts = self.record(&checked, user.as_ref()).await?;
        // A client sends a request without an answer again, with its refused events.
        self.ingest.recorder.count_refused(answer.refused.len());
        for (event, receipt) in checked.into_iter().zip(receipts) {
            let refused = match receipt {
                Receipt::Duplicate => {
                    answer.duplicates += 1;
                    shown.recorded(&event.raw_id, "duplicate");
                    continue;
                }
                Receipt::SwitchedOff => (
                    Reason::SwitchedOff,
                    "usage telemetry is switched off on this instance",
                ),
                // The message of the database may contain values of the event.
                Receipt::Rejected(_) => (
                    Reason::Rejected,
                    "the database of this instance rejects the event",
                ),
                recorded => {
                    answer.accepted += 1;
                    let is_spilled = recorded == Receipt::Spilled;
                    let outcome = if is_spilled { "spilled" } else { "logged" };
                    shown.recorded(&event.raw_id, outcome);
                    continue;
                }
            };
            let refusal = Refusal {
                id: event.raw_id,
                reason: refused.0,
                message: refused.1.to_owned(),
            };
            shown.refused(&refusal);
            answer.refused.push(refusal);
        }
        let (accepted, duplicates) = (answer.accepted, answer.duplicates);
        let refused = answer.refused.len();
        tracing::debug!(accepted, duplicates, refused, "received events");
        Ok(answer)
    }

    /// Returns the sender of a request if it is known.
    fn client(&self, parts: &Parts, user: Option<&User>) -> Option<Client> {
        if let Some(user) = user {
            return Some(Client::User(user.clone()));
        }
        let forwarded = || {
            let last = parts.headers.get_all(FORWARDED_FOR).iter().next_back()?;
            limit::address(last.to_str().ok()?.rsplit(',').next()?)
        };
        let forwarded = match self.ingest.trusts_forwarded {
            true => forwarded(),
            false => None,
        };
        let peer = || Some(parts.extensions.get::<ConnectInfo<SocketAddr>>()?.0.ip());
        forwarded.or_else(peer).map(Client::at)
    }

    async fn record(
        &self,
        events: &[Checked],
        user: Option<&User>,
    ) -> Result<Vec<Receipt>, Rejection> {
        let received: Vec<Received<'_>> = events
            .iter()
            .map(|event| received(event, user, &self.ingest))
            .collect();
        if received.is_empty() {
            return Ok(Vec::new());
        }
        let receipts = self.ingest.recorder.record_received(&received).await;
        receipts.map_err(|error| {
            tracing::error!("cannot store the events of a client: {error}");
            Rejection::Unavailable
        })
    }
}

fn received<'a>(event: &'a Checked, user: Option<&'a User>, ingest: &'a Ingest) -> Received<'a> {
    match &event.kind {
        Kind::Losses(losses) => Received::Losses(*losses),
        Kind::Event {
            name,
            argument,
            version,
            anonymous_id,
            moment,
        } => {
            // The id of the visitor would tell what a user did before signing in.
            let actor = match user {
                Some(user) => Actor::user(user.id()),
                None => Actor::anonymous(page::allowed_id(anonymous_id, ingest.visitors())),
            };
            Received::Event(ReceivedEvent {
                id: event.id,
                name,
                argument,
                version,
                actor: actor.source(&ingest.source),
                at: moment.at,
                is_corrected: moment.is_corrected,
            })
        }
    }
}

fn check_headers(headers: &HeaderMap) -> Result<(), Rejection> {
    let encoding = headers.get(header::CONTENT_ENCODING);
    if encoding.is_some_and(|encoding| encoding != "identity") {
        return Err(Rejection::Encoded);
    }
    let media_type = headers.get(header::CONTENT_TYPE);
    let media_type = media_type
        .and_then(|it| it.to_str().ok())
        .unwrap_or_default();
    let media_type = media_type.split(';').next().unwrap_or_default().trim();
    match media_type.to_ascii_lowercase().as_str() {
        "text/plain" | "application/json" => Ok(()),
        _ => Err(Rejection::MediaType),
    }
}

async fn read(body: Body) -> Result<axum::body::Bytes, Rejection> {
    let collected = Limited::new(body, LARGEST).collect();
    match tokio::time::timeout(PATIENCE, collected).await {
        Err(_) => Err(Rejection::TooSlow),
        Ok(Ok(body)) => Ok(body.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(Rejection::TooLarge),
        Ok(Err(_)) => Err(Rejection::Incomplete),
    }
}
