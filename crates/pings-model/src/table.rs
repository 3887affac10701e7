//! What captures may read: the product's tables.

/// A table of the registry, by its place in [`Registry::tables`](crate::Registry::tables).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TableId(pub usize);

/// A table of the product's database, as far as captures read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// Its name in the database, with its schema where it needs one: `auth.users`.
    pub name: String,
    /// The columns that captures may name.
    pub columns: Vec<Column>,
}

impl Table {
    /// Its name without its schema, by which SQL calls its columns.
    #[must_use]
    pub fn bare_name(&self) -> &str {
        self.name.rsplit('.').next().unwrap_or(&self.name)
    }

    /// The column of that name.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }
}

/// A column of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name in the database.
    pub name: String,
    /// What it holds, whatever the database calls it.
    pub ty: ColumnType,
}

/// The logical type of a column. The real one may be narrower or named
/// otherwise (an enum, `citext`, `int2`, a timestamp of either kind).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ColumnType {
    /// A whole number of up to 64 bits.
    Integer,
    /// A number with a fraction.
    Number,
    /// Text, or anything that is read as its text (an enum, a UUID, an array).
    Text,
    /// Text of which the possible values are known, so that comparisons with any other are errors.
    Enum(Vec<String>),
    /// True or false.
    Boolean,
    /// A point in time; UTC where the database keeps no zone.
    Timestamp,
    /// A JSON document.
    Json,
}
