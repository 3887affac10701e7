//! The schema of the whole registry.

use super::event::EVENT;
use super::lints::LINTS;
use super::ping::PING;
use super::shape::{Record, Shape, optional, required};
use super::table::COLUMN_TYPE;
use crate::PingType;

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
        optional(
            "week_starts",
            WEEK_STARTS,
            "The first day of the weeks that values cover; default: monday.",
        ),
        optional("links", Shape::Record(&LINKS), "Templates of links."),
        optional(
            "terms",
            Shape::Record(&TERMS),
            "The product's words for the types of pings.",
        ),
        optional(
            "glossary",
            Shape::Map("term", &Shape::NonBlank),
            "Terms of the product that the page explains, each with its meaning; Markdown.",
        ),
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
            "databases",
            Shape::Map("database", &Shape::Items(&Shape::Text)),
            "The product's databases besides the main database, each with the tables that are in it.",
        ),
        optional(
            "functions",
            Shape::Map("function", &Shape::Reason),
            "Functions and types that `sql` can use in addition to pure functions, each with the reason why it is safe.",
        ),
        optional(
            "sections",
            Shape::Map("section", &Shape::Record(&SECTION)),
            "The introductions of sections of the page, by the name of the section.",
        ),
        optional(
            "pings",
            Shape::Items(&Shape::Record(&PING)),
            "The pings, in page order.",
        ),
    ],
};

/// The words that `week_starts` accepts.
const WEEK_STARTS: Shape = Shape::Choice(&[
    ("monday", "`week` is the ISO week of a report"),
    (
        "saturday",
        "`week` is the last week from Saturday that ended in the ISO week of a report",
    ),
    (
        "sunday",
        "`week` is the last week from Sunday that ended in the ISO week of a report",
    ),
]);

static SECTION: Record = Record {
    name: "section",
    doc: "A section of the documentation page.",
    keys: &[required(
        "intro",
        Shape::NonBlank,
        "What the page says below the heading; Markdown.",
    )],
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

static TERMS: Record = Record {
    name: "terms",
    doc: "The product's words for the types of pings on the documentation page.",
    keys: &[
        optional(
            PingType::FeEvent.as_str(),
            Shape::Record(&TERM),
            "The words for `type: fe_event`.",
        ),
        optional(
            PingType::BeCapture.as_str(),
            Shape::Record(&TERM),
            "The words for `type: be_capture`.",
        ),
        optional(
            PingType::Value.as_str(),
            Shape::Record(&TERM),
            "The words for `type: value`.",
        ),
    ],
};

static TERM: Record = Record {
    name: "term",
    doc: "The product's words for a type of pings.",
    keys: &[
        optional(
            "name",
            Shape::Heading,
            "The name of the type; default: Event, Capture or Value.",
        ),
        optional("meaning", Shape::NonBlank, "What the type means; Markdown."),
    ],
};
