//! The schema of values that are listed in a file.

use super::shape::{Record, Shape, optional};

pub(super) static VALUES: Record = Record {
    name: "values",
    doc: "The allowed texts, in a file or as a list.",
    keys: &[
        optional(
            "file",
            Shape::NonBlank,
            "A file with one text per line, relative to the registry. Lines that start with # are comments.",
        ),
        optional(
            "list",
            Shape::List(&Shape::Text),
            "The texts themselves. Use either `list` or `file`.",
        ),
    ],
};

/// The description of `values`.
pub(super) const DOC: &str = "The allowed texts, in a file: { file: languages.txt }.";
