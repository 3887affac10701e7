//! Limits how often an address may try tokens.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The number of wrong tokens that an address may try in a minute.
const MOST: u32 = 10;

/// The time after which an address may try again.
pub(crate) const WINDOW: Duration = Duration::from_secs(60);

/// The maximum number of addresses that are remembered. If there are more, the next ones wait.
const ADDRESSES: usize = 4_096;

/// The wrong tokens of each address in its last minute.
#[derive(Default)]
pub(crate) struct Attempts(Mutex<HashMap<IpAddr, (Instant, u32)>>);

impl Attempts {
    /// Counts an attempt, and returns whether it is allowed.
    pub(crate) fn is_allowed(&self, address: IpAddr, now: Instant) -> bool {
        let mut tried = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_recent = |begin: &Instant| now.duration_since(*begin) < WINDOW;
        if tried.len() >= ADDRESSES && !tried.contains_key(&address) {
            tried.retain(|_, (begin, _)| is_recent(begin));
            if tried.len() >= ADDRESSES {
                return false;
            }
        }
        let (begin, count) = tried.entry(address).or_insert((now, 0));
        if !is_recent(begin) {
            (*begin, *count) = (now, 0);
        }
        *count += 1;
        *count <= MOST
    }

    /// Forgets the attempts of an address that had the right token.
    pub(crate) fn forget(&self, address: IpAddr) {
        let mut tried = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        tried.remove(&address);
    }
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr};
    use std::time::Instant;

    use super::{ADDRESSES, Attempts, MOST, WINDOW};

    #[test]
    fn an_address_has_ten_attempts_a_minute() {
        let attempts = Attempts::default();
        let now = Instant::now();
        let address = |number: u32| IpAddr::V4(Ipv4Addr::from_bits(number));
        for _ in 0..MOST {
            assert!(attempts.is_allowed(address(1), now));
        }
        assert!(!attempts.is_allowed(address(1), now));
        assert!(attempts.is_allowed(address(2), now), "another address");
        assert!(attempts.is_allowed(address(1), now + WINDOW));
        attempts.forget(address(1));
        for number in 0..2 * ADDRESSES as u32 {
            attempts.is_allowed(address(number), now + WINDOW);
        }
        assert!(attempts.0.lock().unwrap().len() <= ADDRESSES);
    }
}
