//! The HTTP server that receives payloads.

mod answer;
mod body;
mod connection;
mod headers;
mod limits;
mod metrics;
mod quotas;
mod readers;
mod receive;
mod refusals;
mod routes;
mod seats;
mod tokens;
mod visitor;
mod writer;

use std::future::Future;
use std::io;
use std::net::IpAddr;
use std::sync::{Arc, RwLock};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, watch};
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::{sleep, timeout};

use crate::store::Store;
pub use limits::Limits;
use metrics::Metrics;
pub use quotas::Quotas;
use quotas::Used;
use readers::Readers;
use refusals::Refusals;
use routes::Health;
use seats::Seats;
pub use tokens::Tokens;
use writer::Job;

/// Options of a server.
#[derive(Default)]
pub struct Options {
    /// The tokens of senders. They can be replaced while the server runs.
    pub tokens: Arc<RwLock<Tokens>>,
    /// Limits of the server as a whole.
    pub limits: Limits,
    /// Quotas of a single sender.
    pub quotas: Quotas,
    /// The token for the metrics. Without a token, metrics can be read from this machine only.
    pub metrics_token: Option<String>,
    /// Whether the address of the sender is taken from the last entry of `X-Forwarded-For`, which a
    /// proxy sets.
    pub trusts_forwarded: bool,
    /// Whether payloads without a signature are refused, unless they are sent with the token of
    /// their instance.
    pub require_signatures: bool,
}

/// State that is shared between requests.
struct Shared {
    store: Arc<Store>,
    tokens: Arc<RwLock<Tokens>>,
    metrics_token: Option<Tokens>,
    trusts_forwarded: bool,
    limits: Limits,
    used: Used,
    seats: Arc<Seats>,
    refusals: Refusals,
    health: Health,
    require_signatures: bool,
    metrics: Arc<Metrics>,
    queue: mpsc::Sender<Job>,
    /// A permit for each request whose body was received.
    requests: Arc<Semaphore>,
    /// A permit for each refused request whose body is discarded.
    passing: Arc<Semaphore>,
    /// A permit for each KiB of bodies that are being received.
    receiving: Arc<Semaphore>,
    /// A permit for each payload that is being parsed.
    reading: Arc<Semaphore>,
    /// The threads that parse payloads.
    readers: Readers,
    /// A permit for each KiB of payloads that wait to be written.
    waiting: Arc<Semaphore>,
}

/// How long requests in progress may take once the server stops.
const FAREWELL: Duration = Duration::from_secs(30);

/// The maximum number of refused requests whose bodies are discarded at once.
const PASSING: usize = 32;

/// The pause if the system cannot accept further connections.
const PAUSE: Duration = Duration::from_millis(100);

impl Shared {
    /// Returns the state that requests share, and the task that writes what they bring.
    ///
    /// # Errors
    ///
    /// Returns an error if the system cannot start threads.
    fn start(store: Arc<Store>, options: Options) -> io::Result<(Arc<Self>, JoinHandle<()>)> {
        let Options {
            tokens,
            limits,
            quotas,
            metrics_token,
            trusts_forwarded,
            require_signatures,
        } = options;
        let metrics = Arc::new(Metrics::default());
        store.keep_conflicts(quotas.conflicts);
        let (queue, jobs) = mpsc::channel(limits.requests);
        let shared = Arc::new(Self {
            store: Arc::clone(&store),
            tokens,
            metrics_token: metrics_token.map(|token| Tokens::default().with_shared(&token)),
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

/// Serves one connection over any stream, until the other side ends it.
///
/// # Errors
///
/// Returns an error if the system cannot start threads.
pub async fn serve_connection(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    peer: IpAddr,
    store: Arc<Store>,
    options: Options,
) -> io::Result<()> {
    let (shared, writer) = Shared::start(store, options)?;
    let (_running, stopped) = watch::channel(false);
    connection::serve(stream, peer, shared, stopped).await;
    // The queue ends with its last sender, and the writer ends with the queue.
    let _ = writer.await;
    Ok(())
}

/// Runs the server until `stop` completes. Then no further connection is accepted, and received
/// payloads are written and answered.
///
/// # Errors
///
/// Returns an error if the system cannot start threads.
pub async fn serve(
    listener: TcpListener,
    store: Arc<Store>,
    options: Options,
    stop: impl Future<Output = ()>,
) -> io::Result<()> {
    let (shared, writer) = Shared::start(store, options)?;
    let places = Arc::new(Semaphore::new(shared.limits.connections));
    let (stopping, stopped) = watch::channel(false);
    let mut connections = JoinSet::new();
    let mut stop = std::pin::pin!(stop);
    loop {
        // If no connection can be closed, a new connection waits in the system's backlog.
        let accepted = async {
            let place = place(&places, &shared.seats).await;
            (accept(&listener).await, place)
        };
        tokio::select! {
            () = &mut stop => break,
            Some(_) = connections.join_next() => {}
            ((stream, peer), place) = accepted => {
                let shared = Arc::clone(&shared);
                let connection = connection::serve(stream, peer, shared, stopped.clone());
                connections.spawn(async move {
                    connection.await;
                    drop(place);
                });
            }
        }
    }
    drop(listener);
    let _ = stopping.send(true);
    let all = async { while connections.join_next().await.is_some() {} };
    if timeout(FAREWELL, all).await.is_err() {
        connections.shutdown().await;
    }
    // Dropping the last sender ends the queue, and with it the writer.
    drop(shared);
    let _ = writer.await;
    Ok(())
}

/// Acquires a permit for a connection. If there is none, an idle connection is closed.
async fn place(places: &Arc<Semaphore>, seats: &Seats) -> Option<OwnedSemaphorePermit> {
    loop {
        if let Ok(place) = Arc::clone(places).try_acquire_owned() {
            return Some(place);
        }
        seats.make_room();
        if let Ok(place) = timeout(PAUSE, Arc::clone(places).acquire_owned()).await {
            return place.ok();
        }
    }
}

async fn accept(listener: &TcpListener) -> (TcpStream, IpAddr) {
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => {
                let _ = stream.set_nodelay(true);
                return (stream, peer.ip());
            }
            // The peer has already closed the connection.
            Err(error) if is_theirs(&error) => {}
            Err(_) => sleep(PAUSE).await,
        }
    }
}

fn is_theirs(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionRefused
    )
}
