//! The task that writes payloads. Payloads that arrive during a commit are written with the next
//! one.

use std::sync::Arc;
use std::time::Duration;

use pings_payload::Week;
use tokio::sync::{OwnedSemaphorePermit, mpsc, oneshot};
use tokio::time::timeout;

use super::metrics::Metrics;
use crate::ingest::accept::Accepted;
use crate::ingest::received::Received;
use crate::store::Store;

/// A payload that waits to be written.
pub(super) struct Job {
    pub(super) received: Received,
    /// The channel for the result, on which the request waits.
    pub(super) answer: oneshot::Sender<Written>,
    /// The memory that was granted for the payload.
    pub(super) _held: Option<OwnedSemaphorePermit>,
}

/// The result of accepting a payload and the earlier weeks that the store does not have, or a
/// message if the result is unknown.
pub(super) type Written = Result<(Accepted, Vec<Week>), &'static str>;

/// The maximum number of payloads in a transaction.
const MOST: usize = 256;

/// The maximum total size in bytes of the payloads in a transaction with more than one payload.
/// Writing takes several times as much memory.
const HELD: usize = 8 << 20;

/// The time limit for a transaction.
const PATIENCE: Duration = Duration::from_secs(45);

/// The message for a failure of the database. The message of the database itself is not disclosed.
pub(super) const FAILED: &str = "the database does not answer or fails";

/// Writes the queued payloads until the queue is empty and all senders are dropped.
pub(super) async fn run(store: Arc<Store>, mut queue: mpsc::Receiver<Job>, metrics: Arc<Metrics>) {
    let mut jobs = Vec::new();
    while queue.recv_many(&mut jobs, MOST).await > 0 {
        let mut waiting = jobs.drain(..).peekable();
        while waiting.peek().is_some() {
            let mut size = 0;
            let mut batch = Vec::new();
            let mut answers = Vec::new();
            while let Some(job) =
                waiting.next_if(|job| size == 0 || size + job.received.size() <= HELD)
            {
                size += job.received.size();
                batch.push(job.received);
                answers.push((job.answer, job._held));
            }
            let written = write(&store, &batch, &metrics).await;
            for ((answer, _held), written) in answers.into_iter().zip(written) {
                // A sender that no longer waits sends the payload again.
                let _ = answer.send(written);
            }
        }
    }
}

/// Writes payloads in a single transaction. If this fails, they are written individually, because a
/// single payload may be the cause.
async fn write(store: &Store, batch: &[Received], metrics: &Metrics) -> Vec<Written> {
    if let Some(accepted) = attempt(store, batch, metrics).await {
        return accepted.into_iter().map(Ok).collect();
    }
    metrics.not_written();
    let mut written = Vec::with_capacity(batch.len());
    let mut failed = 0;
    for one in batch.chunks(1) {
        // Two failures in a row indicate a failure of the database.
        if batch.len() == 1 || failed == 2 {
            written.push(Err(FAILED));
            continue;
        }
        match attempt(store, one, metrics)
            .await
            .and_then(|mut it| it.pop())
        {
            Some(accepted) => {
                failed = 0;
                written.push(Ok(accepted));
            }
            None => {
                failed += 1;
                written.push(Err(FAILED));
            }
        }
    }
    written
}

async fn attempt(
    store: &Store,
    batch: &[Received],
    metrics: &Metrics,
) -> Option<Vec<(Accepted, Vec<Week>)>> {
    let reason = match timeout(PATIENCE, store.accept(batch)).await {
        Ok(Ok(accepted)) => {
            metrics.committed();
            return Some(with_lacks(store, accepted).await);
        }
        Ok(Err(error)) if error.is_disk_full() => "the disk of the database is full",
        // The message could contain values.
        Ok(Err(_)) => "the database rejects the data",
        Err(_) => "the database does not answer in time",
    };
    // Repeated failures are one line of the log.
    if !metrics.is_failing() {
        tracing::error!(reason, "payloads cannot be written");
    }
    None
}

/// Adds the weeks that the store does not have. The payloads are committed, even if the store cannot
/// determine them.
async fn with_lacks(store: &Store, accepted: Vec<Accepted>) -> Vec<(Accepted, Vec<Week>)> {
    let lacks = timeout(PATIENCE, store.lacks(&accepted)).await;
    let lacks = lacks.ok().and_then(Result::ok).unwrap_or_default();
    let lacks = lacks.into_iter().chain(std::iter::repeat(Vec::new()));
    accepted.into_iter().zip(lacks).collect()
}
