//! The schema of a column of a table.

use super::shape::{Record, Shape, optional};
use super::values::{self, VALUES};

pub(super) static COLUMN_TYPE: Shape = Shape::Either(
    &Shape::Choice(&[
        ("integer", "an integer of at most 64 bits"),
        ("number", "a number, with or without a fraction"),
        (
            "text",
            "text, or a type that is read as text: an enum, a UUID, an array",
        ),
        ("boolean", "true or false"),
        (
            "timestamp",
            "a point in time; in UTC if the database does not store a time zone",
        ),
        ("json", "a JSON document"),
        (
            "version",
            "a text with the version of a build, reduced to three numbers: 5.2.0 for v5.2.0-rc.1",
        ),
    ]),
    &Shape::Record(&COLUMN_ENUM),
);

static COLUMN_ENUM: Record = Record {
    name: "column",
    doc: "A text column with known values.",
    keys: &[
        optional(
            "enum",
            Shape::List(&Shape::Text),
            "The allowed texts. Use either `enum` or `values`.",
        ),
        optional("values", Shape::Record(&VALUES), values::DOC),
    ],
};
