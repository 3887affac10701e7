//! The schema of `pings.yaml` as data: every key, the values it accepts and its meaning.
//!
//! Both the schema check of a registry and the JSON Schema are built from this table, so they
//! always accept the same keys.

use crate::{Level, Lint, PingType, Sensitivity, Window};

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

/// A mapping with known keys.
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

const fn required(name: &'static str, shape: Shape, doc: &'static str) -> Key {
    Key {
        name,
        required: true,
        shape,
        doc,
    }
}

const fn optional(name: &'static str, shape: Shape, doc: &'static str) -> Key {
    Key {
        name,
        required: false,
        shape,
        doc,
    }
}

/// The schema of the whole registry.
pub static REGISTRY: Record = Record {
    name: "registry",
    doc: "The pings of a product, the events that it logs and the tables that captures read.",
    keys: &[
        required(
            "format",
            Shape::FormatVersion,
            "The version of this format: 1.",
        ),
        required(
            "name",
            Shape::Text,
            "The registry's name in snake_case, which generated modules and payloads use.",
        ),
        required(
            "title",
            Shape::Heading,
            "The title of the documentation page.",
        ),
        optional(
            "summary",
            Shape::Text,
            "The introduction of the documentation page; Markdown.",
        ),
        optional(
            "released",
            Shape::Version,
            "The newest version that has been released; \"5.2\" is every 5.2.x. Numbers of later versions are not trusted.",
        ),
        optional("links", Shape::Record(&LINKS), "Templates of links."),
        optional(
            "lints",
            Shape::Record(&LINTS),
            "The levels of lints in this registry that differ from the defaults.",
        ),
        optional(
            "events",
            Shape::Map("event", &Shape::Record(&EVENT)),
            "The events that the product's code logs, by wire name.",
        ),
        optional(
            "tables",
            Shape::Map("table", &Shape::Map("column", &COLUMN_TYPE)),
            "The tables that captures can read, with their columns.",
        ),
        optional(
            "functions",
            Shape::Map("function", &Shape::Reason),
            "Functions and types that `sql` can use in addition to pure functions, each with the reason why it is safe.",
        ),
        optional(
            "pings",
            Shape::Items(&Shape::Record(&PING)),
            "The pings, in page order.",
        ),
    ],
};

static LINKS: Record = Record {
    name: "links",
    doc: "Templates of links on the documentation page.",
    keys: &[
        optional(
            "code",
            Shape::Text,
            "The address of a code, with the placeholder {code}.",
        ),
        optional(
            "pr",
            Shape::Text,
            "The address of a pull request, with the placeholder {pr} for its number.",
        ),
    ],
};

static EVENT: Record = Record {
    name: "event",
    doc: "An action of users, which the product logs under one name.",
    keys: &[
        optional(
            "description",
            Shape::Text,
            "What happened when the event is logged; Markdown.",
        ),
        optional(
            "renamed_from",
            Shape::OneOrMany(&Shape::NonBlank),
            "Previous names, under which older versions logged the event. They still count.",
        ),
        optional("search", Shape::NonBlank, SEARCH),
        optional(
            "args",
            Shape::Map(
                "argument",
                &Shape::Either(&ARGUMENT_TYPE, &Shape::Record(&ARGUMENT)),
            ),
            "The arguments of the event: the members of its JSON object.",
        ),
        optional(
            "allow",
            Shape::Record(&ALLOW),
            "The lints to suppress here, each with the reason.",
        ),
    ],
};

/// The description of `search`.
const SEARCH: &str = "The text for which `links.code` searches the code, or a whole address in \
                      which `{code}` is replaced with the name. The default is the name.";

static ARGUMENT_TYPE: Shape = Shape::Choice(&[
    ("string", "any text, which may contain personal data"),
    ("integer", "an integer"),
    ("number", "a number, with or without a fraction"),
    ("boolean", "true or false"),
]);

static ARGUMENT: Record = Record {
    name: "argument",
    doc: "An argument of an event, in its long form.",
    keys: &[
        optional(
            "type",
            ARGUMENT_TYPE,
            "The type of the values. Use either `type` or `enum`.",
        ),
        optional(
            "enum",
            Shape::List(&Shape::Text),
            "The allowed texts. Use either `enum` or `type`.",
        ),
        optional(
            "optional",
            Shape::Boolean,
            "Whether the event can be logged without the argument; default: false.",
        ),
        optional(
            "renamed_from",
            Shape::OneOrMany(&Shape::NonBlank),
            "Previous keys, under which older versions logged the argument. They still count.",
        ),
        optional(
            "description",
            Shape::Text,
            "The meaning of the argument; Markdown.",
        ),
    ],
};

static COLUMN_TYPE: Shape = Shape::Either(
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
    ]),
    &Shape::Record(&COLUMN_ENUM),
);

static COLUMN_ENUM: Record = Record {
    name: "column",
    doc: "A text column with known values.",
    keys: &[required(
        "enum",
        Shape::List(&Shape::Text),
        "The allowed texts.",
    )],
};

static PING: Record = Record {
    name: "ping",
    doc: "A usage metric, or several related metrics, that every instance sends.",
    keys: &[
        required(
            "id",
            Shape::Text,
            "The name of the ping in snake_case, which is unique and never reused.",
        ),
        optional(
            "section",
            Shape::Text,
            "The section of the page; default: the section of the previous ping.",
        ),
        required("title", Shape::Heading, "The heading on the page."),
        required(
            "type",
            Shape::Choice(&[
                (
                    PingType::FeEvent.as_str(),
                    "counted from events that the product logs",
                ),
                (
                    PingType::BeCapture.as_str(),
                    "selected from the product's tables",
                ),
            ]),
            "How the ping is collected.",
        ),
        optional(
            "purpose",
            Shape::Text,
            "Why the ping is collected; Markdown.",
        ),
        optional(
            "implementation",
            Shape::Text,
            "How the metrics are computed; Markdown.",
        ),
        optional(
            "considerations",
            Shape::Text,
            "What to know before using the numbers; Markdown.",
        ),
        required(
            "aggregation",
            Shape::Choice(&[
                (
                    Window::Weekly.as_str(),
                    "one ISO week, from Monday 00:00:00 UTC to the next Monday",
                ),
                (
                    Window::Total.as_str(),
                    "all rows that are in the tables at capture time",
                ),
            ]),
            "The period that the values cover.",
        ),
        optional(
            "aggregation_note",
            Shape::Text,
            "A custom description of the aggregation for the page.",
        ),
        required(
            "added",
            Shape::Version,
            "The first version that sends the ping.",
        ),
        optional(
            "broken",
            Shape::List(&Shape::Record(&BROKEN)),
            "The versions that send wrong data.",
        ),
        optional(
            "removed",
            Shape::Version,
            "The first version that no longer sends the ping.",
        ),
        optional(
            "prs",
            Shape::List(&Shape::Integer),
            "The pull requests that implemented the ping.",
        ),
        optional("owner", Shape::Text, "The owner of the ping."),
        optional(
            "sensitivity",
            Shape::Choice(&[
                (Sensitivity::Usage.as_str(), "how the product is used"),
                (Sensitivity::Operational.as_str(), "how the instance is run"),
                (
                    Sensitivity::Identifying.as_str(),
                    "data that could identify a person or a company",
                ),
            ]),
            "The kind of data; default: usage.",
        ),
        optional(
            "allow",
            Shape::Record(&ALLOW),
            "The lints to suppress here, each with the reason.",
        ),
        optional(
            "metrics",
            Shape::List(&Shape::Record(&METRIC)),
            "The metrics of the ping. Use either `metrics` or `funnels`.",
        ),
        optional(
            "funnels",
            Shape::List(&Shape::Record(&FUNNEL)),
            "The funnels of the ping. Use either `funnels` or `metrics`.",
        ),
    ],
};

static BROKEN: Record = Record {
    name: "breakage",
    doc: "Versions with wrong data.",
    keys: &[
        required(
            "versions",
            Shape::VersionRange,
            "The versions: \"3.30\", \"3.25-3.26\", or \"3.31+\" if they are not fixed yet.",
        ),
        optional("reason", Shape::Text, "What is wrong with the data."),
        optional("fix", Shape::Integer, "The pull request with the fix."),
    ],
};

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
]);

static METRIC: Record = Record {
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
        optional(
            "measure",
            Shape::OneOrMany(&MEASURE),
            "What to measure; default: count.",
        ),
        optional(
            "of",
            Shape::OneOrMany(&Shape::Text),
            "The events to measure; default: the event with the name of the code.",
        ),
        optional("from", Shape::Text, "The table whose rows to measure."),
        optional(
            "join",
            Shape::List(&Shape::Record(&JOIN)),
            "The tables to join, in order.",
        ),
        optional(
            "where",
            Shape::Either(
                &Shape::Sql,
                &Shape::Map("argument", &Shape::OneOrMany(&Shape::Scalar)),
            ),
            "Filters what is measured: an SQL condition for tables, values of arguments for events.",
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
            "Computes one value for each value of this SQL expression; `value` must be an aggregate.",
        ),
        optional(
            "value",
            Shape::Sql,
            "The value to measure: an argument for events, an SQL expression for tables.",
        ),
        optional(
            "at",
            Shape::List(&Shape::Percentile),
            "The percentiles to compute: [50, 90, 99].",
        ),
        optional(
            "sql",
            Shape::Record(&SQL),
            "Hand-written SQL, for captures that the portable form cannot express.",
        ),
        optional(
            "columns",
            Shape::Map("column", &SQL_COLUMN_TYPE),
            "The columns that the hand-written SQL selects, in order.",
        ),
        optional(
            "allow",
            Shape::Record(&ALLOW),
            "The lints to suppress here, each with the reason.",
        ),
    ],
};

static SQL_COLUMN_TYPE: Shape = Shape::Choice(&[
    ("integer", "an integer of at most 64 bits"),
    ("number", "a number, with or without a fraction"),
    ("text", "text; only as a dimension, named in `by`"),
    (
        "boolean",
        "true or false; only as a dimension, named in `by`",
    ),
]);

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
    doc: "A read-only statement for each database.",
    keys: &[
        required("postgres", Shape::Text, "The statement for PostgreSQL."),
        required("sqlite", Shape::Text, "The statement for SQLite."),
    ],
};

static FUNNEL: Record = Record {
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
            "allow",
            Shape::Record(&ALLOW),
            "The lints to suppress here, each with the reason.",
        ),
    ],
};

static LINTS: Record = Record {
    name: "table of levels",
    doc: "Levels of lints, by name.",
    keys: &LEVEL_OF_EACH_LINT,
};

static ALLOW: Record = Record {
    name: "suppression",
    doc: "Lints to suppress here, by name.",
    keys: &REASON_OF_EACH_LINT,
};

static LEVEL_OF_EACH_LINT: [Key; Lint::ALL.len()] = for_each_lint(Shape::Choice(Level::WORDS));

static REASON_OF_EACH_LINT: [Key; Lint::ALL.len()] = for_each_lint(Shape::Reason);

/// Returns a key for each lint.
const fn for_each_lint(shape: Shape) -> [Key; Lint::ALL.len()] {
    const NONE: Key = optional("", Shape::Text, "");
    let mut keys = [NONE; Lint::ALL.len()];
    let mut at = 0;
    while at < keys.len() {
        let lint = Lint::ALL[at];
        keys[at] = optional(lint.name(), shape, lint.finds());
        at += 1;
    }
    keys
}
