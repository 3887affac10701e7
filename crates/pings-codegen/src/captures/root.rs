//! The root module of the captures crate, and the root modules of its groups of queries.

use crate::queries::{Group, MetricQuery};
use crate::{Origin, header};

/// Returns `src/lib.rs`. `events` is the path of the events if the rows have their types.
pub(super) fn root(
    queries: &[&MetricQuery<'_>],
    events: Option<&str>,
    origin: &Origin<'_>,
) -> String {
    let event_types = events.map_or(String::new(), |path| {
        format!("// The types of arguments with declared values.\nuse {path} as event_types;\n\n")
    });
    let groups: String = super::groups(queries)
        // prettyplease formats the items of these modules and breaks lines earlier than rustfmt.
        .map(|group| format!("#[rustfmt::skip]\npub mod {};\n", group.module()))
        .collect();
    format!(
        r#"{header}
#![doc = include_str!("../README.md")]

{groups}{blank}{event_types}pub use pings_rows::{{Dimension, Period, Query, Span, Sql, Week, WeekError}};

/// All queries, in registry order.
pub static QUERIES: &[Query] = &[{list}];

#[cfg(test)]
mod tests {{
    #[test]
    fn queries_take_what_is_bound() {{
        assert_eq!(pings_rows::check(super::QUERIES), Ok(()));
    }}
}}
"#,
        header = header::rust(origin),
        blank = if groups.is_empty() { "" } else { "\n" },
        list = list(queries),
    )
}

/// Formats the list of queries like rustfmt: in one line if it fits in sixty columns.
fn list(queries: &[&MetricQuery<'_>]) -> String {
    let paths: Vec<String> = queries
        .iter()
        .map(|query| format!("{}::{}::QUERY", query.group().module(), query.name))
        .collect();
    let line = paths.join(", ");
    if line.len() <= 60 {
        return line;
    }
    format!("\n    {},\n", paths.join(",\n    "))
}

/// Returns `src/captures.rs` or `src/events.rs`.
pub(super) fn group(group: Group, queries: &[&MetricQuery<'_>], origin: &Origin<'_>) -> String {
    let doc = match group {
        Group::Captures => "Metrics that are captured from the product's tables.",
        Group::Events => "Metrics that are computed from the events that the product logs.",
    };
    let mut modules: Vec<&str> = queries
        .iter()
        .filter(|query| query.group() == group)
        .map(|query| query.name.as_str())
        .collect();
    modules.sort_unstable();
    let modules: String = modules
        .iter()
        .map(|module| format!("pub mod {module};\n"))
        .collect();
    format!("{}\n//! {doc}\n\n{modules}", header::rust(origin))
}
