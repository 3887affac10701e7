//! What all that was found comes to.

use pings_model::Level;
use pings_registry::Finding;

/// Whether a finding fails the check.
#[must_use]
pub fn is_denied(finding: &Finding) -> bool {
    finding.suppressed.is_none() && finding.level == Level::Deny
}

/// How many of which level there are, in words; none where there are none.
#[must_use]
pub fn summary(findings: &[Finding]) -> Option<String> {
    let count = |level| {
        let shown = findings.iter().filter(|it| it.suppressed.is_none());
        shown.filter(|it| it.level == level).count()
    };
    let counted = |count, one: &str| match count {
        0 => None,
        1 => Some(format!("1 {one}")),
        more => Some(format!("{more} {one}s")),
    };
    let parts = [
        counted(count(Level::Deny), "error"),
        counted(count(Level::Warn), "warning"),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    (!parts.is_empty()).then(|| parts.join(" and "))
}
