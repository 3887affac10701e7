//! The data of a picture.

use std::fmt;

/// A series over weeks.
pub struct Chart<'c> {
    /// The title.
    pub title: &'c str,
    /// The meaning of the values, below the title.
    pub subtitle: &'c str,
    /// The name of the measure, beside its axis.
    pub measure: &'c str,
    /// The lines, each with a value for each week.
    pub lines: Vec<Line>,
    /// Intervals, which are shaded behind the lines.
    pub bands: Vec<Band>,
    /// Ranges of weeks, which are marked below the axis.
    pub spans: Vec<Span>,
    /// Texts after the lines in the legend.
    pub notes: Vec<String>,
    /// The weeks in order, without gaps.
    pub weeks: Vec<Week>,
    /// Writes a number for an axis.
    pub number: &'c dyn Fn(f64) -> String,
}

impl fmt::Debug for Chart<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Chart")
            .field("title", &self.title)
            .field("subtitle", &self.subtitle)
            .field("measure", &self.measure)
            .field("lines", &self.lines)
            .field("bands", &self.bands)
            .field("spans", &self.spans)
            .field("notes", &self.notes)
            .field("weeks", &self.weeks)
            .finish_non_exhaustive()
    }
}

/// A line.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// The name in the legend.
    pub name: String,
    /// The subject of the line, which decides its style.
    pub kind: Kind,
    /// The value of each week. A week without a value interrupts the line.
    pub values: Vec<Option<f64>>,
}

/// An interval in each week.
#[derive(Clone, Debug, PartialEq)]
pub struct Band {
    /// The name in the legend.
    pub name: String,
    /// The lower and the upper end in each week. A week without ends interrupts the band.
    pub values: Vec<Option<(f64, f64)>>,
}

/// A range of weeks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// The text beside the mark.
    pub name: String,
    /// The first and the last week, by their places.
    pub weeks: (usize, usize),
}

/// The subject of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// All trusted instances.
    Trusted,
    /// All instances, including untrusted ones. The line is pale and dashed.
    All,
    /// A group, by its place among the groups. There are colours for [`GROUPS`](crate::GROUPS).
    Group(usize),
}

/// A week.
#[derive(Clone, Debug, PartialEq)]
pub struct Week {
    /// The name on the axis.
    pub name: String,
    /// The share of instances that are not trusted, from 0 to 1, by which the week is shaded.
    pub untrusted_share: f64,
    /// The instances of the week.
    pub instances: Instances,
    /// What readers should know of the week. A line across the chart marks it.
    pub note: Option<String>,
}

/// The number of instances in a week, by kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Instances {
    /// Instances whose values are trusted.
    pub trusted: u64,
    /// Instances whose values are not trusted.
    pub untrusted: u64,
    /// Instances that did not report or measured nothing.
    pub rest: u64,
}
