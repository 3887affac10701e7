//! The week that a report covers.

use std::fmt;
use std::str::FromStr;

use time::{Date, Duration, OffsetDateTime, Time, UtcOffset, Weekday};

/// One ISO week, from Monday 00:00:00 UTC (inclusive) to the next Monday (exclusive).
///
/// The format is `2021-W04`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Week {
    monday: Date,
}

impl Week {
    /// Returns the week that contains a moment, limited to the years 1 to 9999.
    #[must_use]
    pub fn containing(moment: OffsetDateTime) -> Self {
        let day = moment.to_offset(UtcOffset::UTC).date();
        let (year, week, _) = day.to_iso_week_date();
        let monday = Date::from_iso_week_date(year, week, Weekday::Monday).unwrap_or(day);
        Self {
            monday: monday.clamp(FIRST, LAST),
        }
    }

    /// Returns the last week that was complete at a moment.
    #[must_use]
    pub fn last_complete(now: OffsetDateTime) -> Self {
        Self::containing(now).back(1)
    }

    /// Returns the week that is this number of weeks earlier, or the first supported week.
    #[must_use]
    pub fn back(self, weeks: u32) -> Self {
        let monday = self.monday.checked_sub(Duration::weeks(weeks.into()));
        Self {
            monday: monday.unwrap_or(FIRST).max(FIRST),
        }
    }

    /// Returns the week that is this number of weeks later, or the last supported week.
    #[must_use]
    pub fn forward(self, weeks: u32) -> Self {
        let monday = self.monday.checked_add(Duration::weeks(weeks.into()));
        Self {
            monday: monday.unwrap_or(LAST).min(LAST),
        }
    }

    /// Returns the first instant of the week.
    #[must_use]
    pub fn start(self) -> OffsetDateTime {
        self.monday.with_time(Time::MIDNIGHT).assume_utc()
    }

    /// Returns the first instant after the week.
    #[must_use]
    pub fn end(self) -> OffsetDateTime {
        self.start() + Duration::WEEK
    }

    /// Returns whether the week was complete at a moment.
    #[must_use]
    pub fn is_complete(self, now: OffsetDateTime) -> bool {
        self.end() <= now
    }

    /// Returns the first instant of the week and the first instant after it, as query parameters.
    #[must_use]
    pub fn borders(self) -> [String; 2] {
        [rfc3339(self.start()), rfc3339(self.end())]
    }
}

/// The first Monday with a four-digit year.
const FIRST: Date = time::macros::date!(0001 - 01 - 01);

/// The last Monday whose week ends in a four-digit year.
const LAST: Date = time::macros::date!(9999 - 12 - 20);

/// Formats a moment in whole seconds: `2021-01-25T00:00:00Z`.
#[must_use]
pub fn rfc3339(moment: OffsetDateTime) -> String {
    let moment = moment.to_offset(UtcOffset::UTC);
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z",
        moment.year(),
        u8::from(moment.month()),
        moment.day(),
        moment.hour(),
        moment.minute(),
        moment.second()
    )
}

impl fmt::Display for Week {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, week, _) = self.monday.to_iso_week_date();
        write!(f, "{year:04}-W{week:02}")
    }
}

impl FromStr for Week {
    type Err = NotAWeek;

    fn from_str(text: &str) -> Result<Self, NotAWeek> {
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let monday = text
            .split_once("-W")
            .filter(|(year, week)| year.len() == 4 && week.len() == 2)
            .filter(|(year, week)| digits(year) && digits(week))
            .and_then(|(year, week)| Some((year.parse().ok()?, week.parse().ok()?)))
            .and_then(|(year, week)| Date::from_iso_week_date(year, week, Weekday::Monday).ok())
            .filter(|monday| (FIRST..=LAST).contains(monday));
        monday
            .map(|monday| Self { monday })
            .ok_or_else(|| NotAWeek(text.to_owned()))
    }
}

/// The error for a text that is not a week.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotAWeek(String);

impl fmt::Display for NotAWeek {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "`{}` is not a week\nhelp: use an ISO 8601 week such as 2021-W04",
            self.0.escape_debug()
        )
    }
}

impl std::error::Error for NotAWeek {}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::{Week, rfc3339};

    #[test]
    fn a_week_begins_on_monday_and_ends_with_the_next() {
        for (text, start, end) in [
            ("2021-W04", "2021-01-25T00:00:00Z", "2021-02-01T00:00:00Z"),
            ("2020-W53", "2020-12-28T00:00:00Z", "2021-01-04T00:00:00Z"),
            ("0001-W01", "0001-01-01T00:00:00Z", "0001-01-08T00:00:00Z"),
            ("9999-W51", "9999-12-20T00:00:00Z", "9999-12-27T00:00:00Z"),
        ] {
            let week: Week = text.parse().unwrap();
            assert_eq!(week.borders(), [start.to_owned(), end.to_owned()]);
            assert_eq!(week.to_string(), text);
        }
    }

    #[test]
    fn what_is_no_week_is_refused() {
        for text in [
            "2021-W53", "2021-W00", "2021-W4", "2021W04", "+021-W04", "9999-W52", "",
        ] {
            assert!(text.parse::<Week>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_moment_lies_in_one_week_and_after_another() {
        let last_instant = datetime!(2021-01-31 23:59:59.999999 UTC);
        assert_eq!(Week::containing(last_instant).to_string(), "2021-W04");
        let elsewhere = datetime!(2021-02-01 01:00 +2);
        assert_eq!(Week::containing(elsewhere).to_string(), "2021-W04");
        let next = datetime!(2021-02-01 0:00 UTC);
        assert_eq!(Week::containing(next).to_string(), "2021-W05");
        assert_eq!(Week::last_complete(next).to_string(), "2021-W04");
        assert!(Week::containing(last_instant).is_complete(next));
        assert!(!Week::containing(last_instant).is_complete(last_instant));
        assert_eq!(rfc3339(elsewhere), "2021-01-31T23:00:00Z");
    }

    #[test]
    fn before_the_first_week_there_is_none() {
        let first: Week = "0001-W01".parse().unwrap();
        assert_eq!(first.back(1), first);
    }
}
