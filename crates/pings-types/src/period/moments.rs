//! The borders of windows as moments of the crate `time`.

use time::OffsetDateTime;

use super::Span;
use crate::moment::moment;

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
