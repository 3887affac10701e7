//! Checks that the values of a payload do not contradict each other.

use pings_payload::{Malformed, Measures, Payload, Value, too_large};

use crate::registry::place::Place;

/// The tolerance for a mean outside the range of its values, relative to the largest absolute
/// value, because the mean was rounded.
const ROUNDING: f64 = 1e-9;

/// Rejects a payload in which a value contradicts another value of its row.
///
/// Columns of hand-written SQL can have any meaning, whatever their names are. Measures of users
/// are therefore compared only for codes that were not captured, and statistics only if all of them
/// are present.
///
/// # Errors
///
/// Returns an error if there are more users than events, if a mean is outside the range of its
/// values, or if a number is larger than numbers that can be added up.
pub(crate) fn check(payload: &Payload) -> Result<(), Malformed> {
    for (code, measured) in payload.all_metrics().flatten() {
        let is_of_events = measured.captured_at.is_none();
        let check = |place: Place<'_>, measures: &Measures| {
            let users = if is_of_events { users(measures) } else { None };
            let wrong = users.or_else(|| statistics(measures));
            match wrong.or_else(|| large(measures)) {
                Some(reason) => Err(Malformed::new(place.to_string(), reason)),
                None => Ok(()),
            }
        };
        match &measured.outcome {
            Err(_) => {}
            Ok(Value::One(measures)) => check(Place::Code(code), measures)?,
            Ok(Value::Rows { rows, .. }) => {
                for (place, row) in rows.iter().enumerate() {
                    check(Place::Row(code, place), &row.measures)?;
                }
            }
            Ok(Value::Steps(steps)) => {
                for (place, step) in steps.iter().enumerate() {
                    check(Place::Step(code, place), &step.measures)?;
                }
            }
        }
    }
    Ok(())
}

/// Returns a message if a number is so large that numbers of many instances cannot be added up.
fn large(measures: &Measures) -> Option<String> {
    let (name, number) = too_large(measures)?;
    let most = Value::LARGEST;
    Some(format!(
        "`{name}` is {number}, but must be at most {most:e} in size"
    ))
}

fn number(measures: &Measures, name: &str) -> Option<f64> {
    let found = measures.iter().find(|(measure, _)| measure == name)?;
    found.1.as_ref()?.as_f64()
}

/// Returns a message if there are more users than events.
fn users(measures: &Measures) -> Option<String> {
    let pairs = [
        ("unique_users", "count"),
        ("first_time_users", "count"),
        ("users", "count"),
        ("reached", "users"),
    ];
    pairs.iter().find_map(|(part, whole)| {
        let (few, many) = (number(measures, part)?, number(measures, whole)?);
        (few > many).then(|| format!("`{part}` is {few}, which is greater than `{whole}`, {many}"))
    })
}

/// Returns a message if a mean or median is outside the range from the minimum to the maximum.
fn statistics(measures: &Measures) -> Option<String> {
    let number = |name| number(measures, name);
    let (min, max) = (number("min")?, number("max")?);
    let (avg, median, stddev) = (number("avg")?, number("median")?, number("stddev")?);
    if min > max {
        return Some(format!(
            "`min` is {min}, which is greater than `max`, {max}"
        ));
    }
    if stddev < 0.0 {
        return Some(format!("`stddev` is {stddev}, which is less than 0"));
    }
    let rounding = ROUNDING * min.abs().max(max.abs());
    let middles = [("avg", avg), ("median", median)];
    middles.iter().find_map(|(name, value)| {
        let is_inside = *value >= min - rounding && *value <= max + rounding;
        (!is_inside).then(|| format!("`{name}` is {value}, which is not between {min} and {max}"))
    })
}

#[cfg(test)]
mod tests {
    use serde_json::Number;

    use super::large;

    #[test]
    fn numbers_that_cannot_be_added_up_are_refused() {
        let measures = |number: f64| vec![("sum".to_owned(), Number::from_f64(number))];
        for number in [0.0, -1e200, 1e200] {
            assert_eq!(large(&measures(number)), None, "{number}");
        }
        for number in [1.7e308, -1e201] {
            let reason = large(&measures(number)).expect("a reason");
            assert!(reason.starts_with("`sum` is "), "{reason}");
        }
    }
}
