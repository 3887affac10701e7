//! Conditions on the value of an argument.

use crate::like::LikePiece;

/// A condition on the value of an argument.
#[derive(Clone, Debug, PartialEq)]
pub enum Condition {
    /// The value is one of these, at least one.
    OneOf(Vec<Scalar>),
    /// The opposite of [`Condition::OneOf`]: a missing value and a value of another type are
    /// accepted as well, except that a listed [`Scalar::Missing`] excludes missing values.
    NoneOf(Vec<Scalar>),
    /// The value is a text that matches this pattern.
    Like(Vec<LikePiece>),
    /// The value is a number in this range. At least one of the bounds is set.
    Within {
        /// The smallest accepted number.
        min: Option<Scalar>,
        /// The largest accepted number.
        max: Option<Scalar>,
    },
}

/// A value of an argument.
#[derive(Clone, Debug, PartialEq)]
pub enum Scalar {
    /// `null`: the argument is missing.
    Missing,
    /// A text.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// A finite number with a fraction.
    Number(f64),
    /// True or false.
    Boolean(bool),
}

impl Condition {
    /// Returns the condition as readers see it: `is a or b`, `is not a`, `is like a%`,
    /// `is from 1 to 10`.
    #[must_use]
    pub fn described(&self, value: impl Fn(&Scalar) -> String) -> String {
        let any = |values: &[Scalar]| {
            let values: Vec<String> = values.iter().map(&value).collect();
            values.join(" or ")
        };
        match self {
            Self::OneOf(values) => format!("is {}", any(values)),
            Self::NoneOf(values) => format!("is not {}", any(values)),
            Self::Like(pattern) => {
                let pattern = pattern.iter().map(LikePiece::written).collect();
                format!("is like {}", value(&Scalar::Text(pattern)))
            }
            Self::Within { min, max } => match (min, max) {
                (Some(min), Some(max)) => format!("is from {} to {}", value(min), value(max)),
                (Some(min), None) => format!("is at least {}", value(min)),
                (None, Some(max)) => format!("is at most {}", value(max)),
                (None, None) => "is a number".to_owned(),
            },
        }
    }
}
