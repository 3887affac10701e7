//! The borders of windows as moments of the crate `time`.

use time::OffsetDateTime;

use super::{Period, Span};
use crate::calendar::SECONDS_PER_DAY;
use crate::moment::moment;
use crate::week::Week;

impl Period {
    /// Returns the week whose report has the window that contains a moment. The period must be a
    /// week.
    #[must_use]
    pub fn week_containing(self, moment: OffsetDateTime) -> Week {
        Week::at_unix(
            moment.unix_timestamp() + i64::from(self.days_before_monday()) * SECONDS_PER_DAY,
        )
    }
}

impl Span {
    /// Returns the first instant of the window.
    #[must_use]
    pub fn start(&self) -> OffsetDateTime {
        moment(self.start_unix())
    }

    /// Returns the first instant after the window.
    #[must_use]
    pub fn end(&self) -> OffsetDateTime {
        moment(self.end_unix())
    }
}
