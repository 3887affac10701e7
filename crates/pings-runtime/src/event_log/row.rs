//! A row of the event log.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::Uuid;

use super::user_id::{OwnedUserId, UserId};

/// A row to write to the event log.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Row<'a> {
    /// The id that a client gave to the event. An event with an id is logged once, however often it
    /// arrives.
    pub(crate) id: Option<Uuid>,
    pub(crate) name: &'a str,
    pub(crate) url: &'a str,
    pub(crate) user_id: UserId<'a>,
    pub(crate) anonymous_user_id: &'a str,
    pub(crate) source: &'a str,
    /// A JSON text.
    pub(crate) argument: &'a str,
    pub(crate) version: &'a str,
    /// Milliseconds since 1970-01-01, UTC.
    pub(crate) timestamp: i64,
}

/// An owned [`Row`], as it is stored in spill files.
#[derive(Debug, Deserialize, PartialEq, Serialize)]
pub(crate) struct OwnedRow {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) id: Option<Uuid>,
    pub(crate) name: String,
    pub(crate) url: String,
    pub(crate) user_id: OwnedUserId,
    pub(crate) anonymous_user_id: String,
    pub(crate) source: String,
    pub(crate) argument: String,
    pub(crate) version: String,
    pub(crate) timestamp: i64,
}

impl From<&Row<'_>> for OwnedRow {
    fn from(row: &Row<'_>) -> Self {
        Self {
            id: row.id,
            name: row.name.to_owned(),
            url: row.url.to_owned(),
            user_id: row.user_id.into(),
            anonymous_user_id: row.anonymous_user_id.to_owned(),
            source: row.source.to_owned(),
            argument: row.argument.to_owned(),
            version: row.version.to_owned(),
            timestamp: row.timestamp,
        }
    }
}

impl OwnedRow {
    pub(crate) fn row(&self) -> Row<'_> {
        Row {
            id: self.id,
            name: &self.name,
            url: &self.url,
            user_id: self.user_id.as_ref(),
            anonymous_user_id: &self.anonymous_user_id,
            source: &self.source,
            argument: &self.argument,
            version: &self.version,
            timestamp: self.timestamp,
        }
    }
}

/// Converts a time to milliseconds since 1970-01-01, UTC.
pub(crate) fn milliseconds(moment: OffsetDateTime) -> i64 {
    moment.unix_timestamp() * 1000 + i64::from(moment.millisecond())
}

/// Appends a time as `2021-01-25T12:00:00.123Z`, which both databases can parse.
///
/// This function runs for each logged event and is therefore written by hand for speed.
pub(crate) fn write_timestamp(milliseconds: i64, out: &mut String) {
    let days = milliseconds.div_euclid(DAY);
    let (year, month, day) = date(days);
    let of_day = milliseconds.rem_euclid(DAY);
    let (seconds, thousandths) = (of_day / 1000, of_day % 1000);
    digits(out, year, 4);
    out.push('-');
    digits(out, month, 2);
    out.push('-');
    digits(out, day, 2);
    out.push('T');
    digits(out, seconds / 3600, 2);
    out.push(':');
    digits(out, seconds / 60 % 60, 2);
    out.push(':');
    digits(out, seconds % 60, 2);
    out.push('.');
    digits(out, thousandths, 3);
    out.push('Z');
}

/// Milliseconds per day.
const DAY: i64 = 86_400_000;

fn digits(out: &mut String, number: i64, count: u32) {
    for place in (0..count).rev() {
        let digit = number / 10_i64.pow(place) % 10;
        out.push(char::from(b'0' + digit as u8));
    }
}

/// Returns the Gregorian date for a number of days since 1970-01-01, with Howard Hinnant's
/// `civil_from_days` algorithm. Years are limited to the range 1 to 9999.
fn date(days: i64) -> (i64, i64, i64) {
    let days = days.clamp(-719_162, 2_932_896) + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 {
        shifted + 3
    } else {
        shifted - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;
    use time::{Duration, OffsetDateTime};

    use super::{milliseconds, write_timestamp};

    fn written(milliseconds: i64) -> String {
        let mut out = String::new();
        write_timestamp(milliseconds, &mut out);
        out
    }

    #[test]
    fn times_are_written_to_the_millisecond() {
        for (moment, text) in [
            (
                datetime!(2021-01-25 12:34:56.789 UTC),
                "2021-01-25T12:34:56.789Z",
            ),
            (datetime!(2021-02-01 00:00 +2), "2021-01-31T22:00:00.000Z"),
            (
                datetime!(1969-12-31 23:59:59.999 UTC),
                "1969-12-31T23:59:59.999Z",
            ),
            (datetime!(0001-01-01 00:00 UTC), "0001-01-01T00:00:00.000Z"),
            (
                datetime!(9999-12-31 23:59:59.999 UTC),
                "9999-12-31T23:59:59.999Z",
            ),
        ] {
            assert_eq!(written(milliseconds(moment)), text);
        }
    }

    #[test]
    fn dates_are_those_of_the_calendar() {
        let mut moment = datetime!(1999-12-30 13:00 UTC);
        while moment.year() < 2105 {
            let date = moment.date().to_string();
            assert!(written(milliseconds(moment)).starts_with(&date), "{date}");
            moment += Duration::days(1);
        }
        assert_eq!(
            written(milliseconds(OffsetDateTime::UNIX_EPOCH)),
            "1970-01-01T00:00:00.000Z"
        );
    }
}
