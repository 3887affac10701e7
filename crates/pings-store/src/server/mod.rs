//! Payloads over HTTP.

mod answer;
mod body;
mod connection;
mod limits;
mod metrics;
mod receive;
mod routes;
mod tokens;
mod writer;

use std::future::Future;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::store::Store;
pub use limits::Limits;
use metrics::Metrics;
pub use tokens::Tokens;
use writer::Job;

/// What a server is given.
#[derive(Default)]
pub struct Options {
    /// Who may send.
    pub tokens: Tokens,
    /// How much may be sent.
    pub limits: Limits,
    /// Whether payloads without a signature are refused, unless they come with the token of their
    /// instance.
    pub require_signatures: bool,
}

/// What requests share.
struct Shared {
    store: Arc<Store>,
    tokens: Tokens,
    limits: Limits,
    require_signatures: bool,
    metrics: Arc<Metrics>,
    queue: mpsc::Sender<Job>,
    /// One for each request under way.
    requests: Arc<Semaphore>,
    /// One for each KiB of bodies that are being received.
    receiving: Arc<Semaphore>,
    /// One for each payload that is being read.
    reading: Arc<Semaphore>,
    /// One for each KiB of payloads that wait to be written.
    waiting: Arc<Semaphore>,
}

/// How long requests under way may take once the server is to stop.
const FAREWELL: Duration = Duration::from_secs(30);

/// How long to wait where the system has no more connections to give.
const PAUSE: Duration = Duration::from_millis(100);

/// Serves until `stop` comes to pass. Then no more is accepted, and what was received is written
/// and answered.
pub async fn serve(
    listener: TcpListener,
    store: Arc<Store>,
    options: Options,
    stop: impl Future<Output = ()>,
) {
    let Options {
        tokens,
        limits,
        require_signatures,
    } = options;
    let metrics = Arc::new(Metrics::default());
    let (queue, jobs) = mpsc::channel(limits.requests);
    let shared = Arc::new(Shared {
        store: Arc::clone(&store),
        tokens,
        require_signatures,
        metrics: Arc::clone(&metrics),
        queue,
        requests: Arc::new(Semaphore::new(limits.requests)),
        receiving: Arc::new(Semaphore::new(limits.memory_kib())),
        reading: Arc::new(Semaphore::new(limits.readers)),
        waiting: Arc::new(Semaphore::new(limits.memory_kib())),
        limits,
    });
    let writer = tokio::spawn(writer::run(store, jobs, metrics));
    let places = Arc::new(Semaphore::new(shared.limits.connections));
    let (stopping, stopped) = watch::channel(false);
    let mut connections = JoinSet::new();
    let mut stop = std::pin::pin!(stop);
    loop {
        // Who finds no place waits in the system's backlog.
        let accepted = async {
            let place = Arc::clone(&places).acquire_owned().await;
            (accept(&listener).await, place)
        };
        tokio::select! {
            () = &mut stop => break,
            Some(_) = connections.join_next() => {}
            (stream, place) = accepted => {
                let connection = connection::serve(stream, Arc::clone(&shared), stopped.clone());
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

async fn accept(listener: &TcpListener) -> TcpStream {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                let _ = stream.set_nodelay(true);
                return stream;
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
