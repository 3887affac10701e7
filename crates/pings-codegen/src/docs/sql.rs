//! The SQL of captures, in collapsed sections.

use pings_sql::Dialect;

use crate::markdown::{code_block, html};
use crate::queries::{MetricQuery, database};

/// Returns a collapsed section for each capture among the queries.
pub(super) fn sql(queries: &[MetricQuery<'_>]) -> Vec<String> {
    queries
        .iter()
        .filter(|query| query.is_capture())
        .map(block)
        .collect()
}

fn block(query: &MetricQuery<'_>) -> String {
    let dialects = Dialect::ALL.into_iter().filter_map(|dialect| {
        let sql = code_block("sql", query.sql(dialect)?);
        Some(format!("{}:\n\n{sql}", database(dialect)))
    });
    let dialects: Vec<String> = dialects.collect();
    format!(
        // MkDocs parses Markdown inside HTML only if the element has the attribute `markdown`.
        "<details markdown=\"1\">\n<summary>SQL of <code>{}</code></summary>\n\n{}\n</details>\n",
        html(&query.metric.code),
        dialects.join("\n"),
    )
}
