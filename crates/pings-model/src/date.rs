//! Dates of the calendar.

/// Returns whether a text is a day of the calendar in the years 1 to 9999: `2026-11-30`.
#[must_use]
pub fn is_date(text: &str) -> bool {
    let mut bytes = text.bytes().enumerate();
    let is_written = bytes.all(|(at, byte)| match at {
        4 | 7 => byte == b'-',
        _ => byte.is_ascii_digit(),
    });
    let mut numbers = text.split('-').map(str::parse::<u32>);
    let (true, 10, Some(Ok(year)), Some(Ok(month)), Some(Ok(day))) = (
        is_written,
        text.len(),
        numbers.next(),
        numbers.next(),
        numbers.next(),
    ) else {
        return false;
    };
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 if is_leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    };
    year > 0 && (1..=days).contains(&day)
}

#[cfg(test)]
mod tests {
    use super::is_date;

    #[test]
    fn dates_are_days_of_the_calendar() {
        for text in ["2027-01-01", "2028-02-29", "2000-02-29", "2027-12-31"] {
            assert!(is_date(text), "{text}");
        }
        for text in [
            "",
            "2027",
            "0000-01-01",
            "2027-1-1",
            "2027-02-29",
            "2100-02-29",
            "2027-00-10",
            "2027-13-10",
            "2027-04-31",
            "2027-01-00",
            "+027-01-01",
            "2027-01-01T00:00",
        ] {
            assert!(!is_date(text), "{text}");
        }
    }
}
