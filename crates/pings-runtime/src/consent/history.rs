//! The history of each switch: its values and since when each value applies.

use std::collections::{BTreeMap, BTreeSet};

use pings_database::{Bind, Cell, Error, Result, Transaction};
use pings_model::ValueType;
use pings_payload::{Week, rfc3339};
use time::OffsetDateTime;
use time::macros::datetime;

use super::switches::Switch;
use crate::import::line::parse_time;

/// A period in which a switch had the same value, up to the next period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Period {
    /// The value of the switch.
    pub is_on: bool,
    /// The start of the period; `None` if it started before anything was logged.
    pub since: Option<OffsetDateTime>,
    /// The origin of the decision, such as `pings-config.yaml:3`, `PINGS_SEND` or `default`.
    pub decided_by: String,
    /// The fingerprint of the registry at the start of the period.
    pub fingerprint: String,
}

/// The periods of each switch, oldest first.
pub(super) type History = BTreeMap<Switch, Vec<Period>>;

pub(super) async fn load(tx: &mut Transaction) -> Result<History> {
    let sql = "SELECT switch, is_on, since, decided_by, fingerprint FROM pings_consent \
               ORDER BY switch, change";
    let types = [
        ValueType::Text,
        ValueType::Integer,
        ValueType::Text,
        ValueType::Text,
        ValueType::Text,
    ];
    let mut history = History::new();
    for row in tx.rows(sql, &[], &types).await? {
        let Ok(
            [
                Cell::Text(switch),
                Cell::Integer(is_on),
                Cell::Text(since),
                Cell::Text(decided_by),
                Cell::Text(fingerprint),
            ],
        ) = <[Cell; 5]>::try_from(row)
        else {
            return Err(damaged());
        };
        // Switches of newer versions are ignored.
        if let Some(switch) = Switch::ALL.into_iter().find(|it| it.name() == switch) {
            history.entry(switch).or_default().push(Period {
                is_on: is_on != 0,
                since: read_since(&since)?,
                decided_by,
                fingerprint,
            });
        }
    }
    Ok(history)
}

/// Adds a period after the existing ones.
pub(super) async fn add(
    tx: &mut Transaction,
    switch: Switch,
    change: usize,
    period: &Period,
) -> Result<()> {
    let sql = "INSERT INTO pings_consent (switch, change, is_on, since, decided_by, fingerprint) \
               VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING";
    let since = written_since(period.since);
    let binds = [
        Bind::Text(switch.name()),
        Bind::Integer(change as i64),
        Bind::Integer(period.is_on.into()),
        Bind::Text(&since),
        Bind::Text(&period.decided_by),
        Bind::Text(&period.fingerprint),
    ];
    tx.run(sql, &binds).await?;
    Ok(())
}

/// Moves period starts that are in the future to now. Otherwise a clock that was wrong when they
/// were written would stop the instance from sending until then.
pub(super) async fn end_the_future(tx: &mut Transaction, now: OffsetDateTime) -> Result<()> {
    let now = rfc3339(now);
    for table in ["pings_consent", "pings_consent_metrics"] {
        let sql = format!("UPDATE {table} SET since = $1 WHERE since > $1");
        tx.run(&sql, &[Bind::Text(&now)]).await?;
    }
    Ok(())
}

/// A clock before this time is behind, for example because it was reset.
const EARLIEST: OffsetDateTime = datetime!(2010-01-01 0:00 UTC);

/// If the product was seen running in at least this many weeks after the time of a clock, the clock
/// is behind. A clock that was ahead once leaves fewer weeks.
const WEEKS_AHEAD: usize = 3;

/// Returns the newest time at which the product was seen running, if the clock is behind it. A
/// decision that is recorded with such a clock must not begin before data that was gathered
/// without it.
pub(super) async fn newest_if_behind(
    tx: &mut Transaction,
    now: OffsetDateTime,
) -> Result<Option<OffsetDateTime>> {
    let sql = "SELECT seen_at FROM pings_running WHERE seen_at > $1 \
               UNION SELECT made_at FROM pings_outbox WHERE made_at > $1";
    let rows = tx
        .rows(sql, &[Bind::Text(&rfc3339(now))], &[ValueType::Text])
        .await?;
    let times = rows.iter().filter_map(|row| row.first()?.text());
    let times: BTreeSet<OffsetDateTime> = times.filter_map(|text| read_since(text).ok()?).collect();
    let weeks: BTreeSet<Week> = times.iter().copied().map(Week::containing).collect();
    let is_behind = now < EARLIEST || weeks.len() >= WEEKS_AHEAD;
    Ok(times.last().copied().filter(|_| is_behind))
}

/// Returns the first week that may be sent. Returns `None` if `send` is off, or if no decision was
/// recorded yet.
#[cfg(feature = "delivery")]
pub(crate) async fn sending_since(tx: &mut Transaction) -> Result<Option<Week>> {
    let history = load(tx).await?;
    let now = history
        .get(&Switch::Send)
        .and_then(|periods| periods.last());
    let sends = now.filter(|period| period.is_on);
    Ok(sends.map(|period| first_week(period.since)))
}

/// Returns the first week that begins at or after that time.
pub(super) fn first_week(since: Option<OffsetDateTime>) -> Week {
    let Some(since) = since else {
        return Week::containing(OffsetDateTime::UNIX_EPOCH).back(u32::MAX);
    };
    let week = Week::containing(since);
    if week.start() < since {
        week.forward(1)
    } else {
        week
    }
}

pub(super) fn read_since(text: &str) -> Result<Option<OffsetDateTime>> {
    if text.is_empty() {
        return Ok(None);
    }
    parse_time(text).map(Some).ok_or_else(damaged)
}

pub(super) fn written_since(since: Option<OffsetDateTime>) -> String {
    since.map(rfc3339).unwrap_or_default()
}

pub(super) fn damaged() -> Error {
    Error::failure("the record of consent in the database is damaged")
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::first_week;

    #[test]
    fn a_week_that_had_begun_does_not_count() {
        for (since, week) in [
            (datetime!(2021-01-25 0:00 UTC), "2021-W04"),
            (datetime!(2021-01-25 0:00:01 UTC), "2021-W05"),
            (datetime!(2021-01-31 23:59 UTC), "2021-W05"),
        ] {
            assert_eq!(first_week(Some(since)).to_string(), week);
        }
        assert_eq!(first_week(None).to_string(), "0001-W01");
    }
}
