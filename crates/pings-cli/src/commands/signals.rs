//! Signals that stop or reload a process.

use std::io;

/// Returns a future that completes with the name of the signal when the process is asked to stop.
/// Signals are handled from the time of the call.
#[cfg(unix)]
pub(crate) fn stop() -> io::Result<impl Future<Output = &'static str>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => "SIGTERM",
            _ = interrupt.recv() => "SIGINT",
        }
    })
}

/// Returns a future that completes when the process is asked to stop.
#[cfg(not(unix))]
pub(crate) fn stop() -> io::Result<impl Future<Output = &'static str>> {
    Ok(async {
        // Without a signal handler, the process runs until it is killed.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
        "Ctrl-C"
    })
}

/// The requests to reload the settings, which are the signals SIGHUP.
pub(crate) struct Reloads {
    #[cfg(unix)]
    signal: tokio::signal::unix::Signal,
}

impl Reloads {
    /// Handles the signal from now on.
    pub(crate) fn new() -> io::Result<Self> {
        Ok(Self {
            #[cfg(unix)]
            signal: tokio::signal::unix::signal(tokio::signal::unix::SignalKind::hangup())?,
        })
    }

    /// Waits for the next request. Systems other than Unix have no such signal.
    pub(crate) async fn next(&mut self) {
        #[cfg(unix)]
        if self.signal.recv().await.is_some() {
            return;
        }
        std::future::pending().await
    }
}
