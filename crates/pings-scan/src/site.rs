//! Places in source, and what stands there.

use pings_model::EventId;

/// A place where the name of an event stands.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Site {
    /// The file, as it was reached from what was asked for.
    pub file: String,
    /// Its line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// By which of its names the event is called.
    pub named: Named,
    /// What kind of place it is.
    pub role: Role,
    /// The event.
    pub event: EventId,
}

/// By which of its names an event is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Named {
    /// By its wire name, in a string.
    Wire,
    /// As a variant of the generated enum.
    Variant,
    /// By a name that it had before, by its place in
    /// [`Event::renamed_from`](pings_model::Event::renamed_from).
    Old(usize),
}

/// What kind of place it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Code that ships: a call site.
    Code,
    /// A test, by its path or by `#[cfg(test)]`.
    Test,
    /// A comment.
    Comment,
    /// Code or a comment: it cannot be decided, so it counts for nothing.
    Unclear(Doubt),
}

/// Why it cannot be decided whether a place fires.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Doubt {
    /// The language of the file is not known, and the place may be a comment in one.
    Language,
    /// A comment or a string before the place does not end.
    Unclosed,
    /// The file is minified: it is built from other code, which may have changed since.
    Minified,
}

impl Doubt {
    /// Returns the reason as a phrase that follows "cannot be decided: ".
    #[must_use]
    pub fn reason(self) -> &'static str {
        match self {
            Self::Language => "the language of the file is not known, and this may be a comment",
            Self::Unclosed => "a comment or string before it does not end",
            Self::Minified => "the file is minified, and may be older than its source",
        }
    }
}

/// A name that a logging call takes and the registry does not have.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stranger {
    /// The file.
    pub file: String,
    /// Its line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// The name.
    pub name: String,
    /// The function that takes it.
    pub call: String,
    /// What kind of place it is.
    pub role: Role,
}

/// A name that a logging call takes and that is made at run time.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Built {
    /// The file.
    pub file: String,
    /// Its line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// What it begins with.
    pub prefix: String,
    /// What it ends with.
    pub suffix: String,
    /// What kind of place it is.
    pub role: Role,
}

impl Built {
    /// Whether it can become that name.
    #[must_use]
    pub fn may_be(&self, name: &str) -> bool {
        name.len() > self.prefix.len() + self.suffix.len()
            && name.starts_with(&self.prefix)
            && name.ends_with(&self.suffix)
    }
}
