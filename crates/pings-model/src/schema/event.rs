//! The schema of an event.

use super::lints::ALLOW;
use super::shape::{Record, Shape, optional};
use super::values::{self, VALUES};

pub(super) static EVENT: Record = Record {
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
pub(super) const SEARCH: &str = "The text for which `links.code` searches the code, or a whole address in \
                      which `{code}` is replaced with the name. The default is the name.";

static ARGUMENT_TYPE: Shape = Shape::Choice(&[
    ("string", "any text, which may contain personal data"),
    ("integer", "an integer"),
    ("number", "a number, with or without a fraction"),
    ("boolean", "true or false"),
    (
        "version",
        "the version of a build, reduced to three numbers: 5.2.0 for v5.2.0-rc.1",
    ),
]);

static ARGUMENT: Record = Record {
    name: "argument",
    doc: "An argument of an event, in its long form.",
    keys: &[
        optional(
            "type",
            ARGUMENT_TYPE,
            "The type of the values. Use one of `type`, `enum`, `values`, `list` and `object`.",
        ),
        optional(
            "enum",
            Shape::List(&Shape::Text),
            "The allowed texts. Use one of `type`, `enum`, `values`, `list` and `object`.",
        ),
        optional("values", Shape::Record(&VALUES), values::DOC),
        optional(
            "list",
            Shape::Either(&ARGUMENT_TYPE, &Shape::Record(&ARGUMENT)),
            "The allowed texts of a list, as `enum` or `values`. An event counts once for each \
             distinct value.",
        ),
        optional(
            "object",
            Shape::Map(
                "argument",
                &Shape::Either(&ARGUMENT_TYPE, &Shape::Record(&ARGUMENT)),
            ),
            "The members of an object, which metrics read as `argument.member`.",
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
