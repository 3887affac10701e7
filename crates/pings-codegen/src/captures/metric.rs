//! The module of one query: its SQL, its row, and the functions that run it.

use pings_model::ValueType;
use pings_sql::{Column, Dialect, Role};

use crate::queries::{MetricQuery, unique_names};
use crate::{Origin, docs, header, rust, sql};

/// `src/captures/insight_org_visible.rs`
pub(super) fn module(query: &MetricQuery<'_>, origin: &Origin<'_>) -> String {
    format!(
        r#"{header}
{doc}
use super::super::{{Query, Sql}};

/// The query in the SQL of each database.
pub const SQL: Sql = Sql {{
{postgres}
{sqlite}
}};

/// The query as data.
pub const QUERY: Query = Query {{
    code: {code},
    sql: SQL,
    takes_window: {takes_window},
}};

{row}
{functions}"#,
        header = header::rust(origin),
        doc = doc(query),
        postgres = included(query, Dialect::Postgres),
        sqlite = included(query, Dialect::Sqlite),
        code = rust::string(&query.metric.code),
        takes_window = query.takes_window(),
        row = row(query),
        functions = Dialect::ALL
            .map(|dialect| function(query, dialect))
            .join("\n"),
    )
}

/// What people read of it in their editors: what it is, and whether to believe it.
fn doc(query: &MetricQuery<'_>) -> String {
    let (ping, metric) = (query.ping, query.metric);
    let title = format!("`{}`: {}.", metric.code, ping.title);
    let status = docs::status(ping);
    let considerations = ping
        .considerations
        .as_deref()
        .filter(|text| text.trim() != "N/A");
    let paragraphs = [
        title.as_str(),
        metric.note.as_deref().unwrap_or_default(),
        ping.purpose.as_deref().unwrap_or_default(),
        considerations.unwrap_or_default(),
        &status,
    ];
    rust::doc("//!", &paragraphs)
}

/// The query's text as rustfmt lays it out: in one line where it fits in a hundred columns.
fn included(query: &MetricQuery<'_>, dialect: Dialect) -> String {
    let (name, path) = (dialect.name(), sql::path(query, dialect));
    let line = format!("    {name}: include_str!(\"../../{path}\"),");
    if line.len() <= 100 {
        return line;
    }
    format!("    {name}: include_str!(\n        \"../../{path}\"\n    ),")
}

/// The row and how it is read.
fn row(query: &MetricQuery<'_>) -> String {
    let names = unique_names(query.columns.iter().map(|column| column.name.as_str()));
    let mut fields = String::new();
    let mut cells = String::new();
    for (place, (column, name)) in query.columns.iter().zip(&names).enumerate() {
        fields.push_str(&rust::doc("    ///", &[&field_doc(column)]));
        fields.push_str(&format!("    pub {name}: {},\n", field_type(column)));
        let suffix = if column.nullable { "_or_null" } else { "" };
        let getter = getter(column.ty);
        cells.push_str(&format!(
            "            {name}: row.{getter}{suffix}({place})?,\n"
        ));
    }
    let what = if query.has_groups() {
        "One group of the result."
    } else {
        "The result."
    };
    format!(
        r#"/// {what}
#[derive(Clone, Debug, PartialEq)]
pub struct Row {{
{fields}}}

#[cfg(any(feature = "postgres", feature = "sqlite"))]
impl<'r, R: super::super::row::Cells + sqlx::Row> sqlx::FromRow<'r, R> for Row {{
    fn from_row(row: &'r R) -> sqlx::Result<Self> {{
        Ok(Self {{
{cells}        }})
    }}
}}
"#
    )
}

fn field_doc(column: &Column) -> String {
    let role = match column.role {
        Role::Dimension => "The group's",
        Role::Measure => "The measured",
    };
    let null = if column.nullable {
        "; may be missing"
    } else {
        ""
    };
    format!("{role} `{}`{null}.", column.name)
}

fn field_type(column: &Column) -> String {
    let ty = match getter(column.ty) {
        "integer" => "i64",
        "number" => "f64",
        "boolean" => "bool",
        _ => "String",
    };
    if column.nullable {
        format!("Option<{ty}>")
    } else {
        ty.to_owned()
    }
}

/// The method of `Cells` that reads a column. Results have no other types than these four.
fn getter(ty: ValueType) -> &'static str {
    match ty {
        ValueType::Integer => "integer",
        ValueType::Number => "number",
        ValueType::Boolean => "boolean",
        ValueType::Text | ValueType::Timestamp | ValueType::Json | ValueType::Null => "text",
    }
}

/// The function that runs the query on a database.
fn function(query: &MetricQuery<'_>, dialect: Dialect) -> String {
    let (executor, database) = match dialect {
        Dialect::Postgres => ("sqlx::PgExecutor<'_>", "PostgreSQL"),
        Dialect::Sqlite => ("sqlx::SqliteExecutor<'_>", "SQLite"),
    };
    let (result, how) = if query.has_groups() {
        ("Vec<Row>", "all")
    } else {
        ("Row", "one")
    };
    let mut arguments = vec![format!("db: impl {executor}")];
    let mut window = "None";
    if query.takes_window() {
        arguments.push("window: &super::super::Window".to_owned());
        window = "Some(window)";
    }
    let name = dialect.name();
    let signature = signature(name, &arguments, result);
    format!(
        r#"/// Runs the query on {database}.
///
/// # Errors
///
/// Where the database fails, or a row is not what it should be.
#[cfg(feature = "{name}")]
{signature} {{
    super::super::fetch::{name}::{how}(db, SQL.{name}, {window}).await
}}
"#
    )
}

/// The signature as rustfmt lays it out: in one line where it fits in a hundred columns.
fn signature(name: &str, arguments: &[String], result: &str) -> String {
    let result = format!("-> sqlx::Result<{result}>");
    let line = format!("pub async fn {name}({}) {result}", arguments.join(", "));
    if line.len() + " {".len() <= 100 {
        return line;
    }
    let arguments = arguments.join(",\n    ");
    format!("pub async fn {name}(\n    {arguments},\n) {result}")
}
