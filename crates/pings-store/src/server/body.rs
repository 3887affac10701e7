//! Receives and decompresses the body of a payload.

use std::io::Read;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::header::{CONTENT_ENCODING, CONTENT_LENGTH, EXPECT, HeaderMap};
use axum::http::{HeaderValue, StatusCode};
use flate2::bufread::MultiGzDecoder;
use http_body_util::BodyExt;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{sleep, timeout};

use super::answer::Refusal;
use super::limits::{Limits, kib};
use super::shared::Shared;
use super::visitor::Visitor;

/// The content encoding of a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    Identity,
    Gzip,
}

/// A body, and the memory that was granted for it.
pub(super) struct Received {
    pub(super) bytes: Vec<u8>,
    _held: Option<OwnedSemaphorePermit>,
}

/// Returns the content encoding of a body.
pub(super) fn encoding(headers: &HeaderMap) -> Result<Encoding, Refusal> {
    let mut named = headers.get_all(CONTENT_ENCODING).iter();
    match (named.next().map(HeaderValue::as_bytes), named.next()) {
        (None, _) => Ok(Encoding::Identity),
        (Some(name), None) if name.eq_ignore_ascii_case(b"identity") => Ok(Encoding::Identity),
        (Some(name), None) if name.eq_ignore_ascii_case(b"gzip") => Ok(Encoding::Gzip),
        _ => Err(Refusal::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "the content encoding must be gzip or identity",
        )),
    }
}

/// Refuses a body whose `Content-Length` exceeds the limit.
pub(super) fn check_length(headers: &HeaderMap, limits: &Limits) -> Result<(), Refusal> {
    let length = headers
        .get(CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    match length {
        Some(length) if length > limits.body as u64 => Err(too_large(limits.body)),
        _ => Ok(()),
    }
}

fn too_large(limit: usize) -> Refusal {
    let reason = format!("the body is larger than {limit} bytes");
    Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, reason).closing()
}

/// Receives a body within the limits for length, time and memory.
pub(super) async fn receive(body: Body, shared: &Shared) -> Result<Received, Refusal> {
    let limits = &shared.limits;
    timeout(limits.body_time, collect(body, shared))
        .await
        .unwrap_or_else(|_| {
            let reason = format!(
                "the body was not received within {} seconds",
                limits.body_time.as_secs_f32()
            );
            Err(Refusal::new(StatusCode::REQUEST_TIMEOUT, reason).closing())
        })
}

async fn collect(mut body: Body, shared: &Shared) -> Result<Received, Refusal> {
    let limits = &shared.limits;
    let mut bytes = Vec::new();
    let mut held: Option<OwnedSemaphorePermit> = None;
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| {
            let reason = "the body is incomplete, or its chunks are malformed";
            Refusal::new(StatusCode::BAD_REQUEST, reason).closing()
        })?;
        let Ok(data) = frame.into_data() else {
            continue;
        };
        if bytes.len() + data.len() > limits.body {
            return Err(too_large(limits.body));
        }
        bytes.extend_from_slice(&data);
        let granted = held.as_ref().map_or(0, OwnedSemaphorePermit::num_permits);
        let wanted = kib(bytes.capacity()) as usize;
        if wanted > granted {
            let more = u32::try_from(wanted - granted).unwrap_or(u32::MAX);
            let more = granted_memory(shared, more)
                .await
                .ok_or_else(|| Refusal::busy("too many requests are in progress").closing())?;
            match &mut held {
                Some(held) => held.merge(more),
                None => held = Some(more),
            }
        }
    }
    Ok(Received { bytes, _held: held })
}

/// How often memory is requested before a body is refused, and the pause between two requests.
const ASKED: u32 = 20;
const NAP: Duration = Duration::from_millis(50);

/// Requests memory for a body. If there is none, the connection that has been sending a body
/// without a token for the longest time is closed.
async fn granted_memory(shared: &Shared, kib: u32) -> Option<OwnedSemaphorePermit> {
    for _ in 0..ASKED {
        if let Ok(granted) = Arc::clone(&shared.receiving).try_acquire_many_owned(kib) {
            return Some(granted);
        }
        shared.seats.end_sending();
        sleep(NAP).await;
    }
    None
}

/// How long the body of a refused request is read and discarded.
const PATIENCE: Duration = Duration::from_secs(1);

/// Reads and discards the body of a refused request. If the connection were closed while the sender
/// is still sending, the sender might never see the reason for the refusal.
pub(super) async fn pass_by(headers: &HeaderMap, mut body: Body, visitor: &Visitor) {
    // A sender with an `Expect` header has not started to send the body.
    if headers.contains_key(EXPECT) {
        return;
    }
    let Ok(_passing) = visitor.shared.passing.try_acquire() else {
        return;
    };
    visitor.seat.sending();
    let mut left = 4 * visitor.shared.limits.body.max(1 << 20);
    let all = async {
        while let Some(Ok(frame)) = body.frame().await {
            let length = frame.data_ref().map_or(0, |data| data.len());
            left = left.saturating_sub(length);
            if left == 0 {
                break;
            }
        }
    };
    let _ = timeout(PATIENCE, all).await;
    visitor.seat.busy();
}

/// Decompresses a body. Decompression stops once the result exceeds the limit.
pub(super) fn decompressed(
    bytes: Vec<u8>,
    encoding: Encoding,
    limit: usize,
) -> Result<Vec<u8>, Refusal> {
    let too_large = || {
        let reason = format!("the decompressed body is larger than {limit} bytes");
        Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, reason)
    };
    match encoding {
        Encoding::Identity if bytes.len() > limit => Err(too_large()),
        Encoding::Identity => Ok(bytes),
        Encoding::Gzip => {
            let mut out = Vec::new();
            let most = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
            MultiGzDecoder::new(bytes.as_slice())
                .take(most)
                .read_to_end(&mut out)
                .map_err(|error| {
                    let reason = format!("the body is not valid gzip: {error}");
                    Refusal::new(StatusCode::BAD_REQUEST, reason)
                })?;
            if out.len() > limit {
                return Err(too_large());
            }
            Ok(out)
        }
    }
}
