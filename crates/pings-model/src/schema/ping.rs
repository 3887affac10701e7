//! The schema of a ping.

use super::life::BROKEN;
use super::lints::ALLOW;
use super::metric::{FUNNEL, METRIC, WINDOW};
use super::shape::{Record, Shape, optional, required};
use crate::{Aggregation, PingType, Sensitivity};

pub(super) static PING: Record = Record {
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
                (
                    PingType::Value.as_str(),
                    "the state of one thing, which the product sets",
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
        optional(
            "aggregation",
            Shape::Choice(&[
                (
                    Aggregation::Weekly.as_str(),
                    "one ISO week, from Monday 00:00:00 UTC to the next Monday",
                ),
                (
                    Aggregation::Total.as_str(),
                    "all rows that are in the tables at capture time",
                ),
            ]),
            "The period that the values cover. Use either `aggregation` or `window`.",
        ),
        optional("window", Shape::OneOrMany(&WINDOW), WINDOWS),
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
            "The versions that send wrong data, for all metrics of the ping.",
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
            "owners",
            Shape::List(&Shape::NonBlank),
            "The owners of the ping. Use either `owners` or `owner`.",
        ),
        optional(
            "tags",
            Shape::List(&Shape::NonBlank),
            "Words by which people find the ping.",
        ),
        optional(
            "review",
            Shape::Date,
            "The date by which people decide again whether the ping is needed.",
        ),
        optional(
            "expires",
            Shape::VersionOrDate,
            "The version, or the date such as 2027-01-01, from which the ping is no longer needed.",
        ),
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

/// The description of `window` at a ping.
const WINDOWS: &str = "The windows that the values cover, in a report of a week. A metric or funnel can have other windows.";
