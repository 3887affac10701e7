//! Payloads over HTTP.

mod answer;
mod body;
mod connection;
mod headers;
mod limits;
mod metrics;
mod quotas;
mod receive;
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
use routes::Health;
use seats::Seats;
pub use tokens::Tokens;
use writer::Job;

/// What a server is given.
#[derive(Default)]
pub struct Options {
    /// The tokens of senders. They can be replaced while the server runs.
    pub tokens: Arc<RwLock<Tokens>>,
    /// How much may be sent at once.
    pub limits: Limits,
    /// How much one sender may send.
    pub quotas: Quotas,
    /// The token for the metrics; without a token only this machine can read them.
    pub metrics_token: Option<String>,
    /// Whether a proxy tells the address of who sends, as the last of `X-Forwarded-For`.
    pub trusts_forwarded: bool,
    /// Whether payloads without a signature are refused, unless they come with the token of their
    /// instance.
    pub require_signatures: bool,
}

/// What requests share.
struct Shared {
    store: Arc<Store>,
    tokens: Arc<RwLock<Tokens>>,
    metrics_token: Option<Tokens>,
    trusts_forwarded: bool,
    limits: Limits,
    used: Used,
    seats: Arc<Seats>,
    health: Health,
    require_signatures: bool,
    metrics: Arc<Metrics>,
    queue: mpsc::Sender<Job>,
    /// One for each request whose body has come.
    requests: Arc<Semaphore>,
    /// One for each refused request whose body is let pass.
    passing: Arc<Semaphore>,
    /// One for each KiB of bodies that are being received.
    receiving: Arc<Semaphore>,
    /// One for each payload that is being read.
    reading: Arc<Semaphore>,
    /// One for each KiB of payloads that wait to be written.
    waiting: Arc<Semaphore>,
}

/// How long requests under way may take once the server is to stop.
const FAREWELL: Duration = Duration::from_secs(30);

/// How many refused requests are listened to at once.
const PASSING: usize = 32;

/// How long to wait where the system has no more connections to give.
const PAUSE: Duration = Duration::from_millis(100);

impl Shared {
    /// Returns the state that requests share, and the task that writes what they bring.
    fn start(store: Arc<Store>, options: Options) -> (Arc<Self>, JoinHandle<()>) {
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
            health: Health::default(),
            require_signatures,
            metrics: Arc::clone(&metrics),
            queue,
            requests: Arc::new(Semaphore::new(limits.requests)),
            passing: Arc::new(Semaphore::new(PASSING)),
            receiving: Arc::new(Semaphore::new(limits.memory_kib())),
            reading: Arc::new(Semaphore::new(limits.readers)),
            waiting: Arc::new(Semaphore::new(limits.memory_kib())),
            limits,
        });
        (shared, tokio::spawn(writer::run(store, jobs, metrics)))
    }
}

/// Serves one connection over any stream, until the other side ends it.
pub async fn serve_connection(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    peer: IpAddr,
    store: Arc<Store>,
    options: Options,
) {
    let (shared, writer) = Shared::start(store, options);
    let (_running, stopped) = watch::channel(false);
    connection::serve(stream, peer, shared, stopped).await;
    // The queue ends with its last sender, and the writer ends with the queue.
    let _ = writer.await;
}

/// Serves until `stop` comes to pass. Then no more is accepted, and what was received is written
/// and answered.
pub async fn serve(
    listener: TcpListener,
    store: Arc<Store>,
    options: Options,
    stop: impl Future<Output = ()>,
) {
    let (shared, writer) = Shared::start(store, options);
    let places = Arc::new(Semaphore::new(shared.limits.connections));
    let (stopping, stopped) = watch::channel(false);
    let mut connections = JoinSet::new();
    let mut stop = std::pin::pin!(stop);
    loop {
        // If all connections have something to do, a new one waits in the system's backlog.
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
    // With the last sender the queue ends, and with it the writer.
    drop(shared);
    let _ = writer.await;
}

/// A place for a connection. If there is none, a connection makes room that only waits.
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
            // The other side is gone already.
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
