//! Limits how many requests each client sends.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, Ordering};

use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use crate::user::User;

/// After this many requests, clients that were not seen lately are forgotten.
const SWEEP: u32 = 1024;

/// The sender of a request.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Client {
    User(User),
    Address(IpAddr),
}

/// The limit for each client.
#[derive(Debug)]
pub(crate) struct Limit {
    clients: DefaultKeyedRateLimiter<Client>,
    requests: AtomicU32,
}

impl Limit {
    /// Creates a limit per client and second.
    pub(crate) fn new(per_second: NonZeroU32) -> Self {
        Self {
            clients: RateLimiter::keyed(Quota::per_second(per_second)),
            requests: AtomicU32::new(0),
        }
    }

    /// Returns whether the client may send a request now.
    pub(crate) fn allows(&self, client: &Client) -> bool {
        if self.requests.fetch_add(1, Ordering::Relaxed) % SWEEP == SWEEP - 1 {
            self.clients.retain_recent();
            self.clients.shrink_to_fit();
        }
        self.clients.check_key(client).is_ok()
    }
}
