//! The versions of pings and metrics, as readers of the page see them.

use pings_model::{Broken, OwnLife, Registry};

use crate::markdown::{link, plain};
use crate::text::comma_separated;

/// Returns what a metric declares itself: `added in 5.2; broken in 5.3 (…); removed in 6.0`.
pub(super) fn own(registry: &Registry, life: &OwnLife) -> String {
    let mut facts = Vec::new();
    if let Some(added) = life.added {
        facts.push(format!("added in {added}"));
    }
    if !life.prs.is_empty() {
        facts.push(format!("PRs: {}", pull_requests(registry, &life.prs)));
    }
    if !life.broken.is_empty() {
        facts.push(format!("**broken in** {}", broken(registry, &life.broken)));
    }
    if let Some(removed) = life.removed {
        facts.push(format!("removed in {removed}"));
    }
    facts.join("; ")
}

/// Returns the links of pull requests.
pub(super) fn pull_requests(registry: &Registry, prs: &[u64]) -> String {
    comma_separated(prs.iter().map(|pr| {
        let address = registry.links().pr(*pr);
        link(&format!("#{pr}"), address.as_deref())
    }))
}

/// Returns ranges in the form `3.31-3.35.0 (does not count backend insights) ([fix PR](…))`.
pub(super) fn broken(registry: &Registry, ranges: &[Broken]) -> String {
    comma_separated(ranges.iter().map(|broken| range(registry, broken)))
}

fn range(registry: &Registry, broken: &Broken) -> String {
    let mut out = broken.versions.to_string();
    if let Some(reason) = &broken.reason {
        out.push_str(&format!(" ({})", plain(reason)));
    }
    if let Some(fix) = broken.fix {
        let fix = match registry.links().pr(fix) {
            Some(address) => link("fix PR", Some(&address)),
            None => format!("fix PR #{fix}"),
        };
        out.push_str(&format!(" ({fix})"));
    }
    out
}
