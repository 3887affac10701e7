//! What a registry says about trust, as ranges of versions.

use std::collections::BTreeSet;

use pings_database::{Bind, Cell, Mode, Result, Transaction};
use pings_model::{Ping, Registry, ValueType, Version};
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

/// Whether the codes of a registry are noted: older programs noted none.
async fn has_codes(tx: &mut Transaction, registry: &str, fingerprint: &str) -> Result<bool> {
    let sql = "SELECT count(*) FROM fingerprint_codes WHERE registry = $1 AND fingerprint = $2";
    let binds = [Bind::Text(registry), Bind::Text(fingerprint)];
    let count = tx.value(sql, &binds, ValueType::Integer).await?;
    Ok(count.and_then(|count| count.integer()).unwrap_or_default() > 0)
}

/// Versions at which a code is not to be believed.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Range {
    trust: String,
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
        let ranges = of_registry(registry);
        let mut values = Vec::new();
        for (code, range) in &ranges {
            let fix = range.fix.and_then(|fix| i64::try_from(fix).ok());
            values.extend([
                Bind::Text(&registry.name),
                Bind::Text(code),
                Bind::Text(&range.trust),
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
        if noted == 1 || !has_codes(&mut tx, &registry.name, &fingerprint).await? {
            let codes = registry
                .metrics()
                .flat_map(|(_, metric)| [name, Bind::Text(&fingerprint), Bind::Text(&metric.code)]);
            let columns = ["registry", "fingerprint", "code"];
            tx.insert("fingerprint_codes", &columns, &codes.collect::<Vec<_>>())
                .await?;
        }
        tx.commit().await?;
        Ok(Learned {
            registry: registry.name.clone(),
            fingerprint,
            is_new: noted == 1,
        })
    }
}

impl Store {
    /// Whether the store's views go by this registry: by what it says of versions.
    ///
    /// # Errors
    ///
    /// Where the database fails.
    pub async fn goes_by(&self, registry: &Registry) -> Result<GoesBy> {
        let text = ValueType::Text;
        let sql = "SELECT code, trust, first_key, coalesce(end_key, ''), coalesce(reason, ''), \
              coalesce(fix, -1) FROM ranges WHERE registry = $1";
        let types = [text, text, text, text, text, ValueType::Integer];
        let mut tx = self.database.begin(Mode::Read).await?;
        let rows = tx.rows(sql, &[Bind::Text(&registry.name)], &types).await?;
        tx.rollback().await?;
        let some = |text: String| (!text.is_empty()).then_some(text);
        let stored = rows
            .into_iter()
            .filter_map(|row| match <[Cell; 6]>::try_from(row) {
                Ok(
                    [
                        Cell::Text(code),
                        Cell::Text(trust),
                        Cell::Text(first),
                        Cell::Text(end),
                        Cell::Text(reason),
                        Cell::Integer(fix),
                    ],
                ) => {
                    let range = Range {
                        trust,
                        first,
                        end: some(end),
                        reason: some(reason),
                        fix: fix.try_into().ok(),
                    };
                    Some((code, range))
                }
                _ => None,
            });
        let stored: BTreeSet<(String, Range)> = stored.collect();
        let ours = of_registry(registry).into_iter();
        let ours = ours.map(|(code, range)| (code.to_owned(), range)).collect();
        Ok(match stored {
            stored if stored.is_empty() => GoesBy::None,
            stored if stored == ours => GoesBy::This,
            _ => GoesBy::Another,
        })
    }
}

/// By which registry of a name the store's views go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GoesBy {
    /// By one that says the same of versions.
    This,
    /// By one that says something else.
    Another,
    /// The store was shown none.
    None,
}

/// The ranges of each code.
fn of_registry(registry: &Registry) -> Vec<(&str, Range)> {
    let ranges = registry.metrics().flat_map(|(ping, metric)| {
        let ranges = ranges(ping).into_iter();
        ranges.map(|range| (metric.code.as_str(), range))
    });
    ranges.collect()
}

fn optional(text: Option<&str>) -> Bind<'_> {
    text.map_or(Bind::Null, Bind::Text)
}

/// Where a ping is not to be believed. No two overlap, and there is at least one, if empty.
fn ranges(ping: &Ping) -> Vec<Range> {
    let range = |trust: &str, first, end: Option<_>, reason, fix| Range {
        trust: trust.to_owned(),
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
