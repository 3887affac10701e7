//! What a registry says about trust, as ranges of versions.

use pings_database::{Bind, Result};
use pings_model::{Ping, Registry, Version};
use pings_payload::{fingerprint, rfc3339};
use time::OffsetDateTime;

use crate::origin::version_key;
use crate::store::Store;

/// What became of a registry that the store was shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Learned {
    /// The registry's name.
    pub registry: String,
    /// Its fingerprint.
    pub fingerprint: String,
    /// Whether the store did not know the fingerprint before.
    pub is_new: bool,
}

/// Versions at which a code is not to be believed.
#[derive(Debug, PartialEq, Eq)]
struct Range {
    trust: &'static str,
    first: String,
    end: Option<String>,
    reason: Option<String>,
    fix: Option<u64>,
}

impl Store {
    /// Takes a registry as the newest of its name: from now on all rows are trusted or not as it
    /// says, and payloads of its fingerprint are known.
    ///
    /// # Errors
    ///
    /// Where the database fails; then nothing changed.
    pub async fn learn(&self, registry: &Registry, now: OffsetDateTime) -> Result<Learned> {
        let fingerprint = fingerprint(registry);
        let ranges: Vec<(&str, Range)> = registry
            .metrics()
            .flat_map(|(ping, metric)| {
                ranges(ping)
                    .into_iter()
                    .map(|range| (metric.code.as_str(), range))
            })
            .collect();
        let mut values = Vec::new();
        for (code, range) in &ranges {
            let fix = range.fix.and_then(|fix| i64::try_from(fix).ok());
            values.extend([
                Bind::Text(&registry.name),
                Bind::Text(code),
                Bind::Text(range.trust),
                Bind::Text(&range.first),
                optional(range.end.as_deref()),
                optional(range.reason.as_deref()),
                fix.map_or(Bind::Null, Bind::Integer),
            ]);
        }
        let columns = [
            "registry",
            "code",
            "trust",
            "first_key",
            "end_key",
            "reason",
            "fix",
        ];
        let name = Bind::Text(&registry.name);
        let mut tx = self.write().await?;
        tx.run("DELETE FROM ranges WHERE registry = $1", &[name])
            .await?;
        tx.insert("ranges", &columns, &values).await?;
        let noted = tx
            .run(
                "INSERT INTO fingerprints (registry, fingerprint, known_since) VALUES ($1, $2, $3) \
                 ON CONFLICT (registry, fingerprint) DO NOTHING",
                &[name, Bind::Text(&fingerprint), Bind::Text(&rfc3339(now))],
            )
            .await?;
        tx.commit().await?;
        Ok(Learned {
            registry: registry.name.clone(),
            fingerprint,
            is_new: noted == 1,
        })
    }
}

fn optional(text: Option<&str>) -> Bind<'_> {
    text.map_or(Bind::Null, Bind::Text)
}

/// Where a ping is not to be believed. No two overlap, and there is at least one, if empty.
fn ranges(ping: &Ping) -> Vec<Range> {
    let range = |trust, first, end: Option<_>, reason, fix| Range {
        trust,
        first: version_key(first),
        end: end.map(version_key),
        reason,
        fix,
    };
    let added = ping.added.key();
    let removed = ping.removed.map(Version::key);
    let reason = Some(format!("added in {}", ping.added));
    let mut ranges = vec![range(
        "absent",
        [0; Version::PARTS],
        Some(added),
        reason,
        None,
    )];
    if let Some(version) = ping.removed {
        let reason = Some(format!("removed in {version}"));
        ranges.push(range("absent", version.key(), None, reason, None));
    }
    for broken in &ping.broken {
        // What is absent is not broken as well.
        let first = broken.versions.first().key().max(added);
        let ends = [broken.versions.key_after(), removed];
        let end = ends.into_iter().flatten().min();
        if end.is_none_or(|end| first < end) {
            ranges.push(range(
                "broken",
                first,
                end,
                broken.reason.clone(),
                broken.fix,
            ));
        }
    }
    ranges
}
