//! Breaking changes that the user accepts.

use std::fmt;
use std::str::FromStr;

use pings_diff::{Change, Class, Kind};
use pings_registry::Severity;

/// An accepted breaking change: `code-removed`, or `code-removed=InsightHover`.
///
/// ```
/// let accept: pings_findings::diff::Accept = "code-removed=InsightHover".parse()?;
/// assert_eq!(accept.to_string(), "code-removed=InsightHover");
/// # Ok::<(), String>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accept {
    kind: Kind,
    name: Option<String>,
}

impl Accept {
    /// Returns whether this entry accepts a change, by its kind and optionally the name of the
    /// changed part.
    #[must_use]
    pub fn is_of(&self, change: &Change) -> bool {
        let subject = &change.subject;
        let about = [
            &subject.ping,
            &subject.code,
            &subject.event,
            &subject.argument,
            &subject.table,
        ];
        self.kind == change.kind
            && (self.name.is_none() || about.into_iter().any(|it| *it == self.name))
    }
}

impl Accept {
    /// Returns the error for an entry that matches no change.
    #[must_use]
    pub fn unused(&self) -> String {
        format!("`{self}` matches no change\nhelp: remove the `--accept`")
    }
}

impl FromStr for Accept {
    type Err = String;

    /// Reads `KIND` or `KIND=NAME`.
    ///
    /// # Errors
    ///
    /// Returns a message if there is no such kind or if changes of this kind are not breaking.
    fn from_str(text: &str) -> Result<Self, String> {
        let (kind, name) = match text.split_once('=') {
            Some((kind, name)) => (kind, Some(name.to_owned())),
            None => (text, None),
        };
        let found = Kind::ALL.iter().find(|it| it.name() == kind);
        match found {
            Some(kind) if kind.class() == Class::Breaking => Ok(Self { kind: *kind, name }),
            Some(found) => Err(format!(
                "`{kind}` is {} and does not need to be accepted",
                found.class()
            )),
            None => Err(format!(
                "there is no kind of change `{kind}`; messages show the kind in brackets"
            )),
        }
    }
}

impl fmt::Display for Accept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind.name())?;
        match &self.name {
            Some(name) => write!(f, "={name}"),
            None => Ok(()),
        }
    }
}

/// The class of a change, and whether it is accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Grade {
    Breaking,
    Accepted,
    Trust,
    Consent,
    Compatible,
    Wording,
}

impl Grade {
    /// All grades, the most severe first.
    pub(crate) const ALL: &[Self] = &[
        Self::Breaking,
        Self::Accepted,
        Self::Trust,
        Self::Consent,
        Self::Compatible,
        Self::Wording,
    ];

    pub(crate) fn of(class: Class) -> Self {
        match class {
            Class::Breaking => Self::Breaking,
            Class::Trust => Self::Trust,
            Class::Consent => Self::Consent,
            Class::Compatible => Self::Compatible,
            Class::Wording => Self::Wording,
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Breaking => Class::Breaking.name(),
            Self::Accepted => "accepted",
            Self::Trust => Class::Trust.name(),
            Self::Consent => Class::Consent.name(),
            Self::Compatible => Class::Compatible.name(),
            Self::Wording => Class::Wording.name(),
        }
    }

    pub(crate) fn severity(self) -> Severity {
        match self {
            Self::Breaking => Severity::Error,
            Self::Accepted | Self::Trust | Self::Consent => Severity::Warning,
            Self::Compatible | Self::Wording => Severity::Note,
        }
    }

    pub(crate) fn meaning(self) -> &'static str {
        match self {
            Self::Breaking => "a series ends, or continues with another meaning",
            Self::Accepted => "it breaks a series, and this was accepted as intended",
            Self::Trust => "the set of trusted versions changed",
            Self::Consent => {
                "instances send more than before, and withhold the new data until an operator agrees"
            }
            Self::Compatible => "something was added, or existing series are kept",
            Self::Wording => "only texts for people changed",
        }
    }
}
