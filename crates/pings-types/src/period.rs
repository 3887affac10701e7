//! The windows of a metric: the periods of time that its values cover.

#[cfg(feature = "time")]
mod moments;

use crate::calendar::{DAYS, day_of_unix, first_of_month, midnight, unix};
use crate::text::words;
use crate::week::Week;

/// The length of a window of a metric.
///
/// A report is made for a complete week, so a period determines the windows of each week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Period {
    /// Each of the seven days of the week.
    Day,
    /// The week.
    Week,
    /// The last seven days from a Saturday that ended in the week or before it.
    WeekFromSaturday,
    /// The last seven days from a Sunday that ended in the week or before it.
    WeekFromSunday,
    /// The four weeks that end with the week.
    Days28,
    /// The last calendar month that ended in the week or before it.
    Month,
    /// Everything before the end of the week. The window begins on the first day that an instance
    /// knows, see [`Span::all_time`].
    AllTime,
}

words!(Period {
    Day: "day",
    Week: "week",
    WeekFromSaturday: "week_from_saturday",
    WeekFromSunday: "week_from_sunday",
    Days28: "days_28",
    Month: "month",
    AllTime: "all_time",
});

/// A window: a period of time that a value covers, in whole days of UTC.
///
/// ```
/// use pings_types::{Period, Week};
///
/// let week: Week = "2021-W04".parse()?;
/// let month = &Period::Month.spans(week)[0];
/// assert_eq!(month.borders(), ["2021-01-01T00:00:00Z", "2021-02-01T00:00:00Z"]);
/// # Ok::<(), pings_types::WeekError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    period: Period,
    /// The first day.
    start: u32,
    /// The first day after the window.
    end: u32,
}

impl Period {
    /// Returns whether the window is a week, whatever its first day is.
    #[must_use]
    pub fn is_week(self) -> bool {
        matches!(
            self,
            Self::Week | Self::WeekFromSaturday | Self::WeekFromSunday
        )
    }

    /// Returns how many days before the ISO week a week begins.
    #[must_use]
    pub fn days_before_monday(self) -> u32 {
        match self {
            Self::WeekFromSunday => 1,
            Self::WeekFromSaturday => 2,
            Self::Day | Self::Week | Self::Days28 | Self::Month | Self::AllTime => 0,
        }
    }

    /// Returns the name of the day on which a week begins, as `week_starts` has it.
    #[must_use]
    pub fn first_day_of_week(self) -> &'static str {
        match self.days_before_monday() {
            1 => "sunday",
            2 => "saturday",
            _ => "monday",
        }
    }

    /// Returns the windows of this length that a report of the week has, in order. There is none if
    /// it would begin before the year 1. The window of all time begins with the year 1.
    #[must_use]
    pub fn spans(self, week: Week) -> Vec<Span> {
        let (start, end) = (week.first_day(), week.first_day() + DAYS);
        let span = |start, end| Span {
            period: self,
            start,
            end,
        };
        match self {
            Self::Day => (start..end).map(|day| span(day, day + 1)).collect(),
            Self::Week => vec![span(start, end)],
            Self::WeekFromSaturday | Self::WeekFromSunday => {
                let start = start.checked_sub(self.days_before_monday());
                start
                    .map(|start| span(start, start + DAYS))
                    .into_iter()
                    .collect()
            }
            Self::Days28 => match end.checked_sub(4 * DAYS) {
                Some(start) => vec![span(start, end)],
                None => Vec::new(),
            },
            Self::Month => {
                let end = first_of_month(end);
                let last = end.checked_sub(1);
                let month = last.map(|last| span(first_of_month(last), end));
                month.into_iter().collect()
            }
            Self::AllTime => vec![span(0, end)],
        }
    }
}

impl Span {
    /// Returns the window of all time of a week, from the day that contains a moment, given in
    /// seconds since 1970. Returns `None` if the day is not before the end of the week.
    #[must_use]
    pub fn all_time(week: Week, start_unix: i64) -> Option<Self> {
        let end = week.first_day() + DAYS;
        let start = u32::try_from(day_of_unix(start_unix)).unwrap_or_default();
        (start < end).then_some(Self {
            period: Period::AllTime,
            start,
            end,
        })
    }

    /// Returns the length of the window.
    #[must_use]
    pub fn period(&self) -> Period {
        self.period
    }

    /// Returns the first instant of the window and the first instant after it as RFC 3339 text in
    /// UTC, which are the parameters of queries.
    #[must_use]
    pub fn borders(&self) -> [String; 2] {
        [midnight(self.start), midnight(self.end)]
    }

    /// Returns the first instant of the window, in seconds since 1970.
    #[must_use]
    pub fn start_unix(&self) -> i64 {
        unix(self.start)
    }

    /// Returns the first instant after the window, in seconds since 1970.
    #[must_use]
    pub fn end_unix(&self) -> i64 {
        unix(self.end)
    }

    /// Returns the day of the week on which the window begins, from 1 for Monday to 7 for Sunday.
    #[must_use]
    pub fn weekday(&self) -> u32 {
        self.start % DAYS + 1
    }

    /// Returns the weeks of which the window has a day, in order.
    pub fn weeks(&self) -> impl Iterator<Item = Week> + use<> {
        let last = Week::of_day(self.end - 1);
        let first = Week::of_day(self.start);
        std::iter::successors(Some(first), move |week| {
            (*week < last).then(|| week.forward(1))
        })
    }

    /// Returns the first week of which the window has a day.
    #[must_use]
    pub fn first_week(&self) -> Week {
        Week::of_day(self.start)
    }
}

impl From<Week> for Span {
    fn from(week: Week) -> Self {
        let start = week.first_day();
        Self {
            period: Period::Week,
            start,
            end: start + DAYS,
        }
    }
}

#[cfg(test)]
mod tests;
