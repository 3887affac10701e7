//! The log of refused payloads.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use pings_payload::Uuid;

use super::answer::Refusal;

/// The time in which a sender's refusals are logged once.
const EVERY: Duration = Duration::from_secs(60);

/// The maximum number of senders that are remembered. Refusals of further senders are not logged
/// until a minute has passed.
const SENDERS: usize = 4_096;

/// A sender of refused payloads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Sender {
    /// An instance, whose payload could be read.
    Instance(Uuid),
    /// A source address, whose payload could not be read.
    Address(IpAddr),
}

/// Logs refused payloads, at most one per sender and minute.
#[derive(Default)]
pub(super) struct Refusals {
    logged: Mutex<HashMap<Sender, Instant>>,
}

impl Refusals {
    /// Logs a refusal, unless one of the same sender was logged in the last minute. Only the
    /// status, the sender and the place in the payload are logged, never a value.
    pub(super) fn log(&self, refusal: &Refusal, address: IpAddr) {
        let sender = refusal
            .instance
            .map_or(Sender::Address(address), Sender::Instance);
        if !self.is_due(sender, Instant::now()) {
            return;
        }
        let (status, reason) = (refusal.status.as_u16(), refusal.class);
        match sender {
            Sender::Instance(instance) => {
                tracing::warn!(%instance, %address, status, reason, "refused a payload");
            }
            Sender::Address(_) => tracing::warn!(%address, status, reason, "refused a payload"),
        }
    }

    fn is_due(&self, sender: Sender, now: Instant) -> bool {
        let mut logged = self.logged.lock().unwrap_or_else(PoisonError::into_inner);
        let is_recent = |at: &Instant| now.duration_since(*at) < EVERY;
        if logged.get(&sender).is_some_and(is_recent) {
            return false;
        }
        if logged.len() >= SENDERS {
            logged.retain(|_, at| is_recent(at));
        }
        if logged.len() >= SENDERS {
            return false;
        }
        logged.insert(sender, now);
        true
    }
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr};
    use std::time::{Duration, Instant};

    use super::{EVERY, Refusals, SENDERS, Sender};

    #[test]
    fn a_sender_is_logged_once_a_minute_and_memory_is_bounded() {
        let refusals = Refusals::default();
        let now = Instant::now();
        let sender = |number: u32| Sender::Address(IpAddr::V4(Ipv4Addr::from_bits(number)));
        assert!(refusals.is_due(sender(0), now));
        assert!(!refusals.is_due(sender(0), now + Duration::from_secs(59)));
        assert!(refusals.is_due(sender(0), now + EVERY));
        let due = (0..10_000).filter(|it| refusals.is_due(sender(*it), now + EVERY));
        assert_eq!(due.count(), SENDERS - 1);
        assert!(refusals.is_due(sender(9_999), now + EVERY * 2));
        assert_eq!(refusals.logged.lock().unwrap().len(), 1);
    }
}
