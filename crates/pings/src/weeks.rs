//! Weeks by the system's clock.

use pings_payload::Week;
use time::OffsetDateTime;

/// Returns the running ISO week, in UTC.
#[must_use]
pub fn this_week() -> Week {
    Week::containing(OffsetDateTime::now_utc())
}

/// Returns the last complete ISO week, in UTC: the week that is reported now.
#[must_use]
pub fn last_week() -> Week {
    Week::last_complete(OffsetDateTime::now_utc())
}
