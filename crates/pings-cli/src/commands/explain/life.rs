//! The versions that send a metric, and whether it is trusted.

use pings_model::{Absence, Broken, Life, Metric, Ping, Registry, Trust, Version};
use serde_json::{Value as Json, json};

use super::parts::one_line;
use crate::output::{BAD, CAREFUL, GOOD, styled};

/// Returns the life of the metrics: one without a code if all of them have the same, or else one for
/// each code.
pub(super) fn lives<'r>(
    ping: &'r Ping,
    metrics: &[&'r Metric],
) -> Vec<(Option<&'r str>, Life<'r>)> {
    let is_same = metrics.iter().all(|it| it.own_life == metrics[0].own_life);
    let of = |metric: &&'r Metric| (Some(metric.code.as_str()), ping.life(metric));
    match metrics {
        [first, ..] if is_same => vec![(None, ping.life(first))],
        metrics => metrics.iter().map(of).collect(),
    }
}

/// Returns whether a metric is trusted at a version, as text.
pub(super) fn trust(registry: &Registry, life: Life<'_>, at: Version) -> String {
    if let Some(newest) = registry.released().filter(|_| !registry.is_released(at)) {
        let why = format!("{newest} is the newest release");
        return format!("{}: {why}", styled(CAREFUL, "not trusted"));
    }
    match life.trust(at) {
        Trust::Trusted => styled(GOOD, "trusted"),
        Trust::Broken(broken) => {
            format!("{}: {}", styled(BAD, "not trusted"), told(registry, broken))
        }
        Trust::Absent(Absence::NotYetAdded) => styled(CAREFUL, "not sent yet"),
        Trust::Absent(Absence::Removed) => styled(CAREFUL, "no longer sent"),
    }
}

pub(super) fn told(registry: &Registry, broken: &Broken) -> String {
    let reason = broken.reason.as_deref().unwrap_or("no reason given");
    let fix = match broken.fix {
        None => String::new(),
        Some(number) => match registry.links().pr(number) {
            Some(link) => format!(" (fixed in {link})"),
            None => format!(" (fixed in #{number})"),
        },
    };
    format!("{}: {}{fix}", broken.versions, one_line(reason))
}

/// Returns the name of a fact about a code, or about all codes.
pub(super) fn named(code: Option<&str>, what: &str) -> String {
    match code {
        Some(code) => format!("{code} {what}"),
        None => what.to_owned(),
    }
}

/// Returns the versions that send a metric, as text.
pub(super) fn sent_since(life: Life<'_>) -> String {
    let removed = life.removed();
    let removed = removed.map_or(String::new(), |it| format!(", until {it} (exclusive)"));
    format!("{}{removed}", life.added())
}

/// The versions of a ping or metric.
pub(super) struct Versions<'r> {
    pub(super) added: Version,
    pub(super) removed: Option<Version>,
    broken: Vec<&'r Broken>,
}

impl<'r> Versions<'r> {
    pub(super) fn of_ping(ping: &'r Ping) -> Self {
        Self {
            added: ping.added,
            removed: ping.removed,
            broken: ping.broken.iter().collect(),
        }
    }

    pub(super) fn of_metric(life: Life<'r>) -> Self {
        Self {
            added: life.added(),
            removed: life.removed(),
            broken: life.broken().collect(),
        }
    }

    /// Returns the broken ranges as JSON.
    pub(super) fn broken(&self) -> Json {
        self.broken.iter().map(|it| broken_json(it)).collect()
    }

    /// Returns whether the values are trusted at a version, as JSON.
    pub(super) fn trust(&self, registry: &Registry, at: Version) -> Json {
        let broken = self.broken.iter().copied();
        trust_json(
            registry,
            at,
            Trust::at(at, self.added, self.removed, broken),
        )
    }
}

fn trust_json(registry: &Registry, at: Version, trust: Trust<'_>) -> Json {
    match trust {
        _ if !registry.is_released(at) => json!({ "state": "unreleased" }),
        Trust::Trusted => json!({ "state": "trusted" }),
        Trust::Broken(broken) => json!({ "state": "broken", "broken": broken_json(broken) }),
        Trust::Absent(Absence::NotYetAdded) => {
            json!({ "state": "absent", "reason": "not yet added" })
        }
        Trust::Absent(Absence::Removed) => json!({ "state": "absent", "reason": "removed" }),
    }
}

fn broken_json(broken: &Broken) -> Json {
    json!({ "versions": broken.versions.to_string(), "reason": broken.reason, "fix": broken.fix })
}
