//! Determines for which weeks payloads are still being sent.

use std::collections::{BTreeMap, BTreeSet};

use pings_database::{Bind, Cell};
use pings_model::{Registry, ValueType};
use pings_payload::Week;
use time::{Duration, OffsetDateTime};

use crate::reader::Reader;
use pings_database::Result;

/// How long after its end a week is sent: instances spread over two days, and a further day allows
/// for instances that were offline.
const WINDOW: Duration = Duration::days(3);

/// The number of previous weeks with which a week is compared.
const BEFORE: u32 = 4;

/// Returns the newest weeks for which payloads are still being sent.
///
/// A week is incomplete if its sending window is open at the time `now`, or if fewer than half as
/// many instances have reported it as one of the four weeks before. A week is complete as soon as a
/// later week is.
pub(crate) async fn incomplete(
    tx: &mut Reader,
    registry: &Registry,
    now: Option<OffsetDateTime>,
) -> Result<BTreeSet<Week>> {
    let sql = "SELECT week, CAST(sum(instances) AS bigint) FROM reports \
        WHERE registry = $1 GROUP BY week";
    let types = [ValueType::Text, ValueType::Integer];
    let rows = tx.rows(sql, &[Bind::Text(registry.name())], &types).await?;
    let reported = rows.into_iter().filter_map(|row| match &row[..] {
        [Cell::Text(week), Cell::Integer(count)] => {
            Some((week.parse().ok()?, count.unsigned_abs()))
        }
        _ => None,
    });
    Ok(newest_incomplete(&reported.collect(), now))
}

fn newest_incomplete(
    reported: &BTreeMap<Week, u64>,
    now: Option<OffsetDateTime>,
) -> BTreeSet<Week> {
    let mut incomplete = BTreeSet::new();
    let (Some((first, _)), Some((newest, _))) =
        (reported.first_key_value(), reported.last_key_value())
    else {
        return incomplete;
    };
    let mut week = *newest;
    loop {
        let is_open = now.is_some_and(|now| now < week.end().saturating_add(WINDOW));
        let count = |week: Week| reported.get(&week).copied().unwrap_or_default();
        let before = (1..=BEFORE).map(|weeks| count(week.back(weeks))).max();
        let is_few = count(week) * 2 < before.unwrap_or_default();
        if !(is_open || is_few) {
            return incomplete;
        }
        incomplete.insert(week);
        if week <= *first {
            return incomplete;
        }
        week = week.back(1);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use pings_payload::Week;

    use super::newest_incomplete;

    fn incomplete(counts: &[u64], days_after_end: Option<i64>) -> usize {
        let first: Week = "2026-W30".parse().unwrap();
        let weeks = (0..).map(|week| first.forward(week));
        let reported: BTreeMap<Week, u64> = weeks.zip(counts.iter().copied()).collect();
        let newest = reported.last_key_value().unwrap().0;
        let now = days_after_end.map(|days| newest.end() + time::Duration::days(days));
        newest_incomplete(&reported, now).len()
    }

    #[test]
    fn a_week_is_incomplete_until_most_instances_had_time_to_send_it() {
        assert_eq!(incomplete(&[176, 177, 176, 9], None), 1);
        assert_eq!(incomplete(&[176, 177, 80, 9], None), 2);
        assert_eq!(incomplete(&[176, 177, 176, 100], None), 0);
        assert_eq!(incomplete(&[176, 177, 176, 176], Some(2)), 1);
        assert_eq!(incomplete(&[176, 177, 176, 176], Some(3)), 0);
        // A fleet that stays smaller is complete once the larger weeks are out of the comparison.
        assert_eq!(incomplete(&[10, 1, 1, 1, 1], None), 4);
        assert_eq!(incomplete(&[10, 1, 1, 1, 1, 1], None), 0);
        assert_eq!(incomplete(&[3], None), 0);
    }
}
