//! All problems of a registry, as one error.

use std::error::Error;
use std::fmt;
use std::ops::Deref;

use crate::diagnostic::Diagnostic;
use crate::source::Lines;

/// All problems of a registry, at least one, ordered by location.
///
/// [`render`](crate::render()) shows a diagnostic with an excerpt of the registry. `Display` writes
/// a line for each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostics {
    all: Vec<Diagnostic>,
    /// The line and column of each diagnostic, starting at 1.
    places: Vec<(usize, usize)>,
}

impl Diagnostics {
    /// Creates the error for diagnostics of a text.
    pub(crate) fn new(text: &str, all: Vec<Diagnostic>) -> Self {
        let lines = Lines::of(text);
        let places = all
            .iter()
            .map(|diagnostic| lines.line_and_column(diagnostic.span.start))
            .collect();
        Self { all, places }
    }

    /// Returns the diagnostics.
    #[must_use]
    pub fn into_vec(self) -> Vec<Diagnostic> {
        self.all
    }
}

impl Deref for Diagnostics {
    type Target = [Diagnostic];

    fn deref(&self) -> &[Diagnostic] {
        &self.all
    }
}

impl IntoIterator for Diagnostics {
    type Item = Diagnostic;
    type IntoIter = std::vec::IntoIter<Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.all.into_iter()
    }
}

impl<'a> IntoIterator for &'a Diagnostics {
    type Item = &'a Diagnostic;
    type IntoIter = std::slice::Iter<'a, Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.all.iter()
    }
}

impl fmt::Display for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, (diagnostic, (line, column))) in self.all.iter().zip(&self.places).enumerate() {
            if place > 0 {
                f.write_str("\n")?;
            }
            let rule = diagnostic.rule.name();
            write!(f, "line {line}, column {column}: {}", diagnostic.message)?;
            write!(f, " [{rule}]")?;
            for help in &diagnostic.help {
                write!(f, "\nhelp: {help}")?;
            }
        }
        Ok(())
    }
}

impl Error for Diagnostics {}

#[cfg(test)]
mod tests {
    #[test]
    fn a_line_names_the_place_and_the_rule_of_each_problem() {
        let text = "format: 1\nname: shop\ntitle: Shop\nsektions: {}\nevents: {}\npings: []\n";
        let error = crate::parse(text).unwrap_err();
        let lines: Vec<String> = error.to_string().lines().map(str::to_owned).collect();
        assert!(!lines.is_empty());
        assert!(
            lines[0].starts_with("line ") && lines[0].ends_with(']'),
            "{error}"
        );
        assert_eq!(error.iter().count(), error.into_vec().len());
    }
}
