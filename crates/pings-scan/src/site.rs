//! Places in source code, and what they contain.

use pings_model::EventId;

/// A place that contains the name of an event.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Site {
    /// The path of the file, including the path that was given to the scan.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// The form of the name that is used.
    pub form: NameForm,
    /// The kind of the place.
    pub role: Role,
    /// The event.
    pub event: EventId,
}

/// The form in which an event is form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum NameForm {
    /// The wire name, in a string.
    Wire,
    /// A variant of the generated enum.
    Variant,
    /// A function of the generated TypeScript client.
    Function,
    /// A previous name, as an index into [`Event::renamed_from`](pings_model::Event::renamed_from).
    Old(usize),
}

/// The kind of a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Production code: a call site.
    Code,
    /// A test, recognized by its path or by `#[cfg(test)]`.
    Test,
    /// A comment.
    Comment,
    /// Either code or a comment. The place does not count.
    Unclear(Doubt),
}

/// The reason why the scan cannot decide whether a place fires an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Doubt {
    /// The language of the file is unknown, and the place may be a comment in some language.
    Language,
    /// A comment or a string before the place does not end.
    Unclosed,
    /// The file is minified. Its source may have changed since it was built.
    Minified,
    /// The file is JavaScript that cannot be parsed.
    Syntax,
    /// The module from which a function is imported is not found.
    Import,
}

impl Doubt {
    /// Returns the reason as a phrase that follows "cannot be decided: ".
    #[must_use]
    pub fn reason(self) -> &'static str {
        match self {
            Self::Language => "the language of the file is unknown, so this may be a comment",
            Self::Unclosed => "an earlier comment or string is not closed",
            Self::Minified => "the file is minified and may be older than its source",
            Self::Syntax => "the file cannot be parsed, so the function may be another one",
            Self::Import => "the module from which the function is imported is not found",
        }
    }
}

/// A call that logs a name which is not in the registry.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct UnregisteredCall {
    /// The file.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// The name.
    pub name: String,
    /// The function that is called.
    pub call: String,
    /// The kind of the place.
    pub role: Role,
}

/// A logging call with a name that is built at run time.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct DynamicName {
    /// The file.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// The beginning of the name.
    pub prefix: String,
    /// The end of the name.
    pub suffix: String,
    /// The kind of the place.
    pub role: Role,
}

impl DynamicName {
    /// Returns whether the name that is built can be `name`.
    #[must_use]
    pub fn may_be(&self, name: &str) -> bool {
        name.len() > self.prefix.len() + self.suffix.len()
            && name.starts_with(&self.prefix)
            && name.ends_with(&self.suffix)
    }
}

/// An export of a function of the generated client.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ExportedFunction {
    /// The file.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// The exported name.
    pub name: String,
    /// The event that the function fires.
    pub event: EventId,
}
