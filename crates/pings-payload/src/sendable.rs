//! Checks that a payload can contain a value, with the limits that apply when it is read.

use serde_json::{Number, Value as Json};

use crate::budget::Budget;
use crate::limits::{DIMENSIONS, LARGEST, LONGEST, is_count, is_name, no_name};
use crate::unique::ALLOCATION;
use crate::{Malformed, Measures, Payload, Row, Step, Value};

impl Value {
    /// Checks that a payload can contain the value, so that the store that receives it can read it.
    ///
    /// # Errors
    ///
    /// Returns an error with the place in the value if a text or a list is too long, a name is
    /// empty, or a count is negative or not exact.
    pub fn check(&self) -> Result<(), Malformed> {
        let check = Check(Budget::new(Payload::MEMORY));
        match self {
            Self::One(measures) if measures.is_empty() => {
                Err(Malformed::new("", "nothing is measured"))
            }
            Self::One(measures) => check.measures("", measures),
            Self::Rows { by, rows } => check.rows(by, rows),
            Self::Steps(steps) => check.steps(steps),
        }
    }
}

/// The memory that the value may still take when it is read.
struct Check(Budget);

impl Check {
    fn rows(&self, by: &[String], rows: &[Row]) -> Result<(), Malformed> {
        if by.len() > DIMENSIONS {
            let count = by.len();
            let reason = format!("{count} dimensions exceed the maximum of {DIMENSIONS}");
            return Err(Malformed::too_large("by", reason));
        }
        for name in by {
            self.name("by", name)?;
        }
        for (index, row) in rows.iter().enumerate() {
            let place = format!("rows[{index}]");
            self.take(&place, 2 * size_of::<Row>() + by.len() * size_of::<Json>())?;
            for text in row.group.iter().filter_map(Json::as_str) {
                self.text(&place, text)?;
            }
            self.measures(&place, &row.measures)?;
        }
        Ok(())
    }

    fn steps(&self, steps: &[Step]) -> Result<(), Malformed> {
        for (index, step) in steps.iter().enumerate() {
            let place = format!("steps[{index}]");
            self.take(&place, 2 * size_of::<Step>())?;
            for event in &step.events {
                self.text(&place, event)?;
            }
            self.measures(&place, &step.measures)?;
        }
        Ok(())
    }

    fn measures(&self, place: &str, measures: &Measures) -> Result<(), Malformed> {
        for (name, number) in measures {
            self.name(place, name)?;
            self.take(place, 2 * size_of::<Option<Number>>() + size_of::<String>())?;
            let Some(number) = number.as_ref().filter(|_| is_count(name)) else {
                continue;
            };
            if number.as_u64().is_none_or(|count| count > LARGEST) {
                let reason =
                    format!("`{name}` is {number}, and not a whole number from 0 to 2^53 - 1");
                return Err(Malformed::new(place, reason));
            }
        }
        Ok(())
    }

    fn name(&self, place: &str, name: &str) -> Result<(), Malformed> {
        match is_name(name) {
            true => self.text(place, name),
            false => Err(Malformed::new(place, no_name())),
        }
    }

    fn text(&self, place: &str, text: &str) -> Result<(), Malformed> {
        if text.len() > LONGEST {
            let reason = format!("a text has more than {LONGEST} bytes");
            return Err(Malformed::new(place, reason));
        }
        self.take(place, size_of::<String>() + ALLOCATION + text.len())
    }

    fn take(&self, place: &str, bytes: usize) -> Result<(), Malformed> {
        match self.0.take(bytes) {
            true => Ok(()),
            false => Err(Malformed::too_large(place, self.0.reason())),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Number;

    use crate::{Measures, Row, Value};

    fn one(name: &str, number: impl Into<Number>) -> Value {
        Value::One(measures(name, number))
    }

    fn measures(name: &str, number: impl Into<Number>) -> Measures {
        vec![(name.to_owned(), Some(number.into()))]
    }

    fn row(by: &str, value: &str) -> Value {
        Value::Rows {
            by: vec![by.to_owned()],
            rows: vec![Row {
                group: vec![value.into()],
                measures: measures("count", 1),
            }],
        }
    }

    #[test]
    fn only_what_a_payload_can_contain_is_sendable() {
        for value in [
            one("count", 3),
            one("count", (1_u64 << 53) - 1),
            one("sum", -3),
            Value::One(vec![("avg".to_owned(), None)]),
            row("kind", &"x".repeat(1_000)),
        ] {
            assert_eq!(value.check(), Ok(()), "{value:?}");
        }
        for (value, place) in [
            (one("count", -1), ""),
            (one("users", 1_u64 << 53), ""),
            (one("", 1), ""),
            (one("a\nb", 1), ""),
            (Value::One(Vec::new()), ""),
            (row("kind", &"x".repeat(1_001)), "rows[0]"),
            (row("", "x"), "by"),
        ] {
            let malformed = value.check().unwrap_err();
            assert_eq!(malformed.path, place, "{malformed}");
        }
    }
}
