//! The page that explains the lints. It is the same for every registry.

use std::fmt::Write as _;

use pings_model::{Level, Lint};

use crate::markdown::{code, link, table};
use crate::{Origin, header};

/// The path of the page.
pub(crate) const PATH: &str = "docs/lints.md";

/// The section about levels and suppression.
const USE: &str = include_str!("lints/use.md");

/// Returns the page.
pub(crate) fn page(origin: &Origin<'_>) -> String {
    let mut page = format!("{}\n# Lints\n\n{USE}\n", header::markdown(origin));
    let rows = Lint::ALL.iter().map(|lint| {
        let name = lint.name();
        let linked = link(&code(name), Some(&format!("#{name}")));
        [
            linked,
            lint.level().name().to_owned(),
            lint.finds().to_owned(),
        ]
    });
    let rows: Vec<_> = rows.collect();
    page.push_str(&table(["lint", "level", "finds"], &rows));
    for lint in Lint::ALL {
        // Writing to a String cannot fail.
        let _ = write!(
            page,
            "\n## {}\n\n{} {} {}\n\n**Fix:** {}\n",
            lint.name(),
            lint.finds(),
            lint.why(),
            by_itself(lint.level()),
            lint.remedy(),
        );
    }
    page
}

/// Returns the effect of a finding at the default level.
fn by_itself(level: Level) -> &'static str {
    match level {
        Level::Deny => "By default, findings fail the check.",
        Level::Warn => "By default, findings are warnings.",
        Level::Allow => "By default, findings are ignored.",
    }
}
