//! Values that the product sets: the state of one thing.

use std::fmt;

use pings_types::Version;

use crate::date::is_date;

/// The state of one thing on the instance, of which the last value before the end of the window
/// counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValueMetric {
    /// The values that it can have.
    pub kind: ValueKind,
}

impl ValueMetric {
    /// The keys that only metrics of events or tables have.
    pub const OTHER_KEYS: &'static [&'static str] = &[
        "measure",
        "of",
        "all_of",
        "identity",
        "from",
        "join",
        "where",
        "by",
        "bucket",
        "min_group",
        "per",
        "at",
        "buckets",
        "sql",
        "columns",
        "database",
        "window",
        "source",
        "actor",
    ];
}

/// The values that a thing can have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ValueKind {
    /// `true` or `false`.
    Boolean,
    /// A whole number that JSON represents exactly.
    Integer,
    /// A number of at most [`ValueKind::LARGEST`] in size.
    Number,
    /// A version, reduced to three numbers.
    Version,
    /// A day of the calendar, such as `2026-11-30`.
    Date,
    /// One of these texts.
    Enum(Vec<String>),
}

impl ValueKind {
    /// The words of the kinds without declared texts, with their meanings.
    pub const WORDS: &'static [(&'static str, &'static str)] = &[
        ("boolean", "true or false"),
        ("integer", "a whole number"),
        ("number", "a number, with or without a fraction"),
        ("version", "a version, of which three numbers count"),
        ("date", "a date such as 2026-11-30"),
    ];

    /// The largest number.
    pub const LARGEST: f64 = 1e150;

    /// The maximum number of declared texts that a message names.
    const NAMED: usize = 20;

    /// The largest whole number that JSON represents exactly.
    const LARGEST_INTEGER: u64 = (1 << 53) - 1;

    /// Returns the kind for a word in [`ValueKind::WORDS`].
    #[must_use]
    pub fn of_word(word: &str) -> Option<Self> {
        match word {
            "boolean" => Some(Self::Boolean),
            "integer" => Some(Self::Integer),
            "number" => Some(Self::Number),
            "version" => Some(Self::Version),
            "date" => Some(Self::Date),
            _ => None,
        }
    }

    /// Returns whether the value is a number that is measured. Other values are counted, grouped by
    /// the value.
    #[must_use]
    pub fn is_measured(&self) -> bool {
        matches!(self, Self::Integer | Self::Number)
    }

    /// Returns a value of this kind in the form in which it is stored.
    ///
    /// # Errors
    ///
    /// Returns what is expected instead.
    pub fn read(&self, whole: &str) -> Result<String, String> {
        let text = whole.trim();
        let read = match self {
            Self::Boolean => text.parse::<bool>().ok().map(|it| it.to_string()),
            Self::Integer => {
                let number = text.parse::<i64>().ok();
                let number = number.filter(|it| it.unsigned_abs() <= Self::LARGEST_INTEGER);
                number.map(|it| it.to_string())
            }
            Self::Number => {
                let number = text.parse::<f64>().ok();
                let number = number.filter(|it| it.is_finite() && it.abs() <= Self::LARGEST);
                number.map(|it| it.to_string())
            }
            Self::Version => Version::reduced(text),
            Self::Date => is_date(text).then(|| text.to_owned()),
            Self::Enum(values) => {
                let declared = |text: &str| values.iter().find(|it| *it == text).cloned();
                declared(whole).or_else(|| declared(text))
            }
        };
        read.ok_or_else(|| self.to_string())
    }
}

impl fmt::Display for ValueKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Boolean => f.write_str("true or false"),
            Self::Integer => f.write_str("a whole number up to 2^53 - 1"),
            Self::Number => f.write_str("a number up to 1e150"),
            Self::Version => f.write_str("a version such as 5.2.0"),
            Self::Date => f.write_str("a date such as 2026-11-30"),
            Self::Enum(values) => match values.get(..Self::NAMED) {
                Some(first) if values.len() > Self::NAMED => {
                    write!(f, "one of {} texts: {}, …", values.len(), first.join(", "))
                }
                _ => write!(f, "one of {}", values.join(", ")),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::ValueKind;

    #[test]
    fn a_value_is_stored_in_one_form() {
        let one_of = ValueKind::Enum(vec!["ldap".to_owned(), "saml".to_owned()]);
        for (kind, text, stored) in [
            (ValueKind::Boolean, " true ", Some("true")),
            (ValueKind::Boolean, "1", None),
            (ValueKind::Integer, "007", Some("7")),
            (
                ValueKind::Integer,
                "-9007199254740991",
                Some("-9007199254740991"),
            ),
            (ValueKind::Integer, "9007199254740992", None),
            (ValueKind::Integer, "1.5", None),
            (ValueKind::Number, "1.50", Some("1.5")),
            (
                ValueKind::Number,
                "1e150",
                Some(&format!("1{}", "0".repeat(150))),
            ),
            (ValueKind::Number, "1e151", None),
            (ValueKind::Number, "NaN", None),
            (ValueKind::Version, "v5.2-rc.1", Some("5.2.0")),
            (ValueKind::Version, "14.1.0.7", Some("14.1.0")),
            (ValueKind::Version, "newest", None),
            (ValueKind::Version, "1234567890.1", None),
            (ValueKind::Date, " 2026-11-30 ", Some("2026-11-30")),
            (ValueKind::Date, "2000-02-29", Some("2000-02-29")),
            (ValueKind::Date, "1900-02-29", None),
            (ValueKind::Date, "2026-11-31", None),
            (ValueKind::Date, "2026-13-01", None),
            (ValueKind::Date, "2026-11-00", None),
            (ValueKind::Date, "0000-01-01", None),
            (ValueKind::Date, "2026-11-3", None),
            (ValueKind::Date, "2026-11-30T12:00", None),
            (ValueKind::Date, "30.11.2026", None),
            (ValueKind::Date, "2026\u{2013}11-30", None),
            (one_of.clone(), "saml", Some("saml")),
            (one_of, "SAML", None),
        ] {
            let read = kind.read(text).ok();
            assert_eq!(read.as_deref(), stored, "{kind}: {text}");
        }
    }

    #[test]
    fn a_message_names_the_first_of_many_texts() {
        let texts = |count: usize| ValueKind::Enum((0..count).map(|it| it.to_string()).collect());
        assert_eq!(texts(2).to_string(), "one of 0, 1");
        let many = texts(1500).to_string();
        assert!(many.starts_with("one of 1500 texts: 0, 1, 2, "), "{many}");
        assert!(many.ends_with(", 19, …"), "{many}");
    }
}
