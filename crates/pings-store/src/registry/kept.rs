//! The declarations of registries as rows of ClickHouse.

use clickhouse::Row;
use serde::{Deserialize, Serialize};

/// The version ranges of a registry, in lists of the same length. An empty text or -1 means that a range
/// has no such value.
#[derive(Default, Row, Serialize, Deserialize)]
pub(crate) struct Ranges {
    pub(crate) registry: String,
    codes: Vec<String>,
    trusts: Vec<String>,
    first_keys: Vec<String>,
    end_keys: Vec<String>,
    reasons: Vec<String>,
    fixes: Vec<i64>,
    pub(crate) version: u64,
}

/// A registry with its fingerprint.
#[derive(Row, Serialize, Deserialize)]
pub(crate) struct Fingerprint {
    pub(crate) registry: String,
    pub(crate) fingerprint: String,
    pub(crate) known_since: String,
    pub(crate) declared: String,
    pub(crate) declared_digest: String,
    pub(crate) codes: Vec<String>,
    pub(crate) version: u64,
}

impl Ranges {
    pub(crate) fn new(registry: &str) -> Self {
        Self {
            registry: registry.to_owned(),
            ..Self::default()
        }
    }

    /// Adds a range of a code.
    pub(crate) fn add(&mut self, [code, trust, first, end, reason]: [&str; 5], fix: Option<i64>) {
        self.codes.push(code.to_owned());
        self.trusts.push(trust.to_owned());
        self.first_keys.push(first.to_owned());
        self.end_keys.push(end.to_owned());
        self.reasons.push(reason.to_owned());
        self.fixes.push(fix.unwrap_or(-1));
    }
}
