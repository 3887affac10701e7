//! Values that the product sets: the state of one thing.

use pings_database::{Bind, Cell, Error, Mode, Result};
use pings_model::{Registry, Source, ValueKind, ValueType};
use pings_sql::Dialect;
use time::OffsetDateTime;
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;

use crate::event_log::EventLog;

/// The current value of a code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetValue {
    /// The code of the metric.
    pub code: String,
    /// The value, as text.
    pub value: String,
    /// When the value was set, in RFC 3339.
    pub set_at: String,
}

/// The format of times in SQLite, which sorts as text.
const TIME: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day] [hour]:[minute]:[second].[subsecond digits:6]");

/// Returns a value in the form in which it is stored.
///
/// # Errors
///
/// Returns an error if the registry has no value with this code, or if the value has another type.
pub fn checked_value(registry: &Registry, code: &str, value: &str) -> Result<String> {
    let kind = kind(registry, code)?;
    kind.read(value).map_err(|expected| {
        // The value may be the user's, so the message does not repeat it.
        Error::input(format!(
            "this is not a value of `{code}`\nhelp: it is {expected}"
        ))
    })
}

fn kind<'r>(registry: &'r Registry, code: &str) -> Result<&'r ValueKind> {
    let metric = registry.metric(code).map(|(_, metric)| &metric.source);
    match metric {
        Some(Source::Value(metric)) => Ok(&metric.kind),
        Some(_) => Err(Error::input(format!(
            "`{code}` is measured, and not set\nhelp: values belong to pings with `type: value`"
        ))),
        None => Err(Error::input(format!(
            "the registry has no value `{code}`\nhelp: declare it in a ping with `type: value`"
        ))),
    }
}

impl EventLog {
    /// Sets the value of a code from this time on. Setting the current value again changes nothing.
    /// A value with a later time, from a clock that was wrong, does not count as the current value.
    ///
    /// # Errors
    ///
    /// Returns an error if the registry has no value with this code, if the value has another type,
    /// or if the database fails.
    pub async fn set_value(
        &self,
        registry: &Registry,
        code: &str,
        value: &str,
        now: OffsetDateTime,
    ) -> Result<()> {
        let value = checked_value(registry, code, value)?;
        let at = match self.dialect() {
            Dialect::Sqlite => "$2",
            Dialect::Postgres => "($2::text || 'Z')::timestamptz",
        };
        let sql = format!(
            "INSERT INTO pings_values (code, set_at, value) \
             SELECT CAST($1 AS text), {at}, CAST($3 AS text) \
             WHERE NOT EXISTS (SELECT 1 FROM ( \
               SELECT value FROM pings_values \
               WHERE code = CAST($1 AS text) AND set_at <= {at} \
               ORDER BY set_at DESC LIMIT 1) AS newest WHERE value = CAST($3 AS text)) \
             ON CONFLICT (code, set_at) DO UPDATE SET value = excluded.value"
        );
        let now = now
            .to_offset(time::UtcOffset::UTC)
            .format(TIME)
            .map_err(|error| Error::input(error.to_string()))?;
        let mut tx = self.begin(Mode::Write).await?;
        let binds = [code, &now, &value].map(Bind::Text);
        tx.run(&sql, &binds).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Returns the current value of each code that was ever set, sorted by code.
    ///
    /// # Errors
    ///
    /// Returns an error if the database fails.
    pub async fn values(&self) -> Result<Vec<SetValue>> {
        let at = match self.dialect() {
            Dialect::Sqlite => "replace(set_at, ' ', 'T') || 'Z'",
            Dialect::Postgres => {
                "to_char(set_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"
            }
        };
        let sql = format!(
            "SELECT code, value, {at} FROM pings_values WHERE set_at = ( \
               SELECT max(newest.set_at) FROM pings_values AS newest \
               WHERE newest.code = pings_values.code) ORDER BY code"
        );
        let mut tx = self.begin(Mode::Read).await?;
        let rows = tx.rows(&sql, &[], &[ValueType::Text; 3]).await?;
        tx.rollback().await?;
        let values = rows
            .into_iter()
            .filter_map(|row| match <[Cell; 3]>::try_from(row) {
                Ok([Cell::Text(code), Cell::Text(value), Cell::Text(set_at)]) => Some(SetValue {
                    code,
                    value,
                    set_at,
                }),
                _ => None,
            });
        Ok(values.collect())
    }
}
