//! The queries as SQL files, for review and for use in databases.

use pings_sql::Dialect;

use crate::queries::MetricQuery;
use crate::text::one_line;

/// Returns the path of the query in its crate.
pub(crate) fn path(query: &MetricQuery<'_>, dialect: Dialect) -> String {
    format!("sql/{}/{}.sql", dialect.name(), query.name)
}

/// Returns the file of a query after its header, if the query exists for the database.
pub(crate) fn file(query: &MetricQuery<'_>, dialect: Dialect, header: &str) -> Option<String> {
    let code = one_line(&query.metric.code);
    let title = one_line(&query.ping.title);
    let sql = query.sql(dialect)?;
    Some(format!("{header}-- {code}: {title}\n\n{sql}"))
}
