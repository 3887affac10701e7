//! Data of a report other than metrics: versions and counters.

use pings_model::{ValueType, Version};
use pings_sql::{Dialect, has_no_such_day};

use super::Reporter;
use crate::recorder::Counters;
use pings_database::Result;
use pings_database::{Bind, Cell, Transaction};
use pings_payload::Week;

impl Reporter<'_> {
    /// Returns the version that logged the newest event of the week, or else the newest event
    /// before it.
    pub(super) async fn logged_version(
        &self,
        tx: &mut Transaction,
        week: Week,
    ) -> Result<Option<Version>> {
        let names: Vec<String> = self
            .registry
            .events()
            .iter()
            .flat_map(|event| event.wire_names().map(str::to_owned))
            .collect();
        let [_, end] = week.borders();
        let (cast, end) = match tx.dialect() {
            Dialect::Postgres => ("::text::timestamptz", end.as_str()),
            Dialect::Sqlite => ("", &end[..10]),
        };
        let at = match tx.dialect() {
            Dialect::Postgres => "extract(epoch FROM timestamp)::text",
            Dialect::Sqlite => "timestamp",
        };
        let sql = format!(
            "SELECT version, {at} FROM event_logs WHERE name = $1 AND timestamp < $2{cast} \
             ORDER BY timestamp DESC LIMIT 1"
        );
        let mut newest: Option<(String, Version)> = None;
        for name in names {
            let binds = [Bind::Text(&name), Bind::Text(end)];
            let rows = tx
                .rows(&sql, &binds, &[ValueType::Text, ValueType::Text])
                .await?;
            let row = rows.into_iter().next().map(<[Cell; 2]>::try_from);
            let Some(Ok([Cell::Text(version), Cell::Text(at)])) = row else {
                continue;
            };
            let Ok(version) = Version::of_build(&version) else {
                continue;
            };
            if newest.as_ref().is_none_or(|(other, _)| *other < at) {
                newest = Some((at, version));
            }
        }
        Ok(newest.map(|(_, version)| version))
    }

    /// Returns the properties of the event log between two instants that queries depend on.
    pub(crate) async fn event_log_near(
        &self,
        tx: &mut Transaction,
        borders: &[String; 2],
    ) -> Result<pings_sql::EventLog> {
        Ok(pings_sql::EventLog {
            has_plain_times: self.has_plain_times(tx, borders).await?,
            ..self.event_log()
        })
    }

    /// Whether the times of the events near a window are texts of SQLite that compare
    /// as they are: each can be read, and none has an offset or the hour 24.
    async fn has_plain_times(
        &self,
        tx: &mut Transaction,
        [start, end]: &[String; 2],
    ) -> Result<bool> {
        if tx.dialect() == Dialect::Postgres {
            return Ok(false);
        }
        let names: Vec<&str> = self
            .registry
            .events()
            .iter()
            .flat_map(|event| event.wire_names())
            .collect();
        let names = serde_json::json!(names).to_string();
        // Punctuation is enough to recognise the form that the runtime writes.
        let sql = format!(
            "SELECT NOT EXISTS (SELECT 1 FROM event_logs \
            WHERE name COLLATE BINARY IN (SELECT value FROM json_each($1)) \
              AND timestamp >= date($2, '-1 day') AND timestamp < date($3, '+1 day') \
              AND (substr(timestamp, 12, 2) > '23' \
                OR substr(timestamp, 9, 2) > '28' AND {} \
                OR timestamp NOT GLOB '????-??-??T??:??:??.???Z' \
                  AND (strftime('%s', timestamp) IS NULL OR substr(timestamp, 11) GLOB '*[-+]*')))",
            has_no_such_day("timestamp")
        );
        let binds = [Bind::Text(&names), Bind::Text(start), Bind::Text(end)];
        let answer = tx.value(&sql, &binds, ValueType::Boolean).await?;
        Ok(answer == Some(Cell::Boolean(true)))
    }

    pub(super) async fn counters(&self, tx: &mut Transaction, week: Week) -> Result<Counters> {
        let rows = tx
            .rows(
                "SELECT name, value FROM pings_counters WHERE week = $1",
                &[Bind::Text(&week.to_string())],
                &[ValueType::Text, ValueType::Integer],
            )
            .await?;
        let mut counters = Counters::default();
        for row in rows {
            if let [Cell::Text(name), Cell::Integer(value)] = row.as_slice() {
                counters.set(name, value.unsigned_abs());
            }
        }
        Ok(counters)
    }
}
