//! Rebuilds all rows from the stored payloads.

use std::collections::BTreeSet;

use pings_database::{Bind, Cell, Result, Transaction};
use pings_model::ValueType;
use pings_payload::Payload;

use crate::ingest::accept::{
    Batch, Newest, delete, insert_rows, insert_versions, origin, recount, recount_lives,
};
use crate::ingest::erase::weeks;
use crate::ingest::intern::Names;
use crate::ingest::rebuilt::Rebuilt;
use crate::ingest::received::Received;
use crate::store::{Backend, Store};

/// The number of instances per transaction. Other writers can proceed between the transactions.
const AT_ONCE: i64 = 200;

/// The maximum size of the rows that are held in memory before they are written.
const HELD: usize = 16 << 20;

/// A payload without its body.
struct Line {
    id: i64,
    instance: i64,
    origin: i64,
    is_newest: bool,
    /// Whether the payload is in fact the newest revision, regardless of the stored flag.
    is_last: bool,
    /// Whether the numbers of the instance count.
    counts: bool,
}

/// A range of instances in a week.
struct Part<'a> {
    registry: &'a str,
    week: &'a str,
    first: i64,
    last: i64,
}

impl Store {
    /// Rebuilds all rows from the stored payloads. `progress` receives the number of payloads that
    /// are done, and their total.
    ///
    /// Each step is a transaction. After an interruption, each row is either old or new, and no row
    /// is missing.
    ///
    /// # Errors
    ///
    /// Returns an error if the database fails.
    pub async fn rebuild(&self, mut progress: impl FnMut(u64, u64)) -> Result<Rebuilt> {
        let mut rebuilt = Rebuilt::default();
        if let Backend::Sql(_) = &self.backend {
            let mut tx = self.write().await?;
            recount_lives(&mut tx).await?;
            tx.commit().await?;
        }
        let (weeks, total) = self.weeks().await?;
        self.rebuild_weeks(weeks, &mut rebuilt, |done| progress(done, total))
            .await?;
        Ok(rebuilt)
    }

    /// Rebuilds the rows of a registry's weeks.
    async fn rebuild_weeks(
        &self,
        weeks: Vec<(String, String)>,
        rebuilt: &mut Rebuilt,
        mut progress: impl FnMut(u64),
    ) -> Result<()> {
        for (registry, week) in weeks {
            #[cfg(feature = "clickhouse")]
            if let Backend::ClickHouse(connection) = &self.backend {
                let of = (registry.as_str(), week.as_str());
                connection
                    .rebuild_week(self, of, rebuilt, &mut progress)
                    .await?;
                continue;
            }
            let mut first = i64::MIN;
            loop {
                let mut names = self.names.lock().await;
                let mut tx = self.write().await?;
                names.refresh(&mut tx).await?;
                let last = last_instance(&mut tx, &registry, &week, first).await?;
                let part = Part {
                    registry: &registry,
                    week: &week,
                    first,
                    // The last part also removes rows that belong to no instance.
                    last: last.unwrap_or(i64::MAX),
                };
                let batches = part.rebuild(self, &mut tx, &names, rebuilt).await?;
                tx.commit().await?;
                for batch in batches {
                    batch.remember(&mut names);
                }
                drop(names);
                progress(rebuilt.payloads);
                match last {
                    Some(last) => first = last + 1,
                    None => break,
                }
            }
        }
        Ok(())
    }

    /// Rebuilds the rows of instances in a transaction.
    pub(crate) async fn rebuild_instances(
        &self,
        tx: &mut Transaction,
        names: &Names,
        instances: &BTreeSet<i64>,
    ) -> Result<Vec<Batch>> {
        let (mut batches, mut all) = (Vec::new(), BTreeSet::new());
        for instance in instances {
            for (registry, week) in weeks(tx, *instance).await? {
                let part = Part {
                    registry: &registry,
                    week: &week,
                    first: *instance,
                    last: *instance,
                };
                let rebuilt = &mut Rebuilt::default();
                batches.extend(part.rows(self, tx, names, rebuilt).await?);
                all.insert((registry, week));
            }
        }
        for (registry, week) in &all {
            recount(tx, registry, week).await?;
        }
        Ok(batches)
    }

    /// Rebuilds the rows of the weeks that have payloads with a fingerprint whose registry was just
    /// registered. Before that, the store did not know which values the registry declares.
    pub(crate) async fn rebuild_fingerprint(
        &self,
        registry: &str,
        fingerprint: &str,
    ) -> Result<()> {
        let sql = "SELECT DISTINCT payloads.week FROM payloads \
            JOIN origins ON origins.id = payloads.origin \
            WHERE payloads.registry = $1 AND origins.fingerprint = $2 ORDER BY payloads.week";
        let binds = [Bind::Text(registry), Bind::Text(fingerprint)];
        let mut tx = self.read().await?;
        let weeks = tx.rows(sql, &binds, &[ValueType::Text]).await?;
        tx.end().await?;
        let weeks = weeks.iter().filter_map(|row| row.first()?.text());
        let weeks = weeks.map(|week| (registry.to_owned(), week.to_owned()));
        self.rebuild_weeks(weeks.collect(), &mut Rebuilt::default(), |_| {})
            .await
    }

    /// Returns the weeks of each registry, and the number of payloads.
    pub(crate) async fn weeks(&self) -> Result<(Vec<(String, String)>, u64)> {
        let mut tx = self.read().await?;
        let weeks = tx
            .rows(
                "SELECT DISTINCT registry, week FROM payloads ORDER BY registry, week",
                &[],
                &[ValueType::Text, ValueType::Text],
            )
            .await?;
        let total = tx
            .value("SELECT count(*) FROM payloads", &[], ValueType::Integer)
            .await?;
        let weeks = weeks
            .into_iter()
            .filter_map(|row| match <[Cell; 2]>::try_from(row) {
                Ok([Cell::Text(registry), Cell::Text(week)]) => Some((registry, week)),
                _ => None,
            });
        let total = total.and_then(|total| total.integer()).unwrap_or_default();
        Ok((weeks.collect(), u64::try_from(total).unwrap_or_default()))
    }
}

/// Returns the last instance of the part that starts at an id, or `None` if the part includes all
/// remaining instances.
async fn last_instance(
    tx: &mut Transaction,
    registry: &str,
    week: &str,
    first: i64,
) -> sqlx::Result<Option<i64>> {
    let sql = "SELECT DISTINCT instance FROM payloads \
         WHERE registry = $1 AND week = $2 AND instance >= $3 ORDER BY instance LIMIT $4";
    let binds = [
        Bind::Text(registry),
        Bind::Text(week),
        Bind::Integer(first),
        Bind::Integer(AT_ONCE),
    ];
    let rows = tx.rows(sql, &binds, &[ValueType::Integer]).await?;
    let is_full = rows.len() as i64 == AT_ONCE;
    let last = rows.last().and_then(|row| row.first()?.integer());
    Ok(last.filter(|_| is_full))
}

impl Part<'_> {
    async fn rebuild(
        &self,
        store: &Store,
        tx: &mut Transaction,
        names: &Names,
        rebuilt: &mut Rebuilt,
    ) -> Result<Vec<Batch>> {
        let batches = self.rows(store, tx, names, rebuilt).await?;
        recount(tx, self.registry, self.week).await?;
        Ok(batches)
    }

    /// Rebuilds the rows, but not the number of reports.
    async fn rows(
        &self,
        store: &Store,
        tx: &mut Transaction,
        names: &Names,
        rebuilt: &mut Rebuilt,
    ) -> Result<Vec<Batch>> {
        delete(tx, self.registry, self.week, (self.first, self.last)).await?;
        let mut batches = Vec::new();
        let mut held: Vec<(Line, Received)> = Vec::new();
        let mut size = 0;
        for line in self.lines(tx).await? {
            rebuilt.payloads += 1;
            let body = tx
                .value(
                    "SELECT body FROM payloads WHERE id = $1",
                    &[Bind::Integer(line.id)],
                    ValueType::Text,
                )
                .await?;
            let body = body.as_ref().and_then(Cell::text).unwrap_or_default();
            let received = match Payload::read(body.as_bytes()) {
                Ok(payload) => {
                    let declared = store.declarations_of(tx, &payload).await?;
                    Received::again(payload, &declared)
                }
                Err(malformed) => Err(malformed),
            };
            match received {
                Ok(received) => {
                    size += received.size();
                    held.push((line, received));
                }
                Err(malformed) => {
                    rebuilt.note_unreadable(line.id, malformed.to_string());
                }
            }
            if size >= HELD {
                batches.push(write(tx, names, std::mem::take(&mut held), rebuilt).await?);
                size = 0;
            }
        }
        batches.push(write(tx, names, held, rebuilt).await?);
        Ok(batches)
    }

    /// Returns the payloads ordered by instance and revision.
    async fn lines(&self, tx: &mut Transaction) -> Result<Vec<Line>> {
        let sql = "SELECT payloads.id, payloads.instance, payloads.origin, payloads.is_newest, \
               CAST(CASE WHEN instances.left_out IS NULL THEN 1 ELSE 0 END AS bigint) \
             FROM payloads JOIN instances ON instances.id = payloads.instance \
             WHERE payloads.registry = $1 AND payloads.week = $2 \
               AND payloads.instance BETWEEN $3 AND $4 \
             ORDER BY payloads.instance, payloads.revision";
        let binds = [
            Bind::Text(self.registry),
            Bind::Text(self.week),
            Bind::Integer(self.first),
            Bind::Integer(self.last),
        ];
        let rows = tx.rows(sql, &binds, &[ValueType::Integer; 5]).await?;
        let mut lines: Vec<Line> = rows
            .iter()
            .filter_map(|row| {
                Some(Line {
                    id: row[0].integer()?,
                    instance: row[1].integer()?,
                    origin: row[2].integer()?,
                    is_newest: row[3].integer()? == 1,
                    is_last: true,
                    counts: row[4].integer()? == 1,
                })
            })
            .collect();
        for place in 1..lines.len() {
            lines[place - 1].is_last = lines[place - 1].instance != lines[place].instance;
        }
        Ok(lines)
    }
}

async fn write(
    tx: &mut Transaction,
    names: &Names,
    held: Vec<(Line, Received)>,
    rebuilt: &mut Rebuilt,
) -> Result<Batch> {
    let (lines, received): (Vec<Line>, Vec<Received>) = held.into_iter().unzip();
    let numbers = Batch::numbers(tx, names, &received).await?;
    let mut newest = Vec::new();
    for ((line, received), series) in lines.iter().zip(&received).zip(&numbers.series_of) {
        let origin = numbers.origins.of(&origin(received))?;
        if (origin, line.is_last) != (line.origin, line.is_newest) {
            tx.run(
                "UPDATE payloads SET origin = $1, is_newest = $2 WHERE id = $3",
                &[
                    Bind::Integer(origin),
                    Bind::Integer(line.is_last.into()),
                    Bind::Integer(line.id),
                ],
            )
            .await?;
        }
        tx.run(
            "DELETE FROM payload_versions WHERE payload = $1",
            &[Bind::Integer(line.id)],
        )
        .await?;
        if line.is_last && line.counts {
            rebuilt.numbers += received.numbers() as u64;
            newest.push(Newest {
                received,
                series,
                instance: line.instance,
                origin,
            });
        }
    }
    let payloads = received.iter().zip(&lines);
    insert_versions(tx, payloads.map(|(received, line)| (received, line.id))).await?;
    insert_rows(tx, &newest, &numbers).await?;
    Ok(numbers)
}
