//! Weeks and moments of the crate `time`.

use time::OffsetDateTime;

use super::Week;
use crate::moment::moment;

impl Week {
    /// Returns the week that contains a moment, limited to the years 1 to 9999.
    #[must_use]
    pub fn containing(moment: OffsetDateTime) -> Self {
        Self::at_unix(moment.unix_timestamp())
    }

    /// Returns the last week that was complete at a moment.
    #[must_use]
    pub fn last_complete(now: OffsetDateTime) -> Self {
        Self::containing(now).back(1)
    }

    /// Returns the first instant of the week.
    #[must_use]
    pub fn start(self) -> OffsetDateTime {
        moment(self.start_unix())
    }

    /// Returns the first instant after the week.
    #[must_use]
    pub fn end(self) -> OffsetDateTime {
        moment(self.end_unix())
    }

    /// Returns whether the week was complete at a moment.
    #[must_use]
    pub fn is_complete(self, now: OffsetDateTime) -> bool {
        self.end() <= now
    }
}

#[cfg(test)]
mod tests {
    use time::macros::{date, datetime};
    use time::{Date, Duration, Weekday};

    use super::Week;

    #[test]
    fn a_moment_is_in_one_week_and_after_another() {
        let last_instant = datetime!(2021-01-31 23:59:59.999999 UTC);
        assert_eq!(Week::containing(last_instant).to_string(), "2021-W04");
        let elsewhere = datetime!(2021-02-01 01:00 +2);
        assert_eq!(Week::containing(elsewhere).to_string(), "2021-W04");
        let next = datetime!(2021-02-01 0:00 UTC);
        assert_eq!(Week::containing(next).to_string(), "2021-W05");
        assert_eq!(Week::last_complete(next).to_string(), "2021-W04");
        assert!(Week::containing(last_instant).is_complete(next));
        assert!(!Week::containing(last_instant).is_complete(last_instant));
        let before_1970 = datetime!(1969-12-28 23:59:59.5 UTC);
        assert_eq!(Week::containing(before_1970).to_string(), "1969-W52");
    }

    #[test]
    fn moments_outside_the_supported_years_are_in_the_first_or_last_week() {
        let before = datetime!(-0044-03-15 12:00 UTC);
        assert_eq!(Week::containing(before).to_string(), "0001-W01");
        let after = datetime!(9999-12-31 12:00 UTC);
        assert_eq!(Week::containing(after).to_string(), "9999-W51");
    }

    /// Compares every supported week with the crate `time`.
    #[test]
    fn weeks_are_those_of_the_crate_time() {
        let mut monday = date!(0001 - 01 - 01);
        let mut week: Week = "0001-W01".parse().unwrap();
        loop {
            let (year, number, weekday) = monday.to_iso_week_date();
            assert_eq!(weekday, Weekday::Monday);
            assert_eq!(week.to_string(), format!("{year:04}-W{number:02}"));
            assert_eq!(Week::new(u16::try_from(year).unwrap(), number), Some(week));
            assert_eq!(week.start(), monday.midnight().assume_utc());
            let borders = [monday, monday + Duration::WEEK].map(text);
            assert_eq!(week.borders(), borders);
            if week.forward(1) == week {
                break;
            }
            (week, monday) = (week.forward(1), monday + Duration::WEEK);
        }
        assert_eq!(monday, date!(9999 - 12 - 20));
    }

    fn text(day: Date) -> String {
        let (year, month, day) = day.to_calendar_date();
        format!("{year:04}-{:02}-{day:02}T00:00:00Z", u8::from(month))
    }
}
