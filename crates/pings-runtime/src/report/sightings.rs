//! First-time users: who did what for the first time, and when, stored next to the event log.
//!
//! Rows are read in the order of their ids, so that a late row is read however old its time is.
//! Each row is read only once, so that a report costs as much as the new rows and not the whole
//! history. The results are stored, so that users stay known after their rows are pruned.

use std::collections::BTreeMap;

use pings_model::{EventMetric, Metric, Span, ValueType};
use pings_sql::{Column, Dialect, Role, Sightings, columns, sightings};
use serde_json::{Value as Json, json};

use super::group::{digits, group_of};
use super::settled::{OVERLAP, last_id};
use super::{Outcome, Progress, Reporter, meaning, value};
use crate::failure::of_error;
use pings_database::{Bind, Cell, Mode, Transaction};
use pings_database::{Error, Result};
use pings_payload::{Measures, Value, dimension_value};

/// The number of rows that are read in one transaction.
pub(super) const STRETCH: i64 = 250_000;

/// The events whose users are sighted.
pub(super) struct Sighting<'r> {
    /// The name under which the sightings are stored, with the registry, because two registries in
    /// one database may share a code.
    pub(super) code: String,
    pub(super) metric: &'r EventMetric,
    /// The first day of the events, or empty.
    pub(super) since: String,
}

/// The progress of reading the event log for a metric.
struct Sighted {
    id: i64,
    read_to: i64,
}

impl Reporter<'_> {
    /// Reads the rows that were added to the event log since the last call. A report does this
    /// itself. Call this function before rows are pruned.
    ///
    /// # Errors
    ///
    /// Returns an error if the database fails. Results up to the failure are kept.
    pub async fn catch_up(&self, progress: &mut (dyn FnMut(Progress) + Send)) -> Result<()> {
        self.catch_up_from(None, progress).await
    }

    /// Like [`Reporter::catch_up`], and adds the rows to the daily totals, which begin on this day if
    /// they do not exist yet.
    pub(super) async fn catch_up_from(
        &self,
        days_from: Option<&str>,
        progress: &mut (dyn FnMut(Progress) + Send),
    ) -> Result<()> {
        let of_totals = self.keep_totals(days_from, progress).await?;
        let first_times = self.first_time_metrics().map(|(code, metric)| Sighting {
            code: self.sighted_code(code),
            metric,
            since: String::new(),
        });
        for sighting in first_times.chain(of_totals) {
            let wanted = sightings(self.registry, sighting.metric, self.event_log());
            self.catch_up_with(&sighting, &wanted, progress).await?;
        }
        Ok(())
    }

    async fn catch_up_with(
        &self,
        sighting: &Sighting<'_>,
        wanted: &Sightings,
        progress: &mut (dyn FnMut(Progress) + Send),
    ) -> Result<()> {
        let mut has_begun = false;
        let mut last = i64::MAX;
        let mut from = 0;
        loop {
            let mut tx = self.log.begin(Mode::Write).await?;
            let sighted = sighted(&mut tx, sighting, wanted).await?;
            if !has_begun {
                last = last_id(&mut tx).await?;
                // Rows of a table that was emptied may reuse earlier ids.
                from = if last < sighted.read_to {
                    0
                } else {
                    sighted.read_to
                };
                if tx.dialect() == Dialect::Postgres {
                    from = (from - OVERLAP).max(0);
                }
                has_begun = true;
            }
            if from >= last {
                tx.commit().await?;
                return Ok(());
            }
            let to = last.min(from + STRETCH);
            read(&mut tx, &sighted, wanted, (from, to), &sighting.since).await?;
            tx.commit().await?;
            from = to;
            progress(Progress::Reading {
                done: from.unsigned_abs(),
                total: last.unsigned_abs(),
            });
        }
    }

    /// Adds the first-time users to the value of a metric.
    pub(super) async fn with_first_times(
        &self,
        tx: &mut Transaction,
        metric: &Metric,
        events: &EventMetric,
        before: Option<Outcome>,
        span: Span,
    ) -> Outcome {
        let before = before.transpose()?;
        let [start, end] = span.borders();
        let code = self.sighted_code(&metric.code);
        let groups = first_times(tx, &code, [&start, &end])
            .await
            .map_err(|error| of_error(&error))?;
        let all = columns(metric);
        if events.by.is_empty() {
            let count = groups.iter().map(|(_, count)| count).sum();
            let known = match before {
                Some(Value::One(measures)) => measures,
                _ => Measures::new(),
            };
            return Ok(Value::One(with_first_times(&all, known, count)));
        }
        let mut by_group: BTreeMap<String, i64> = BTreeMap::new();
        for (group, count) in groups {
            let group = typed(&all, group);
            // The group is serialized again, because databases format JSON differently.
            *by_group.entry(group.to_string()).or_default() += count;
        }
        let (by, mut rows) = match before {
            Some(Value::Rows { by, rows }) => (by, rows),
            _ => (value::dimensions(&all), Vec::new()),
        };
        for row in &mut rows {
            let group = Json::from(row.group.as_slice()).to_string();
            let count = by_group.get(&group).copied().unwrap_or(0);
            let known = std::mem::take(&mut row.measures);
            row.measures = with_first_times(&all, known, count);
        }
        Ok(Value::Rows { by, rows })
    }

    /// Returns a key that includes the registry, because two registries in one database may share a
    /// code.
    pub(super) fn sighted_code(&self, code: &str) -> String {
        format!("{}/{code}", self.registry.name())
    }
}

/// Returns the progress for a metric, locked against other reporters. Stored sightings of
/// another meaning are discarded.
async fn sighted(
    tx: &mut Transaction,
    sighting: &Sighting<'_>,
    wanted: &Sightings,
) -> Result<Sighted> {
    let Sighting { code, metric, .. } = sighting;
    let meaning = meaning::meaning(metric);
    let names = json!(wanted.names).to_string();
    tx.run(
        "INSERT INTO pings_sighted (sighting, code, meaning, names, read_to) \
         SELECT coalesce(max(sighting), 0) + 1, $1, $2, $3, 0 FROM pings_sighted WHERE true \
         ON CONFLICT (code) DO NOTHING",
        &[Bind::Text(code), Bind::Text(&meaning), Bind::Text(&names)],
    )
    .await?;
    let lock = match tx.dialect() {
        Dialect::Postgres => " FOR UPDATE",
        Dialect::Sqlite => "",
    };
    let sql = format!(
        "SELECT sighting, meaning, names, read_to FROM pings_sighted WHERE code = $1{lock}"
    );
    let types = [
        ValueType::Integer,
        ValueType::Text,
        ValueType::Text,
        ValueType::Integer,
    ];
    let rows = tx.rows(&sql, &[Bind::Text(code)], &types).await?;
    let row = rows.into_iter().next().map(<[Cell; 4]>::try_from);
    let Some(Ok(
        [
            Cell::Integer(id),
            Cell::Text(known_meaning),
            Cell::Text(known_names),
            Cell::Integer(read_to),
        ],
    )) = row
    else {
        return Err(Error::failure(format!(
            "pings_sighted has no row of {code}"
        )));
    };
    if known_meaning == meaning && known_names == names {
        return Ok(Sighted { id, read_to });
    }
    // Sightings stay valid if the metric now counts additional names. Otherwise they are
    // discarded.
    let known: Vec<String> = serde_json::from_str(&known_names).unwrap_or_default();
    let still_counts = known.iter().all(|name| wanted.names.contains(name));
    if !meaning::was_meant(metric, &known_meaning) || !still_counts {
        tx.run(
            "DELETE FROM pings_sightings WHERE sighting = $1",
            &[Bind::Integer(id)],
        )
        .await?;
    }
    tx.run(
        "UPDATE pings_sighted SET meaning = $2, names = $3, read_to = 0 WHERE sighting = $1",
        &[Bind::Integer(id), Bind::Text(&meaning), Bind::Text(&names)],
    )
    .await?;
    Ok(Sighted { id, read_to: 0 })
}

/// Removes the sightings under a name.
pub(super) async fn forget(tx: &mut Transaction, code: &str) -> Result<()> {
    let named = "SELECT sighting FROM pings_sighted WHERE code = $1";
    let sql = format!("DELETE FROM pings_sightings WHERE sighting = ({named})");
    tx.run(&sql, &[Bind::Text(code)]).await?;
    let sql = "DELETE FROM pings_sighted WHERE code = $1";
    tx.run(sql, &[Bind::Text(code)]).await?;
    Ok(())
}

/// Returns the number of first-time users of a window by group, which is a JSON list of the
/// dimensions' values.
pub(super) async fn first_times(
    tx: &mut Transaction,
    code: &str,
    [start, end]: [&str; 2],
) -> Result<Vec<(Json, i64)>> {
    let group = digits(tx.dialect());
    let (start, end, cast) = match tx.dialect() {
        // A stored time sorts after its date in each of its formats.
        Dialect::Sqlite => (&start[..10], &end[..10], ""),
        Dialect::Postgres => (start, end, "::text::timestamptz"),
    };
    let sql = format!(
        "SELECT {group}, count(*) FROM pings_sightings \
         WHERE sighting = (SELECT sighting FROM pings_sighted WHERE code = $1) \
           AND first_at >= $2{cast} AND first_at < $3{cast} GROUP BY grp"
    );
    let binds = [Bind::Text(code), Bind::Text(start), Bind::Text(end)];
    let types = [ValueType::Text, ValueType::Integer];
    let rows = tx.rows(&sql, &binds, &types).await?;
    Ok(rows
        .into_iter()
        .filter_map(|row| match <[Cell; 2]>::try_from(row) {
            Ok([Cell::Text(group), Cell::Integer(count)]) => Some((group_of(&group)?, count)),
            _ => None,
        })
        .collect())
}

/// Returns the measures of these columns, from the known ones and the number of first-time users.
fn with_first_times(columns: &[Column], known: Measures, first_time_users: i64) -> Measures {
    let measures = columns.iter().filter(|it| it.role == Role::Measure);
    let number = |name: &str| match name {
        "first_time_users" => Some(first_time_users.into()),
        name => {
            let (_, number) = known.iter().find(|(other, _)| other == name)?;
            number.clone()
        }
    };
    measures
        .map(|column| (column.name.clone(), number(&column.name)))
        .collect()
}

/// Returns a group with the types of its dimensions. Sightings store texts.
fn typed(columns: &[Column], group: Json) -> Json {
    let Json::Array(values) = group else {
        return group;
    };
    let dimensions = columns.iter().filter(|it| it.role == Role::Dimension);
    let values = values.into_iter().zip(dimensions);
    let values = values.map(|(value, column)| match value {
        Json::String(text) => dimension_value(&text, column.holds),
        value => value,
    });
    values.collect()
}

/// Reads a range of ids of the event log.
async fn read(
    tx: &mut Transaction,
    sighted: &Sighted,
    wanted: &Sightings,
    (from, to): (i64, i64),
    since: &str,
) -> Result<()> {
    let id = sighted.id;
    let is_new = match tx.dialect() {
        Dialect::Sqlite => String::new(),
        // A lookup costs less than a conflict.
        Dialect::Postgres => format!(
            " AND NOT EXISTS (SELECT FROM pings_sightings AS known \
               WHERE known.sighting = {id} AND known.grp = seen.grp \
                 AND known.person = seen.person AND known.first_at <= seen.first_at)"
        ),
    };
    let sql = format!(
        "INSERT INTO pings_sightings (sighting, grp, person, first_at)\n\
         SELECT {id}, grp, person, first_at FROM (\n{}) AS seen WHERE true{is_new}\n\
         ON CONFLICT (sighting, grp, person) DO UPDATE SET first_at = excluded.first_at \
         WHERE excluded.first_at < pings_sightings.first_at",
        wanted.text
    );
    let binds = [Bind::Integer(from), Bind::Integer(to), Bind::Text(since)];
    tx.run(&sql, &binds).await?;
    tx.run(
        "UPDATE pings_sighted SET read_to = $2 WHERE sighting = $1",
        &[Bind::Integer(id), Bind::Integer(to)],
    )
    .await?;
    Ok(())
}
