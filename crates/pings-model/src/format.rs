//! The schema of `pings.yaml` as data: every key, the values it accepts and its meaning.
//!
//! Both the schema check of a registry and the JSON Schema are built from this table, so they
//! always accept the same keys.

use crate::{Level, Lint};

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
    doc: "The pings of a product, the events it logs and the tables they read.",
    keys: &[
        required(
            "format",
            Shape::FormatVersion,
            "The version of this format: 1.",
        ),
        required(
            "name",
            Shape::Text,
            "The registry's name in snake_case; names generated modules and the payload.",
        ),
        required("title", Shape::Heading, "The heading of the docs page."),
        optional(
            "summary",
            Shape::Text,
            "What opens the docs page; Markdown.",
        ),
        optional(
            "released",
            Shape::Version,
            "The newest version that has been released; \"5.2\" is every 5.2.x. Numbers of later versions are not trusted.",
        ),
        optional("links", Shape::Record(&LINKS), "Templates of addresses."),
        optional(
            "lints",
            Shape::Record(&LINTS),
            "The levels of lints in this registry, where they are others than usual.",
        ),
        optional(
            "events",
            Shape::Map("event", &Shape::Record(&EVENT)),
            "What the product's code logs, by wire name.",
        ),
        optional(
            "tables",
            Shape::Map("table", &Shape::Map("column", &COLUMN_TYPE)),
            "What captures may read: the columns of each table.",
        ),
        optional(
            "functions",
            Shape::Map("function", &Shape::Reason),
            "Functions and types that `sql` may use besides those that only compute, each with the reason why it is safe.",
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
    doc: "Templates of addresses that the docs page links to.",
    keys: &[
        optional(
            "code",
            Shape::Text,
            "Where a code is found; {code} stands for it.",
        ),
        optional(
            "pr",
            Shape::Text,
            "Where a pull request is found; {pr} stands for its number.",
        ),
    ],
};

static EVENT: Record = Record {
    name: "event",
    doc: "A thing that users do, which the product logs under one name.",
    keys: &[
        optional(
            "description",
            Shape::Text,
            "What happened when this is logged; Markdown.",
        ),
        optional(
            "renamed_from",
            Shape::OneOrMany(&Shape::NonBlank),
            "Names under which older versions logged it, and which still count.",
        ),
        optional("search", Shape::NonBlank, SEARCH),
        optional(
            "args",
            Shape::Map(
                "argument",
                &Shape::Either(&ARGUMENT_TYPE, &Shape::Record(&ARGUMENT)),
            ),
            "What is logged with it: the members of its JSON object.",
        ),
        optional(
            "allow",
            Shape::Record(&ALLOW),
            "The lints that are not to be heeded here, each with the reason.",
        ),
    ],
};

/// The description of `search`.
const SEARCH: &str = "The text for which `links.code` searches the code, or a whole address in \
                      which `{code}` is replaced with the name. The default is the name.";

static ARGUMENT_TYPE: Shape = Shape::Choice(&[
    ("string", "any text; it may hold personal data"),
    ("integer", "a whole number"),
    ("number", "a number with a fraction"),
    ("boolean", "true or false"),
]);

static ARGUMENT: Record = Record {
    name: "argument",
    doc: "An argument of an event, in its long form.",
    keys: &[
        optional("type", ARGUMENT_TYPE, "What it may hold; or `enum`."),
        optional(
            "enum",
            Shape::List(&Shape::Text),
            "The texts it may hold; or `type`.",
        ),
        optional(
            "optional",
            Shape::Boolean,
            "Whether the event may be logged without it; false if left out.",
        ),
        optional(
            "renamed_from",
            Shape::OneOrMany(&Shape::NonBlank),
            "Keys under which older versions logged it, and which still count.",
        ),
        optional("description", Shape::Text, "What it tells; Markdown."),
    ],
};

static COLUMN_TYPE: Shape = Shape::Either(
    &Shape::Choice(&[
        ("integer", "a whole number of up to 64 bits"),
        ("number", "a number with a fraction"),
        (
            "text",
            "text, or anything read as its text: an enum, a UUID, an array",
        ),
        ("boolean", "true or false"),
        (
            "timestamp",
            "a point in time, UTC where the database keeps no zone",
        ),
        ("json", "a JSON document"),
    ]),
    &Shape::Record(&COLUMN_ENUM),
);

static COLUMN_ENUM: Record = Record {
    name: "column",
    doc: "A text column of which the possible values are known.",
    keys: &[required(
        "enum",
        Shape::List(&Shape::Text),
        "The texts it may hold.",
    )],
};

static PING: Record = Record {
    name: "ping",
    doc: "A usage number, or a family of them, that every instance sends home.",
    keys: &[
        required(
            "id",
            Shape::Text,
            "Its name in snake_case, unique and never used again.",
        ),
        optional(
            "section",
            Shape::Text,
            "The section of the page; that of the ping before if left out.",
        ),
        required("title", Shape::Heading, "Its heading on the page."),
        required(
            "type",
            Shape::Choice(&[
                ("fe_event", "counted from events that the product logs"),
                ("be_capture", "selected from the product's tables"),
            ]),
            "How it is gathered.",
        ),
        optional("purpose", Shape::Text, "Why it is gathered; Markdown."),
        optional("implementation", Shape::Text, "How it works; Markdown."),
        optional(
            "considerations",
            Shape::Text,
            "What to know before reading it; Markdown.",
        ),
        required(
            "aggregation",
            Shape::Choice(&[
                ("weekly", "one ISO week, Monday 00:00:00 UTC to the next"),
                ("total", "all that stands in the tables at capture time"),
            ]),
            "The time that its values tell about.",
        ),
        optional(
            "aggregation_note",
            Shape::Text,
            "The page's own words for the aggregation.",
        ),
        required("added", Shape::Version, "The first version that sends it."),
        optional(
            "broken",
            Shape::List(&Shape::Record(&BROKEN)),
            "The versions that send something wrong.",
        ),
        optional(
            "removed",
            Shape::Version,
            "The first version that no longer sends it.",
        ),
        optional(
            "prs",
            Shape::List(&Shape::Integer),
            "The pull requests that made it.",
        ),
        optional("owner", Shape::Text, "Who answers for it."),
        optional(
            "sensitivity",
            Shape::Choice(&[
                ("usage", "how the product is used"),
                ("operational", "how the instance is run"),
                ("identifying", "what could identify a person or a company"),
            ]),
            "What kind of data it is; usage if left out.",
        ),
        optional(
            "allow",
            Shape::Record(&ALLOW),
            "The lints that are not to be heeded here, each with the reason.",
        ),
        optional(
            "metrics",
            Shape::List(&Shape::Record(&METRIC)),
            "Its numbers; or `funnels`.",
        ),
        optional(
            "funnels",
            Shape::List(&Shape::Record(&FUNNEL)),
            "Its funnels; or `metrics`.",
        ),
    ],
};

static BROKEN: Record = Record {
    name: "breakage",
    doc: "Versions whose data is wrong.",
    keys: &[
        required(
            "versions",
            Shape::VersionRange,
            "The versions: \"3.30\", \"3.25-3.26\", or \"3.31+\" where it is not fixed yet.",
        ),
        optional("reason", Shape::Text, "What is wrong with their data."),
        optional("fix", Shape::Integer, "The pull request that mended it."),
    ],
};

/// The words that `measure` accepts.
static MEASURE: Shape = Shape::Choice(&[
    ("count", "how many events, or rows"),
    ("unique_users", "distinct users among the events"),
    (
        "first_time_users",
        "users whose first such event ever lies in the week",
    ),
    ("distinct", "distinct values of `value`"),
    ("sum", "the sum of `value`"),
    (
        "stats",
        "average, minimum, maximum, median and standard deviation of `value`",
    ),
    ("percentiles", "the percentiles `at` of `value`"),
]);

static METRIC: Record = Record {
    name: "metric",
    doc: "One number, or one small table of numbers, of a ping.",
    keys: &[
        required(
            "code",
            Shape::Text,
            "Its name in the payload, unique in the registry.",
        ),
        optional(
            "note",
            Shape::Text,
            "What the page says about this code; Markdown.",
        ),
        optional("search", Shape::NonBlank, SEARCH),
        optional(
            "measure",
            Shape::OneOrMany(&MEASURE),
            "What is measured; count if left out.",
        ),
        optional(
            "of",
            Shape::OneOrMany(&Shape::Text),
            "The events that are measured; the one named as the code if left out.",
        ),
        optional("from", Shape::Text, "The table whose rows are measured."),
        optional(
            "join",
            Shape::List(&Shape::Record(&JOIN)),
            "Tables joined to it, in order.",
        ),
        optional(
            "where",
            Shape::Either(
                &Shape::Sql,
                &Shape::Map("argument", &Shape::OneOrMany(&Shape::Scalar)),
            ),
            "Which are measured: of tables a condition in SQL, of events what their arguments are.",
        ),
        optional(
            "by",
            Shape::Either(
                &Shape::List(&Shape::Text),
                &Shape::Map("dimension", &Shape::Sql),
            ),
            "What the result is grouped by: of events arguments or @event, of tables names and SQL expressions, of `sql` columns.",
        ),
        optional(
            "bucket",
            Shape::Map("dimension", &Shape::List(&Shape::Scalar)),
            "Ranges of numbers instead of each number: of a dimension its bounds, ascending.",
        ),
        optional(
            "min_group",
            Shape::Integer,
            "Groups of fewer users, or of fewer rows of a table, become the group `@other`.",
        ),
        optional(
            "per",
            Shape::Sql,
            "One value for each of these, an SQL expression; `value` is then an aggregate.",
        ),
        optional(
            "value",
            Shape::Sql,
            "The value that is measured: of events an argument, of tables an SQL expression.",
        ),
        optional(
            "at",
            Shape::List(&Shape::Percentile),
            "Which percentiles: [50, 90, 99].",
        ),
        optional(
            "sql",
            Shape::Record(&SQL),
            "Hand-written SQL, where the portable form cannot say it.",
        ),
        optional(
            "columns",
            Shape::Map("column", &SQL_COLUMN_TYPE),
            "What the hand-written SQL selects, in order.",
        ),
        optional(
            "allow",
            Shape::Record(&ALLOW),
            "The lints that are not to be heeded here, each with the reason.",
        ),
    ],
};

static SQL_COLUMN_TYPE: Shape = Shape::Choice(&[
    ("integer", "a whole number of up to 64 bits"),
    ("number", "a number with a fraction"),
    ("text", "text; only as a dimension, named in `by`"),
    (
        "boolean",
        "true or false; only as a dimension, named in `by`",
    ),
]);

static JOIN: Record = Record {
    name: "join",
    doc: "A table joined to the rows before it.",
    keys: &[
        required("table", Shape::Text, "The table."),
        optional(
            "as",
            Shape::NonBlank,
            "Another name for it in this capture, where a table is joined twice.",
        ),
        optional(
            "kind",
            Shape::Choice(&[
                ("inner", "rows without a partner go"),
                ("left", "rows without a partner stay"),
            ]),
            "What becomes of rows without a partner; inner if left out.",
        ),
        optional(
            "on",
            Shape::Sql,
            "Which rows are partners; a condition in SQL. Tools of YAML 1.1, such as PyYAML and \
             yamllint, read this key as the boolean true: write `condition` for them.",
        ),
        optional(
            "condition",
            Shape::Sql,
            "The same as `on`, in a word that every version of YAML reads as text.",
        ),
    ],
};

static SQL: Record = Record {
    name: "SQL capture",
    doc: "One read-only statement for each database.",
    keys: &[
        required("postgres", Shape::Text, "The statement for PostgreSQL."),
        required("sqlite", Shape::Text, "The statement for SQLite."),
    ],
};

static FUNNEL: Record = Record {
    name: "funnel",
    doc: "Users on their way through steps of events.",
    keys: &[
        optional("title", Shape::Heading, "What the page calls it."),
        required(
            "code",
            Shape::Text,
            "Its name in the payload, unique in the registry.",
        ),
        optional(
            "note",
            Shape::Text,
            "What the page says about this code; Markdown.",
        ),
        required(
            "steps",
            Shape::List(&Shape::OneOrMany(&Shape::Text)),
            "At least two steps: an event, or a list of alternatives.",
        ),
        optional(
            "allow",
            Shape::Record(&ALLOW),
            "The lints that are not to be heeded here, each with the reason.",
        ),
    ],
};

static LINTS: Record = Record {
    name: "table of levels",
    doc: "Levels of lints, by their names.",
    keys: &LEVEL_OF_EACH_LINT,
};

static ALLOW: Record = Record {
    name: "suppression",
    doc: "Lints that are not to be heeded here, by their names.",
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
