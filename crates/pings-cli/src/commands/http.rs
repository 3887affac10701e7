//! An HTTP server that bounds what clients can hold: connections, and the time for a request's head.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::ConnectInfo;
use axum::{Extension, Router};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

/// The number of open connections. Further ones wait in the system's backlog.
const CONNECTIONS: usize = 512;

/// The time for the head of a request. A connection may be idle for as long.
const HEAD: Duration = Duration::from_secs(10);

/// The maximum size of the head of a request in bytes.
const HEAD_SIZE: usize = 16 << 10;

/// How long open requests may take after a signal.
const FAREWELL: Duration = Duration::from_secs(5);

/// The pause if the system cannot accept further connections.
const PAUSE: Duration = Duration::from_millis(100);

/// Serves a router until `stop` completes. Open requests then end within a time limit.
pub(crate) async fn serve(listener: TcpListener, router: Router, stop: impl Future) {
    let seats = Arc::new(Semaphore::new(CONNECTIONS));
    let (stopping, stopped) = watch::channel(false);
    let mut connections = JoinSet::new();
    let mut stop = std::pin::pin!(stop);
    loop {
        let accepted = async {
            let seat = Arc::clone(&seats).acquire_owned().await;
            (accept(&listener).await, seat)
        };
        tokio::select! {
            _ = &mut stop => break,
            Some(_) = connections.join_next() => {}
            ((stream, peer), seat) = accepted => {
                let connection = connection(stream, peer, router.clone(), stopped.clone());
                connections.spawn(async move {
                    connection.await;
                    drop(seat);
                });
            }
        }
    }
    drop(listener);
    let _ = stopping.send(true);
    let all = async { while connections.join_next().await.is_some() {} };
    // A client that follows the events never ends its request.
    if timeout(FAREWELL, all).await.is_err() {
        connections.shutdown().await;
    }
}

async fn accept(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok(accepted) => return accepted,
            Err(_) => sleep(PAUSE).await,
        }
    }
}

async fn connection(
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    mut stopped: watch::Receiver<bool>,
) {
    let router = router.layer(Extension(ConnectInfo(peer)));
    let service = TowerToHyperService::new(router);
    let mut connection = std::pin::pin!(
        http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEAD)
            .max_buf_size(HEAD_SIZE)
            .serve_connection(TokioIo::new(stream), service)
    );
    // An error concerns this connection only, and its client has gone.
    tokio::select! {
        _ = connection.as_mut() => return,
        _ = stopped.wait_for(|is| *is) => connection.as_mut().graceful_shutdown(),
    }
    let _ = connection.await;
}
