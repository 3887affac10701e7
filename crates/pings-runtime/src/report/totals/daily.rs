//! The daily totals in a snapshot of the database.

use std::collections::{BTreeMap, BTreeSet};

use pings_database::{Bind, Cell, Result, Transaction};
use pings_model::{Registry, Source, Span, ValueType};
use pings_sql::{EventLog, TotalRows, days_after};
use serde_json::json;

use super::counted::Counted;
use super::kept::{Kept, stored_code};
use crate::report::settled::last_id;

/// The number of rows that may be read in addition to the totals. If more rows were not added yet, the
/// rows of the windows are read instead.
const MOST_LATER: i64 = 50_000;

/// The daily totals of a registry in a snapshot.
#[derive(Debug, Default)]
pub(in crate::report) struct Daily {
    /// By code.
    totals: BTreeMap<String, Kept>,
    /// The days of rows that some of these totals do not have yet.
    later: BTreeSet<String>,
}

impl Daily {
    /// Reads which totals there are. `log` describes the event log.
    pub(super) async fn read(
        tx: &mut Transaction,
        registry: &Registry,
        log: EventLog,
    ) -> Result<Self> {
        let mut daily = Self::default();
        let last = last_id(tx).await?;
        for (counted, kept) in known(tx, registry, log).await? {
            if let Some(kept) = kept.filter(|it| (0..=MOST_LATER).contains(&(last - it.read_to))) {
                daily.totals.insert(counted.code().to_owned(), kept);
            }
        }
        let read_to = daily.totals.values().map(|kept| kept.read_to).min();
        let Some(read_to) = read_to.filter(|it| *it < last) else {
            return Ok(daily);
        };
        let sql = days_after(tx.dialect());
        let binds = [Bind::Integer(read_to)];
        let rows = tx.rows(&sql, &binds, &[ValueType::Text]).await?;
        let days = rows.into_iter().flatten();
        daily.later = days
            .filter_map(|cell| cell.text().map(str::to_owned))
            .collect();
        Ok(daily)
    }

    /// Returns the total of a code if it has all events of a window.
    pub(super) fn of(&self, code: &str, span: Span) -> Option<&Kept> {
        let [start, end] = span.borders();
        let (start, end) = (&start[..10], &end[..10]);
        let mut later = self.later.iter();
        let is_complete = !later.any(|day| start <= day.as_str() && day.as_str() < end);
        let kept = self.totals.get(code).filter(|_| is_complete)?;
        (kept.since.as_str() <= start).then_some(kept)
    }
}

/// Returns what daily totals of the registry count, each with the stored total that counts the same.
pub(super) async fn known<'r>(
    tx: &mut Transaction,
    registry: &'r Registry,
    log: EventLog,
) -> Result<Vec<(Counted<'r>, Option<Kept>)>> {
    let metrics = registry.metrics();
    // The report reads the events of a removed metric itself.
    let metrics = metrics.filter(|(ping, metric)| ping.life(metric).removed().is_none());
    let metrics = metrics.filter(|(_, metric)| matches!(metric.source, Source::Events(_)));
    let all: Vec<Counted<'r>> = metrics
        .filter_map(|(_, metric)| Counted::days(metric))
        .collect();
    if all.is_empty() {
        return Ok(Vec::new());
    }
    let codes: Vec<String> = all.iter().map(|it| stored_code(registry, *it)).collect();
    let sql = match tx.dialect() {
        pings_sql::Dialect::Sqlite => {
            "SELECT code, total, since, read_to, meaning, names FROM pings_totals \
             WHERE code IN (SELECT value FROM json_each($1))"
        }
        pings_sql::Dialect::Postgres => {
            "SELECT code, total, since, read_to, meaning, names FROM pings_totals \
             WHERE code = ANY (ARRAY (SELECT json_array_elements_text($1::json)))"
        }
    };
    let (integer, text) = (ValueType::Integer, ValueType::Text);
    let types = [text, integer, text, integer, text, text];
    let codes_json = json!(codes).to_string();
    let mut stored = BTreeMap::new();
    for row in tx.rows(sql, &[Bind::Text(&codes_json)], &types).await? {
        if let Ok(
            [
                Cell::Text(code),
                Cell::Integer(id),
                Cell::Text(since),
                Cell::Integer(read_to),
                meaning,
                names,
            ],
        ) = <[Cell; 6]>::try_from(row)
        {
            let asked_from = String::new();
            let kept = Kept {
                id,
                asked_from,
                since,
                read_to,
            };
            stored.insert(code, (kept, meaning, names));
        }
    }
    let all = all.into_iter().zip(codes);
    let known = all.map(|(counted, code)| {
        let query = counted.query(registry, log, TotalRows::All);
        let names = Cell::Text(json!(query.names).to_string());
        let kept = stored.remove(&code);
        let kept = kept.filter(|(_, meaning, known_names)| {
            *meaning == Cell::Text(counted.meaning()) && *known_names == names
        });
        (counted, kept.map(|(kept, ..)| kept))
    });
    Ok(known.collect())
}
