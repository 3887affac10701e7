//! The SQL of captures, in collapsed sections.

use pings_sql::Dialect;

use crate::markdown::{code_block, html};
use crate::queries::MetricQuery;

/// Returns a collapsed section for each capture among the queries.
pub(super) fn sql(queries: &[MetricQuery<'_>]) -> Vec<String> {
    queries
        .iter()
        .filter(|query| query.is_capture())
        .map(block)
        .collect()
}

fn block(query: &MetricQuery<'_>) -> String {
    let dialects = Dialect::ALL.map(|dialect| {
        let name = match dialect {
            Dialect::Postgres => "PostgreSQL",
            Dialect::Sqlite => "SQLite",
        };
        format!("{name}:\n\n{}", code_block("sql", query.sql(dialect)))
    });
    format!(
        // MkDocs parses Markdown inside HTML only if the element has the attribute `markdown`.
        "<details markdown=\"1\">\n<summary>SQL of <code>{}</code></summary>\n\n{}\n</details>\n",
        html(&query.metric.code),
        dialects.join("\n"),
    )
}
