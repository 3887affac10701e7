//! The product's tables that captures may read.

/// The id of a table: its index in [`Registry::tables`](crate::Registry::tables).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TableId(pub usize);

/// The name by which commands and settings refer to the database of all tables that no other
/// database lists.
pub const MAIN_DATABASE: &str = "main";

/// A table of the product's database, with the columns that captures read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// The name in the database, with the schema if necessary: `auth.users`.
    pub name: String,
    /// The columns that captures may refer to.
    pub columns: Vec<Column>,
    /// The database with the table, or `None` for the main database.
    pub database: Option<String>,
}

impl Table {
    /// Returns the name without the schema, which SQL uses to qualify columns.
    #[must_use]
    pub fn bare_name(&self) -> &str {
        self.name.rsplit('.').next().unwrap_or(&self.name)
    }

    /// Returns the column with this name.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }
}

/// A column of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// The name in the database.
    pub name: String,
    /// The logical type, which may differ from the type in the database.
    pub ty: ColumnType,
}

/// The logical type of a column. The type in the database may be narrower or have a different name
/// (an enum, `citext`, `int2`, a timestamp with or without time zone).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ColumnType {
    /// A whole number of up to 64 bits.
    Integer,
    /// A number with a fraction.
    Number,
    /// Text, or a type that is read as text (an enum, a UUID, an array).
    Text,
    /// Text with a known set of values. A comparison with any other value is an error.
    Enum(Vec<String>),
    /// True or false.
    Boolean,
    /// A point in time, in UTC if the database stores no time zone.
    Timestamp,
    /// A JSON document.
    Json,
    /// A text with the version of a build. Expressions read it as
    /// [`ExprKind::Version`](crate::ExprKind::Version).
    Version,
}
