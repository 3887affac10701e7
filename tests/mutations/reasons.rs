//! The reasons why no guard detects some mistakes: the text is still correct, or no program could
//! recognise the mistake.

use crate::tried::Tried;

/// A reason why some mistakes are not detected.
pub struct Reason {
    pub title: &'static str,
    pub text: &'static str,
    /// The kinds of mistakes, each with the fields in which it is excused.
    pub excuses: &'static [Excuse],
}

/// Kinds of mistakes, and the fields in which they are excused.
pub type Excuse = (&'static [&'static str], &'static [&'static str]);

impl Reason {
    pub fn covers(&self, tried: &Tried) -> bool {
        let (kind, field) = (tried.mutation.kind(), tried.mutation.field.as_str());
        let mut excuses = self.excuses.iter();
        excuses.any(|(kinds, fields)| kinds.contains(&kind) && fields.contains(&field))
    }
}

const MISSPELT: &[&str] = &["swap letters", "drop letter"];

/// All reasons. Each undetected mistake has exactly one reason.
pub const REASONS: &[Reason] = &[
    Reason {
        title: "It means the same",
        text: "The text leaves out a default of the format, or is only laid out differently.",
        excuses: &[
            (&["drop key"], &["pings.metrics.measure"]),
            (
                &["drop both quotes"],
                &[
                    "pings.added",
                    "pings.broken.versions",
                    "pings.metrics.broken.versions",
                    "events.*.search",
                    "pings.metrics.search",
                    "pings.metrics.where",
                    "links.code",
                    "links.pr",
                ],
            ),
            (
                &["indent more", "indent less"],
                &[
                    "databases.*",
                    "events.*.args",
                    "events.*.args.*",
                    "events.*.args.*.object",
                    "sections.*",
                    "links.code",
                    "pings.allow.todo-in-considerations",
                    "pings.metrics.allow.multiplying-join",
                    "pings.metrics.allow.soft-deletion",
                    "pings.metrics.by.*",
                ],
            ),
        ],
    },
    Reason {
        title: "Only the order is another",
        text: "Parts are found by their names. The page shows them in the order of the file, and the diff says that \
               they were reordered.",
        excuses: &[(
            &["swap neighbours"],
            &[
                "databases.*",
                "events.*",
                "events.*.args.*",
                "events.*.args.*.enum",
                "events.*.args.*.list.enum",
                "events.*.args.*.object.*",
                "events.*.args.*.object.*.enum",
                "events.*.args.*.values.list",
                "pings",
                "pings.broken",
                "pings.funnels",
                "pings.funnels.steps",
                "pings.funnels.window",
                "pings.metrics",
                "pings.metrics.all_of",
                "pings.metrics.at",
                "pings.metrics.by",
                "pings.metrics.by.*",
                "pings.metrics.columns.*.enum",
                "pings.metrics.measure",
                "pings.metrics.of",
                "pings.metrics.source",
                "pings.metrics.value.enum",
                "pings.metrics.where.*",
                "pings.metrics.where.*.not",
                "pings.metrics.window",
                "pings.owners",
                "pings.prs",
                "pings.tags",
                "pings.window",
                "tables.*",
                "tables.*.*",
                "tables.*.*.enum",
                "tables.*.*.values.list",
            ],
        )],
    },
    Reason {
        title: "A text is gone that may be left out",
        text: "Only the page has less text. The diff reports a missing reason of broken versions as trust, and other \
               texts as wording.",
        excuses: &[
            (
                &["drop key", "empty value"],
                &[
                    "events.*.description",
                    "pings.aggregation_note",
                    "pings.broken.reason",
                    "pings.considerations",
                    "pings.implementation",
                    "pings.metrics.broken.reason",
                    "pings.metrics.note",
                    "pings.section",
                    "summary",
                ],
            ),
            (
                &["drop key"],
                &[
                    "events.*.search",
                    "links.code",
                    "links.pr",
                    "pings.funnels.title",
                    "pings.metrics.search",
                    "terms.be_capture.meaning",
                    "terms.be_capture.name",
                    "terms.fe_event.meaning",
                    "terms.fe_event.name",
                ],
            ),
            (
                &["drop key", "null value"],
                &[
                    "links",
                    "sections",
                    "terms",
                    "terms.be_capture",
                    "terms.fe_event",
                ],
            ),
            (&["delete section"], &["sections.*"]),
        ],
    },
    Reason {
        title: "A text is wrong",
        text: "Only a reader can tell whether prose or an address is right; the diff shows both texts as wording. No \
               number depends on them.",
        excuses: &[
            (
                MISSPELT,
                &[
                    "events.*.search",
                    "links.code",
                    "links.pr",
                    "pings.metrics.search",
                    "pings.section",
                    "pings.title",
                ],
            ),
            (&["drop letter"], &["pings.considerations"]),
            (
                &["drop opening quote"],
                &[
                    "events.*.search",
                    "links.code",
                    "links.pr",
                    "pings.metrics.search",
                ],
            ),
        ],
    },
    Reason {
        title: "Other versions are trusted, and only people know which",
        text: "Which versions are broken, which pull request fixed them, with which version a ping ends and which \
               version is the newest release are facts about releases, which the registry alone records. The diff \
               warns of each as trust and shows both sides; a later newest release is compatible. It fails where \
               versions that were broken are trusted again, a ping that had ended is sent, or no newest release is \
               named.",
        excuses: &[
            (
                &[
                    "open range",
                    "shift range's end",
                    "shift range's start",
                    "shrink range to its start",
                ],
                &["pings.broken.versions", "pings.metrics.broken.versions"],
            ),
            (
                &["drop key", "shift number", "swap values of neighbours"],
                &["pings.broken.fix", "pings.metrics.broken.fix"],
            ),
            (&["swap values of neighbours"], &["pings.broken"]),
            (
                &["shift version"],
                &[
                    "pings.funnels.removed",
                    "pings.metrics.removed",
                    "pings.removed",
                    "released",
                ],
            ),
        ],
    },
    Reason {
        title: "A lint warns of it",
        text: "The exit code is 0, as no number depends on it. A product that wants more raises the level of the lint \
               to *deny* (docs/lints.md).",
        excuses: &[
            (
                &["drop key", "empty value"],
                &["pings.owner", "pings.purpose"],
            ),
            (&["drop key"], &["pings.owners"]),
            (MISSPELT, &["pings.owner"]),
            (
                &["drop key", "null value"],
                &["pings.allow", "pings.metrics.allow"],
            ),
            (
                &["drop key"],
                &[
                    "pings.allow.todo-in-considerations",
                    "pings.metrics.allow.multiplying-join",
                    "pings.metrics.allow.soft-deletion",
                    "pings.metrics.allow.unique-count-over-total",
                ],
            ),
        ],
    },
    Reason {
        title: "The registry is the only source",
        text: "The pull requests, owners, tags, review and expiry of a ping, and its sensitivity, are decisions that \
               nothing else records. The diff reports pull requests and tags as wording, owners, review and expiry as \
               compatible, and a changed sensitivity as consent; it fails if a ping becomes identifying, or no longer \
               is.",
        excuses: &[
            (
                &["drop key"],
                &[
                    "pings.expires",
                    "pings.metrics.prs",
                    "pings.prs",
                    "pings.review",
                    "pings.sensitivity",
                    "pings.tags",
                ],
            ),
            (
                &["drop item", "shift number", "swap values of neighbours"],
                &["pings.metrics.prs", "pings.prs"],
            ),
            (&["drop item"], &["pings.owners", "pings.tags"]),
            (MISSPELT, &["pings.owners", "pings.tags"]),
            (&["shift date"], &["pings.review"]),
            (&["shift version"], &["pings.expires"]),
            (&["change sensitivity"], &["pings.sensitivity"]),
        ],
    },
    Reason {
        title: "No capture reads it",
        text: "A registry may declare more of the product's tables than it reads: columns, and values of an enum that \
               no capture compares with or is told by. `pings check --database` holds all that it declares to the \
               real tables.",
        excuses: &[
            (&["delete table"], &["tables.*"]),
            (MISSPELT, &["tables.*", "tables.*.*", "tables.*.*.enum"]),
            (
                &["change type", "delete column", "swap column names"],
                &["tables.*.*"],
            ),
            (&["drop item"], &["tables.*.*.enum"]),
        ],
    },
];
