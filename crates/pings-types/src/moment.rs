//! Moments of the crate `time`.

use time::OffsetDateTime;

/// Returns the moment of a border of a week or window, which is always in the range of the crate.
pub(crate) fn moment(seconds: i64) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(seconds).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}
