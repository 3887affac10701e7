//! The users of daily totals: how many there are in each window, and who they are.
//!
//! A user is added to each window that contains a day of an event. The number of users of a window is
//! kept beside the set, so that a report does not count the set.

use std::collections::BTreeSet;

use pings_database::{Bind, Result, Transaction};
use pings_model::{Period, ValueType};
use pings_payload::Week;
use pings_sql::Dialect;
use serde_json::json;

use super::kept::Kept;
use crate::import::line::parse_time;

/// The number of weeks from the week of a day to the last week that has a window with this day.
const WEEKS: u32 = 5;

/// Creates the temporary table for the users of a range of rows. It is gone after the transaction.
pub(super) async fn begin(tx: &mut Transaction) -> Result<()> {
    for (table, columns) in TABLES {
        let (integer, rest) = match tx.dialect() {
            Dialect::Sqlite => ("INTEGER", ""),
            Dialect::Postgres => ("bigint", " ON COMMIT DROP"),
        };
        let columns = columns.replace("integer", integer);
        let sql = format!("CREATE TEMP TABLE {table} ({columns}){rest}");
        tx.run(&sql, &[]).await?;
    }
    Ok(())
}

/// The temporary tables: who was seen on which day, the windows that contain the days, and who is new
/// in a window.
const TABLES: [(&str, &str); 3] = [
    (
        "pings_seen",
        "total integer, grp TEXT, day TEXT, person TEXT",
    ),
    (
        "pings_seen_spans",
        "total integer, grp TEXT, day TEXT, span TEXT",
    ),
    ("pings_added", "part integer, person TEXT"),
];

/// Removes the temporary tables, which SQLite would keep until the connection closes.
pub(super) async fn end(tx: &mut Transaction) -> Result<()> {
    if tx.dialect() == Dialect::Sqlite {
        for (table, _) in TABLES {
            tx.run(&format!("DROP TABLE temp.{table}"), &[]).await?;
        }
    }
    Ok(())
}

/// Notes the users of a total up to an id, with the query for them.
pub(super) async fn see(tx: &mut Transaction, kept: &Kept, query: &str, to: i64) -> Result<()> {
    let sql = format!(
        "INSERT INTO pings_seen (total, grp, day, person)\n\
         SELECT {}, grp, day, person FROM (\n{query}) AS seen",
        kept.id
    );
    let binds = [
        Bind::Integer(kept.read_to),
        Bind::Integer(to),
        Bind::Text(&kept.since),
    ];
    tx.run(&sql, &binds).await?;
    Ok(())
}

/// Adds the users that were seen to the windows of their totals.
pub(super) async fn add(tx: &mut Transaction, totals: &[(&Kept, Vec<Period>)]) -> Result<()> {
    let sql = "SELECT DISTINCT day FROM pings_seen";
    let days = tx.rows(sql, &[], &[ValueType::Text]).await?;
    let days = days
        .iter()
        .filter_map(|row| row.first().and_then(|it| it.text()));
    let periods: BTreeSet<Period> = totals.iter().flat_map(|(_, it)| it).copied().collect();
    let spans: Vec<_> = days
        .flat_map(|day| spans_of(day, &periods))
        .map(|(day, period, start)| json!([day, period.as_str(), start]))
        .collect();
    if spans.is_empty() {
        return Ok(());
    }
    let of_totals = totals
        .iter()
        .flat_map(|(kept, periods)| periods.iter().map(move |it| (kept, it)));
    let of_totals: Vec<_> = of_totals
        .map(|(kept, period)| json!([kept.id, period.as_str(), kept.since]))
        .collect();
    let (spans, of_totals) = (json!(spans).to_string(), json!(of_totals).to_string());
    let binds = [Bind::Text(&spans), Bind::Text(&of_totals)];
    tx.run(seen_spans(tx.dialect()), &binds).await?;
    for sql in [NEW_PARTS, ADDED, PEOPLE, USERS] {
        tx.run(sql, &[]).await?;
    }
    Ok(())
}

/// Notes the windows of the groups that were seen. `$1` has the windows of each day, and `$2` the windows
/// and the first day of each total. Both lists are parsed once, not once per row.
fn seen_spans(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Sqlite => {
            "WITH seen AS MATERIALIZED (SELECT DISTINCT total, grp, day FROM pings_seen),\n\
               spans AS MATERIALIZED (SELECT value ->> 0 AS day, value ->> 1 AS period, \
                 value ->> 2 AS start FROM json_each($1)),\n\
               totals AS MATERIALIZED (SELECT value ->> 0 AS total, value ->> 1 AS period, \
                 value ->> 2 AS since FROM json_each($2))\n\
             INSERT INTO pings_seen_spans (total, grp, day, span)\n\
             SELECT seen.total, seen.grp, seen.day, spans.period || ' ' || spans.start FROM seen\n\
             JOIN spans ON spans.day = seen.day\n\
             JOIN totals ON totals.total = seen.total AND totals.period = spans.period \
               AND totals.since <= spans.start"
        }
        Dialect::Postgres => {
            "WITH seen AS MATERIALIZED (SELECT DISTINCT total, grp, day FROM pings_seen),\n\
               spans AS MATERIALIZED (SELECT value ->> 0 AS day, value ->> 1 AS period, \
                 value ->> 2 AS start FROM json_array_elements($1::json)),\n\
               totals AS MATERIALIZED (SELECT (value ->> 0)::bigint AS total, \
                 value ->> 1 AS period, value ->> 2 AS since FROM json_array_elements($2::json))\n\
             INSERT INTO pings_seen_spans (total, grp, day, span)\n\
             SELECT seen.total, seen.grp, seen.day, spans.period || ' ' || spans.start FROM seen\n\
             JOIN spans ON spans.day = seen.day\n\
             JOIN totals ON totals.total = seen.total AND totals.period = spans.period \
               AND totals.since <= spans.start"
        }
    }
}

/// Adds the groups and windows that had no users before.
const NEW_PARTS: &str = "INSERT INTO pings_span_users (part, total, span, grp, users)\n\
     SELECT row_number() OVER () + (SELECT coalesce(max(part), 0) FROM pings_span_users), \
       total, span, grp, 0 \
     FROM (SELECT DISTINCT total, span, grp FROM pings_seen_spans AS seen\n\
       WHERE NOT EXISTS (SELECT 1 FROM pings_span_users AS users \
         WHERE users.total = seen.total AND users.span = seen.span \
           AND users.grp = seen.grp)) AS missing";

/// Finds who is new in which group of a window.
const ADDED: &str = "WITH parts AS MATERIALIZED (\n\
       SELECT seen.total, seen.grp, seen.day, users.part FROM pings_seen_spans AS seen\n\
       JOIN pings_span_users AS users \
         ON users.total = seen.total AND users.span = seen.span AND users.grp = seen.grp)\n\
     INSERT INTO pings_added (part, person)\n\
     SELECT DISTINCT parts.part, seen.person FROM pings_seen AS seen\n\
     JOIN parts ON parts.total = seen.total AND parts.day = seen.day AND parts.grp = seen.grp\n\
     WHERE NOT EXISTS (SELECT 1 FROM pings_span_people AS known \
       WHERE known.part = parts.part AND known.person = seen.person)";

const PEOPLE: &str =
    "INSERT INTO pings_span_people (part, person) SELECT part, person FROM pings_added";

const USERS: &str = "UPDATE pings_span_users SET users = users + added.people \
     FROM (SELECT part, count(*) AS people FROM pings_added GROUP BY part) AS added \
     WHERE added.part = pings_span_users.part";

/// Returns the windows of these lengths that contain a day: the day, the length and the first day.
fn spans_of<'d>(day: &'d str, periods: &BTreeSet<Period>) -> BTreeSet<(&'d str, Period, String)> {
    let Some(moment) = parse_time(day) else {
        return BTreeSet::new();
    };
    let unix = moment.unix_timestamp();
    let week = Week::containing(moment);
    let weeks = (0..=WEEKS).map(|weeks| week.forward(weeks));
    let spans = weeks.flat_map(|week| periods.iter().flat_map(move |it| it.spans(week)));
    let spans = spans.filter(|span| (span.start_unix()..span.end_unix()).contains(&unix));
    spans
        .map(|span| {
            let [start, _] = span.borders();
            (day, span.period(), start[..10].to_owned())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use pings_model::Period;
    use pings_payload::Week;

    use super::{WEEKS, spans_of};

    /// Each window of each week, for some years with leap days and with 53 weeks.
    #[test]
    fn a_day_is_in_all_windows_of_later_reports() {
        let periods: BTreeSet<Period> = [
            Period::Day,
            Period::Week,
            Period::WeekFromSaturday,
            Period::WeekFromSunday,
            Period::Days28,
            Period::Month,
        ]
        .into();
        let mut week: Week = "2019-W50".parse().unwrap();
        let last: Week = "2021-W10".parse().unwrap();
        while week < last {
            for day in Period::Day.spans(week) {
                let [day, _] = day.borders();
                let found = spans_of(&day[..10], &periods);
                let weeks = (0..2 * WEEKS + 5).map(|weeks| week.back(5).forward(weeks));
                let spans =
                    weeks.flat_map(|week| periods.iter().flat_map(move |it| it.spans(week)));
                let expected = spans.filter(|span| {
                    let [start, end] = span.borders();
                    start <= day && day < end
                });
                let expected: BTreeSet<_> = expected
                    .map(|span| {
                        (
                            &day[..10],
                            span.period(),
                            span.borders()[0][..10].to_owned(),
                        )
                    })
                    .collect();
                assert_eq!(found, expected);
            }
            week = week.forward(1);
        }
    }
}
