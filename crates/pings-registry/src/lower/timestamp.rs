//! Points in time that are written as text.

/// Converts a text such as `2021-01-25` or `2021-01-25T12:00:00Z` to `YYYY-MM-DD hh:mm:ss` in UTC.
pub(super) fn timestamp(text: &str) -> Option<String> {
    let (date, time) = match text.split_once(['T', ' ']) {
        Some((date, time)) => (date, time.strip_suffix('Z').unwrap_or(time)),
        None => (text, "00:00:00"),
    };
    let [year, month, day] = numbers(date, '-', [4, 2, 2])?;
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 => 28 + u32::from(leap),
        _ => return None,
    };
    let time = if time.len() == 5 {
        format!("{time}:00")
    } else {
        time.to_owned()
    };
    let [hour, minute, second] = numbers(&time, ':', [2, 2, 2])?;
    let real = year > 0 && (1..=days).contains(&day) && hour < 24 && minute < 60 && second < 60;
    real.then(|| format!("{date} {time}"))
}

/// Parses three numbers with the given digit counts.
fn numbers(text: &str, separator: char, digits: [usize; 3]) -> Option<[u32; 3]> {
    let mut parts = text.split(separator);
    let mut numbers = [0; 3];
    for (number, digits) in numbers.iter_mut().zip(digits) {
        let part = parts.next()?;
        if part.len() != digits || !part.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        *number = part.parse().ok()?;
    }
    parts.next().is_none().then_some(numbers)
}

#[cfg(test)]
mod tests {
    use super::timestamp;

    #[test]
    fn texts_that_are_points_in_time() {
        for (text, time) in [
            ("2021-01-25", Some("2021-01-25 00:00:00")),
            ("2021-01-25T12:30", Some("2021-01-25 12:30:00")),
            ("2021-01-25 12:30:59", Some("2021-01-25 12:30:59")),
            ("2020-02-29T00:00:00Z", Some("2020-02-29 00:00:00")),
            ("2021-02-29", None),
            ("2021-13-01", None),
            ("2021-01-25 24:00:00", None),
            ("25.01.2021", None),
            ("2021-01-25T12:30:00+02:00", None),
            ("", None),
        ] {
            assert_eq!(timestamp(text).as_deref(), time, "{text}");
        }
    }
}
