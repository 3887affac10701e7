//! Daily totals: the events of each day and the users of each window, from which a report takes the
//! values of its windows.
//!
//! A daily total begins with the first day of the first report that needs it. A window that begins
//! earlier is counted from its rows, as is one with a row that was not added yet.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::time::{Duration, Instant};

use pings_database::{Bind, Cell, Mode, Result, Transaction};
use pings_model::{Metric, Span, ValueType};
use pings_sql::Dialect;
use serde_json::Value as Json;

use super::counted::Counted;
use super::daily::{Daily, known};
use super::kept::{self, Kept, stored_code};
use super::settle::Keeping;
use super::value::{Sums, outcome};
use crate::failure::of_query;
use crate::report::group::{digits, group_of};
use crate::report::settled::last_id;
use crate::report::{Outcome, Reporter};

impl<'a> Reporter<'a> {
    /// Returns the daily totals, and creates those that are missing: they begin on the given day. A
    /// total that counts something else now begins again.
    pub(super) async fn prepared_days(&self, from: &str) -> Result<Vec<Keeping<'a>>> {
        let log = self.event_log();
        let mut tx = self.log.begin(Mode::Read).await?;
        let mut all = known(&mut tx, self.registry, log).await?;
        let last = last_id(&mut tx).await?;
        tx.rollback().await?;
        // Rows of a table that was emptied may reuse earlier ids.
        let is_valid = |kept: &Option<Kept>| kept.as_ref().is_some_and(|it| it.read_to <= last);
        if !all.iter().all(|(_, kept)| is_valid(kept)) {
            let mut tx = self.log.begin(Mode::Write).await?;
            kept::lock(&mut tx).await?;
            for (counted, kept) in known(&mut tx, self.registry, log).await? {
                if is_valid(&kept) {
                    continue;
                }
                let code = stored_code(self.registry, counted);
                for stale in kept::of_code(&mut tx, &code).await? {
                    kept::remove(&mut tx, &stale).await?;
                }
                kept::create(&mut tx, (self.registry, log), counted, "", from).await?;
            }
            all = known(&mut tx, self.registry, log).await?;
            tx.commit().await?;
        }
        let all = all.into_iter();
        let keeping = all.filter_map(|(counted, kept)| Some((counted, kept?)));
        Ok(keeping
            .map(|(counted, kept)| Keeping { counted, kept })
            .collect())
    }

    /// Returns the daily totals in the snapshot of a transaction. An exact report has none.
    pub(in crate::report) async fn daily(&self, tx: &mut Transaction) -> Result<Daily> {
        match self.is_exact {
            true => Ok(Daily::default()),
            false => Daily::read(tx, self.registry, self.event_log()).await,
        }
    }

    /// Returns the values of the metrics in a window that daily totals have, by their position, with
    /// the time that each took. First-time users are not included.
    pub(in crate::report) async fn daily_values(
        &self,
        tx: &mut Transaction,
        metrics: &[&Metric],
        span: Span,
        daily: &Daily,
    ) -> Result<Vec<(usize, Outcome, Duration)>> {
        let started = Instant::now();
        let places = metrics.iter().enumerate();
        let kept: Vec<(usize, Counted<'_>, &Kept)> = places
            .filter_map(|(place, metric)| {
                let kept = daily.of(&metric.code, span)?;
                Some((place, Counted::days(metric)?, kept))
            })
            .collect();
        if kept.is_empty() {
            return Ok(Vec::new());
        }
        let ids: Vec<i64> = kept.iter().map(|(_, _, kept)| kept.id).collect();
        tx.run("SAVEPOINT reading", &[]).await?;
        let (mut sums, mut users) = match read(tx, &ids, span).await {
            Ok(read) => read,
            Err(error) => {
                // The rows are counted instead.
                tx.run("ROLLBACK TO SAVEPOINT reading", &[]).await?;
                let (registry, reason) = (self.registry.name(), of_query(&error).kind.name());
                tracing::warn!(registry, reason, "daily totals were not read");
                return Ok(Vec::new());
            }
        };
        tx.run("RELEASE SAVEPOINT reading", &[]).await?;
        let mut values = Vec::new();
        let took = |count: usize| started.elapsed() / u32::try_from(count).unwrap_or(1);
        let count = kept.len();
        for (place, counted, kept) in kept {
            let (sums, users) = (sums.remove(&kept.id), users.remove(&kept.id));
            if let Some(events) = counted.events() {
                let (sums, users) = (sums.unwrap_or_default(), users.unwrap_or_default());
                values.push((place, outcome(metrics[place], events, &sums, &users)));
            }
        }
        let took = took(count);
        let values = values.into_iter();
        Ok(values
            .map(|(place, outcome)| (place, outcome, took))
            .collect())
    }
}

/// The sums of each group, and the number of users of each group, by total.
type Values = (
    BTreeMap<i64, Vec<Sums>>,
    BTreeMap<i64, BTreeMap<String, i64>>,
);

/// Reads the values of totals in a window.
async fn read(tx: &mut Transaction, ids: &[i64], span: Span) -> sqlx::Result<Values> {
    let mut listed = String::new();
    for (place, id) in ids.iter().enumerate() {
        let comma = if place == 0 { "" } else { ", " };
        let _ = write!(listed, "{comma}{id}");
    }
    let cast = match tx.dialect() {
        Dialect::Postgres => "::bigint",
        Dialect::Sqlite => "",
    };
    let group = digits(tx.dialect());
    let sql = format!(
        "SELECT total, {group}, sum(events){cast}, sum(sum_integer){cast} FROM pings_total_days \
         WHERE total IN ({listed}) AND day >= $1 AND day < $2 GROUP BY total, grp"
    );
    let [start, end] = span.borders();
    let binds = [Bind::Text(&start[..10]), Bind::Text(&end[..10])];
    let (integer, text) = (ValueType::Integer, ValueType::Text);
    let mut sums: BTreeMap<i64, Vec<Sums>> = BTreeMap::new();
    for row in tx
        .rows(&sql, &binds, &[integer, text, integer, integer])
        .await?
    {
        if let Ok(
            [
                Cell::Integer(id),
                Cell::Text(group),
                Cell::Integer(events),
                Cell::Integer(integer),
            ],
        ) = <[Cell; 4]>::try_from(row)
        {
            sums.entry(id)
                .or_default()
                .push(Sums::of_days(group, events, integer));
        }
    }
    let sql = format!(
        "SELECT total, {group}, users FROM pings_span_users \
         WHERE total IN ({listed}) AND span = $1"
    );
    let span = format!("{} {}", span.period(), &start[..10]);
    let mut users: BTreeMap<i64, BTreeMap<String, i64>> = BTreeMap::new();
    for row in tx
        .rows(&sql, &[Bind::Text(&span)], &[integer, text, integer])
        .await?
    {
        if let Ok([Cell::Integer(id), Cell::Text(group), Cell::Integer(count)]) =
            <[Cell; 3]>::try_from(row)
        {
            let Some(group) = group_of(&group) else {
                continue;
            };
            *users
                .entry(id)
                .or_default()
                .entry(Json::to_string(&group))
                .or_default() += count;
        }
    }
    Ok((sums, users))
}
