//! Schedules when a week is sent.

use pings_payload::Uuid;
use time::Duration;

/// The period after the end of a week over which instances spread their payloads.
const SPREAD: Duration = Duration::days(2);

/// Returns how long after the end of a week an instance assembles and sends it. The time is derived
/// from the id and spread over two days, so that a fleet does not send all at once.
#[must_use]
pub fn slot(instance: Uuid) -> Duration {
    let random = (instance.as_u128() >> 96) as u32;
    SPREAD * (f64::from(random) / (f64::from(u32::MAX) + 1.0))
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
