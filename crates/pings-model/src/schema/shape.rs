//! The parts of a schema: keys, and the values that they accept.

/// The largest `min_group`.
pub const LARGEST_GROUP: u32 = 1_000_000;

/// The values that a key accepts.
#[derive(Clone, Copy, Debug)]
pub enum Shape {
    /// Any text.
    Text,
    /// The reason for a suppressed lint or a listed function: a text that is not blank.
    Reason,
    /// The heading of a part of the page: a text that is not blank.
    Heading,
    /// A text that is not blank.
    NonBlank,
    /// An SQL expression, which may also be a YAML boolean or number such as `TRUE` or `2`.
    Sql,
    /// The version of the format, which is 1.
    FormatVersion,
    /// A whole number, 0 or greater.
    Integer,
    /// The size of a group: a whole number from 2 to [`LARGEST_GROUP`].
    GroupSize,
    /// A percentile: a number from 0 to 100.
    Percentile,
    /// A quoted version such as `"3.30"`.
    Version,
    /// A quoted range of versions such as `"3.31-3.35.0"` or `"3.31+"`.
    VersionRange,
    /// A date such as `2027-01-01`.
    Date,
    /// A quoted version, or a date.
    VersionOrDate,
    /// `true` or `false`.
    Boolean,
    /// A text, number, boolean or null.
    Scalar,
    /// A word from this list, which contains each word with its meaning.
    Choice(&'static [(&'static str, &'static str)]),
    /// A list with at least one item.
    List(&'static Shape),
    /// A list that may be empty or missing.
    Items(&'static Shape),
    /// A single value, or a list with at least one item.
    OneOrMany(&'static Shape),
    /// A mapping with keys that the registry chooses, and a description of these keys.
    Map(&'static str, &'static Shape),
    /// A mapping with keys that the format defines.
    Record(&'static Record),
    /// One of two shapes, distinguished by the kind of YAML node: scalar, list or mapping.
    Either(&'static Shape, &'static Shape),
}

/// The beginning of keys that a product writes for its own tools, and that the format ignores.
pub const OWN_KEYS: &str = "x-";

/// A mapping with known keys. It may also have keys that begin with [`OWN_KEYS`].
#[derive(Debug)]
pub struct Record {
    /// The name of the mapping, for example "ping".
    pub name: &'static str,
    /// The description, as one sentence.
    pub doc: &'static str,
    /// The keys, in the order in which they are usually written.
    pub keys: &'static [Key],
}

/// A key of a [`Record`].
#[derive(Debug)]
pub struct Key {
    /// The name of the key.
    pub name: &'static str,
    /// Whether the key is required.
    pub required: bool,
    /// The values that the key accepts.
    pub shape: Shape,
    /// The description, as one sentence.
    pub doc: &'static str,
}

/// Returns a required key.
pub(super) const fn required(name: &'static str, shape: Shape, doc: &'static str) -> Key {
    Key {
        name,
        required: true,
        shape,
        doc,
    }
}

/// Returns an optional key.
pub(super) const fn optional(name: &'static str, shape: Shape, doc: &'static str) -> Key {
    Key {
        name,
        required: false,
        shape,
        doc,
    }
}
