//! The queries as files, for people to review and for databases to run.

use pings_sql::Dialect;

use crate::queries::MetricQuery;
use crate::text::one_line;
use crate::{Origin, header};

/// Where the query stands in its crate.
pub(crate) fn path(query: &MetricQuery<'_>, dialect: Dialect) -> String {
    format!("sql/{}/{}.sql", dialect.name(), query.name)
}

/// The file of a query.
pub(crate) fn file(query: &MetricQuery<'_>, dialect: Dialect, origin: &Origin<'_>) -> String {
    let header = header::sql(origin);
    let code = one_line(&query.metric.code);
    let title = one_line(&query.ping.title);
    format!("{header}-- {code}: {title}\n\n{}", query.sql(dialect))
}
