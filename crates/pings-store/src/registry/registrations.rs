//! Registers registries, and stores their declarations about trust as version ranges.

use std::collections::{BTreeMap, BTreeSet};

use pings_database::{Bind, Cell, Mode, Result, Transaction};
use pings_model::{Life, Registry, ValueType, Version};
use pings_payload::{fingerprint, rfc3339};
use pings_sql::Dialect;
use serde_json::{Value as Json, json};
use time::OffsetDateTime;

use crate::registry::declared::Declared;
use crate::registry::measures::measures;
use crate::registry::origin::version_key;
use crate::registry::windowed::stored_codes;
use crate::store::Store;

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

/// The trust of versions after the newest release.
const UNRELEASED: &str = "unreleased";

/// A range of versions at which a code is not trusted.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Range {
    trust: String,
    first: String,
    end: Option<String>,
    reason: Option<String>,
    fix: Option<u64>,
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
        let fingerprint = fingerprint(registry);
        let ranges = of_registry(registry);
        let mut values = Vec::new();
        for (code, range) in &ranges {
            let fix = range.fix.and_then(|fix| i64::try_from(fix).ok());
            values.extend([
                Bind::Text(registry.name()),
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
        let name = Bind::Text(registry.name());
        let mut tx = self.write().await?;
        tx.run("DELETE FROM ranges WHERE registry = $1", &[name])
            .await?;
        tx.insert("ranges", &columns, &values).await?;
        // Measures that an earlier registry declared stay declared.
        let declared = registry.metrics().flat_map(|(_, metric)| {
            let names = stored_codes(metric).into_iter();
            names.flat_map(|name| {
                let measures = measures(metric).into_iter();
                measures.map(move |(measure, _)| json!([name, measure]))
            })
        });
        let declared = Json::from_iter(declared).to_string();
        tx.run(declare(tx.dialect()), &[name, Bind::Text(&declared)])
            .await?;
        let is_new = note(&mut tx, registry, &fingerprint, now).await?;
        tx.commit().await?;
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

    /// Registers the fingerprint of a registry, so that its payloads are known. Trust still follows
    /// the newest registry with that name.
    ///
    /// # Errors
    ///
    /// Returns an error if the database fails. Nothing is changed in this case.
    pub async fn recognize(&self, registry: &Registry, now: OffsetDateTime) -> Result<Learned> {
        let fingerprint = fingerprint(registry);
        let mut tx = self.write().await?;
        let is_new = note(&mut tx, registry, &fingerprint, now).await?;
        tx.commit().await?;
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

/// Groups ranges by code.
fn by_code(ranges: impl IntoIterator<Item = (String, Range)>) -> BTreeMap<String, Vec<Range>> {
    let mut by_code: BTreeMap<String, Vec<Range>> = BTreeMap::new();
    for (code, range) in ranges {
        by_code.entry(code).or_default().push(range);
    }
    by_code
}

/// Returns the first key after the newest release, which is the same for all codes.
fn first_unreleased(by_code: &BTreeMap<String, Vec<Range>>) -> Option<&str> {
    let ranges = by_code.values().flatten();
    let mut unreleased = ranges.filter(|it| it.trust == UNRELEASED);
    unreleased.next().map(|it| it.first.as_str())
}

/// Returns whether each version that is broken in `theirs` is also untrusted in `ours`.
fn covers(ours: &[Range], theirs: &[Range]) -> bool {
    let mut ours: Vec<&Range> = ours.iter().collect();
    ours.sort_by(|one, other| one.first.cmp(&other.first));
    theirs
        .iter()
        .filter(|it| it.trust == "broken")
        .all(|broken| {
            let mut open = broken.first.as_str();
            for range in &ours {
                match &range.end {
                    _ if range.first.as_str() > open => break,
                    None => return true,
                    Some(end) => open = open.max(end),
                }
            }
            broken.end.as_deref().is_some_and(|end| open >= end)
        })
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
        let mut tx = self.database.begin(Mode::Read).await?;
        let rows = tx.rows(sql, &[Bind::Text(registry.name())], &types).await?;
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

/// Returns the untrusted version ranges of a registry, each with the name of its values.
fn of_registry(registry: &Registry) -> Vec<(String, Range)> {
    let ranges = registry.metrics().flat_map(|(ping, metric)| {
        stored_codes(metric).into_iter().flat_map(|name| {
            let ranges = ranges(ping.life(metric), registry.released()).into_iter();
            ranges.map(move |range| (name.clone(), range))
        })
    });
    ranges.collect()
}

fn optional(text: Option<&str>) -> Bind<'_> {
    text.map_or(Bind::Null, Bind::Text)
}

/// Returns the version ranges at which a metric is not trusted. The ranges do not overlap. There is
/// always at least one, which may be empty.
fn ranges(life: Life<'_>, released: Option<Version>) -> Vec<Range> {
    let unreleased = released.map(Version::key_after);
    let range = |trust: &str, first, end: Option<_>, reason, fix| Range {
        trust: trust.to_owned(),
        first: version_key(first),
        // A version that has not been released is neither absent nor broken as well.
        end: end.into_iter().chain(unreleased).min().map(version_key),
        reason,
        fix,
    };
    let added = life.added().key();
    let removed = life.removed().map(Version::key);
    let is_some = |range: &Range| range.end.as_ref().is_none_or(|end| range.first < *end);
    let mut others = Vec::new();
    if let Some(version) = life.removed() {
        let reason = Some(format!("removed in {version}"));
        others.push(range("absent", version.key(), None, reason, None));
    }
    for broken in life.broken() {
        // A version at which the metric is absent is not also marked as broken.
        let first = broken.versions.first().key().max(added);
        let ends = [broken.versions.key_after(), removed];
        let end = ends.into_iter().flatten().min();
        let reason = broken.reason.clone();
        others.push(range("broken", first, end, reason, broken.fix));
    }
    others.retain(is_some);
    let reason = Some(format!("added in {}", life.added()));
    let first = [0; Version::PARTS];
    let mut ranges = vec![range("absent", first, Some(added), reason, None)];
    ranges.extend(others);
    ranges.extend(released.map(|released| Range {
        trust: UNRELEASED.to_owned(),
        first: version_key(released.key_after()),
        end: None,
        reason: Some(format!("{released} is the newest release")),
        fix: None,
    }));
    ranges
}
