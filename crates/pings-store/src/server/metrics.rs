//! The metrics of the server, in the text format of Prometheus.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::http::StatusCode;

use super::quotas::Limit;
use super::traffic::Traffic;
use crate::ingest::accept::Disposition;

/// The upper bounds of the request duration histogram, in milliseconds.
const BOUNDS: [u64; 12] = [1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000, 5_000, 30_000];

/// The status codes with which payloads are refused. The last one, 0, means any other.
const STATUSES: [u16; 10] = [400, 401, 403, 408, 413, 415, 429, 500, 503, 0];

/// How long a failed write makes the server unhealthy if no further payload arrives.
const RECENT: Duration = Duration::from_secs(60);

#[derive(Default)]
pub(super) struct Metrics {
    new: AtomicU64,
    late: AtomicU64,
    repeated: AtomicU64,
    conflict: AtomicU64,
    /// In the order of [`STATUSES`]. The last counter is for all other status codes.
    refused: [AtomicU64; STATUSES.len()],
    /// In the order of [`Limit::ALL`].
    limited: [AtomicU64; Limit::ALL.len()],
    /// The number of requests by the name of their token.
    tokens: Mutex<BTreeMap<Arc<str>, u64>>,
    bytes: AtomicU64,
    commits: AtomicU64,
    /// When payloads last could not be written. `None` after a successful write.
    failed: Mutex<Option<Instant>>,
    waiting: AtomicU64,
    /// In the order of [`BOUNDS`]. The last counter is for longer durations.
    took: [AtomicU64; BOUNDS.len() + 1],
    took_micros: AtomicU64,
}

/// A guard that counts a waiting payload until it is dropped.
pub(super) struct Waits<'m>(&'m AtomicU64);

impl Drop for Waits<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Relaxed);
    }
}

impl Metrics {
    pub(super) fn kept(&self, how: Disposition) {
        let counter = match how {
            Disposition::New => &self.new,
            Disposition::Late => &self.late,
            Disposition::Repeated => &self.repeated,
            Disposition::Conflict => &self.conflict,
            // Counted by status code.
            Disposition::Unsigned | Disposition::OtherKey => return,
        };
        counter.fetch_add(1, Relaxed);
    }

    pub(super) fn refused(&self, status: StatusCode) {
        let place = STATUSES.iter().position(|known| *known == status.as_u16());
        self.refused[place.unwrap_or(STATUSES.len() - 1)].fetch_add(1, Relaxed);
    }

    pub(super) fn limited(&self, limit: Limit) {
        let place = Limit::ALL.iter().position(|known| *known == limit);
        if let Some(counter) = place.and_then(|place| self.limited.get(place)) {
            counter.fetch_add(1, Relaxed);
        }
    }

    /// Counts a request with a token of this name.
    pub(super) fn token(&self, name: &Arc<str>) {
        let mut tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        *tokens.entry(Arc::clone(name)).or_default() += 1;
    }

    pub(super) fn received(&self, bytes: usize) {
        self.bytes.fetch_add(bytes as u64, Relaxed);
    }

    pub(super) fn committed(&self) {
        self.commits.fetch_add(1, Relaxed);
        *self.failed() = None;
    }

    /// Records that payloads could not be written.
    pub(super) fn not_written(&self) {
        *self.failed() = Some(Instant::now());
    }

    /// Returns whether the most recent write failed, and failed recently.
    pub(super) fn is_failing(&self) -> bool {
        self.failed().is_some_and(|when| when.elapsed() < RECENT)
    }

    fn failed(&self) -> MutexGuard<'_, Option<Instant>> {
        self.failed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn wait(&self) -> Waits<'_> {
        self.waiting.fetch_add(1, Relaxed);
        Waits(&self.waiting)
    }

    pub(super) fn took(&self, time: Duration) {
        let micros = u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
        let place = BOUNDS.iter().position(|bound| micros <= bound * 1_000);
        self.took[place.unwrap_or(BOUNDS.len())].fetch_add(1, Relaxed);
        self.took_micros.fetch_add(micros, Relaxed);
    }

    /// Returns how many payloads exceeded each limit.
    pub(super) fn exceeded(&self) -> impl Iterator<Item = (Limit, u64)> {
        let counts = self.limited.iter().map(|counter| counter.load(Relaxed));
        Limit::ALL.into_iter().zip(counts)
    }

    /// Returns the payloads that were received so far, without the limits.
    pub(super) fn traffic(&self) -> Traffic {
        let statuses = STATUSES.map(|status| (status != 0).then_some(status));
        let counts = self.refused.iter().map(|counter| counter.load(Relaxed));
        Traffic {
            accepted: self.new.load(Relaxed),
            late: self.late.load(Relaxed),
            repeated: self.repeated.load(Relaxed),
            conflicts: self.conflict.load(Relaxed),
            refused: statuses.into_iter().zip(counts).collect(),
            limits: Vec::new(),
        }
    }

    /// Returns all metrics as text. The caller passes the number of requests in progress.
    pub(super) fn text(&self, under_way: usize) -> String {
        let mut out = String::new();
        let mut family = |name: &str, kind: &str, help: &str, lines: &[(String, String)]| {
            // Writing to a `String` does not fail.
            let _ = writeln!(out, "# HELP {name} {help}\n# TYPE {name} {kind}");
            for (suffix, value) in lines {
                let _ = writeln!(out, "{name}{suffix} {value}");
            }
        };
        let read = |counter: &AtomicU64| counter.load(Relaxed).to_string();
        let kept = [
            ("accepted", &self.new),
            ("late", &self.late),
            ("repeated", &self.repeated),
            ("conflict", &self.conflict),
        ];
        family(
            "pings_store_payloads_total",
            "counter",
            "Payloads that were answered with 200, by disposition.",
            &kept.map(|(name, counter)| (format!("{{outcome=\"{name}\"}}"), read(counter))),
        );
        let refused: Vec<_> = STATUSES
            .iter()
            .zip(&self.refused)
            .map(|(status, counter)| {
                let status = match status {
                    0 => "other".to_owned(),
                    status => status.to_string(),
                };
                (format!("{{status=\"{status}\"}}"), read(counter))
            })
            .collect();
        family(
            "pings_store_refused_total",
            "counter",
            "Refused payloads, by status.",
            &refused,
        );
        let limited: Vec<_> = Limit::ALL
            .iter()
            .zip(&self.limited)
            .map(|(limit, counter)| (format!("{{limit=\"{}\"}}", limit.name()), read(counter)))
            .collect();
        family(
            "pings_store_limited_total",
            "counter",
            "Payloads that exceeded a limit, by name of the limit.",
            &limited,
        );
        let tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        let tokens = tokens.iter();
        let tokens: Vec<_> = tokens
            .map(|(name, count)| (format!("{{token=\"{name}\"}}"), count.to_string()))
            .collect();
        family(
            "pings_store_token_requests_total",
            "counter",
            "Requests with a valid token that has a name, by this name.",
            &tokens,
        );
        family(
            "pings_store_received_bytes_total",
            "counter",
            "Received bytes of bodies, before decompression.",
            &[(String::new(), read(&self.bytes))],
        );
        family(
            "pings_store_commits_total",
            "counter",
            "Transactions, each with one or more payloads.",
            &[(String::new(), read(&self.commits))],
        );
        family(
            "pings_store_queue",
            "gauge",
            "Payloads that are waiting to be written.",
            &[(String::new(), read(&self.waiting))],
        );
        family(
            "pings_store_under_way",
            "gauge",
            "Requests in progress.",
            &[(String::new(), under_way.to_string())],
        );
        let mut count = 0;
        let mut took = Vec::new();
        for (place, counter) in self.took.iter().enumerate() {
            count += counter.load(Relaxed);
            let bound = match BOUNDS.get(place) {
                Some(bound) => format!("{}", *bound as f64 / 1_000.0),
                None => "+Inf".to_owned(),
            };
            took.push((format!("_bucket{{le=\"{bound}\"}}"), count.to_string()));
        }
        let seconds = Duration::from_micros(self.took_micros.load(Relaxed)).as_secs_f64();
        took.push(("_sum".to_owned(), seconds.to_string()));
        took.push(("_count".to_owned(), count.to_string()));
        family(
            "pings_store_request_seconds",
            "histogram",
            "Time per payload, from the head of the request to the answer.",
            &took,
        );
        out
    }
}
