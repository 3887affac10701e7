//! Number ranges that a dimension groups by.

/// The bounds between ranges, at least one, in ascending order. A bound belongs to the range above
/// it.
#[derive(Clone, Debug, PartialEq)]
pub enum Buckets {
    /// Bounds for whole numbers.
    Whole(Vec<i64>),
    /// Finite bounds for numbers with a fraction.
    Real(Vec<f64>),
}

impl Buckets {
    /// Returns each bound as SQL and JSON write it, in ascending order.
    #[must_use]
    pub fn bounds(&self) -> Vec<String> {
        match self {
            Self::Whole(bounds) => bounds.iter().map(ToString::to_string).collect(),
            // Debug writes the shortest digits that parse to the same number.
            Self::Real(bounds) => bounds.iter().map(|bound| format!("{bound:?}")).collect(),
        }
    }

    /// Returns the label of each range: `under 1`, `1 to 9`, `10 or more`. There is one more label
    /// than there are bounds.
    #[must_use]
    pub fn labels(&self) -> Vec<String> {
        let ranges: Vec<String> = match self {
            Self::Whole(bounds) => pairs(bounds)
                .map(|(from, next)| match next.saturating_sub(1) {
                    last if last == from => from.to_string(),
                    last => format!("{from} to {last}"),
                })
                .collect(),
            Self::Real(bounds) => pairs(bounds)
                .map(|(from, next)| format!("{from} to {next}"))
                .collect(),
        };
        let (first, last) = match self {
            Self::Whole(bounds) => ends(bounds),
            Self::Real(bounds) => ends(bounds),
        };
        let first = first.map(|bound| format!("under {bound}"));
        let last = last.map(|bound| format!("{bound} or more"));
        first.into_iter().chain(ranges).chain(last).collect()
    }
}

fn pairs<T: Copy>(bounds: &[T]) -> impl Iterator<Item = (T, T)> {
    bounds.iter().copied().zip(bounds.iter().copied().skip(1))
}

fn ends<T: ToString>(bounds: &[T]) -> (Option<String>, Option<String>) {
    let text = |bound: Option<&T>| bound.map(ToString::to_string);
    (text(bounds.first()), text(bounds.last()))
}

#[cfg(test)]
mod tests {
    use super::Buckets;

    #[test]
    fn every_number_has_one_label() {
        assert_eq!(
            Buckets::Whole(vec![0, 1, 10, 100]).labels(),
            ["under 0", "0", "1 to 9", "10 to 99", "100 or more"]
        );
        assert_eq!(
            Buckets::Real(vec![0.5, 10.0]).labels(),
            ["under 0.5", "0.5 to 10", "10 or more"]
        );
        assert_eq!(Buckets::Whole(vec![5]).labels(), ["under 5", "5 or more"]);
    }
}
