//! A point in time as a parameter of queries.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::calendar::midnight;

/// The number of days from the start of the year 1 to 1970-01-01.
const EPOCH: u64 = 719_162;

/// The last day of the year 9999, the last that both databases support.
const LAST: u64 = 3_652_058;

const SECONDS_PER_DAY: u64 = 86_400;

/// Returns a time as RFC 3339 text in UTC, in whole seconds: the parameter `:now` of captures.
///
/// Times before 1970 become the start of 1970, and times after the year 9999 are in its last day.
#[must_use]
pub fn instant(time: SystemTime) -> String {
    let seconds = time
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default()
        .as_secs();
    let day = (EPOCH + seconds / SECONDS_PER_DAY).min(LAST);
    let midnight = midnight(u32::try_from(day).unwrap_or_default());
    let date = midnight.split('T').next().unwrap_or_default();
    let second = seconds % SECONDS_PER_DAY;
    let (hour, minute) = (second / 3600, second / 60 % 60);
    format!("{date}T{hour:02}:{minute:02}:{:02}Z", second % 60)
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use super::instant;

    #[test]
    fn a_time_is_written_in_whole_seconds() {
        for (seconds, text) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_399, "2000-02-28T23:59:59Z"),
            (951_868_800, "2000-03-01T00:00:00Z"),
            (1_611_748_800, "2021-01-27T12:00:00Z"),
        ] {
            let time = UNIX_EPOCH + Duration::from_millis(seconds * 1000 + 999);
            assert_eq!(instant(time), text);
        }
        assert_eq!(
            instant(UNIX_EPOCH - Duration::from_secs(1)),
            "1970-01-01T00:00:00Z"
        );
    }
}
