//! Moments as text.

use time::{OffsetDateTime, UtcOffset};

/// Formats a moment in whole seconds: `2021-01-25T00:00:00Z`.
#[must_use]
pub fn rfc3339(moment: OffsetDateTime) -> String {
    let moment = moment.to_offset(UtcOffset::UTC);
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z",
        moment.year(),
        u8::from(moment.month()),
        moment.day(),
        moment.hour(),
        moment.minute(),
        moment.second()
    )
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::rfc3339;

    #[test]
    fn a_moment_is_shown_in_utc() {
        let elsewhere = datetime!(2021-02-01 01:00 +2);
        assert_eq!(rfc3339(elsewhere), "2021-01-31T23:00:00Z");
    }
}
