//! The sessions of readers who signed in.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::http::HeaderMap;
use axum::http::header::COOKIE;
use sha2::{Digest, Sha256};

/// The name of the cookie with the key of a session.
pub(crate) const SESSION: &str = "pings_session";

/// How long a reader stays signed in.
pub(crate) const LASTS: Duration = Duration::from_secs(12 * 60 * 60);

/// The maximum number of sessions. A further one ends the oldest.
const MOST: usize = 1_000;

/// The sessions of readers who signed in. They end with the process.
#[derive(Default)]
pub(crate) struct Sessions {
    /// When each session began, by the digest of its key. Comparing digests leaks nothing about a
    /// key.
    begun: Mutex<HashMap<[u8; 32], Instant>>,
}

impl Sessions {
    /// Begins a session, and returns its key. Returns `None` if the system has no random numbers.
    pub(crate) fn begin(&self, now: Instant) -> Option<String> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).ok()?;
        let key = hex::encode(bytes);
        let mut begun = self.begun.lock().unwrap_or_else(PoisonError::into_inner);
        begun.retain(|_, begin| now.duration_since(*begin) < LASTS);
        if begun.len() >= MOST {
            let oldest = begun.iter().min_by_key(|(_, begin)| **begin);
            let oldest = oldest.map(|(digest, _)| *digest);
            oldest.and_then(|oldest| begun.remove(&oldest));
        }
        begun.insert(digest(&key), now);
        Some(key)
    }

    /// Returns whether a key is that of a session.
    pub(crate) fn has(&self, key: &str, now: Instant) -> bool {
        let begun = self.begun.lock().unwrap_or_else(PoisonError::into_inner);
        let begin = begun.get(&digest(key));
        begin.is_some_and(|begin| now.duration_since(*begin) < LASTS)
    }

    /// Ends a session.
    pub(crate) fn end(&self, key: &str) {
        let mut begun = self.begun.lock().unwrap_or_else(PoisonError::into_inner);
        begun.remove(&digest(key));
    }
}

/// Returns the key of the session of a request.
pub(crate) fn session(headers: &HeaderMap) -> Option<&str> {
    let cookies = headers.get_all(COOKIE).iter();
    let mut cookies = cookies
        .filter_map(|it| it.to_str().ok())
        .flat_map(|it| it.split(';'));
    cookies.find_map(|cookie| {
        let (name, key) = cookie.trim().split_once('=')?;
        (name == SESSION).then_some(key)
    })
}

fn digest(key: &str) -> [u8; 32] {
    Sha256::digest(key).into()
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::{LASTS, MOST, Sessions};

    #[test]
    fn a_session_ends_by_time_by_signing_out_or_if_there_are_too_many() {
        let sessions = Sessions::default();
        let now = Instant::now();
        let first = sessions.begin(now).unwrap();
        assert_eq!(first.len(), 64);
        assert!(sessions.has(&first, now) && !sessions.has("", now));
        assert!(!sessions.has(&first, now + LASTS));
        let second = sessions.begin(now + Duration::from_secs(1)).unwrap();
        assert_ne!(first, second);
        sessions.end(&second);
        assert!(!sessions.has(&second, now));
        for more in 0..MOST as u64 {
            let later = now + Duration::from_secs(2 + more);
            assert!(sessions.begin(later).is_some());
        }
        assert!(!sessions.has(&first, now), "the oldest one");
        assert_eq!(sessions.begun.lock().unwrap().len(), MOST);
    }
}
