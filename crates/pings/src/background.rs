//! The thread that runs everything except the recorder, which has a thread of its own.

use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::thread;
use std::time::Duration;

use tokio::runtime::{self, Handle};
use tokio::sync::watch;
use tokio::task::AbortHandle;

use crate::error::Error;

/// A thread with its own asynchronous runtime, so that a product needs none.
#[derive(Debug)]
pub(crate) struct Background {
    runtime: Handle,
    work: AbortHandle,
    /// The thread ends after a message, or when this sender is dropped.
    stop: watch::Sender<()>,
}

impl Background {
    /// Starts a thread that runs this work.
    pub(crate) fn start(work: impl Future<Output = ()> + Send + 'static) -> Result<Self, Error> {
        let built = runtime::Builder::new_current_thread().enable_all().build();
        let runtime = built.map_err(Error::Thread)?;
        let (stop, mut stopped) = watch::channel(());
        let background = Self {
            runtime: runtime.handle().clone(),
            work: runtime.spawn(work).abort_handle(),
            stop,
        };
        let spawned = thread::Builder::new()
            .name("pings".to_owned())
            .spawn(move || {
                // An error means that the sender was dropped.
                let _ = runtime.block_on(stopped.changed());
                runtime.shutdown_background();
            });
        spawned.map_err(Error::Thread)?;
        Ok(background)
    }

    /// Returns the runtime of the thread.
    #[cfg(feature = "admin")]
    pub(crate) fn handle(&self) -> Handle {
        self.runtime.clone()
    }

    /// Runs a future on the thread.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        future: impl Future<Output = Result<T, Error>> + Send + 'static,
    ) -> Result<T, Error> {
        let ran = self.runtime.spawn(future).await;
        ran.unwrap_or(Err(Error::Stopped))
    }

    /// Runs a future on the thread, and blocks the caller until it ends, or for at most `limit`.
    pub(crate) fn run_blocking<T: Send + 'static>(
        &self,
        limit: Option<Duration>,
        future: impl Future<Output = Result<T, Error>> + Send + 'static,
    ) -> Result<T, Error> {
        let (done, answer) = sync_channel(1);
        self.runtime.spawn(async move {
            // The caller may have stopped waiting.
            let _ = done.send(future.await);
        });
        match limit {
            None => answer.recv().unwrap_or(Err(Error::Stopped)),
            Some(limit) => match answer.recv_timeout(limit) {
                Ok(answer) => answer,
                Err(RecvTimeoutError::Timeout) => Err(Error::Timeout(limit)),
                Err(RecvTimeoutError::Disconnected) => Err(Error::Stopped),
            },
        }
    }

    /// Ends the work of the thread. [`Background::run`] can still be called.
    pub(crate) fn stop_work(&self) {
        self.work.abort();
    }

    /// Ends the thread.
    pub(crate) fn stop(&self) {
        // Without a receiver, the thread has ended.
        let _ = self.stop.send(());
    }
}
