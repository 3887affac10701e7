//! The threads that parse payloads.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::{io, thread};

use tokio::sync::oneshot;

type Work = Box<dyn FnOnce() + Send>;

/// A fixed number of threads that parse payloads.
///
/// An allocator keeps freed memory for the thread that used it. Every further thread that parses a
/// large payload would therefore add to the memory of the process, even if few parse at once.
pub(super) struct Readers {
    work: Sender<Work>,
}

impl Readers {
    /// Starts the threads. They end when the value is dropped.
    pub(super) fn start(threads: usize) -> io::Result<Self> {
        let (work, waiting) = channel();
        let waiting = Arc::new(Mutex::new(waiting));
        for _ in 0..threads.max(1) {
            let waiting = Arc::clone(&waiting);
            let spawned = thread::Builder::new().name("pings-reader".to_owned());
            spawned.spawn(move || read_all(&waiting))?;
        }
        Ok(Self { work })
    }

    /// Runs work on one of the threads. Returns `None` if it panicked.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Option<T> {
        let (done, result) = oneshot::channel();
        let work = move || {
            // The request may have been cancelled.
            let _ = done.send(work());
        };
        self.work.send(Box::new(work)).ok()?;
        result.await.ok()
    }
}

fn read_all(waiting: &Mutex<Receiver<Work>>) {
    loop {
        let next = waiting
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .recv();
        let Ok(work) = next else {
            return;
        };
        // A panic must not end the thread. Its request is answered with an internal error.
        let _ = std::panic::catch_unwind(std::panic::AssertUnwindSafe(work));
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::thread;

    use super::Readers;

    #[tokio::test]
    async fn all_work_is_done_by_the_same_threads() {
        let readers = Readers::start(2).unwrap();
        let mut threads = BTreeSet::new();
        for number in 0..100 {
            let ran = readers.run(move || (number, format!("{:?}", thread::current().id())));
            let (same, thread) = ran.await.unwrap();
            assert_eq!(same, number);
            threads.insert(thread);
        }
        assert!(threads.len() <= 2, "{threads:?}");
    }

    #[tokio::test]
    async fn a_panic_is_reported_and_ends_no_thread() {
        let readers = Readers::start(1).unwrap();
        let result = readers.run(|| assert_eq!(1, 2, "a bug")).await;
        assert_eq!(result, None);
        assert_eq!(readers.run(|| 7).await, Some(7));
    }
}
