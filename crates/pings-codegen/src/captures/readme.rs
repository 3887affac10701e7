//! The README of the captures crate, which is also its crate documentation.

use pings_model::Registry;

use crate::markdown::{heading, plain};
use crate::queries::MetricQuery;
use crate::{Origin, header};

pub(super) fn readme(
    name: &str,
    registry: &Registry,
    queries: &[MetricQuery<'_>],
    origin: &Origin<'_>,
) -> String {
    format!(
        r#"{header}
# {title}

The queries of {product}, with a typed row for each.

A query is a module with the name of its code in snake case: `captures::…` is
selected from the product's tables, `events::…` from `event_logs`. It has
its `SQL` for each database, a `Row`, and a function for each database that
runs it and reads its rows:
{example}
- Databases are features: `postgres`, `sqlite`. Without one the crate is SQL,
  rows and windows, and does not depend on sqlx.
- A `Window` is one ISO week in UTC, `2021-W04`, without the first instant of
  the next. Queries that tell about all that stands in the tables take none.
- A result with groups is a `Vec<Row>`, any other is one `Row`.
- `QUERIES` lists every query as data.
- A query runs in a transaction, or a savepoint of yours, which is rolled back. On
  PostgreSQL it sets what the result depends on, such as `TimeZone`; where row-level
  security would hide rows it fails.
"#,
        header = header::markdown(origin),
        title = heading(name),
        product = plain(&registry.title),
        example = example(name, queries),
    )
}

/// Returns an example that runs the first query.
fn example(name: &str, queries: &[MetricQuery<'_>]) -> String {
    let Some(query) = queries.first() else {
        return String::new();
    };
    let krate = name.replace('-', "_");
    let module = query.group().module();
    let query_name = &query.name;
    let (import, window) = if query.takes_window() {
        ("Window, ", "let window = Window::week(2021, 4)?;\n")
    } else {
        ("", "")
    };
    let argument = if query.takes_window() {
        ", &window"
    } else {
        ""
    };
    let variable = if query.has_groups() { "rows" } else { "row" };
    format!(
        r"
```rust,ignore
use {krate}::{{{import}{module}}};

{window}let {variable} = {module}::{query_name}::postgres(&pool{argument}).await?;
```
"
    )
}
