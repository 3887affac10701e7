//! Selects the connections to close if there are too many.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

/// The activity of a connection. Connections with the least activity are closed first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Doing {
    /// The connection waits for a request, or for the rest of its head.
    Idle,
    /// The connection sends a body without a token.
    Sending,
}

/// The connections that may be closed, ordered by activity and then by time.
#[derive(Default)]
pub(super) struct Seats(Mutex<Waiting>);

#[derive(Default)]
struct Waiting {
    next: u64,
    seats: BTreeMap<(Doing, u64), Arc<Notify>>,
}

/// The seat of a connection.
pub(super) struct Seat {
    seats: Arc<Seats>,
    leave: Arc<Notify>,
    key: Mutex<Option<(Doing, u64)>>,
}

impl Seats {
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a seat for a connection, which starts as idle.
    pub(super) fn take(self: &Arc<Self>) -> Seat {
        let seat = Seat {
            seats: Arc::clone(self),
            leave: Arc::default(),
            key: Mutex::default(),
        };
        seat.idle();
        seat
    }

    /// Asks the connection that has been waiting for the longest time to close. Returns false if
    /// all connections are busy.
    pub(super) fn make_room(&self) -> bool {
        match self.lock().seats.pop_first() {
            Some((_, leave)) => {
                leave.notify_one();
                true
            }
            None => false,
        }
    }

    /// Asks the connection that has been sending its body for the longest time to close.
    pub(super) fn end_sending(&self) {
        let mut waiting = self.lock();
        let first = waiting.seats.range((Doing::Sending, 0)..).next();
        if let Some(key) = first.map(|(key, _)| *key)
            && let Some(leave) = waiting.seats.remove(&key)
        {
            leave.notify_one();
        }
    }
}

impl Seat {
    /// Marks the connection as waiting for a request.
    pub(super) fn idle(&self) {
        self.does(Some(Doing::Idle));
    }

    /// Marks the connection as sending a body without a token.
    pub(super) fn sending(&self) {
        self.does(Some(Doing::Sending));
    }

    /// Marks the connection as busy, so that it is not closed.
    pub(super) fn busy(&self) {
        self.does(None);
    }

    /// Completes when the connection must be closed.
    pub(super) async fn asked_to_leave(&self) {
        self.leave.notified().await;
    }

    fn does(&self, doing: Option<Doing>) {
        let mut key = self.key.lock().unwrap_or_else(PoisonError::into_inner);
        let mut waiting = self.seats.lock();
        if let Some(key) = key.take() {
            waiting.seats.remove(&key);
        }
        if let Some(doing) = doing {
            waiting.next += 1;
            let place = (doing, waiting.next);
            waiting.seats.insert(place, Arc::clone(&self.leave));
            *key = Some(place);
        }
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.busy();
    }
}
