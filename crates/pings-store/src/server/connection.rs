//! Serves a connection.

use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

use super::routes::router;
use super::shared::Shared;
use super::visitor::Visitor;

/// The maximum size of the head of a request in bytes.
const HEAD: usize = 16 << 10;

/// The answer to a request whose head was started but not completed in time.
const TOO_SLOW: &[u8] = b"HTTP/1.1 408 Request Timeout\r\ncontent-type: application/json\r\n\
    connection: close\r\ncontent-length: 59\r\n\r\n\
    {\"ok\":false,\"error\":\"the request was not received in time\"}";

/// Serves a connection until the peer closes it, it is too old or the server stops.
pub(super) async fn serve(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    peer: IpAddr,
    shared: Arc<Shared>,
    mut stopping: watch::Receiver<bool>,
) {
    let limits = shared.limits.clone();
    let seat = shared.seats.take();
    let visitor = Arc::new(Visitor { shared, seat, peer });
    let service = TowerToHyperService::new(router(Arc::clone(&visitor)));
    let mut connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.head_time)
        .max_buf_size(HEAD)
        .serve_connection(TokioIo::new(stream), service);
    let mut is_ending = false;
    let mut end = Box::pin(sleep(limits.connection_time));
    let done = loop {
        let is_too_old = tokio::select! {
            done = &mut connection => break done,
            _ = stopping.wait_for(|is| *is), if !is_ending => false,
            () = &mut end => true,
            () = visitor.seat.asked_to_leave() => return,
        };
        if is_ending {
            return;
        }
        // Requests in progress are finished, but only within a time limit.
        is_ending = true;
        Pin::new(&mut connection).graceful_shutdown();
        if is_too_old {
            end = Box::pin(sleep(limits.body_time + limits.answer_time));
        }
    };
    if done.is_err_and(|error| error.is_timeout()) {
        let parts = connection.into_parts();
        // A peer that did not start a request expects no answer.
        if !parts.read_buf.is_empty() {
            let mut stream = parts.io.into_inner();
            let told = async {
                stream.write_all(TOO_SLOW).await?;
                stream.shutdown().await
            };
            let _ = timeout(Duration::from_secs(1), told).await;
        }
    }
}
