//! What a store's answer means, and how long to wait after it.

use time::format_description::well_known::Rfc2822;
use time::{Duration, OffsetDateTime};

/// The longest that anybody can tell an instance to wait.
pub(super) const LONGEST_WAIT: Duration = Duration::hours(24);

/// The longest pause of its own.
const LONGEST_PAUSE: Duration = Duration::hours(1);

/// What a store answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Answer {
    /// The HTTP status.
    pub(super) status: u16,
    /// When to come again, as it was said.
    pub(super) retry_after: Option<String>,
    /// What it says.
    pub(super) text: String,
}

/// What it means for what was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The store has it.
    Taken,
    /// It is to be sent again.
    Later,
    /// It is not to be sent again: nothing would change.
    Refused,
}

impl Answer {
    pub(super) fn verdict(&self) -> Verdict {
        match self.status {
            200..=299 => Verdict::Taken,
            408 | 429 => Verdict::Later,
            400..=499 => Verdict::Refused,
            _ => Verdict::Later,
        }
    }

    /// How long the store says to wait.
    pub(super) fn wait(&self, now: OffsetDateTime) -> Option<Duration> {
        let text = self.retry_after.as_deref()?.trim();
        let wait = match text.parse::<u32>() {
            Ok(seconds) => Duration::seconds(seconds.into()),
            Err(_) => OffsetDateTime::parse(text, &Rfc2822).ok()? - now,
        };
        Some(wait.clamp(Duration::ZERO, LONGEST_WAIT))
    }
}

/// How long to wait after so many attempts: twice as long each time, up to an
/// hour, and by chance (0 to 1) up to half of it less, so that those who failed
/// together do not come back together.
pub(super) fn pause(attempts: u64, chance: f64) -> Duration {
    let doublings = u32::try_from(attempts.saturating_sub(1)).unwrap_or(u32::MAX);
    let pause = Duration::seconds(1 << doublings.min(20)).min(LONGEST_PAUSE);
    pause * (1.0 - chance / 2.0)
}

/// A number from 0 to 1, by chance.
pub(super) fn chance() -> f64 {
    // Without random numbers the pause is merely that of all others.
    let number = getrandom::u32().unwrap_or(0);
    f64::from(number) / f64::from(u32::MAX)
}

#[cfg(test)]
mod tests {
    use time::Duration;
    use time::macros::datetime;

    use super::{Answer, LONGEST_PAUSE, LONGEST_WAIT, Verdict, pause};

    fn answer(status: u16, retry_after: Option<&str>) -> Answer {
        Answer {
            status,
            retry_after: retry_after.map(str::to_owned),
            text: String::new(),
        }
    }

    #[test]
    fn what_may_change_is_sent_again_and_nothing_else() {
        for (status, verdict) in [
            (200, Verdict::Taken),
            (202, Verdict::Taken),
            (302, Verdict::Later),
            (400, Verdict::Refused),
            (401, Verdict::Refused),
            (408, Verdict::Later),
            (413, Verdict::Refused),
            (429, Verdict::Later),
            (500, Verdict::Later),
            (503, Verdict::Later),
        ] {
            assert_eq!(answer(status, None).verdict(), verdict, "{status}");
        }
    }

    #[test]
    fn a_store_says_when_to_come_again() {
        let now = datetime!(2021-01-25 12:00 UTC);
        for (text, wait) in [
            ("120", Some(Duration::minutes(2))),
            ("Mon, 25 Jan 2021 12:05:00 GMT", Some(Duration::minutes(5))),
            ("Mon, 25 Jan 2021 11:00:00 GMT", Some(Duration::ZERO)),
            ("999999999", Some(LONGEST_WAIT)),
            ("soon", None),
        ] {
            assert_eq!(answer(503, Some(text)).wait(now), wait, "{text}");
        }
    }

    #[test]
    fn pauses_double_up_to_an_hour() {
        assert_eq!(pause(1, 0.0), Duration::seconds(1));
        assert_eq!(pause(4, 0.0), Duration::seconds(8));
        assert_eq!(pause(4, 1.0), Duration::seconds(4));
        assert_eq!(pause(u64::MAX, 0.0), LONGEST_PAUSE);
    }
}
