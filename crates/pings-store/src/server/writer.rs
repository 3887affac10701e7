//! The one task that writes. What waits while it commits is written with the next commit.

use std::sync::Arc;
use std::time::Duration;

use pings_payload::Week;
use tokio::sync::{OwnedSemaphorePermit, mpsc, oneshot};
use tokio::time::timeout;

use super::metrics::Metrics;
use crate::accept::Accepted;
use crate::received::Received;
use crate::store::Store;

/// A payload that waits to be written.
pub(super) struct Job {
    pub(super) received: Received,
    /// Where whoever sent it waits for what became of it.
    pub(super) answer: oneshot::Sender<Written>,
    /// The memory that was granted to it.
    pub(super) _held: Option<OwnedSemaphorePermit>,
}

/// The outcome of a payload and the earlier weeks that the store lacks; or why it is unknown.
pub(super) type Written = Result<(Accepted, Vec<Week>), &'static str>;

/// The most payloads of a transaction.
const MOST: usize = 256;

/// The most bytes of the payloads of a transaction that has more than one: what is written takes
/// several times as much memory.
const HELD: usize = 8 << 20;

/// How long a transaction may take.
const PATIENCE: Duration = Duration::from_secs(45);

/// What is told of a database that fails. Its own words are nobody's business outside.
pub(super) const FAILED: &str = "the database does not answer, or fails";

/// Writes what is in the queue, until there is no more and nobody to send any.
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
                // A sender that does not wait any longer sends the payload again.
                let _ = answer.send(written);
            }
        }
    }
}

/// Writes payloads together; where that fails, one by one, as one of them may be the reason.
async fn write(store: &Store, batch: &[Received], metrics: &Metrics) -> Vec<Written> {
    if let Some(accepted) = attempt(store, batch, metrics).await {
        return accepted.into_iter().map(Ok).collect();
    }
    metrics.not_written();
    let mut written = Vec::with_capacity(batch.len());
    let mut failed = 0;
    for one in batch.chunks(1) {
        // Where two in a row fail, it is the database.
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
    let accepted = timeout(PATIENCE, store.accept(batch)).await.ok()?.ok()?;
    metrics.committed();
    // The payloads are committed, even if the store cannot say which weeks it lacks.
    let lacks = timeout(PATIENCE, store.lacks(&accepted)).await;
    let lacks = lacks.ok().and_then(Result::ok).unwrap_or_default();
    let lacks = lacks.into_iter().chain(std::iter::repeat(Vec::new()));
    Some(accepted.into_iter().zip(lacks).collect())
}
