//! Days of the calendar, each as the number of days since the start of the year 1.

/// The number of days of a week.
pub(crate) const DAYS: u32 = 7;

/// The number of seconds of a day.
pub(crate) const SECONDS_PER_DAY: i64 = 24 * 60 * 60;

/// The number of days from the year 1 to the year 1970.
pub(crate) const UNIX_EPOCH: i64 = 719_162;

/// Returns the number of days from the year 1 to the start of a year.
pub(crate) fn days_before(year: u32) -> u32 {
    let years = year - 1;
    years * 365 + years / 4 - years / 100 + years / 400
}

/// Returns the year that contains a day.
pub(crate) fn year_of(day: u32) -> u32 {
    // 400 years have 146097 days, so the estimate differs from the year by at most one.
    let estimate = u64::from(day) * 400 / 146_097 + 1;
    let estimate = u32::try_from(estimate).unwrap_or(1);
    if days_before(estimate) > day {
        estimate - 1
    } else if days_before(estimate + 1) <= day {
        estimate + 1
    } else {
        estimate
    }
}

/// Returns the first day of the month that contains a day.
pub(crate) fn first_of_month(day: u32) -> u32 {
    let (_, _, passed) = date(day);
    day - passed
}

/// Returns the first instant of a day, in seconds since 1970.
pub(crate) fn unix(day: u32) -> i64 {
    (i64::from(day) - UNIX_EPOCH) * SECONDS_PER_DAY
}

/// Returns the day that contains a moment, given in seconds since 1970.
pub(crate) fn day_of_unix(seconds: i64) -> i64 {
    seconds.div_euclid(SECONDS_PER_DAY) + UNIX_EPOCH
}

/// Formats the first instant of a day.
pub(crate) fn midnight(day: u32) -> String {
    let (year, month, passed) = date(day);
    format!("{year:04}-{month:02}-{:02}T00:00:00Z", passed + 1)
}

/// Returns the year and the month of a day, and the number of days of the month before it.
fn date(day: u32) -> (u32, u32, u32) {
    let year = year_of(day);
    let february = days_before(year + 1) - days_before(year) - 337;
    let mut passed = day - days_before(year);
    let mut month = 1;
    for days in [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30] {
        if passed < days {
            break;
        }
        passed -= days;
        month += 1;
    }
    (year, month, passed)
}
