//! The level of each lint: the default, unless the registry or the caller overrides it.

use std::fmt;

use pings_model::{Level, Lint, is_date};

use crate::nearest::nearest;
use crate::tree::Node;

/// The name for all lints with the level `warn`.
const WARNINGS: &str = "warnings";

/// Options of the lints that the caller requests: levels, which override the levels in the registry,
/// and the day on which the lints run.
#[derive(Clone, Debug, Default)]
pub struct Levels {
    lints: Vec<(Lint, Level)>,
    warnings: Option<Level>,
    today: Option<String>,
}

impl Levels {
    /// Sets the level of one lint or of all `warnings`. A later call for the same name overrides an
    /// earlier one.
    ///
    /// # Errors
    ///
    /// Returns an error if there is no lint with this name.
    pub fn set(&mut self, name: &str, level: Level) -> Result<(), UnknownLint> {
        if name == WARNINGS {
            self.warnings = Some(level);
            return Ok(());
        }
        let lint = Lint::named(name).ok_or_else(|| UnknownLint(name.to_owned()))?;
        self.lints.push((lint, level));
        Ok(())
    }

    /// Sets the day on which the lints run, such as `2027-01-01`. Without it, lints that compare dates
    /// find nothing, so that the result does not depend on the day.
    ///
    /// # Errors
    ///
    /// Returns an error if the text is not a day of the calendar.
    pub fn set_today(&mut self, today: &str) -> Result<(), InvalidDate> {
        if !is_date(today) {
            return Err(InvalidDate(today.to_owned()));
        }
        self.today = Some(today.to_owned());
        Ok(())
    }

    /// Returns the day on which the lints run.
    pub(super) fn today(&self) -> Option<&str> {
        self.today.as_deref()
    }
}

/// The error for a text that is not a day of the calendar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidDate(pub String);

impl fmt::Display for InvalidDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "`{}` is not a date", self.0)?;
        f.write_str("help: use a date such as 2027-01-01")
    }
}

impl std::error::Error for InvalidDate {}

/// The error for an unknown lint name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownLint(pub String);

impl fmt::Display for UnknownLint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known = || Lint::ALL.iter().map(|lint| lint.name()).chain([WARNINGS]);
        writeln!(f, "there is no lint `{}`", self.0)?;
        match nearest(&self.0, known()) {
            Some(near) => write!(f, "help: did you mean `{near}`?"),
            None => write!(
                f,
                "help: the lints are {}",
                known().collect::<Vec<_>>().join(", ")
            ),
        }
    }
}

impl std::error::Error for UnknownLint {}

/// Returns the level of each lint: from the caller, otherwise from the registry, otherwise the
/// default.
pub(super) fn resolved(root: &Node<'_>, asked: &Levels) -> impl Fn(Lint) -> Level {
    let of_registry = root.get("lints").map_or(&[][..], Node::entries);
    let of_registry: Vec<(Lint, Level)> = of_registry
        .iter()
        .filter_map(|entry| Some((Lint::named(&entry.key)?, Level::named(entry.value.text()?)?)))
        .collect();
    let said: Vec<_> = of_registry.into_iter().chain(asked.lints.clone()).collect();
    let warnings = asked.warnings;
    move |lint| {
        let level = said
            .iter()
            .rfind(|(said, _)| *said == lint)
            .map_or(lint.level(), |(_, level)| *level);
        match (level, warnings) {
            (Level::Warn, Some(level)) => level,
            _ => level,
        }
    }
}
