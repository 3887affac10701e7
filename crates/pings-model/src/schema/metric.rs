//! The schema of metrics and funnels.

use super::event::SEARCH;
use super::life;
use super::lints::ALLOW;
use super::shape::{Record, Shape, optional, required};
use super::values::{self, VALUES};
use crate::Period;

/// The words that `window` accepts.
pub(super) static WINDOW: Shape = Shape::Choice(&[
    (Period::Day.as_str(), "each of the seven days of the week"),
    (
        Period::Week.as_str(),
        "one ISO week, from Monday 00:00:00 UTC to the next Monday",
    ),
    (
        Period::Days28.as_str(),
        "the four ISO weeks that end with the week",
    ),
    (
        Period::Month.as_str(),
        "the last calendar month that ended in the week or before it",
    ),
    (
        Period::AllTime.as_str(),
        "everything up to the end of the week, also events that were pruned since",
    ),
]);

/// The description of `window` at a metric.
const WINDOWS: &str = "The windows that the values cover; default: those of the ping.";

/// The words that `measure` accepts.
static MEASURE: Shape = Shape::Choice(&[
    ("count", "the number of events or rows"),
    ("unique_users", "the number of distinct users"),
    (
        "first_time_users",
        "the number of users whose first event ever is in this week",
    ),
    ("distinct", "the number of distinct values of `value`"),
    ("sum", "the sum of `value`"),
    (
        "stats",
        "average, minimum, maximum, median and standard deviation of `value`",
    ),
    ("percentiles", "the percentiles `at` of `value`"),
    (
        "histogram",
        "the number of values of `value` in each of the ranges that `buckets` separates",
    ),
    (
        "value",
        "the `value` of the only row, such as a setting; only for tables",
    ),
]);

pub(super) static METRIC: Record = Record {
    name: "metric",
    doc: "One number, or one small table of numbers, in a ping.",
    keys: &[
        required(
            "code",
            Shape::Text,
            "The name in the payload, which is unique in the registry.",
        ),
        optional(
            "note",
            Shape::Text,
            "A note on the page about this code; Markdown.",
        ),
        optional("search", Shape::NonBlank, SEARCH),
        optional("window", Shape::OneOrMany(&WINDOW), WINDOWS),
        optional(
            "measure",
            Shape::OneOrMany(&MEASURE),
            "What to measure; default: count.",
        ),
        optional(
            "of",
            Shape::OneOrMany(&Shape::Either(&Shape::Text, &Shape::Record(&EVENTS))),
            "The events to measure, or `any` for every row of the event log; default: the event with the name of the code.",
        ),
        optional(
            "all_of",
            Shape::List(&Shape::Either(&Shape::Text, &Shape::Record(&EVENTS))),
            "The events that a user must all have done to count, instead of `of`; at least two.",
        ),
        optional(
            "identity",
            IDENTITY,
            "Who counts as one user; default: actor.",
        ),
        optional(
            "source",
            Shape::OneOrMany(&Shape::NonBlank),
            "The clients whose events count, such as WEB: values of the column `source`; default: all.",
        ),
        optional(
            "actor",
            Shape::Choice(&[
                ("any", "every event"),
                ("signed_in", "events of signed-in users"),
                ("anonymous", "events of visitors who are not signed in"),
            ]),
            "Whose events count; default: any.",
        ),
        optional("from", Shape::Text, "The table whose rows to measure."),
        optional(
            "join",
            Shape::List(&Shape::Record(&JOIN)),
            "The tables to join, in order.",
        ),
        optional(
            "where",
            Shape::Either(&Shape::Sql, &FILTERS),
            "Filters what is measured: an SQL condition for tables, conditions on arguments for events.",
        ),
        optional(
            "by",
            Shape::Either(
                &Shape::List(&Shape::Text),
                &Shape::Map("dimension", &Shape::Sql),
            ),
            "Groups the result: by arguments or @event for events, by named SQL expressions for tables, by columns for `sql`.",
        ),
        optional(
            "bucket",
            Shape::Map("dimension", &Shape::List(&Shape::Scalar)),
            "Groups the values of a numeric dimension into ranges, by ascending bounds.",
        ),
        optional(
            "min_group",
            Shape::GroupSize,
            "The minimum size of a group. Groups of fewer users, or of fewer rows of a table, become the group `@other`.",
        ),
        optional(
            "per",
            Shape::Sql,
            "Measures one value for each value of this SQL expression; `value` is an aggregate, and dimensions may be aggregates.",
        ),
        optional(
            "value",
            Shape::Either(&Shape::Sql, &Shape::Record(&VALUE)),
            "The value to measure: an argument for events, an SQL expression for tables. In a ping of the type `value`, its type: boolean, integer, number, version, date, or its texts: { enum: [a, b] }.",
        ),
        optional(
            "at",
            Shape::List(&Shape::Percentile),
            "The percentiles to compute: [50, 90, 99].",
        ),
        optional(
            "buckets",
            Shape::List(&Shape::Scalar),
            "The bounds between the ranges of a histogram, in ascending order: [1, 10, 100].",
        ),
        optional(
            "sql",
            Shape::Record(&SQL),
            "Hand-written SQL, for captures that the portable form cannot express.",
        ),
        optional(
            "database",
            Shape::Text,
            "The database that the hand-written SQL reads; default: the main database.",
        ),
        optional(
            "columns",
            Shape::Map("column", &SQL_COLUMN_TYPE),
            "The columns that the hand-written SQL selects, in order.",
        ),
        life::ADDED,
        life::BROKEN_TOO,
        life::REMOVED,
        life::PRS,
        optional(
            "allow",
            Shape::Record(&ALLOW),
            "The lints to suppress here, each with the reason.",
        ),
    ],
};

static EVENTS: Record = Record {
    name: "events",
    doc: "An event with conditions of its own, or several events whose names begin alike.",
    keys: &[
        optional("event", Shape::Text, "The name of an event."),
        optional(
            "prefix",
            Shape::NonBlank,
            "The beginning of the names of several events.",
        ),
        optional(
            "where",
            FILTERS,
            "Conditions on the arguments of these events only.",
        ),
    ],
};

const IDENTITY: Shape = Shape::Choice(&[
    (
        "actor",
        "the user of an event, or else the visitor of a browser",
    ),
    (
        "person",
        "also joins a visitor to the user who signed in from the same browser in the window",
    ),
]);

/// The conditions on arguments, by their names.
const FILTERS: Shape = Shape::Map(
    "argument",
    &Shape::Either(
        &Shape::OneOrMany(&Shape::Scalar),
        &Shape::Record(&CONDITION),
    ),
);

static CONDITION: Record = Record {
    name: "condition",
    doc: "A condition on the value of an argument, other than a list of values.",
    keys: &[
        optional(
            "not",
            Shape::OneOrMany(&Shape::Scalar),
            "The values that do not count. Events without the argument count, unless null is listed.",
        ),
        optional(
            "like",
            Shape::NonBlank,
            "A pattern for texts: % is any text, and _ any character.",
        ),
        optional("starts_with", Shape::NonBlank, "The beginning of a text."),
        optional("min", Shape::Scalar, "The smallest number that counts."),
        optional("max", Shape::Scalar, "The largest number that counts."),
    ],
};

static SQL_COLUMN_TYPE: Shape = Shape::Either(
    &Shape::Choice(&[
        ("integer", "an integer of at most 64 bits"),
        ("number", "a number, with or without a fraction"),
        ("text", "text; only as a dimension, named in `by`"),
        (
            "boolean",
            "true or false; only as a dimension, named in `by`",
        ),
    ]),
    &Shape::Record(&SQL_COLUMN_ENUM),
);

static SQL_COLUMN_ENUM: Record = Record {
    name: "SQL column",
    doc: "A text with known values; only as a dimension, named in `by`.",
    keys: &[
        optional(
            "enum",
            Shape::List(&Shape::Text),
            "The known values. Other values count as `@other`. Use either `enum` or `values`.",
        ),
        optional("values", Shape::Record(&VALUES), values::DOC),
    ],
};

static VALUE: Record = Record {
    name: "value",
    doc: "The texts that a value can be.",
    keys: &[
        optional(
            "enum",
            Shape::List(&Shape::Text),
            "The texts, of which the value is one. Use either `enum` or `values`.",
        ),
        optional("values", Shape::Record(&VALUES), values::DOC),
    ],
};

static JOIN: Record = Record {
    name: "join",
    doc: "A table that is joined to the previous tables.",
    keys: &[
        required("table", Shape::Text, "The table to join."),
        optional(
            "as",
            Shape::NonBlank,
            "Another name for the table in this capture, if a table is joined twice.",
        ),
        optional(
            "kind",
            Shape::Choice(&[
                ("inner", "removes rows without a match"),
                ("left", "keeps rows without a match"),
            ]),
            "What happens to rows without a match; default: inner.",
        ),
        optional(
            "on",
            Shape::Sql,
            "The SQL condition for matching rows. Tools for YAML 1.1, such as PyYAML and yamllint, read this key as the boolean true: use `condition` with them.",
        ),
        optional(
            "condition",
            Shape::Sql,
            "The same as `on`, as a key that every version of YAML reads as text.",
        ),
    ],
};

static SQL: Record = Record {
    name: "SQL capture",
    doc: "A read-only statement for each database, at least for one.",
    keys: &[
        optional(
            "postgres",
            Shape::Text,
            "The statement for PostgreSQL. Without it, the capture is skipped on PostgreSQL.",
        ),
        optional(
            "sqlite",
            Shape::Text,
            "The statement for SQLite. Without it, the capture is skipped on SQLite.",
        ),
    ],
};

pub(super) static FUNNEL: Record = Record {
    name: "funnel",
    doc: "The number of users who reach each of several steps.",
    keys: &[
        optional("title", Shape::Heading, "The title on the page."),
        required(
            "code",
            Shape::Text,
            "The name in the payload, which is unique in the registry.",
        ),
        optional(
            "note",
            Shape::Text,
            "A note on the page about this code; Markdown.",
        ),
        required(
            "steps",
            Shape::List(&Shape::OneOrMany(&Shape::Text)),
            "At least two steps: an event, or a list of alternatives.",
        ),
        optional(
            "identity",
            IDENTITY,
            "Who counts as one user; default: actor.",
        ),
        life::ADDED,
        life::BROKEN_TOO,
        life::REMOVED,
        life::PRS,
        optional("window", Shape::OneOrMany(&WINDOW), WINDOWS),
        optional(
            "allow",
            Shape::Record(&ALLOW),
            "The lints to suppress here, each with the reason.",
        ),
    ],
};
