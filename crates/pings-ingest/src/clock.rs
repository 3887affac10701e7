//! The clocks of clients, which may be wrong.

use time::{Duration, OffsetDateTime};

/// A clock that is wrong by at most this much is trusted.
const TOLERANCE: Duration = Duration::DAY;

/// The clock of a client when it sent a batch.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock {
    /// The time by the clock of the client.
    pub(crate) sent_at: OffsetDateTime,
    /// When the batch arrived, by the clock of the instance.
    pub(crate) arrived: OffsetDateTime,
}

/// When an event happened.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Moment {
    pub(crate) at: OffsetDateTime,
    pub(crate) is_corrected: bool,
}

impl Clock {
    /// Returns when an event happened, by the clock of the instance. No event is later than its
    /// arrival.
    pub(crate) fn moment(self, at: OffsetDateTime) -> Moment {
        let behind = self.arrived - self.sent_at;
        let is_wrong = behind.abs() > TOLERANCE;
        // The clock was set back after the event.
        let is_later = at - self.sent_at > TOLERANCE;
        let corrected = match is_wrong {
            true => at.checked_add(behind).unwrap_or(self.arrived),
            false => at,
        };
        Moment {
            at: corrected.min(self.arrived),
            is_corrected: is_wrong || is_later,
        }
    }

    /// Returns how long an event waited in the client, by the clock of the client.
    pub(crate) fn age(self, at: OffsetDateTime) -> Duration {
        self.sent_at - at
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::{Clock, Moment};

    #[test]
    fn clocks_that_are_wrong_by_more_than_a_day_are_corrected() {
        let arrived = datetime!(2026-11-30 12:00 UTC);
        for (sent_at, at, corrected, is_corrected) in [
            // A minute and an hour wrong.
            (
                datetime!(2026-11-30 12:01 UTC),
                datetime!(2026-11-30 11:00 UTC),
                datetime!(2026-11-30 11:00 UTC),
                false,
            ),
            (
                datetime!(2026-11-30 11:00 UTC),
                datetime!(2026-11-30 10:00 UTC),
                datetime!(2026-11-30 10:00 UTC),
                false,
            ),
            // An hour ahead: the event is not in the future.
            (
                datetime!(2026-11-30 13:00 UTC),
                datetime!(2026-11-30 12:59 UTC),
                arrived,
                false,
            ),
            // A year behind, and ten days ahead.
            (
                datetime!(2025-11-30 12:00 UTC),
                datetime!(2025-11-29 12:00 UTC),
                datetime!(2026-11-29 12:00 UTC),
                true,
            ),
            (
                datetime!(2026-12-10 12:00 UTC),
                datetime!(2026-12-10 10:00 UTC),
                datetime!(2026-11-30 10:00 UTC),
                true,
            ),
            // The clock was set back by a year after the event.
            (
                datetime!(2026-11-30 12:00 UTC),
                datetime!(2027-11-30 12:00 UTC),
                arrived,
                true,
            ),
            // The event waited for a week.
            (
                datetime!(2026-11-30 12:00 UTC),
                datetime!(2026-11-23 12:00 UTC),
                datetime!(2026-11-23 12:00 UTC),
                false,
            ),
        ] {
            let clock = Clock { sent_at, arrived };
            let expected = Moment {
                at: corrected,
                is_corrected,
            };
            assert_eq!(clock.moment(at), expected, "{sent_at} {at}");
        }
    }

    #[test]
    fn the_first_and_the_last_time_of_a_calendar_are_no_panic() {
        let arrived = datetime!(2026-11-30 12:00 UTC);
        for sent_at in [
            datetime!(0000-01-01 00:00 UTC),
            datetime!(9999-12-31 23:59 UTC),
        ] {
            let clock = Clock { sent_at, arrived };
            for at in [
                datetime!(0000-01-01 00:00 UTC),
                datetime!(9999-12-31 23:59 UTC),
            ] {
                assert!(clock.moment(at).at <= arrived);
                clock.age(at);
            }
        }
    }
}
