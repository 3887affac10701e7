//! The columns of a query's result.

use pings_model::ValueType;

/// A column of a query's result.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Column {
    /// The name in the result and in reports.
    pub name: String,
    /// The type of the values: integer, number, text or boolean.
    pub ty: ValueType,
    /// The type of the values that a text holds, which is `ty` for other columns. A dimension of
    /// events is a text, because a number or a boolean can also be `@other`.
    pub holds: ValueType,
    /// Whether the value can be NULL.
    pub nullable: bool,
    /// The role of the column.
    pub role: Role,
}

/// The role of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// The result is grouped by the column.
    Dimension,
    /// The column contains a measured value.
    Measure,
}
