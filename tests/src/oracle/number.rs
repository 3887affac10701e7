//! Parses and formats JSON numbers.

/// The largest integer up to which all integers are exact in JSON: 2^53 - 1.
const LARGEST_INTEGER: f64 = 9_007_199_254_740_991.0;

/// The largest number that is measured.
const LARGEST_NUMBER: f64 = 1e150;

/// Parses an integer in any notation, including `2.0`.
pub fn integer(written: &str) -> Option<i64> {
    read(written)
        .filter(|number| number.trunc() == *number && number.abs() <= LARGEST_INTEGER)
        .map(|number| number as i64)
}

/// Parses a number that is not too large.
pub fn number(written: &str) -> Option<f64> {
    read(written).filter(|number| number.abs() <= LARGEST_NUMBER)
}

/// Parses any JSON number. A number that is too large for double precision becomes infinite.
fn read(written: &str) -> Option<f64> {
    let is_number = written.starts_with(|c: char| c == '-' || c.is_ascii_digit());
    // Adding 0 turns -0 into 0.
    is_number.then(|| written.parse::<f64>().ok().map(|number| number + 0.0))?
}

/// Formats a number with up to fifteen digits, like `%.15g` in C.
pub fn text(number: f64) -> String {
    const DIGITS: i32 = 15;
    let number = number + 0.0;
    let scientific = format!("{number:.14e}");
    let (mantissa, exponent) = scientific.split_once('e').expect("an exponent");
    let exponent: i32 = exponent.parse().expect("an exponent is a number");
    if (-4..DIGITS).contains(&exponent) {
        let decimals = usize::try_from(DIGITS - 1 - exponent).expect("some decimals");
        shortened(&format!("{number:.decimals$}")).to_owned()
    } else {
        let sign = if exponent < 0 { '-' } else { '+' };
        format!("{}e{sign}{:02}", shortened(mantissa), exponent.abs())
    }
}

/// Removes trailing zeros of a fraction.
fn shortened(decimal: &str) -> &str {
    if decimal.contains('.') {
        decimal.trim_end_matches('0').trim_end_matches('.')
    } else {
        decimal
    }
}

#[cfg(test)]
mod tests {
    use super::{integer, number, text};

    #[test]
    fn whole_numbers_are_those_that_json_keeps() {
        for (written, expected) in [
            ("0", Some(0)),
            ("-0", Some(0)),
            ("2.0", Some(2)),
            ("1e3", Some(1000)),
            ("2.5", None),
            ("9007199254740991", Some(9_007_199_254_740_991)),
            ("-9007199254740991", Some(-9_007_199_254_740_991)),
            ("9007199254740992", None),
            ("1e400", None),
            ("\"2\"", None),
            ("true", None),
        ] {
            assert_eq!(integer(written), expected, "{written}");
        }
    }

    #[test]
    fn numbers_end_somewhere() {
        assert_eq!(number("1e150"), Some(1e150));
        assert_eq!(number("-1.1e150"), None);
        assert_eq!(number("1e400"), None);
        assert_eq!(number("[1]"), None);
    }

    #[test]
    fn texts_have_fifteen_digits() {
        for (number, expected) in [
            (0.0, "0"),
            (-0.0, "0"),
            (10.0, "10"),
            (-2.5, "-2.5"),
            (0.30000000000000004, "0.3"),
            (1.0 / 3.0, "0.333333333333333"),
            (0.0001, "0.0001"),
            (0.00001, "1e-05"),
            (99999999999999.5, "99999999999999.5"),
            (1e14, "100000000000000"),
            (1e15, "1e+15"),
            (-1.5e150, "-1.5e+150"),
            (999999999999999.9, "1e+15"),
        ] {
            assert_eq!(text(number), expected);
        }
    }
}
