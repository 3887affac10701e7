//! Why what no guard sees is no mistake, or none that a machine could see.

use crate::tried::Tried;

/// Why some mistakes are not seen.
pub struct Reason {
    pub title: &'static str,
    pub text: &'static str,
    /// Kinds of mistakes, each with the fields in which it is excused.
    pub excuses: &'static [Excuse],
}

/// Kinds of mistakes in some fields.
pub type Excuse = (&'static [&'static str], &'static [&'static str]);

impl Reason {
    pub fn covers(&self, tried: &Tried) -> bool {
        let (kind, field) = (tried.mutation.kind(), tried.mutation.field.as_str());
        let mut excuses = self.excuses.iter();
        excuses.any(|(kinds, fields)| kinds.contains(&kind) && fields.contains(&field))
    }
}

const MISSPELT: &[&str] = &["swap letters", "drop letter"];

/// The reasons; each mistake that is not seen has one of them.
pub const REASONS: &[Reason] = &[
    Reason {
        title: "It means the same",
        text: "What is left out is what the format takes for granted, or the text is only laid out otherwise.",
        excuses: &[
            (&["drop key"], &["pings.metrics.measure"]),
            (&["drop both quotes"], &["pings.added", "pings.broken.versions", "links.code", "links.pr"]),
            (
                &["indent more", "indent less"],
                &[
                    "events.*.args.*",
                    "links.code",
                    "pings.allow.todo-in-considerations",
                    "pings.metrics.allow.soft-deletion",
                    "pings.metrics.allow.unique-count-over-total",
                    "pings.metrics.by.*",
                ],
            ),
        ],
    },
    Reason {
        title: "Nothing but the order is another",
        text: "The parts are found by their names. The page shows them in the order of the file, and the diff says \
               that they were reordered. A breakage and its reason move together.",
        excuses: &[(
            &["swap neighbours"],
            &[
                "events.*",
                "events.*.args.*",
                "events.*.args.*.enum",
                "pings",
                "pings.broken",
                "pings.funnels",
                "pings.funnels.steps",
                "pings.metrics",
                "pings.metrics.at",
                "pings.metrics.columns.*",
                "pings.metrics.measure",
                "pings.metrics.of",
                "pings.metrics.where.*",
                "pings.prs",
                "tables.*",
                "tables.*.*",
                "tables.*.*.enum",
            ],
        )],
    },
    Reason {
        title: "It is prose",
        text: "No number depends on it; whether it is true, or stands at the right ping, only a reader can tell. The \
               diff shows it as wording.",
        excuses: &[
            (
                &["drop key"],
                &[
                    "events.*.description",
                    "links",
                    "links.code",
                    "links.pr",
                    "pings.aggregation_note",
                    "pings.broken.reason",
                    "pings.considerations",
                    "pings.funnels.title",
                    "pings.implementation",
                    "pings.metrics.note",
                    "pings.section",
                    "summary",
                ],
            ),
            (
                &["empty value"],
                &[
                    "events.*.description",
                    "pings.aggregation_note",
                    "pings.broken.reason",
                    "pings.considerations",
                    "pings.funnels.title",
                    "pings.implementation",
                    "pings.metrics.note",
                    "pings.section",
                    "pings.title",
                    "summary",
                    "title",
                ],
            ),
            (&["null value"], &["links"]),
            (MISSPELT, &["links.code", "links.pr", "pings.section", "pings.title"]),
            (&["drop letter"], &["pings.considerations"]),
            (&["drop opening quote"], &["links.code", "links.pr"]),
            (
                &["swap values of neighbours"],
                &[
                    "pings.broken.reason",
                    "pings.considerations",
                    "pings.funnels.title",
                    "pings.implementation",
                    "pings.metrics.note",
                    "pings.purpose",
                    "pings.title",
                ],
            ),
            (&["swap event names"], &["events.*"]),
            (&["swap values of neighbours"], &["pings.metrics.code", "pings.id", "pings.metrics"]),
        ],
    },
    Reason {
        title: "It is a fact of elsewhere",
        text: "Which pull request, which team, how sensitive: the registry is where this is said, so there is nothing \
               to hold it to. The diff tells each.",
        excuses: &[
            (&["drop key"], &["pings.prs", "pings.sensitivity"]),
            (&["drop item", "shift number", "swap values of neighbours", "duplicate item"], &["pings.prs"]),
            (&["change sensitivity"], &["pings.sensitivity"]),
            (MISSPELT, &["pings.owner"]),
        ],
    },
    Reason {
        title: "No capture reads it",
        text: "A registry may declare more of the product's tables than it reads. `pings check --database` holds all \
               that it declares to the real ones.",
        excuses: &[
            (&["delete table"], &["tables.*"]),
            (MISSPELT, &["tables.*", "tables.*.*", "tables.*.*.enum"]),
            (&["change type", "delete column", "swap column names"], &["tables.*.*"]),
            (&["drop item"], &["tables.*.*.enum"]),
        ],
    },
    Reason {
        title: "Twice",
        text: "x",
        excuses: &[(&["duplicate item"], &["pings.metrics.by"])],
    },
];
