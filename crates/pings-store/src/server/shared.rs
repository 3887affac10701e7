//! State that is shared between the requests of a server.

use std::io;
use std::sync::{Arc, RwLock};

use axum::Router;
use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinHandle;

use super::health::Health;
use super::limits::Limits;
use super::metrics::Metrics;
use super::quotas::{Quotas, Used};
use super::read_access::ReadAccess;
use super::readers::Readers;
use super::refusals::Refusals;
use super::seats::Seats;
use super::tokens::Tokens;
use super::writer::{self, Job};
use crate::store::Store;

/// Options of a server.
#[derive(Default)]
pub struct Options {
    /// The tokens of senders. They can be replaced while the server runs.
    pub tokens: Arc<RwLock<Tokens>>,
    /// Limits of the server as a whole.
    pub limits: Limits,
    /// Quotas of a single sender.
    pub quotas: Quotas,
    /// Access to the answers of the store. Without it, all reads are refused.
    pub read_access: Option<ReadAccess>,
    /// The token for the metrics. Without a token, metrics can be read from this machine only.
    pub metrics_token: Option<String>,
    /// Whether the address of the sender is taken from the last entry of `X-Forwarded-For`, which a
    /// proxy sets.
    pub trusts_forwarded: bool,
    /// Whether payloads without a signature are refused, unless they are sent with the token of
    /// their instance.
    pub require_signatures: bool,
    /// Pages for people. Each request has the [`Sender`](super::Sender) and the
    /// [`Activity`](super::Activity) as extensions.
    pub pages: Option<Router>,
}

/// State that is shared between requests.
pub(super) struct Shared {
    pub(super) store: Arc<Store>,
    pub(super) tokens: Arc<RwLock<Tokens>>,
    pub(super) metrics_token: Option<Tokens>,
    pub(super) read_access: Option<ReadAccess>,
    pub(super) pages: Option<Router>,
    pub(super) trusts_forwarded: bool,
    pub(super) limits: Limits,
    pub(super) used: Used,
    pub(super) seats: Arc<Seats>,
    pub(super) refusals: Refusals,
    pub(super) health: Health,
    pub(super) require_signatures: bool,
    pub(super) metrics: Arc<Metrics>,
    pub(super) queue: mpsc::Sender<Job>,
    /// A permit for each request whose body was received.
    pub(super) requests: Arc<Semaphore>,
    /// A permit for each refused request whose body is discarded.
    pub(super) passing: Arc<Semaphore>,
    /// A permit for each KiB of bodies that are being received.
    pub(super) receiving: Arc<Semaphore>,
    /// A permit for each payload that is being parsed.
    pub(super) reading: Arc<Semaphore>,
    /// The threads that parse payloads.
    pub(super) readers: Readers,
    /// A permit for each KiB of payloads that wait to be written.
    pub(super) waiting: Arc<Semaphore>,
}

/// The maximum number of refused requests whose bodies are discarded at once.
const PASSING: usize = 32;

impl Shared {
    /// Returns the state that requests share, and the task that writes what they bring.
    ///
    /// # Errors
    ///
    /// Returns an error if the system cannot start threads.
    pub(super) fn start(
        store: Arc<Store>,
        options: Options,
    ) -> io::Result<(Arc<Self>, JoinHandle<()>)> {
        let Options {
            tokens,
            limits,
            quotas,
            metrics_token,
            read_access,
            trusts_forwarded,
            require_signatures,
            pages,
        } = options;
        let metrics = Arc::new(Metrics::default());
        store.keep_conflicts(quotas.conflicts);
        let (queue, jobs) = mpsc::channel(limits.requests);
        let shared = Arc::new(Self {
            store: Arc::clone(&store),
            tokens,
            metrics_token: metrics_token.map(|token| Tokens::default().with_shared(&token)),
            read_access,
            pages,
            trusts_forwarded,
            used: Used::new(quotas),
            seats: Arc::default(),
            refusals: Refusals::default(),
            health: Health::default(),
            require_signatures,
            metrics: Arc::clone(&metrics),
            queue,
            requests: Arc::new(Semaphore::new(limits.requests)),
            passing: Arc::new(Semaphore::new(PASSING)),
            receiving: Arc::new(Semaphore::new(limits.memory_kib())),
            reading: Arc::new(Semaphore::new(limits.readers)),
            waiting: Arc::new(Semaphore::new(limits.memory_kib())),
            readers: Readers::start(limits.readers)?,
            limits,
        });
        Ok((shared, tokio::spawn(writer::run(store, jobs, metrics))))
    }
}
