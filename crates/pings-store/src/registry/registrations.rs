//! Registers registries, and stores their declarations about trust as version ranges.

use std::collections::BTreeSet;

use pings_database::{Bind, Cell, Result, Transaction};
use pings_model::{Registry, ValueType, Version};
use pings_payload::{fingerprint, rfc3339};
use pings_sql::Dialect;
use serde_json::{Value as Json, json};
use time::OffsetDateTime;

use crate::registry::declared::Declared;
#[cfg(feature = "clickhouse")]
use crate::registry::kept::{Fingerprint, Ranges};
use crate::registry::measures::measures;
use crate::registry::origin::version_key;
use crate::registry::ranges::{Range, by_code, covers, first_unreleased, of_registry};
use crate::registry::windowed::stored_codes;
use crate::store::{Backend, Store};

/// The result of registering a registry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Learned {
    /// The name of the registry.
    pub registry: String,
    /// The fingerprint of the registry.
    pub fingerprint: String,
    /// Whether the fingerprint was not known before.
    pub is_new: bool,
}

/// Returns whether the codes of a registry are stored. Older programs did not store them.
async fn has_codes(tx: &mut Transaction, registry: &str, fingerprint: &str) -> Result<bool> {
    let sql = "SELECT count(*) FROM fingerprint_codes WHERE registry = $1 AND fingerprint = $2";
    let binds = [Bind::Text(registry), Bind::Text(fingerprint)];
    let count = tx.value(sql, &binds, ValueType::Integer).await?;
    Ok(count.and_then(|count| count.integer()).unwrap_or_default() > 0)
}

/// The declarations of the store's current registry that another registry would revoke.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TakenBack {
    /// Codes with versions that are declared broken and would be trusted again.
    pub repaired: Vec<String>,
    /// Codes that the other registry does not have.
    pub lost: Vec<String>,
    /// The earlier newest release that the other registry names, or none.
    pub released: Option<ReleaseTakenBack>,
    /// Whether the other registry declares nothing that the store does not know, or names no newest
    /// release although the current one does.
    pub is_older: bool,
}

impl TakenBack {
    /// Returns whether nothing would be revoked.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.repaired.is_empty() && self.lost.is_empty() && self.released.is_none()
    }
}

/// What another registry would take back of the newest release.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReleaseTakenBack {
    /// It names this earlier version: numbers of versions after it would no longer be trusted.
    To(Version),
    /// It names none: numbers of versions that were never released would be trusted.
    Removed,
}

impl Store {
    /// Registers a registry as the newest with its name. From then on, all rows are trusted
    /// according to this registry, and payloads with its fingerprint are known.
    ///
    /// # Errors
    ///
    /// Returns an error if the database fails. Nothing is changed in this case.
    pub async fn learn(&self, registry: &Registry, now: OffsetDateTime) -> Result<Learned> {
        let ranges = of_registry(registry);
        let declared = declared(registry);
        self.register(registry, Some(Newest { ranges, declared }), now)
            .await
    }

    /// Registers the fingerprint of a registry, so that its payloads are known. Trust still follows
    /// the newest registry with that name.
    ///
    /// # Errors
    ///
    /// Returns an error if the database fails. Nothing is changed in this case.
    pub async fn recognize(&self, registry: &Registry, now: OffsetDateTime) -> Result<Learned> {
        self.register(registry, None, now).await
    }

    /// Registers a registry, and its ranges and measures if it becomes the newest with its name.
    async fn register(
        &self,
        registry: &Registry,
        newest: Option<Newest>,
        now: OffsetDateTime,
    ) -> Result<Learned> {
        let fingerprint = fingerprint(registry);
        let is_new = match &self.backend {
            Backend::Sql(_) => {
                let mut tx = self.write().await?;
                if let Some(Newest { ranges, declared }) = &newest {
                    replace(&mut tx, registry.name(), ranges, declared).await?;
                }
                let is_new = note(&mut tx, registry, &fingerprint, now).await?;
                tx.commit().await?;
                is_new
            }
            #[cfg(feature = "clickhouse")]
            Backend::ClickHouse(connection) => {
                if let Some(Newest { ranges, declared }) = newest {
                    let mut all = Ranges::new(registry.name());
                    for (code, it) in &ranges {
                        let [end, reason] = [&it.end, &it.reason];
                        let [end, reason] = [end, reason].map(|it| it.as_deref().unwrap_or(""));
                        let fix = it.fix.and_then(|fix| fix.try_into().ok());
                        all.add([code, &it.trust, &it.first, end, reason], fix);
                    }
                    connection.learn(all, declared.into_iter()).await?;
                }
                let (declared, declared_digest) = Declared::new(registry).document();
                let codes = registry.metrics().flat_map(|(_, it)| stored_codes(it));
                let noted = Fingerprint {
                    registry: registry.name().to_owned(),
                    fingerprint: fingerprint.clone(),
                    known_since: rfc3339(now),
                    declared,
                    declared_digest,
                    codes: codes.collect(),
                    version: 0,
                };
                connection.note_fingerprint(noted).await?
            }
        };
        if is_new {
            self.rebuild_fingerprint(registry.name(), &fingerprint)
                .await?;
        }
        Ok(Learned {
            registry: registry.name().to_owned(),
            fingerprint,
            is_new,
        })
    }

    /// Returns the declarations that a registry would revoke if it became the newest with its name.
    ///
    /// # Errors
    ///
    /// Returns an error if the database fails.
    pub async fn takes_back(&self, registry: &Registry) -> Result<TakenBack> {
        let stored = by_code(self.stored_ranges(registry).await?);
        let ours = of_registry(registry).into_iter();
        let ours = by_code(ours);
        let mut taken = TakenBack::default();
        for (code, ranges) in &stored {
            match ours.get(code) {
                None => taken.lost.push(code.clone()),
                Some(ours) if !covers(ours, ranges) => taken.repaired.push(code.clone()),
                Some(_) => {}
            }
        }
        let theirs = first_unreleased(&stored);
        let after = |version: Version| version_key(version.key_after());
        taken.released = match (theirs, registry.released()) {
            (Some(_), None) => Some(ReleaseTakenBack::Removed),
            (Some(theirs), Some(ours)) if *after(ours) < *theirs => {
                Some(ReleaseTakenBack::To(ours))
            }
            _ => None,
        };
        let is_raised = registry
            .released()
            .is_some_and(|ours| theirs.is_none_or(|theirs| *after(ours) > *theirs));
        let knows = |(code, ranges): (&String, &Vec<Range>)| {
            let stored = stored.get(code);
            stored.is_some_and(|stored| covers(stored, ranges))
        };
        // Without a newest release, a sender can make up a version that is trusted. Whatever else the
        // registry declares does not show that this is wanted.
        taken.is_older = taken.released == Some(ReleaseTakenBack::Removed)
            || !taken.is_empty() && !is_raised && ours.iter().all(knows);
        Ok(taken)
    }
}

/// The declarations of a registry that becomes the newest of its name, by code.
struct Newest {
    ranges: Vec<(String, Range)>,
    /// The measures of each code.
    declared: Vec<(String, String)>,
}

/// Returns the measures that a registry declares, by the names of the codes.
fn declared(registry: &Registry) -> Vec<(String, String)> {
    let declared = registry.metrics().flat_map(|(_, metric)| {
        let names = stored_codes(metric).into_iter();
        names.flat_map(|name| {
            let measures = measures(metric).into_iter();
            measures.map(move |(measure, _)| (name.clone(), measure))
        })
    });
    declared.collect()
}

/// Replaces the ranges of a registry, and adds the measures that it declares. Measures that an earlier
/// registry declared stay declared.
async fn replace(
    tx: &mut Transaction,
    registry: &str,
    ranges: &[(String, Range)],
    declared: &[(String, String)],
) -> Result<()> {
    let name = Bind::Text(registry);
    let mut values = Vec::new();
    for (code, range) in ranges {
        let fix = range.fix.and_then(|fix| i64::try_from(fix).ok());
        values.extend([
            name,
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
    tx.run("DELETE FROM ranges WHERE registry = $1", &[name])
        .await?;
    tx.insert("ranges", &columns, &values).await?;
    let declared = declared
        .iter()
        .map(|(name, measure)| json!([name, measure]));
    let declared = Json::from_iter(declared).to_string();
    tx.run(declare(tx.dialect()), &[name, Bind::Text(&declared)])
        .await?;
    Ok(())
}

/// Records a fingerprint and its declarations. Returns false if the fingerprint was known before.
async fn note(
    tx: &mut Transaction,
    registry: &Registry,
    fingerprint: &str,
    now: OffsetDateTime,
) -> Result<bool> {
    let now = rfc3339(now);
    let binds = [registry.name(), fingerprint, &now].map(Bind::Text);
    let noted = tx
        .run(
            "INSERT INTO fingerprints (registry, fingerprint, known_since) VALUES ($1, $2, $3) \
             ON CONFLICT (registry, fingerprint) DO NOTHING",
            &binds,
        )
        .await?;
    let is_new = noted == 1;
    let declared = Declared::new(registry);
    let (declared, digest) = declared.document();
    let binds = [registry.name(), fingerprint, &declared, &digest].map(Bind::Text);
    let sql = "UPDATE fingerprints SET declared = $3, declared_digest = $4 \
        WHERE registry = $1 AND fingerprint = $2";
    tx.run(sql, &binds).await?;
    if is_new || !has_codes(tx, registry.name(), fingerprint).await? {
        let [name, fingerprint] = [registry.name(), fingerprint].map(Bind::Text);
        let codes = registry
            .metrics()
            .flat_map(|(_, metric)| stored_codes(metric));
        let codes: Vec<String> = codes.collect();
        let codes = codes
            .iter()
            .flat_map(|code| [name, fingerprint, Bind::Text(code)]);
        let columns = ["registry", "fingerprint", "code"];
        tx.insert("fingerprint_codes", &columns, &codes.collect::<Vec<_>>())
            .await?;
    }
    Ok(is_new)
}

impl Store {
    /// Returns whether the store's views follow this registry, which means that it declares the
    /// same version ranges.
    ///
    /// # Errors
    ///
    /// Returns an error if the database fails.
    pub async fn goes_by(&self, registry: &Registry) -> Result<GoesBy> {
        let stored: BTreeSet<_> = self.stored_ranges(registry).await?.into_iter().collect();
        let ours = of_registry(registry).into_iter();
        let ours = ours.collect();
        Ok(match stored {
            stored if stored.is_empty() => GoesBy::None,
            stored if stored == ours => GoesBy::This,
            _ => GoesBy::Another,
        })
    }

    /// Returns the version ranges of the newest registry of a name, by code.
    async fn stored_ranges(&self, registry: &Registry) -> Result<Vec<(String, Range)>> {
        let text = ValueType::Text;
        let sql = "SELECT code, trust, first_key, coalesce(end_key, ''), coalesce(reason, ''), \
              coalesce(fix, -1) FROM ranges WHERE registry = $1";
        let types = [text, text, text, text, text, ValueType::Integer];
        let mut tx = self.read().await?;
        let rows = tx.rows(sql, &[Bind::Text(registry.name())], &types).await?;
        tx.end().await?;
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
        Ok(stored.collect())
    }
}

/// Returns the statement that records the measures of codes.
fn declare(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Sqlite => {
            "INSERT INTO declared (registry, code, measure) \
             SELECT $1, json_extract(value, '$[0]'), json_extract(value, '$[1]') \
             FROM json_each($2) WHERE true ON CONFLICT DO NOTHING"
        }
        Dialect::Postgres => {
            "INSERT INTO declared (registry, code, measure) \
             SELECT $1::text, line ->> 0, line ->> 1 \
             FROM json_array_elements($2::text::json) AS line ON CONFLICT DO NOTHING"
        }
    }
}

/// The registry that the store's views follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GoesBy {
    /// A registry that declares the same version ranges.
    This,
    /// A registry that declares other version ranges.
    Another,
    /// No registry with this name was registered.
    None,
}

fn optional(text: Option<&str>) -> Bind<'_> {
    text.map_or(Bind::Null, Bind::Text)
}
