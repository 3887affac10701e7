//! Comparisons of a time with a bound of the week, and the mistakes in them.

use pings_model::Comparison;

/// The kinds of incorrect bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Wrong {
    /// `> :week_start`
    Start,
    /// `<= :week_end`
    End,
    /// `< :week_start AND >= :week_end`
    Never,
    /// `>= :week_start OR < :week_end`
    Always,
}

impl Wrong {
    /// Returns the effect of the mistake and an explanation.
    pub(super) fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Start => (
                "misses the first instant of its week",
                "a week starts with `>= :week_start`",
            ),
            Self::End => (
                "also counts the first instant of the next week",
                "`:week_end` is the first instant after the week: use `< :week_end`",
            ),
            Self::Never => (
                "counts nothing, because no time is both before and after its week",
                "the bounds are swapped",
            ),
            Self::Always => (
                "counts all times instead of the times in its week",
                "every time is after the start or before the end of the week: use `AND`",
            ),
        }
    }
}

/// A comparison of a time with a bound of the week. The time is the left operand.
pub(super) struct Bound<T> {
    pub(super) time: T,
    pub(super) is_start: bool,
    pub(super) comparison: Comparison,
}

pub(super) fn sorted(mut wrong: Vec<Wrong>) -> Vec<Wrong> {
    wrong.sort_unstable();
    wrong.dedup();
    wrong
}

/// Returns the mistakes in comparisons that apply together, if a time is compared with both bounds.
/// A time that is compared with only one bound can describe a span that ends after the start of the
/// week or starts before its end.
pub(super) fn wrong<T: PartialEq>(bounds: &[Bound<T>]) -> Vec<Wrong> {
    use Comparison::{Greater, GreaterOrEqual, Less, LessOrEqual};
    let pairs = pairs(bounds);
    let wrong = pairs.flat_map(|(start, end)| match (start, end) {
        (Less | LessOrEqual, Greater | GreaterOrEqual) => vec![Wrong::Never],
        (start, end) => {
            let start = (start == Greater).then_some(Wrong::Start);
            let end = (end == LessOrEqual).then_some(Wrong::End);
            start.into_iter().chain(end).collect()
        }
    });
    wrong.collect()
}

/// Returns the two comparisons of each time that is compared with both bounds.
pub(super) fn pairs<T: PartialEq>(
    bounds: &[Bound<T>],
) -> impl Iterator<Item = (Comparison, Comparison)> {
    let starts = bounds.iter().filter(|it| it.is_start);
    starts.flat_map(|start| {
        let ends = bounds.iter().filter(|it| !it.is_start);
        let ends = ends.filter(|end| end.time == start.time);
        ends.map(|end| (start.comparison, end.comparison))
    })
}

/// Returns the opposite comparison.
pub(super) fn negated(comparison: Comparison) -> Comparison {
    match comparison {
        Comparison::Equal => Comparison::NotEqual,
        Comparison::NotEqual => Comparison::Equal,
        Comparison::Less => Comparison::GreaterOrEqual,
        Comparison::LessOrEqual => Comparison::Greater,
        Comparison::Greater => Comparison::LessOrEqual,
        Comparison::GreaterOrEqual => Comparison::Less,
    }
}

/// Returns the equivalent comparison with swapped operands.
pub(super) fn turned(comparison: Comparison) -> Comparison {
    match comparison {
        Comparison::Less => Comparison::Greater,
        Comparison::LessOrEqual => Comparison::GreaterOrEqual,
        Comparison::Greater => Comparison::Less,
        Comparison::GreaterOrEqual => Comparison::LessOrEqual,
        same @ (Comparison::Equal | Comparison::NotEqual) => same,
    }
}
