//! Checks the event log against a registry.

use std::collections::BTreeMap;

use pings_model::{ValueType, Version, VersionForm};
use pings_sql::Dialect;

use super::arguments::Faults;
use super::finding::Finding;
use super::names::{Names, Owner};
use super::scope::{Live, LogCheck, Seen};
use super::{silent, similar};
use crate::event_log::{self, time_in_postgres, time_in_sqlite};
use pings_database::{Bind, Cell, Database, Mode, Transaction};
use pings_database::{Error, Result};
use pings_payload::rfc3339;

/// The number of rows per query.
const PAGE: i64 = 5_000;

/// The maximum number of unknown names that are collected, because a log may have any number of
/// them.
const MOST_NAMES: usize = 1_000;

/// Names in the log that the registry does not have, with the count and the last time of each.
#[derive(Default)]
struct Strangers(BTreeMap<String, (u64, String)>);

/// Rows whose version cannot be parsed or is not in the registry's form, and rows whose time cannot be
/// parsed.
struct Unread {
    /// The form of the versions that the registry mentions. Other versions do not leave the instance.
    form: VersionForm,
    version: Option<(u64, String, i64)>,
    time: Option<(u64, i64)>,
}

pub(super) async fn check(
    live: &Live<'_>,
    database: &Database,
    progress: &mut (dyn FnMut(u64) + Send),
) -> Result<LogCheck> {
    let mut tx = database.begin(Mode::Read).await?;
    let shape = event_log::inspect(&mut tx)
        .await?
        .ok_or_else(|| Error::missing("the database has no table event_logs"))?;
    let names = Names::new(live.registry);
    let mut findings = Vec::new();
    if !shape.is_indexed {
        findings.push(Finding::NoIndex);
    }
    let mut strangers = Strangers::default();
    let mut unread = Unread {
        form: live.registry.version_form(),
        version: None,
        time: None,
    };
    let mut faults: BTreeMap<&str, Faults> = BTreeMap::new();
    let mut newest: BTreeMap<String, String> = BTreeMap::new();
    let since = rfc3339(live.since());
    let mut seen = Seen {
        rows: 0,
        since: since.clone(),
        is_whole: false,
    };
    let last = newest_id(&mut tx).await?;
    let first = last.saturating_sub(live.rows.max(0));
    let mut above = last;
    while above > first {
        let rows = page(&mut tx, first, above).await?;
        let Some(lowest) = rows.last().map(|row| row.id) else {
            break;
        };
        above = lowest - 1;
        let mut is_recent = false;
        for row in &rows {
            if row.at.is_empty() {
                unread.time(row);
                continue;
            }
            // Rows are ordered by id, which is nearly the order of their times.
            if row.at < since {
                continue;
            }
            is_recent = true;
            seen.rows += 1;
            unread.version(row);
            if newest.get(&row.name).is_none_or(|at| *at < row.at) {
                newest.insert(row.name.clone(), row.at.clone());
            }
            match names.owner(&row.name) {
                Owner::Event(event) => faults.entry(&event.name).or_default().look(
                    event,
                    &row.argument,
                    row.id,
                    &row.at,
                ),
                Owner::Code => {}
                Owner::Nobody => strangers.look(&row.name, &row.at),
            }
        }
        progress(seen.rows);
        if !is_recent {
            seen.is_whole = true;
            break;
        }
    }
    // No older rows exist, so all recent rows were read.
    seen.is_whole |= rows_before(&mut tx, first).await? == 0;
    findings.extend(unread.findings());
    findings.extend(strangers.findings(&names));
    for event in live.registry.events() {
        if let Some(faults) = faults.remove(event.name.as_str()) {
            findings.extend(faults.findings(event));
        }
    }
    findings.extend(silent::check(live, &mut tx, shape.is_indexed, &seen, &newest).await?);
    tx.rollback().await?;
    Ok(LogCheck { findings, seen })
}

impl Unread {
    /// Rows are read newest first, so the first row with a fault is the last one that was logged.
    fn version(&mut self, row: &Row) {
        let version = Version::of_build(&row.version).ok();
        if !version.is_some_and(|version| self.form.fits(version)) {
            let last = (0, row.at.clone(), row.id);
            self.version.get_or_insert(last).0 += 1;
        }
    }

    fn time(&mut self, row: &Row) {
        self.time.get_or_insert((0, row.id)).0 += 1;
    }

    fn findings(self) -> impl Iterator<Item = Finding> {
        let version = self.version;
        let version = version.map(|(count, last_seen, row)| Finding::UnreadVersion {
            count,
            last_seen,
            row,
        });
        let time = self
            .time
            .map(|(count, row)| Finding::UnreadTime { count, row });
        version.into_iter().chain(time)
    }
}

impl Strangers {
    fn look(&mut self, name: &str, at: &str) {
        let is_full = self.0.len() >= MOST_NAMES;
        match self.0.get_mut(name) {
            Some((count, last_seen)) => {
                *count += 1;
                if at > last_seen.as_str() {
                    at.clone_into(last_seen);
                }
            }
            None if !is_full => {
                self.0.insert(name.to_owned(), (1, at.to_owned()));
            }
            None => {}
        }
    }

    /// Returns the findings, most frequent names first.
    fn findings(self, names: &Names<'_>) -> Vec<Finding> {
        let mut all: Vec<_> = self.0.into_iter().collect();
        all.sort_by(|(a, (many, _)), (b, (more, _))| more.cmp(many).then_with(|| a.cmp(b)));
        let finding = |(name, (count, last_seen)): (String, (u64, String))| Finding::UnknownEvent {
            near: near(&name, names),
            name,
            count,
            last_seen,
        };
        all.into_iter().map(finding).collect()
    }
}

/// Returns the event whose name is most similar: it differs in case, separators or a single letter.
fn near(name: &str, names: &Names<'_>) -> Option<String> {
    similar::by_a_letter(name, names.events()).map(str::to_owned)
}

/// The checked columns of a row of the log.
struct Row {
    id: i64,
    name: String,
    argument: String,
    at: String,
    version: String,
}

async fn newest_id(tx: &mut Transaction) -> Result<i64> {
    let sql = "SELECT coalesce(max(id), 0) FROM event_logs";
    let newest = tx.value(sql, &[], ValueType::Integer).await?;
    Ok(newest.and_then(|cell| cell.integer()).unwrap_or(0))
}

async fn rows_before(tx: &mut Transaction, first: i64) -> Result<i64> {
    let sql = "SELECT count(*) FROM (SELECT 1 FROM event_logs WHERE id <= $1 LIMIT 1) AS older";
    let count = tx
        .value(sql, &[Bind::Integer(first)], ValueType::Integer)
        .await?;
    Ok(count.and_then(|cell| cell.integer()).unwrap_or(0))
}

/// Returns the rows with an id above `first` and up to `last`, newest first.
async fn page(tx: &mut Transaction, first: i64, last: i64) -> Result<Vec<Row>> {
    let (argument, at) = match tx.dialect() {
        Dialect::Postgres => ("argument::text", time_in_postgres("timestamp")),
        Dialect::Sqlite => ("CAST(argument AS TEXT)", time_in_sqlite("timestamp")),
    };
    let sql = format!(
        "SELECT id, CAST(name AS TEXT), coalesce({argument}, ''), coalesce({at}, ''), \
           coalesce(CAST(version AS TEXT), '') \
         FROM event_logs WHERE id > $1 AND id <= $2 ORDER BY id DESC LIMIT {PAGE}"
    );
    let text = ValueType::Text;
    let types = [ValueType::Integer, text, text, text, text];
    let binds = [Bind::Integer(first), Bind::Integer(last)];
    let rows = tx.rows(&sql, &binds, &types).await?;
    Ok(rows
        .into_iter()
        .filter_map(|row| match <[Cell; 5]>::try_from(row) {
            Ok(
                [
                    Cell::Integer(id),
                    Cell::Text(name),
                    Cell::Text(argument),
                    Cell::Text(at),
                    Cell::Text(version),
                ],
            ) => Some(Row {
                id,
                name,
                argument,
                at,
                version,
            }),
            _ => None,
        })
        .collect())
}
