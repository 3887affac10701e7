//! Data of a report other than metrics: versions and counters.

use pings_model::{ValueType, Version};
use pings_sql::Dialect;

use super::Reporter;
use crate::event_log::has_plain_times;
use crate::recorder::Counters;
use crate::running::{counted_names, counts_any_name, logged_names};
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
        let names = self.event_names(tx).await?;
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

    /// Returns the names of the events that the registry counts.
    async fn event_names(&self, tx: &mut Transaction) -> Result<Vec<String>> {
        if counts_any_name(self.registry) {
            return counted_names(tx, self.registry).await;
        }
        let events = self.registry.events().iter();
        let names = events.flat_map(|event| event.wire_names().map(str::to_owned));
        Ok(names.collect())
    }

    /// Returns the properties of the event log between two instants that queries depend on.
    pub(crate) async fn event_log_near(
        &self,
        tx: &mut Transaction,
        borders: &[String; 2],
    ) -> Result<pings_sql::EventLog> {
        // The names that are not in the registry are not looked up, so each of their rows is checked.
        let counts_any_name = counts_any_name(self.registry);
        let names = logged_names(self.registry);
        Ok(pings_sql::EventLog {
            has_plain_times: !counts_any_name && has_plain_times(tx, &names, borders).await?,
            ..self.event_log()
        })
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
