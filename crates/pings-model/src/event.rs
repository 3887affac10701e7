//! What the product's code logs.

/// An event of the registry, by its place in [`Registry::events`](crate::Registry::events).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventId(pub usize);

/// A thing that users do, which the product logs under one name.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// The wire name, exactly as it is logged.
    pub name: String,
    /// What happened when this is logged; Markdown.
    pub description: Option<String>,
    /// Names under which older versions logged it, and which still count.
    pub renamed_from: Vec<String>,
    /// The text to search the code for, instead of its name.
    pub search: Option<String>,
    /// What is logged with it, in the order of the registry.
    pub args: Vec<Argument>,
}

impl Event {
    /// The argument of that name.
    #[must_use]
    pub fn arg(&self, name: &str) -> Option<&Argument> {
        self.args.iter().find(|arg| arg.name == name)
    }

    /// The wire name and then the names it had before: all that count as this event.
    pub fn wire_names(&self) -> impl Iterator<Item = &str> {
        std::iter::once(&self.name)
            .chain(&self.renamed_from)
            .map(String::as_str)
    }
}

/// A value that is logged with an event, a member of the JSON object in `event_logs.argument`.
#[derive(Clone, Debug, PartialEq)]
pub struct Argument {
    /// The key in the JSON object.
    pub name: String,
    /// Keys under which older versions logged it, and which still count.
    pub renamed_from: Vec<String>,
    /// What it tells; Markdown.
    pub description: Option<String>,
    /// What it may hold.
    pub ty: ArgumentType,
    /// Whether an event may be logged without it.
    pub optional: bool,
}

impl Argument {
    /// The key and then the keys that it had before. The first that an event was logged with counts.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        std::iter::once(&self.name)
            .chain(&self.renamed_from)
            .map(String::as_str)
    }
}

/// What an argument may hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ArgumentType {
    /// Any text. It may hold personal data, so it is never a dimension by accident.
    String,
    /// A whole number between -(2^53 - 1) and 2^53 - 1, the range JSON keeps exactly.
    Integer,
    /// A number with a fraction.
    Number,
    /// `true` or `false`.
    Boolean,
    /// One of these texts.
    Enum(Vec<String>),
}
