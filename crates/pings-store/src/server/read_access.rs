//! The readers of answers, and the limit of the answers that are computed at once.

use std::future::Future;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use pings_database::Result as Stored;
use pings_model::Registry;
use time::OffsetDateTime;
use tokio::runtime::Handle;
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;
use tokio::time::timeout;

use super::tokens::Tokens;

/// The maximum number of answers that are computed at once.
const ANSWERS: usize = 2;

/// The time limit of an answer, which includes the time that it waits for others.
const PATIENCE: Duration = Duration::from_secs(60);

/// The token of readers, and the registries by which the answers are computed. Clones share the
/// registries, which can be replaced while the server runs, and the limit of the answers that are
/// computed at once.
#[derive(Clone)]
pub struct ReadAccess {
    token: Tokens,
    registries: Arc<RwLock<Vec<Arc<Registry>>>>,
    /// A permit for each answer that is computed.
    answering: Arc<Semaphore>,
}

impl ReadAccess {
    /// Allows readers that have this token to read answers by these registries.
    #[must_use]
    pub fn new(token: &str, registries: Vec<Registry>) -> Self {
        Self {
            token: Tokens::default().with_shared(token),
            registries: Arc::new(RwLock::new(shared(registries))),
            answering: Arc::new(Semaphore::new(ANSWERS)),
        }
    }

    /// Replaces the registries by which the answers are computed.
    pub fn replace(&self, registries: Vec<Registry>) {
        let served = self.registries.write();
        *served.unwrap_or_else(PoisonError::into_inner) = shared(registries);
    }

    /// Returns the registries by which answers are computed.
    #[must_use]
    pub fn registries(&self) -> Vec<Arc<Registry>> {
        let served = self.registries.read();
        served.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Returns whether the value of an `Authorization` header has the token.
    #[must_use]
    pub fn allows(&self, authorization: Option<&[u8]>) -> bool {
        let grant = self.token.allowed(authorization, OffsetDateTime::now_utc());
        grant.is_some()
    }

    /// Computes an answer on a thread of its own, because analyses may take seconds, during which
    /// payloads are received. At most two answers are computed at a time. Returns `None` after a
    /// minute.
    pub async fn answer<T, F>(&self, read: impl FnOnce() -> F + Send + 'static) -> Option<Stored<T>>
    where
        T: Send + 'static,
        F: Future<Output = Stored<T>>,
    {
        let answering = Arc::clone(&self.answering);
        let answer = async {
            let permit = answering.acquire_owned().await.ok()?;
            let runtime = Handle::current();
            let answer = spawn_blocking(move || {
                let _permit = permit;
                runtime.block_on(timeout(PATIENCE, read())).ok()
            });
            answer.await.ok()?
        };
        timeout(PATIENCE, answer).await.ok()?
    }
}

fn shared(registries: Vec<Registry>) -> Vec<Arc<Registry>> {
    registries.into_iter().map(Arc::new).collect()
}
