//! The HTTP server that receives payloads.

mod activity;
mod answer;
mod body;
mod connection;
mod etag;
mod headers;
mod health;
mod limits;
mod metrics;
mod quotas;
mod read_access;
mod readers;
mod reading;
mod receive;
mod refusals;
mod routes;
mod seats;
mod shared;
mod tokens;
mod traffic;
mod visitor;
mod writer;

use std::future::Future;
use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::store::Store;
pub use activity::Activity;
pub use etag::tagged;
pub use limits::Limits;
pub use quotas::Quotas;
pub use read_access::ReadAccess;
use seats::Seats;
pub use shared::Options;
use shared::Shared;
pub use tokens::Tokens;
pub use traffic::{LimitUse, Traffic};
pub use visitor::Sender;

/// How long requests in progress may take once the server stops.
const FAREWELL: Duration = Duration::from_secs(30);

/// The pause if the system cannot accept further connections.
const PAUSE: Duration = Duration::from_millis(100);

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
