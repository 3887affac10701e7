//! The window of time of a query.

use std::fmt;
use std::str::FromStr;

use time::{Date, Weekday};

/// One ISO week, from Monday 00:00:00 UTC up to but excluding the next Monday.
///
/// The text form is `2021-W04`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Window {
    start: Date,
    end: Date,
}

impl Window {
    /// Returns the week with this number, in the years 1 to 9999.
    ///
    /// Returns `None` if the year does not have this week.
    #[must_use]
    pub fn week(year: i32, week: u8) -> Option<Self> {
        let start = Date::from_iso_week_date(year, week, Weekday::Monday).ok()?;
        Self::from_monday(start)
    }

    /// Returns the week that contains the day, in UTC.
    #[must_use]
    pub fn containing(day: Date) -> Option<Self> {
        let since_monday = i32::from(day.weekday().number_days_from_monday());
        let start = Date::from_julian_day(day.to_julian_day() - since_monday).ok()?;
        Self::from_monday(start)
    }

    /// Returns the previous week. For the running week, this is the last complete week.
    #[must_use]
    pub fn previous(self) -> Option<Self> {
        let start = Date::from_julian_day(self.start.to_julian_day() - 7).ok()?;
        Self::from_monday(start)
    }

    /// Returns the first instant of the week, as RFC 3339 text in UTC.
    #[must_use]
    pub fn start(&self) -> String {
        midnight(self.start)
    }

    /// Returns the first instant after the week, as RFC 3339 text in UTC.
    #[must_use]
    pub fn end(&self) -> String {
        midnight(self.end)
    }

    fn from_monday(start: Date) -> Option<Self> {
        let end = Date::from_julian_day(start.to_julian_day() + 7).ok()?;
        let has_text = |day: Date| (1..=9999).contains(&day.year());
        (has_text(start) && has_text(end)).then_some(Self { start, end })
    }
}

fn midnight(day: Date) -> String {
    let (year, month, day) = day.to_calendar_date();
    format!("{year:04}-{:02}-{day:02}T00:00:00Z", u8::from(month))
}

impl fmt::Display for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, week, _) = self.start.to_iso_week_date();
        write!(f, "{year:04}-W{week:02}")
    }
}

impl FromStr for Window {
    type Err = WindowError;

    /// Parses the form `2021-W04`.
    fn from_str(text: &str) -> Result<Self, WindowError> {
        let numbers = text.split_once("-W").filter(|(year, week)| {
            let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
            year.len() == 4 && week.len() == 2 && digits(year) && digits(week)
        });
        numbers
            .and_then(|(year, week)| Self::week(year.parse().ok()?, week.parse().ok()?))
            .ok_or(WindowError)
    }
}

/// The error for a text that is not a [`Window`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WindowError;

impl fmt::Display for WindowError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a window is an ISO week such as 2021-W04")
    }
}

impl std::error::Error for WindowError {}

#[cfg(test)]
mod tests {
    use time::{Date, Month};

    use super::Window;

    #[test]
    fn a_week_begins_on_monday_and_ends_with_the_next() {
        for (text, start, end) in [
            ("2021-W04", "2021-01-25T00:00:00Z", "2021-02-01T00:00:00Z"),
            ("2020-W53", "2020-12-28T00:00:00Z", "2021-01-04T00:00:00Z"),
            ("2019-W01", "2018-12-31T00:00:00Z", "2019-01-07T00:00:00Z"),
            ("0001-W01", "0001-01-01T00:00:00Z", "0001-01-08T00:00:00Z"),
        ] {
            let window: Window = text.parse().unwrap();
            assert_eq!((window.start(), window.end()), (start.into(), end.into()));
            assert_eq!(window.to_string(), text);
        }
    }

    #[test]
    fn what_is_no_week_is_refused() {
        for text in [
            "2021-W53",
            "2021-W00",
            "2021-W4",
            "2021W04",
            "2021-w04",
            "+021-W04",
            "0000-W10",
            "9999-W52",
            " 2021-W04",
            "",
        ] {
            assert!(text.parse::<Window>().is_err(), "{text}");
        }
        assert_eq!(Window::week(i32::MAX, 1), None);
        assert_eq!(Window::week(i32::MIN, 1), None);
    }

    #[test]
    fn a_day_lies_in_a_week_and_after_another() {
        let sunday = Date::from_calendar_date(2021, Month::January, 3).unwrap();
        let window = Window::containing(sunday).unwrap();
        assert_eq!(window.to_string(), "2020-W53");
        assert_eq!(window.previous().unwrap().to_string(), "2020-W52");
        assert_eq!(Window::week(1, 1).and_then(Window::previous), None);
    }
}
