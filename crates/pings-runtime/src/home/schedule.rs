//! When things are done.

use pings_database::{Bind, Mode, Result};
use pings_payload::{Uuid, rfc3339};
use time::{Duration, OffsetDateTime};

use crate::event_log::EventLog;

/// Over which time after a week's end instances send it.
const SPREAD: Duration = Duration::days(2);

/// How long after a week's end an instance puts it together and sends it: any
/// time of two days, by its id, so that a fleet does not call at once.
#[must_use]
pub fn slot(instance: Uuid) -> Duration {
    let random = (instance.as_u128() >> 96) as u32;
    SPREAD * (f64::from(random) / (f64::from(u32::MAX) + 1.0))
}

/// Whether a task is due, and it is this process that does it: the next time
/// is then so much later.
///
/// # Errors
///
/// Where the database fails.
pub(super) async fn takes(
    log: &EventLog,
    task: &str,
    every: Duration,
    now: OffsetDateTime,
) -> Result<bool> {
    let next = rfc3339(now + every);
    let now = rfc3339(now);
    let mut tx = log.begin(Mode::Write).await?;
    let first = "INSERT INTO pings_tasks (task, due_at) VALUES ($1, $2) ON CONFLICT DO NOTHING";
    tx.run(first, &[Bind::Text(task), Bind::Text(&now)]).await?;
    // A time beyond the next was written when the clock was wrong.
    let take =
        "UPDATE pings_tasks SET due_at = $1 WHERE task = $2 AND (due_at <= $3 OR due_at > $1)";
    let binds = [Bind::Text(&next), Bind::Text(task), Bind::Text(&now)];
    let taken = tx.run(take, &binds).await?;
    tx.commit().await?;
    Ok(taken > 0)
}

#[cfg(test)]
mod tests {
    use pings_payload::Uuid;
    use time::Duration;

    use super::slot;

    #[test]
    fn a_fleet_is_spread_over_two_days() {
        let slots: Vec<Duration> = (0..10_000).map(|_| slot(Uuid::new_v4())).collect();
        assert!(
            slots
                .iter()
                .all(|slot| (Duration::ZERO..Duration::days(2)).contains(slot))
        );
        for hour in 0..48 {
            let hour = Duration::hours(hour)..Duration::hours(hour + 1);
            let count = slots.iter().filter(|slot| hour.contains(*slot)).count();
            assert!(
                (100..400).contains(&count),
                "{count} of 10,000 in one hour of 48"
            );
        }
    }
}
