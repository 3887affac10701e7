//! Since when each switch has its value, and which values it had before.

use std::collections::BTreeMap;

use pings_database::{Bind, Cell, Error, Result, Transaction};
use pings_model::ValueType;
use pings_payload::{Week, rfc3339};
use time::OffsetDateTime;

use super::switches::Switch;
use crate::import::line::parse_time;

/// A time in which a switch had one value, up to the next period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Period {
    /// Its value.
    pub is_on: bool,
    /// Its beginning; none where that is before anything was logged.
    pub since: Option<OffsetDateTime>,
    /// The origin of the decision: `pings-config.yaml:3`, `PINGS_SEND`, `default`…
    pub decided_by: String,
    /// The fingerprint of the registry at its beginning.
    pub fingerprint: String,
}

/// The periods of each switch, the oldest first.
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
        // A switch that only newer programs know is theirs to obey.
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

/// Adds a period after those that there are.
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

/// Moves beginnings that are in the future to now: a clock that was wrong
/// when they were written would silence the instance until then.
pub(super) async fn end_the_future(tx: &mut Transaction, now: OffsetDateTime) -> Result<()> {
    let now = rfc3339(now);
    for table in ["pings_consent", "pings_consent_metrics"] {
        let sql = format!("UPDATE {table} SET since = $1 WHERE since > $1");
        tx.run(&sql, &[Bind::Text(&now)]).await?;
    }
    Ok(())
}

/// The first week that may be sent; none while `send` is off, and none before
/// anybody has recorded a decision.
pub(crate) async fn sending_since(tx: &mut Transaction) -> Result<Option<Week>> {
    let history = load(tx).await?;
    let now = history
        .get(&Switch::Send)
        .and_then(|periods| periods.last());
    let sends = now.filter(|period| period.is_on);
    Ok(sends.map(|period| first_week(period.since)))
}

/// The first week that is whole after that time.
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
