//! The root module of the captures crate, and the root modules of its groups of queries.

use crate::queries::{Group, MetricQuery};
use crate::{Origin, header};

/// Returns `src/lib.rs`.
pub(super) fn root(queries: &[MetricQuery<'_>], origin: &Origin<'_>) -> String {
    let groups: String = super::groups(queries)
        // prettyplease formats the items of these modules and breaks lines earlier than rustfmt.
        .map(|group| format!("#[rustfmt::skip]\npub mod {};\n", group.module()))
        .collect();
    format!(
        r#"{header}
#![doc = include_str!("../README.md")]

{groups}#[cfg(any(feature = "postgres", feature = "sqlite"))]
pub mod fetch;
mod query;
#[cfg(any(feature = "postgres", feature = "sqlite"))]
pub mod row;
mod window;

pub use query::{{Query, Sql}};
pub use window::{{Window, WindowError}};

/// All queries, in registry order.
pub static QUERIES: &[Query] = &[{list}];

#[cfg(test)]
mod tests {{
    use super::QUERIES;
    use super::query::parameters;

    /// SQLite treats a missing parameter as NULL, so only this test detects it.
    #[test]
    fn queries_take_what_is_bound() {{
        for query in QUERIES {{
            let bound = if query.takes_window {{ 2 }} else {{ 0 }};
            assert_eq!(parameters(query.sql.postgres), bound, "{{}}", query.code);
            assert_eq!(parameters(query.sql.sqlite), bound, "{{}}", query.code);
        }}
    }}
}}
"#,
        header = header::rust(origin),
        list = list(queries),
    )
}

/// Formats the list of queries like rustfmt: in one line if it fits in sixty columns.
fn list(queries: &[MetricQuery<'_>]) -> String {
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
pub(super) fn group(group: Group, queries: &[MetricQuery<'_>], origin: &Origin<'_>) -> String {
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
