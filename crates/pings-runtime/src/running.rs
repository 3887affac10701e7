//! Determines in which weeks the product ran, and at which versions.
//!
//! A week without events is a true 0 only if the product ran in that week. The product ran if
//! something was logged in the week, or if the recorder, a capture or the service left a row for
//! that week in `pings_running`.

use std::collections::{BTreeMap, BTreeSet};

use pings_database::{Bind, Cell, Result, Transaction};
use pings_model::{Registry, Source, ValueType, Version};
use pings_payload::{Week, rfc3339};
use pings_sql::{Dialect, PLAIN_TIME};
use serde::Deserialize;
use serde_json::json;
use time::OffsetDateTime;

use crate::event_log::pruned_before;

/// Whether the product ran in a week, and at which versions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Ran {
    /// Whether there is evidence that the product was running.
    pub(crate) is_running: bool,
    /// The versions that were seen running, with the number of events that each logged. A version
    /// that only took captures has 0 events.
    pub(crate) versions: BTreeMap<Version, u64>,
    /// The number of events whose version cannot be parsed.
    pub(crate) unversioned: u64,
}

/// Records that a build of the product is running at the time `now`.
pub(crate) async fn note(
    tx: &mut Transaction,
    build: &str,
    now: OffsetDateTime,
) -> sqlx::Result<()> {
    let version = Version::of_build(build).map(|version| version.to_string());
    let binds = [
        Bind::Text(&Week::containing(now).to_string()),
        Bind::Text(version.as_deref().unwrap_or_default()),
        Bind::Text(&rfc3339(now)),
    ];
    let sql = "INSERT INTO pings_running (week, version, seen_at) VALUES ($1, $2, $3) \
               ON CONFLICT (week, version) DO UPDATE SET seen_at = excluded.seen_at";
    tx.run(sql, &binds).await.map(|_| ())
}

/// Returns whether the product ran in a week, and at which versions.
pub(crate) async fn ran(tx: &mut Transaction, registry: &Registry, week: Week) -> Result<Ran> {
    let mut ran = logged(tx, registry, week).await?;
    let week_text = week.to_string();
    let [start, _] = week.borders();
    let form = registry.version_form();
    let binds = [Bind::Text(&week_text)];
    let sql = "SELECT version FROM pings_running WHERE week = $1";
    let traces = tx.rows(sql, &binds, &[ValueType::Text]).await?;
    let counted = "SELECT max(value) FROM pings_counters WHERE week = $1";
    let counted = tx.value(counted, &binds, ValueType::Integer).await?;
    ran.is_running = !traces.is_empty()
        || counted.is_some_and(|cell| cell.integer().is_some())
        || !ran.versions.is_empty()
        || ran.unversioned > 0
        || has_any_row(tx, week).await?
        // The remaining rows of a pruned week cannot show that the product did not run.
        || pruned_before(tx).await?.is_some_and(|before| before > start);
    for trace in &traces {
        let version = trace.first().and_then(Cell::text);
        let version = version.and_then(|it| it.parse().ok());
        if let Some(version) = version.filter(|version| form.fits(*version)) {
            ran.versions.entry(version).or_default();
        }
    }
    Ok(ran)
}

/// Returns whether the product ran in an earlier week, and at which versions. A week that was assembled
/// for delivery keeps this in its payload, so its events are not read again.
pub(crate) async fn ran_earlier(
    tx: &mut Transaction,
    registry: &Registry,
    week: Week,
) -> Result<Ran> {
    let sql = "SELECT body FROM pings_outbox WHERE week = $1 AND is_stale = 0 \
               ORDER BY revision DESC LIMIT 1";
    let binds = [Bind::Text(&week.to_string())];
    let body = tx.value(sql, &binds, ValueType::Text).await?;
    let assembled = body.and_then(|body| Assembled::read(body.text()?, registry));
    match assembled {
        Some(Assembled {
            not_running,
            versions,
            unversioned,
            ..
        }) => Ok(Ran {
            is_running: !not_running,
            versions,
            unversioned,
        }),
        None => ran(tx, registry, week).await,
    }
}

/// The members of a payload about the versions of its week.
#[derive(Deserialize)]
struct Assembled {
    registry: String,
    #[serde(default)]
    not_running: bool,
    versions: BTreeMap<Version, u64>,
    #[serde(default)]
    unversioned: u64,
}

impl Assembled {
    /// Reads a payload of a registry.
    fn read(body: &str, registry: &Registry) -> Option<Self> {
        let assembled: Self = serde_json::from_str(body).ok()?;
        (assembled.registry == registry.name()).then_some(assembled)
    }
}

/// Returns whether anything was recorded in a week or before it.
pub(crate) async fn was_recorded_by(
    tx: &mut Transaction,
    registry: &Registry,
    week: Week,
) -> Result<bool> {
    let text = week.to_string();
    for table in ["pings_running", "pings_counters"] {
        let sql = format!("SELECT min(week) FROM {table}");
        let first = tx.value(&sql, &[], ValueType::Text).await?;
        if first.is_some_and(|first| first.text().is_some_and(|first| *first <= *text)) {
            return Ok(true);
        }
    }
    let sql = match tx.dialect() {
        Dialect::Sqlite => &format!(
            "SELECT EXISTS (SELECT 1 FROM event_logs WHERE name = $1 \
             AND timestamp < date($2, '+1 day') AND {PLAIN_TIME} < date($2))"
        ),
        Dialect::Postgres => {
            "SELECT EXISTS (SELECT 1 FROM event_logs WHERE name = $1 \
             AND timestamp < $2::text::timestamptz)"
        }
    };
    let [_, end] = week.borders();
    for name in logged_names(registry) {
        let binds = [Bind::Text(name), Bind::Text(&end)];
        let found = tx.value(sql, &binds, ValueType::Boolean).await?;
        if found == Some(Cell::Boolean(true)) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Returns the SQL conditions for a week; its borders are the parameters `$2` and `$3`.
fn window(dialect: Dialect) -> String {
    match dialect {
        Dialect::Sqlite => format!(
            "timestamp >= date($2, '-1 day') AND timestamp < date($3, '+1 day') \
             AND {PLAIN_TIME} >= date($2) AND {PLAIN_TIME} < date($3)"
        ),
        Dialect::Postgres => {
            "timestamp >= $2::text::timestamptz AND timestamp < $3::text::timestamptz".to_owned()
        }
    }
}

/// Counts the registry's events that were logged in a week, by version. A version that only logged
/// captures is included with 0 events.
async fn logged(tx: &mut Transaction, registry: &Registry, week: Week) -> Result<Ran> {
    let [names, captures] = match tx.dialect() {
        Dialect::Sqlite => ["$1", "$4"].map(|list| format!("SELECT value FROM json_each({list})")),
        Dialect::Postgres => {
            ["$1", "$4"].map(|list| format!("SELECT json_array_elements_text({list}::json)"))
        }
    };
    let sql = format!(
        "SELECT version, sum(CASE WHEN name IN ({captures}) THEN 0 ELSE 1 END) \
         FROM event_logs WHERE name IN ({names}) AND {} GROUP BY version",
        window(tx.dialect())
    );
    let [start, end] = week.borders();
    let captures = json!(capture_codes(registry).collect::<Vec<_>>()).to_string();
    let names = json!(logged_names(registry)).to_string();
    let binds = [&names, &start, &end, &captures].map(|text| Bind::Text(text));
    let types = [ValueType::Text, ValueType::Integer];
    let form = registry.version_form();
    let mut ran = Ran::default();
    for row in tx.rows(&sql, &binds, &types).await? {
        let Ok([version, Cell::Integer(count)]) = <[Cell; 2]>::try_from(row) else {
            continue;
        };
        let count = count.unsigned_abs();
        let version = version.text().and_then(|text| Version::of_build(text).ok());
        match version.filter(|version| form.fits(*version)) {
            Some(version) => *ran.versions.entry(version).or_default() += count,
            None => ran.unversioned += count,
        }
    }
    Ok(ran)
}

/// Returns whether anything was logged in a week, including events that the registry no longer has.
/// The query steps through the distinct names in the index, so that it does not scan the table.
async fn has_any_row(tx: &mut Transaction, week: Week) -> Result<bool> {
    let sql = format!(
        "WITH RECURSIVE names (name) AS ( \
           SELECT min(name) FROM event_logs WHERE name > $1 \
           UNION ALL \
           SELECT (SELECT min(name) FROM event_logs WHERE name > names.name) \
           FROM names WHERE names.name IS NOT NULL \
         ) SELECT name FROM names WHERE name IS NOT NULL AND EXISTS ( \
           SELECT 1 FROM event_logs WHERE event_logs.name = names.name AND {}) LIMIT 1",
        window(tx.dialect())
    );
    let [start, end] = week.borders();
    let binds = [Bind::Text(""), Bind::Text(&start), Bind::Text(&end)];
    let rows = tx.rows(&sql, &binds, &[ValueType::Text]).await?;
    Ok(!rows.is_empty())
}

/// Returns the names under which the registry's events and captures are logged.
pub(crate) fn logged_names(registry: &Registry) -> Vec<&str> {
    let events = registry
        .events()
        .iter()
        .flat_map(|event| event.wire_names());
    events.chain(capture_codes(registry)).collect()
}

/// Returns the codes under which captures are logged.
fn capture_codes(registry: &Registry) -> impl Iterator<Item = &str> {
    registry.metrics().filter_map(|(_, metric)| {
        matches!(metric.source, Source::Capture(_) | Source::Sql(_)).then_some(&*metric.code)
    })
}

/// Records the codes of a registry that were not seen before, with the version of the product. The
/// codes of the first registry are recorded without a version, because they may be older.
pub(crate) async fn note_codes(
    tx: &mut Transaction,
    registry: &Registry,
    version: Option<Version>,
) -> Result<()> {
    let known = "SELECT code FROM pings_codes";
    let known = tx.rows(known, &[], &[ValueType::Text]).await?;
    let version = version.filter(|_| !known.is_empty());
    let version = version.map_or(String::new(), |version| version.to_string());
    let known: BTreeSet<&str> = known.iter().filter_map(|row| row.first()?.text()).collect();
    for (_, metric) in registry.metrics() {
        if !known.contains(&*metric.code) {
            let sql =
                "INSERT INTO pings_codes (code, version) VALUES ($1, $2) ON CONFLICT DO NOTHING";
            let binds = [Bind::Text(&metric.code), Bind::Text(&version)];
            tx.run(sql, &binds).await?;
        }
    }
    Ok(())
}

/// Returns the codes that appeared on this instance, with the version at which each appeared.
pub(crate) async fn appeared(tx: &mut Transaction) -> Result<BTreeMap<String, Version>> {
    let sql = "SELECT code, version FROM pings_codes WHERE version <> ''";
    let rows = tx.rows(sql, &[], &[ValueType::Text; 2]).await?;
    let appeared = rows.into_iter().filter_map(|row| match &row[..] {
        [Cell::Text(code), Cell::Text(version)] => Some((code.clone(), version.parse().ok()?)),
        _ => None,
    });
    Ok(appeared.collect())
}
