//! The handler of `POST /v1/payloads`.

use std::net::IpAddr;
use std::sync::{Arc, PoisonError};
use std::time::Instant;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode};
use axum::response::IntoResponse;
use pings_payload::{Malformed, Payload, PublicKey, Signature, SignatureError, Uuid, Week};
use time::OffsetDateTime;
use tokio::sync::{OwnedSemaphorePermit, oneshot};
use tokio::time::timeout;

use super::answer::{Refusal, accepted};
use super::body::{check_length, decompressed, encoding, pass_by, receive};
use super::headers::single;
use super::limits::kib;
use super::quotas::{Asked, Exceeded, Limit};
use super::shared::Shared;
use super::tokens::Allowed;
use super::visitor::Visitor;
use super::writer::{FAILED, Job};
use crate::ingest::accept::Accepted;
use crate::ingest::incoming::Incoming;
use crate::ingest::received::{Proof, Received};

pub(super) async fn payload(
    State(visitor): State<Arc<Visitor>>,
    request: Request,
) -> Response<Body> {
    let start = Instant::now();
    let metrics = &visitor.shared.metrics;
    visitor.seat.busy();
    let address = visitor.address(request.headers());
    let answer = match take(&visitor, address, request).await {
        Ok((kept, lacks)) => {
            metrics.kept(kept.how);
            if !kept.is_kept {
                metrics.limited(Limit::Conflicts);
            }
            accepted(&kept, &lacks)
        }
        Err(refusal) => {
            metrics.refused(refusal.status);
            visitor.shared.refusals.log(&refusal, address);
            refusal.into_response()
        }
    };
    visitor.seat.idle();
    metrics.took(start.elapsed());
    answer
}

/// The header with the signature of the payload, before compression.
const SIGNATURE: &str = "Pings-Signature";

/// The result of accepting a payload, and the earlier weeks that the store does not have.
type Kept = (Accepted, Vec<Week>);

async fn take(visitor: &Visitor, address: IpAddr, request: Request) -> Result<Kept, Refusal> {
    let shared = &visitor.shared;
    let (head, body) = request.into_parts();
    let (allowed, encoding, signature) = match admit(shared, &head.headers, address) {
        Ok(admitted) => admitted,
        Err(refusal) => {
            pass_by(&head.headers, body, visitor).await;
            return Err(refusal);
        }
    };
    if allowed == Allowed::Anybody {
        visitor.seat.sending();
    }
    let body = receive(body, shared).await;
    visitor.seat.busy();
    let body = body?;
    let _place = Arc::clone(&shared.requests)
        .try_acquire_owned()
        .map_err(|_| Refusal::busy("too many payloads are in progress"))?;
    shared.metrics.received(body.bytes.len());
    // The semaphore is never closed.
    let reading = Arc::clone(&shared.reading).acquire_owned().await.ok();
    let (limit, memory) = (shared.limits.decompressed, shared.limits.reading());
    // Parsing continues if the sender disconnects, so the permit moves with the work.
    let (incoming, key, reading) = blocking(shared, move || {
        let bytes = decompressed(body.bytes, encoding, limit)?;
        let key = signature.map(|it| it.verify(&bytes)).transpose();
        let key = key.map_err(|error| Refusal::forbidden(&error.to_string()))?;
        let incoming = Incoming::read(bytes, OffsetDateTime::now_utc(), memory);
        Ok((incoming.map_err(Refusal::malformed)?, key, reading))
    })
    .await?;
    let instance = incoming.instance();
    let kept = keep(visitor, address, incoming, (allowed, key), reading).await;
    kept.map_err(|refusal| refusal.of(instance))
}

/// Checks a payload that was read, and writes it.
async fn keep(
    visitor: &Visitor,
    address: IpAddr,
    incoming: Incoming,
    (allowed, key): (Allowed, Option<PublicKey>),
    reading: Option<OwnedSemaphorePermit>,
) -> Result<Kept, Refusal> {
    let shared = &visitor.shared;
    let proof = prove(shared, allowed, incoming.instance(), key)?;
    let circumstances = shared.store.circumstances(&incoming).await;
    let circumstances = circumstances.map_err(|_| Refusal::busy(FAILED))?;
    check(shared, incoming.payload(), circumstances.newest)?;
    let (is_new, is_stored) = (circumstances.is_new, circumstances.is_stored);
    let received = blocking(shared, move || {
        let _reading = reading;
        let received = match is_stored {
            true => Received::repeated(incoming, &circumstances.declared),
            false => Received::new(incoming, &circumstances.declared),
        };
        received.map_err(Refusal::malformed)
    })
    .await?;
    let asked = Asked {
        instance: received.instance(),
        is_new,
        // A payload that the store already has takes no more space.
        bytes: if is_stored {
            0
        } else {
            received.bytes() as u64
        },
        names: received.unlisted() as u64,
    };
    let taken = shared.used.payload(address, asked);
    taken.map_err(|exceeded| exceeds(shared, exceeded))?;
    write(shared, received.with_proof(proof)).await
}

/// Returns the evidence that a payload comes from its instance, or a refusal.
fn prove(
    shared: &Shared,
    allowed: Allowed,
    instance: Uuid,
    key: Option<PublicKey>,
) -> Result<Proof, Refusal> {
    match (allowed, key) {
        (Allowed::One(owner), _) if owner != instance => {
            Err(Refusal::forbidden("the token belongs to another instance"))
        }
        (_, Some(key)) => Ok(Proof::Signature(key)),
        (Allowed::One(_), None) => Ok(Proof::Token),
        (Allowed::All | Allowed::Anybody, None) if shared.require_signatures => {
            Err(Refusal::forbidden(
                "this store accepts only signed payloads: the header Pings-Signature is missing",
            ))
        }
        (Allowed::All | Allowed::Anybody, None) => Ok(Proof::Nothing),
    }
}

fn exceeds(shared: &Shared, exceeded: Exceeded) -> Refusal {
    shared.metrics.limited(exceeded.limit);
    Refusal::exceeded(exceeded)
}

/// Refuses a week that is too old, and a revision far above the newest one of its week.
fn check(shared: &Shared, payload: &Payload, newest: Option<u32>) -> Result<(), Refusal> {
    let quotas = shared.used.quotas();
    let first = Week::containing(OffsetDateTime::now_utc()).back(quotas.past_weeks);
    if payload.week < first {
        shared.metrics.limited(Limit::PastWeeks);
        let reason = format!(
            "{} is more than {} weeks ago",
            payload.week, quotas.past_weeks
        );
        // A sender tries again later if the path is `week`. This week only gets older.
        return Err(Refusal::malformed(Malformed::new("start", reason)));
    }
    let newest = newest.unwrap_or_default();
    if payload.revision > newest.saturating_add(quotas.revision_jump) {
        shared.metrics.limited(Limit::RevisionJump);
        let reason = format!(
            "{} exceeds the newest revision, {newest}, by more than {}",
            payload.revision, quotas.revision_jump
        );
        return Err(Refusal::malformed(Malformed::new("revision", reason)));
    }
    Ok(())
}

/// Runs CPU-bound work on a thread of the readers.
async fn blocking<T: Send + 'static>(
    shared: &Shared,
    work: impl FnOnce() -> Result<T, Refusal> + Send + 'static,
) -> Result<T, Refusal> {
    let ran = shared.readers.run(work).await;
    ran.unwrap_or_else(|| {
        let reason = "the payload could not be read";
        Err(Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, reason))
    })
}

type Admitted = (Allowed, super::body::Encoding, Option<Signature>);

/// Decides whether to receive the body, based on the head of the request.
fn admit(shared: &Shared, headers: &HeaderMap, address: IpAddr) -> Result<Admitted, Refusal> {
    let token = single(headers, "Authorization")?.map(HeaderValue::as_bytes);
    let tokens = shared.tokens.read();
    let grant = tokens
        .unwrap_or_else(PoisonError::into_inner)
        .allowed(token, OffsetDateTime::now_utc())
        .ok_or_else(|| {
            let reason = "the token is missing, wrong or expired: Authorization: Bearer TOKEN";
            Refusal::new(StatusCode::UNAUTHORIZED, reason)
        })?;
    if let Some(name) = &grant.token {
        shared.metrics.token(name);
    }
    let encoding = encoding(headers)?;
    let signature = single(headers, SIGNATURE)?
        .map(|value| value.to_str().unwrap_or_default().parse())
        .transpose()
        .map_err(|error: SignatureError| {
            Refusal::new(StatusCode::BAD_REQUEST, format!("{SIGNATURE}: {error}"))
        })?;
    check_length(headers, &shared.limits)?;
    let taken = shared.used.request(address);
    taken.map_err(|exceeded| exceeds(shared, exceeded))?;
    Ok((grant.allowed, encoding, signature))
}

/// Queues a payload for writing, and waits until it is written.
async fn write(shared: &Shared, received: Received) -> Result<Kept, Refusal> {
    let written = async {
        let most = shared.limits.memory_kib();
        let size = kib(received.size()).min(u32::try_from(most).unwrap_or(u32::MAX));
        let held = Arc::clone(&shared.waiting).acquire_many_owned(size).await;
        let (answer, answered) = oneshot::channel();
        let job = Job {
            received,
            answer,
            _held: held.ok(),
        };
        let _waits = shared.metrics.wait();
        shared.queue.send(job).await.ok()?;
        answered.await.ok()
    };
    match timeout(shared.limits.answer_time, written).await {
        Ok(Some(Ok((accepted, lacks)))) => match accepted.how.refusal() {
            Some(reason) => Err(Refusal::forbidden(reason)),
            None => Ok((accepted, lacks)),
        },
        Ok(Some(Err(reason))) => Err(Refusal::busy(reason)),
        Ok(None) => Err(Refusal::busy("the store is stopping")),
        Err(_) => Err(Refusal::busy("the database does not answer in time")),
    }
}
