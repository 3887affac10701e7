//! ISO weeks.

#[cfg(feature = "time")]
mod moments;

use std::fmt;
use std::str::FromStr;

use crate::calendar::{DAYS, SECONDS_PER_DAY, day_of_unix, days_before, midnight, unix, year_of};
use crate::text::serde_as_text;

/// One ISO week, from Monday 00:00:00 UTC (inclusive) to the next Monday (exclusive), in the years 1
/// to 9999.
///
/// The format is `2021-W04`.
///
/// ```
/// use pings_types::Week;
///
/// let week: Week = "2021-W04".parse()?;
/// assert_eq!(Week::new(2021, 4), Some(week));
/// assert_eq!(week.back(4).to_string(), "2020-W53");
/// # Ok::<(), pings_types::WeekError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Week {
    /// The number of weeks since the first week of the year 1, which starts on January 1.
    index: u32,
}

/// The index of the last week that ends in a four-digit year: 9999-W51.
const LAST: u32 = 521_721;

impl Week {
    /// Returns the week with this number in an ISO year, or `None` if the year does not have it.
    #[must_use]
    pub fn new(year: u16, number: u8) -> Option<Self> {
        let year = u32::from(year);
        if !(1..=9999).contains(&year) || number == 0 {
            return None;
        }
        // January 4 is always in the first week.
        let first = (days_before(year) + 3) / DAYS;
        let index = first + u32::from(number) - 1;
        let week = Self { index };
        (index <= LAST && week.year_and_number() == (year, number.into())).then_some(week)
    }

    /// Returns the week that contains a moment, given in seconds since 1970. The result is limited
    /// to the years 1 to 9999.
    #[must_use]
    pub fn at_unix(seconds: i64) -> Self {
        let index = day_of_unix(seconds)
            .div_euclid(DAYS.into())
            .clamp(0, LAST.into());
        Self {
            index: u32::try_from(index).unwrap_or(LAST),
        }
    }

    /// Returns the first instant of the week, in seconds since 1970.
    #[must_use]
    pub fn start_unix(self) -> i64 {
        unix(self.first_day())
    }

    /// Returns the first instant after the week, in seconds since 1970.
    #[must_use]
    pub fn end_unix(self) -> i64 {
        self.start_unix() + i64::from(DAYS) * SECONDS_PER_DAY
    }

    /// Returns the ISO year, which contains the Thursday of the week.
    #[must_use]
    pub fn year(self) -> u16 {
        u16::try_from(self.year_and_number().0).unwrap_or(u16::MAX)
    }

    /// Returns the number of the week in its ISO year, from 1 to 53.
    #[must_use]
    pub fn number(self) -> u8 {
        u8::try_from(self.year_and_number().1).unwrap_or(u8::MAX)
    }

    /// Returns the week that is this number of weeks earlier, or the first supported week.
    #[must_use]
    pub fn back(self, weeks: u32) -> Self {
        Self {
            index: self.index.saturating_sub(weeks),
        }
    }

    /// Returns the week that is this number of weeks later, or the last supported week.
    #[must_use]
    pub fn forward(self, weeks: u32) -> Self {
        Self {
            index: self.index.saturating_add(weeks).min(LAST),
        }
    }

    /// Returns the first instant of the week and the first instant after it as RFC 3339 text in UTC,
    /// which are the parameters of queries.
    #[must_use]
    pub fn borders(self) -> [String; 2] {
        let monday = self.first_day();
        [midnight(monday), midnight(monday + DAYS)]
    }

    /// Returns the number of days from the start of the year 1 to the week.
    pub(crate) fn first_day(self) -> u32 {
        self.index * DAYS
    }

    /// Returns the week that contains a day, given as the number of days since the start of the year
    /// 1.
    pub(crate) fn of_day(day: u32) -> Self {
        Self {
            index: (day / DAYS).min(LAST),
        }
    }

    fn year_and_number(self) -> (u32, u32) {
        let thursday = self.index * DAYS + 3;
        let year = year_of(thursday);
        (year, (thursday - days_before(year)) / DAYS + 1)
    }
}

impl fmt::Display for Week {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, number) = self.year_and_number();
        write!(f, "{year:04}-W{number:02}")
    }
}

impl fmt::Debug for Week {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Week({self})")
    }
}

impl FromStr for Week {
    type Err = WeekError;

    /// Parses the form `2021-W04`.
    fn from_str(text: &str) -> Result<Self, WeekError> {
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        text.split_once("-W")
            .filter(|(year, number)| year.len() == 4 && number.len() == 2)
            .filter(|(year, number)| digits(year) && digits(number))
            .and_then(|(year, number)| Self::new(year.parse().ok()?, number.parse().ok()?))
            .ok_or_else(|| WeekError(text.to_owned()))
    }
}

serde_as_text!(Week);

/// The error for a text that is not a week.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WeekError(String);

impl fmt::Display for WeekError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "`{}` is not a week\nhelp: use an ISO 8601 week such as 2021-W04",
            self.0.escape_debug()
        )
    }
}

impl std::error::Error for WeekError {}

#[cfg(test)]
mod tests;
