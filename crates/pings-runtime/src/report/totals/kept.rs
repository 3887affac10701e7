//! The rows of kept totals in the database.

use pings_database::{Bind, Cell, Error, Result, Transaction};
use pings_model::{Registry, ValueType};
use pings_sql::{Dialect, EventLog, TotalRows};
use serde_json::json;
use time::{Duration, OffsetDateTime};

use super::counted::Counted;
use crate::event_log::pruned_before;
use crate::import::line::parse_time;
use crate::report::settled::last_id;

/// A kept total.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Kept {
    pub(super) id: i64,
    /// The first day that may be counted, or empty.
    pub(super) asked_from: String,
    /// The first day that is counted, or empty if that is every day.
    pub(super) since: String,
    /// The id of the last row that was added.
    pub(super) read_to: i64,
}

/// The rows after which and up to which a query reads, or a list of ids among them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Range<'i> {
    pub(super) after: i64,
    pub(super) to: i64,
    pub(super) ids: Option<&'i str>,
}

/// The end of the stored codes of daily totals.
pub(super) const DAYS: &str = "@days";

/// Returns the name under which totals of a code are stored.
pub(super) fn stored_code(registry: &Registry, counted: Counted<'_>) -> String {
    let suffix = match counted {
        Counted::Days { .. } => DAYS,
        Counted::Metric { .. } | Counted::Versions => "",
    };
    format!("{}/{}{suffix}", registry.name(), counted.code())
}

/// Waits for other transactions that change totals, and keeps them waiting. Readers do not wait.
pub(super) async fn lock(tx: &mut Transaction) -> Result<()> {
    if tx.dialect() == Dialect::Postgres {
        let sql = "LOCK TABLE pings_totals IN EXCLUSIVE MODE";
        tx.run(sql, &[]).await?;
    }
    Ok(())
}

/// Returns the totals of a code: one for each first day that was asked for.
pub(super) async fn of_code(tx: &mut Transaction, code: &str) -> Result<Vec<Kept>> {
    let sql = "SELECT total, asked_from, since, read_to FROM pings_totals \
               WHERE code = $1 ORDER BY asked_from";
    let (integer, text) = (ValueType::Integer, ValueType::Text);
    let types = [integer, text, text, integer];
    let rows = tx.rows(sql, &[Bind::Text(code)], &types).await?;
    let kept = rows
        .into_iter()
        .filter_map(|row| match <[Cell; 4]>::try_from(row) {
            Ok(
                [
                    Cell::Integer(id),
                    Cell::Text(asked_from),
                    Cell::Text(since),
                    Cell::Integer(read_to),
                ],
            ) => Some(Kept {
                id,
                asked_from,
                since,
                read_to,
            }),
            _ => None,
        });
    Ok(kept.collect())
}

/// Creates the total of a code from a day if it does not exist, stored under the day that was asked
/// for. The totals must be locked.
pub(super) async fn create(
    tx: &mut Transaction,
    (registry, log): (&Registry, EventLog),
    counted: Counted<'_>,
    asked_from: &str,
    from: &str,
) -> Result<()> {
    let code = stored_code(registry, counted);
    let names = counted.query(registry, log, TotalRows::All).names;
    let since = since(tx, from).await?;
    let sql = "INSERT INTO pings_totals (total, code, asked_from, since, meaning, names, read_to) \
               SELECT coalesce(max(total), 0) + 1, $1, $2, $3, $4, $5, 0 FROM pings_totals \
               WHERE true ON CONFLICT (code, asked_from) DO NOTHING";
    let (meaning, names) = (counted.meaning(), json!(names).to_string());
    let binds = [&*code, asked_from, &*since, &*meaning, &*names].map(Bind::Text);
    tx.run(sql, &binds).await?;
    Ok(())
}

/// Brings a total in line with what its metric counts now. Days of another meaning are discarded,
/// and the total begins again with the rows that the log has. Returns whether it begins again. The
/// totals must be locked.
pub(super) async fn renew(
    tx: &mut Transaction,
    (registry, log): (&Registry, EventLog),
    counted: Counted<'_>,
    kept: &mut Kept,
) -> Result<bool> {
    let sql = "SELECT meaning, names FROM pings_totals WHERE total = $1";
    let id = Bind::Integer(kept.id);
    let row = tx.rows(sql, &[id], &[ValueType::Text; 2]).await?;
    let row = row.into_iter().next().map(<[Cell; 2]>::try_from);
    let Some(Ok([Cell::Text(known), Cell::Text(known_names)])) = row else {
        let code = counted.code();
        return Err(Error::failure(format!("pings_totals has no row of {code}")));
    };
    let known_names: Vec<String> = serde_json::from_str(&known_names).unwrap_or_default();
    let (meaning, names) = (
        counted.meaning(),
        counted.query(registry, log, TotalRows::All).names,
    );
    if known == meaning && known_names == names {
        return Ok(false);
    }
    let stays = counted.stays(&known, &known_names, &names);
    if stays {
        let is_new = |name: &&String| !known_names.contains(name);
        let added: Vec<String> = names.iter().filter(is_new).cloned().collect();
        if !added.is_empty() {
            let query = counted.query(registry, log, TotalRows::Named(&added));
            let range = Range {
                after: 0,
                to: kept.read_to,
                ids: None,
            };
            add(tx, kept, &query.text, range).await?;
        }
    } else {
        kept.since = since(tx, &kept.asked_from).await?;
        kept.read_to = 0;
        tx.run("DELETE FROM pings_total_days WHERE total = $1", &[id])
            .await?;
    }
    let sql = "UPDATE pings_totals SET meaning = $2, names = $3, since = $4, read_to = $5 \
               WHERE total = $1";
    let names = json!(names).to_string();
    let binds = [
        id,
        Bind::Text(&meaning),
        Bind::Text(&names),
        Bind::Text(&kept.since),
        Bind::Integer(kept.read_to),
    ];
    tx.run(sql, &binds).await?;
    Ok(!stays)
}

/// Adds rows to a total with the query of what it counts.
pub(super) async fn add(
    tx: &mut Transaction,
    kept: &Kept,
    query: &str,
    range: Range<'_>,
) -> Result<()> {
    let sql = format!(
        "INSERT INTO pings_total_days (total, grp, day, events, sum_integer, sum_number)\n\
         SELECT {}, grp, day, events, sum_integer, sum_number FROM (\n{query}) AS added WHERE true\n\
         ON CONFLICT (total, day, grp) DO UPDATE SET \
           events = pings_total_days.events + excluded.events, \
           sum_integer = pings_total_days.sum_integer + excluded.sum_integer, \
           sum_number = pings_total_days.sum_number + excluded.sum_number",
        kept.id
    );
    let mut binds = vec![
        Bind::Integer(range.after),
        Bind::Integer(range.to),
        Bind::Text(&kept.since),
    ];
    binds.extend(range.ids.map(Bind::Text));
    tx.run(&sql, &binds).await?;
    Ok(())
}

/// Records that the rows up to this id were added.
pub(super) async fn move_to(tx: &mut Transaction, kept: &Kept, read_to: i64) -> Result<()> {
    let sql = "UPDATE pings_totals SET read_to = $2 WHERE total = $1";
    let binds = [Bind::Integer(kept.id), Bind::Integer(read_to)];
    tx.run(sql, &binds).await?;
    Ok(())
}

/// Ends a total whose rows cannot be added: no window begins on its first day or later.
pub(super) async fn give_up(tx: &mut Transaction, kept: &Kept) -> Result<()> {
    let sql = "UPDATE pings_totals SET since = '9999-12-31' WHERE total = $1";
    tx.run(sql, &[Bind::Integer(kept.id)]).await?;
    Ok(())
}

/// Moves each cursor that is beyond the last row back to that row. A database may give ids of removed
/// rows to new rows.
pub(super) async fn move_back(tx: &mut Transaction) -> Result<()> {
    let last = last_id(tx).await?;
    let sql = "UPDATE pings_totals SET read_to = $1 WHERE read_to > $1";
    tx.run(sql, &[Bind::Integer(last)]).await?;
    Ok(())
}

/// Removes a total.
pub(super) async fn remove(tx: &mut Transaction, kept: &Kept) -> Result<()> {
    for sql in [
        "DELETE FROM pings_span_people \
         WHERE part IN (SELECT part FROM pings_span_users WHERE total = $1)",
        "DELETE FROM pings_span_users WHERE total = $1",
        "DELETE FROM pings_total_days WHERE total = $1",
        "DELETE FROM pings_totals WHERE total = $1",
    ] {
        tx.run(sql, &[Bind::Integer(kept.id)]).await?;
    }
    Ok(())
}

/// Returns the first day that a new total counts: the first whole day after events were pruned, or
/// the day that was asked for.
async fn since(tx: &mut Transaction, from: &str) -> Result<String> {
    let pruned = pruned_before(tx).await?;
    let pruned = pruned.as_deref().and_then(parse_time).map(first_day);
    Ok(pruned.unwrap_or_default().max(from.to_owned()))
}

/// Returns the first day that begins at or after a moment.
fn first_day(moment: OffsetDateTime) -> String {
    let date = moment.date();
    let is_whole = date.midnight().assume_utc() == moment;
    let date = match is_whole {
        true => date,
        false => date.checked_add(Duration::DAY).unwrap_or(date),
    };
    format!(
        "{:04}-{:02}-{:02}",
        date.year(),
        u8::from(date.month()),
        date.day()
    )
}
