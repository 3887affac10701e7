//! Summaries of registries and findings.

use pings_model::{Level, Registry};
use pings_registry::{Finding, counted};

/// Returns whether a finding fails the check.
#[must_use]
pub fn is_denied(finding: &Finding) -> bool {
    finding.suppressed.is_none() && finding.level == Level::Deny
}

/// Returns the number of findings per level, in words, or `None` if there are no findings.
#[must_use]
pub fn summary(findings: &[Finding]) -> Option<String> {
    let count = |level| {
        let shown = findings.iter().filter(|it| it.suppressed.is_none());
        shown.filter(|it| it.level == level).count()
    };
    let parts = [
        (count(Level::Deny), "error"),
        (count(Level::Warn), "warning"),
    ];
    let parts = parts.into_iter().filter(|(count, _)| *count > 0);
    let parts: Vec<String> = parts.map(|(count, one)| counted(count, one)).collect();
    (!parts.is_empty()).then(|| parts.join(" and "))
}

/// Returns the contents of a registry, in words: `1 ping with 2 codes, 1 event, 0 tables`.
#[must_use]
pub fn contents(registry: &Registry) -> String {
    format!(
        "{} with {}, {}, {}",
        counted(registry.pings().len(), "ping"),
        counted(registry.metrics().count(), "code"),
        counted(registry.events().len(), "event"),
        counted(registry.tables().len(), "table"),
    )
}
