//! The README of the captures crate, which is also its crate documentation.

use pings_model::Registry;
use pings_sql::Dialect;

use crate::markdown::{heading, plain};
use crate::queries::MetricQuery;
use crate::{Origin, header};

pub(super) fn readme(
    name: &str,
    registry: &Registry,
    queries: &[&MetricQuery<'_>],
    origin: &Origin<'_>,
) -> String {
    format!(
        r#"{header}
# {title}

The queries of {product}, each with a typed row.

Each query is a module with the name of its code in snake case. The modules in
`captures` select from the product's tables, the modules in `events` from
`event_logs`. A module has the `SQL` for each database, a `Row`, and a function
for each database that runs the query and reads its rows:
{example}
- Each database is a feature: `postgres`, `sqlite`. Without these features, the
  crate contains only SQL, rows and weeks, and does not depend on sqlx.
- A `Week` is one ISO week in UTC, such as `2021-W04`, excluding the first
  instant of the next week. Queries for totals do not have a week; those that use
  `:now` take the time, which should be the same for all queries of a run. A `Span`
  is another window, such as the month before the end of a week:
  `Period::Month.spans(week)`.
- A result with groups is a `Vec<Row>`, any other result is a single `Row`.
- A dimension by an argument that is a number or a boolean is a `Dimension` of `i64`, `f64` or `bool`.
- A dimension by an argument with declared values is a `Dimension` of the enum of
  these values, which is `Dimension::Other` for all other values. The enum is that
  of the events crate, so that rows and events have the same type. The enum of a
  column of hand-written SQL, or of another dimension of a capture whose texts are known, is in the
  module of the query.
- `QUERIES` contains all queries as data.
- A query in hand-written SQL for a single database has only the function for this
  database, and `None` as the `SQL` of the other.
{databases}- A query runs in a transaction, or in a savepoint of the caller's transaction,
  which is rolled back. On PostgreSQL, the query sets all settings that the result
  depends on, such as `TimeZone`, and fails if row-level security would hide rows.
"#,
        header = header::markdown(origin),
        title = heading(name),
        product = plain(registry.title()),
        example = example(name, queries),
        databases = databases(registry),
    )
}

/// Returns the note on several databases, if the product has several.
fn databases(registry: &Registry) -> &'static str {
    match registry.databases() {
        [] => "",
        _ => {
            "- The product has several databases. The documentation of a module names the database that \
             its\n  query reads; without a name, it is the main database.\n"
        }
    }
}

/// Returns an example that runs the first query.
fn example(name: &str, queries: &[&MetricQuery<'_>]) -> String {
    let Some(query) = queries.first() else {
        return String::new();
    };
    let krate = name.replace('-', "_");
    let module = query.group().module();
    let query_name = &query.name;
    let (import, week, argument) = if query.takes_window() {
        (
            "Week, ",
            "let week: Week = \"2021-W04\".parse()?;\n",
            ", week",
        )
    } else if query.takes_now() {
        ("", "let now = std::time::SystemTime::now();\n", ", now")
    } else {
        ("", "", "")
    };
    let function = query.dialects().next().map_or("postgres", Dialect::name);
    let variable = if query.has_groups() { "rows" } else { "row" };
    format!(
        r"
```rust,ignore
use {krate}::{{{import}{module}}};

{week}let {variable} = {module}::{query_name}::{function}(&pool{argument}).await?;
```
"
    )
}
