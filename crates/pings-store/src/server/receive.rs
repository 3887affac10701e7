//! `POST /v1/payloads`

use std::sync::Arc;
use std::time::Instant;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, Response, StatusCode};
use axum::response::IntoResponse;
use pings_payload::{PublicKey, Signature, SignatureError, Uuid, Week};
use time::OffsetDateTime;
use tokio::sync::oneshot;
use tokio::time::timeout;

use super::Shared;
use super::answer::{Refusal, accepted};
use super::body::{check_length, decompressed, encoding, pass_by, receive};
use super::limits::kib;
use super::tokens::Allowed;
use super::writer::{FAILED, Job};
use crate::accept::Accepted;
use crate::incoming::Incoming;
use crate::received::{Proof, Received};

pub(super) async fn payload(State(shared): State<Arc<Shared>>, request: Request) -> Response<Body> {
    let start = Instant::now();
    let answer = match take(&shared, request).await {
        Ok((kept, lacks)) => {
            shared.metrics.kept(kept.how);
            accepted(&kept, &lacks)
        }
        Err(refusal) => {
            shared.metrics.refused(refusal.status);
            refusal.into_response()
        }
    };
    shared.metrics.took(start.elapsed());
    answer
}

/// The header with the signature of the payload, before compression.
const SIGNATURE: &str = "pings-signature";

/// The outcome of a payload, and the earlier weeks that the store lacks.
type Kept = (Accepted, Vec<Week>);

async fn take(shared: &Arc<Shared>, request: Request) -> Result<Kept, Refusal> {
    let (head, body) = request.into_parts();
    let admitted = admit(shared, &head.headers);
    let (allowed, encoding, signature, _place) = match admitted {
        Ok(admitted) => admitted,
        Err(refusal) => {
            pass_by(&head.headers, body, &shared.limits).await;
            return Err(refusal);
        }
    };
    let body = receive(body, &shared.limits, &shared.receiving).await?;
    shared.metrics.received(body.bytes.len());
    let reading = Arc::clone(&shared.reading).acquire_owned().await;
    let (limit, memory) = (shared.limits.decompressed, shared.limits.reading());
    // A sender that goes away does not end what is being read, so the place goes with the work.
    let (incoming, key, reading) = blocking(move || {
        let bytes = decompressed(body.bytes, encoding, limit)?;
        let key = signature.map(|it| it.verify(&bytes)).transpose();
        let key = key.map_err(|error| Refusal::forbidden(&error.to_string()))?;
        let incoming = Incoming::read(bytes, OffsetDateTime::now_utc(), memory);
        Ok((incoming.map_err(Refusal::malformed)?, key, reading))
    })
    .await?;
    let proof = prove(shared, allowed, incoming.instance(), key)?;
    let declared = shared.store.declarations(incoming.payload()).await;
    let declared = declared.map_err(|_| Refusal::busy(FAILED))?;
    let received = blocking(move || {
        let _reading = reading;
        Received::new(incoming, &declared).map_err(Refusal::malformed)
    })
    .await?;
    write(shared, received.with_proof(proof)).await
}

/// Returns the evidence that a payload comes from its instance, or why it is refused.
fn prove(
    shared: &Shared,
    allowed: Allowed,
    instance: Uuid,
    key: Option<PublicKey>,
) -> Result<Proof, Refusal> {
    match (allowed, key) {
        (Allowed::One(owner), _) if owner != instance => {
            Err(Refusal::forbidden("this is the token of another instance"))
        }
        (_, Some(key)) => Ok(Proof::Signature(key)),
        (Allowed::One(_), None) => Ok(Proof::Token),
        (Allowed::All, None) if shared.require_signatures => Err(Refusal::forbidden(
            "this store takes signed payloads only: the header Pings-Signature is missing",
        )),
        (Allowed::All, None) => Ok(Proof::Nothing),
    }
}

/// Does what takes long beside the tasks that wait.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Refusal> + Send + 'static,
) -> Result<T, Refusal> {
    let failed = |_| Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, "it could not be read");
    tokio::task::spawn_blocking(work).await.map_err(failed)?
}

type Admitted = (
    Allowed,
    super::body::Encoding,
    Option<Signature>,
    tokio::sync::OwnedSemaphorePermit,
);

/// What is decided before the body is received.
fn admit(shared: &Shared, headers: &HeaderMap) -> Result<Admitted, Refusal> {
    let token = headers.get(AUTHORIZATION).map(|value| value.as_bytes());
    let allowed = shared.tokens.allowed(token).ok_or_else(|| {
        let reason = "the token is missing or wrong: Authorization: Bearer TOKEN";
        Refusal::new(StatusCode::UNAUTHORIZED, reason)
    })?;
    let encoding = encoding(headers)?;
    let signature = headers
        .get(SIGNATURE)
        .map(|value| value.to_str().unwrap_or_default().parse())
        .transpose()
        .map_err(|error: SignatureError| {
            Refusal::new(StatusCode::BAD_REQUEST, format!("Pings-Signature: {error}"))
        })?;
    check_length(headers, &shared.limits)?;
    let place = Arc::clone(&shared.requests)
        .try_acquire_owned()
        .map_err(|_| Refusal::busy("too many payloads are under way"))?;
    Ok((allowed, encoding, signature, place))
}

/// Has it written, and waits until it is.
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
        Ok(None) => Err(Refusal::busy("the store stops")),
        Err(_) => Err(Refusal::busy("the database does not answer in time")),
    }
}
