//! The versions that the registry names: each adds, breaks, fixes or removes something.

use std::collections::BTreeMap;

use pings_model::{Broken, Ping, Registry, Version};

/// Something that a version changes about a ping, or about one of its metrics.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Event<'r> {
    pub(crate) kind: Kind,
    pub(crate) ping: &'r Ping,
    pub(crate) code: Option<&'r str>,
    pub(crate) broken: Option<&'r Broken>,
}

/// The kinds of changes, in the order of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Added,
    Broken,
    LastBroken,
    Removed,
}

impl Kind {
    pub(crate) const ALL: [(Self, &'static str); 4] = [
        (Self::Added, "Added"),
        (Self::Broken, "Broken from this version"),
        (Self::LastBroken, "Broken up to this version"),
        (Self::Removed, "Removed"),
    ];

    /// Returns the name in the data of a page.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Broken => "broken_from",
            Self::LastBroken => "broken_to",
            Self::Removed => "removed",
        }
    }
}

/// Returns the versions that the registry names, with what each changes.
pub(crate) fn by_version(registry: &Registry) -> BTreeMap<Version, Vec<Event<'_>>> {
    let mut versions: BTreeMap<Version, Vec<Event<'_>>> = BTreeMap::new();
    let mut note = |version: Version, event| versions.entry(version).or_default().push(event);
    for ping in registry.pings() {
        let own = (None, Some(ping.added), ping.removed, &ping.broken);
        let of_metrics = ping.metrics.iter().map(|metric| {
            let life = &metric.own_life;
            let code = Some(metric.code.as_str());
            (code, life.added, life.removed, &life.broken)
        });
        for (code, added, removed, broken) in std::iter::once(own).chain(of_metrics) {
            let event = |kind, broken| Event {
                kind,
                ping,
                code,
                broken,
            };
            if let Some(added) = added {
                note(added, event(Kind::Added, None));
            }
            if let Some(removed) = removed {
                note(removed, event(Kind::Removed, None));
            }
            for broken in broken {
                note(broken.versions.first(), event(Kind::Broken, Some(broken)));
                if let Some(last) = broken.versions.last() {
                    note(last, event(Kind::LastBroken, Some(broken)));
                }
            }
        }
    }
    versions
}
