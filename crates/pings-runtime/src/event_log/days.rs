//! Which version logged rows with which name on which day.
//!
//! A report needs this for each of its weeks. It is kept in `pings_days`, so that the rows of a week
//! are not read again for it: each row is read once, by its id.

use pings_database::{Bind, Cell, Result, Transaction};
use pings_model::ValueType;
use pings_sql::Dialect;
use serde_json::json;

/// The number of rows that may be read in addition to the kept days. If more rows were not added yet,
/// the rows of the week are read instead.
const MOST_LATER: i64 = 50_000;

/// The days of the event log near a window.
pub(crate) struct Days {
    /// Whether all times compare like texts in SQLite.
    pub(crate) is_plain: bool,
    logged: Vec<Logged>,
}

/// A version that logged something on a day.
struct Logged {
    /// `YYYY-MM-DD` in UTC.
    day: String,
    version: String,
    /// Whether the rows are events, and not captures.
    is_event: bool,
}

impl Days {
    /// Returns what rows with these names, or with any name, have between two instants. Returns `None`
    /// if too many rows were not added yet.
    pub(crate) async fn near(
        tx: &mut Transaction,
        names: Option<&[&str]>,
        captures: &[&str],
        [start, end]: &[String; 2],
    ) -> Result<Option<Self>> {
        let Some([read_to, last]) = progress(tx, "").await? else {
            return Ok(None);
        };
        if !(0..=MOST_LATER).contains(&(last - read_to)) {
            return Ok(None);
        }
        let later = rows(tx.dialect());
        let is_in = |list: &str| match tx.dialect() {
            Dialect::Sqlite => format!("IN (SELECT value FROM json_each({list}))"),
            // Kept names are not longer than this.
            Dialect::Postgres => {
                format!("= ANY (ARRAY (SELECT left(json_array_elements_text({list}::json), 200)))")
            }
        };
        let is_named = match names {
            Some(_) => format!("AND name {}", is_in("$5")),
            None => String::new(),
        };
        let (day, after, before) = match tx.dialect() {
            Dialect::Sqlite => ("day", "date($3, '-1 day')", "date($4, '+1 day')"),
            Dialect::Postgres => ("day::text", "$3::text::date - 1", "$4::text::date + 1"),
        };
        let sql = format!(
            "SELECT DISTINCT {day}, version, CAST(CASE WHEN name {} THEN 0 ELSE 1 END AS bigint), is_plain FROM (\n\
             SELECT day, name, version, is_plain FROM pings_days\n\
             UNION ALL\n{later}) AS days WHERE day >= {after} AND day < {before} {is_named}",
            is_in("$6")
        );
        let names = json!(names.unwrap_or_default()).to_string();
        let captures = json!(captures).to_string();
        let binds = [
            Bind::Integer(read_to),
            Bind::Integer(last),
            Bind::Text(&start[..10]),
            Bind::Text(&end[..10]),
            Bind::Text(&names),
            Bind::Text(&captures),
        ];
        let (text, integer) = (ValueType::Text, ValueType::Integer);
        let types = [text, text, integer, integer];
        let rows = tx.rows(&sql, &binds, &types).await?;
        let mut days = Self {
            is_plain: true,
            logged: Vec::new(),
        };
        for row in rows {
            match <[Cell; 4]>::try_from(row) {
                Ok(
                    [
                        Cell::Text(day),
                        Cell::Text(version),
                        Cell::Integer(is_event),
                        Cell::Integer(1),
                    ],
                ) => days.logged.push(Logged {
                    day,
                    version,
                    is_event: is_event == 1,
                }),
                _ => days.is_plain = false,
            }
        }
        Ok(Some(days))
    }

    /// Returns the versions that logged something from one day until before another, and whether that
    /// was an event.
    pub(crate) fn versions<'d>(
        &'d self,
        [start, end]: [&'d str; 2],
    ) -> impl Iterator<Item = (&'d str, bool)> {
        let logged = self.logged.iter();
        let logged = logged.filter(move |it| *start <= *it.day && *it.day < *end);
        logged.map(|it| (it.version.as_str(), it.is_event))
    }
}

/// Returns the last id that was added and the last id of the event log.
pub(crate) async fn progress(tx: &mut Transaction, lock: &str) -> Result<Option<[i64; 2]>> {
    let cast = match tx.dialect() {
        Dialect::Postgres => "::bigint",
        Dialect::Sqlite => "",
    };
    let sql = format!(
        "SELECT read_to, (SELECT coalesce(max(id), 0){cast} FROM event_logs) FROM pings_days_read{lock}"
    );
    let rows = tx.rows(&sql, &[], &[ValueType::Integer; 2]).await?;
    let row = rows.into_iter().next().map(<[Cell; 2]>::try_from);
    Ok(match row {
        Some(Ok([Cell::Integer(read_to), Cell::Integer(last)])) => Some([read_to, last]),
        _ => None,
    })
}

/// Adds the rows after an id and up to an id to the kept days.
pub(crate) async fn add(tx: &mut Transaction, after: i64, to: i64) -> Result<()> {
    let sql = format!(
        "INSERT INTO pings_days (day, name, version, is_plain)\n\
         SELECT day, name, version, is_plain FROM (\n{}) AS added WHERE true ON CONFLICT DO NOTHING",
        rows(tx.dialect())
    );
    tx.run(&sql, &[Bind::Integer(after), Bind::Integer(to)])
        .await?;
    let sql = "UPDATE pings_days_read SET read_to = $1";
    tx.run(sql, &[Bind::Integer(to)]).await?;
    Ok(())
}

/// Removes the kept days before a time.
pub(super) async fn forget(tx: &mut Transaction, before: &str) -> Result<()> {
    let sql = match tx.dialect() {
        Dialect::Sqlite => "DELETE FROM pings_days WHERE day < $1",
        Dialect::Postgres => "DELETE FROM pings_days WHERE day < $1::text::date",
    };
    tx.run(sql, &[Bind::Text(&before[..10])]).await?;
    Ok(())
}

/// Removes all kept days, because the event log was emptied.
pub(crate) async fn restart(tx: &mut Transaction) -> Result<()> {
    tx.run("DELETE FROM pings_days", &[]).await?;
    tx.run("UPDATE pings_days_read SET read_to = 0", &[])
        .await?;
    Ok(())
}

/// Lets new rows take the ids of removed ones: rows after the last id were not added.
pub(crate) async fn move_back(tx: &mut Transaction) -> Result<()> {
    let last = "(SELECT coalesce(max(id), 0) FROM event_logs)";
    let sql = format!("UPDATE pings_days_read SET read_to = {last} WHERE read_to > {last}");
    tx.run(&sql, &[]).await?;
    Ok(())
}

/// Returns the query for the days of the rows after the id `$1` and up to the id `$2`.
fn rows(dialect: Dialect) -> &'static str {
    match dialect {
        // Most times have the form that the runtime writes and only need one comparison. Whether a day
        // and an hour exist is looked up once for all rows of the hour. The index on names would make
        // SQLite read the whole history.
        Dialect::Sqlite => {
            "SELECT coalesce(substr(hour, 1, 10), '') AS day, name, version, \
               is_plain AND substr(hour, 12, 2) < '24' \
                 AND date(substr(hour, 1, 10), '+0 days') IS substr(hour, 1, 10) AS is_plain \
             FROM (SELECT DISTINCT substr(timestamp, 1, 13) AS hour, coalesce(name, '') AS name, \
                 coalesce(version, '') AS version, \
                 CASE WHEN timestamp GLOB '??????????T??:??:??.???Z' THEN 1 \
                   ELSE strftime('%s', timestamp) IS NOT NULL \
                     AND substr(timestamp, 11) NOT GLOB '*[-+]*' END AS is_plain \
               FROM event_logs NOT INDEXED WHERE id > $1 AND id <= $2) AS hours\n"
        }
        // An index of PostgreSQL does not accept long texts.
        Dialect::Postgres => {
            "SELECT DISTINCT coalesce(timestamp::date, '-infinity') AS day, \
               coalesce(left(name::text, 200), '') COLLATE \"C\" AS name, \
               coalesce(left(version::text, 200), '') COLLATE \"C\" AS version, \
               CASE WHEN length(name::text) > 200 OR length(version::text) > 200 THEN 0 ELSE 1 END::bigint AS is_plain \
             FROM event_logs WHERE id > $1 AND id <= $2\n"
        }
    }
}
