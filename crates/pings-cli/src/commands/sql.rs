//! `pings sql`

use std::process::ExitCode;

use pings_sql::{Parameters, Role, columns, query};
use serde_json::{Value as Json, json};

use crate::arguments::{Common, Dialect, Sql};
use crate::commands::inputs::{metric, registry};
use crate::failure::{Failure, Outcome};
use crate::output;

pub(crate) fn run(common: &Common, sql: &Sql) -> Outcome {
    let registry = registry(common)?;
    let (ping, metric) = metric(&registry, &sql.code)?;
    let dialect = match sql.dialect {
        Dialect::Sqlite => pings_sql::Dialect::Sqlite,
        Dialect::Postgres => pings_sql::Dialect::Postgres,
    };
    let Some(query) = query(&registry, ping, metric, dialect) else {
        return Err(Failure::Input(format!(
            "`{}` has no SQL for {}\nhelp: hand-written SQL may be for a single database; use another --dialect",
            metric.code,
            dialect.name()
        )));
    };
    if !common.is_json() {
        output::say(query.text.trim_end());
        return Ok(ExitCode::SUCCESS);
    }
    let columns: Vec<Json> = columns(metric)
        .iter()
        .map(|column| {
            json!({
                "name": column.name,
                "type": format!("{:?}", column.ty).to_lowercase(),
                "nullable": column.nullable,
                "dimension": column.role == Role::Dimension,
            })
        })
        .collect();
    output::say_json(&json!({
        "code": metric.code,
        "dialect": dialect.name(),
        "sql": query.text,
        "takes_window": query.parameters == Parameters::Window,
        "takes_now": query.parameters == Parameters::Now,
        "columns": columns,
    }));
    Ok(ExitCode::SUCCESS)
}
