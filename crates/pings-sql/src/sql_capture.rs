//! Queries for captures in hand-written SQL.

use pings_model::{SqlCapture, SqlColumn, SqlPiece, SqlText, ValueType};

use crate::binding::Sql;
use crate::column::{Column, Role};
use crate::dialect::time::{Border, border_value};
use crate::dialect::{Dialect, quote};
use crate::layout::{Block, Select};
use crate::measure::order;
use crate::{sql_folding, window};

/// Renders the query of a capture in hand-written SQL, with its columns as their declared types.
///
/// A value of another type is never converted with a loss. PostgreSQL fails with a message that
/// names the column. SQLite cannot fail with a message, so it returns such a value unchanged, and
/// the reader of the row rejects it.
pub fn query(capture: &SqlCapture, text: &SqlText, dialect: Dialect) -> Block {
    let has_values = |column: &SqlColumn| column.values.is_some();
    if capture.columns.iter().any(has_values) {
        return sql_folding::folded(selection(capture, text, dialect), capture, dialect);
    }
    Select {
        order_by: order_by(capture, dialect),
        ..selection(capture, text, dialect)
    }
    .block()
}

/// Returns the query without its order.
fn selection(capture: &SqlCapture, text: &SqlText, dialect: Dialect) -> Select {
    let written: String = text
        .0
        .iter()
        .map(|piece| match piece {
            SqlPiece::Text(text) => text.clone(),
            SqlPiece::WeekStart => border_value(Border::Start, dialect),
            SqlPiece::WeekEnd => border_value(Border::End, dialect),
            SqlPiece::Now => border_value(Border::Now, dialect),
        })
        .collect();
    let columns = capture.columns.iter().map(|column| {
        declared(column, dialect).then(format!(" AS {}", quote::identifier(&column.name)))
    });
    Select {
        columns: columns.collect(),
        // The text may end with a comment, so the parenthesis is on a separate line.
        from: vec![
            "FROM (".into(),
            written.trim().into(),
            ") AS captured".into(),
        ],
        conditions: window::of_text(text)
            .guard(window::of_sql(capture), dialect)
            .into_iter()
            .collect(),
        ..Select::default()
    }
}

fn order_by(capture: &SqlCapture, dialect: Dialect) -> Vec<Block> {
    let dimensions = capture.columns.iter().filter(|column| column.dimension);
    let order_by = dimensions.map(|column| match column.ty {
        ValueType::Text => order(&as_text(column, dialect), column.ty, dialect),
        _ => order(&selected(column), column.ty, dialect),
    });
    order_by.collect()
}

/// Returns the SQL for a database, if the capture has it.
pub fn text(capture: &SqlCapture, dialect: Dialect) -> Option<&SqlText> {
    match dialect {
        Dialect::Postgres => capture.postgres.as_ref(),
        Dialect::Sqlite => capture.sqlite.as_ref(),
    }
}

/// Returns the columns that the query selects.
pub fn columns(capture: &SqlCapture) -> Vec<Column> {
    capture
        .columns
        .iter()
        .map(|column| Column {
            name: column.name.clone(),
            ty: column.ty,
            holds: column.ty,
            // Hand-written SQL may return NULL in any column.
            nullable: true,
            role: if column.dimension {
                Role::Dimension
            } else {
                Role::Measure
            },
        })
        .collect()
}

/// Returns the qualified column, because SQLite reads an unknown quoted name as a text.
fn selected(column: &SqlColumn) -> String {
    format!("captured.{}", quote::identifier(&column.name))
}

fn as_text(column: &SqlColumn, dialect: Dialect) -> String {
    let text = Sql::primary(selected(column)).cast(ValueType::Text, dialect);
    let text = text.alone().finished();
    match dialect {
        Dialect::Postgres => text.trim_end().to_owned(),
        // A cast keeps the collation of a column.
        Dialect::Sqlite => format!("{} COLLATE BINARY", text.trim_end()),
    }
}

/// Renders the column as its declared type.
fn declared(column: &SqlColumn, dialect: Dialect) -> Block {
    match (column.ty, dialect) {
        (ValueType::Text | ValueType::Json | ValueType::Timestamp, Dialect::Postgres) => {
            as_text(column, dialect).into()
        }
        (ValueType::Text | ValueType::Json | ValueType::Timestamp, Dialect::Sqlite) => {
            Sql::primary(selected(column))
                .cast(ValueType::Text, dialect)
                .alone()
        }
        (_, Dialect::Postgres) => in_postgres(column),
        (_, Dialect::Sqlite) => in_sqlite(column),
    }
}

/// Renders a column for PostgreSQL. Its JSON form distinguishes a number from a text. The
/// expression is not evaluated before the query runs, so that a constant does not fail early.
fn in_postgres(column: &SqlColumn) -> Block {
    let value = selected(column);
    let json = format!("to_jsonb({value})::text");
    let branches = match column.ty {
        ValueType::Number => Block::from(format!(
            "WHEN {json} ~ '^-?[0-9]' THEN {json}::double precision"
        ))
        .below(format!(
            "WHEN {value}::text IN ('NaN', 'Infinity', '-Infinity') THEN NULL"
        )),
        ValueType::Boolean => Block::from(format!("WHEN {json} IN ('true', '1') THEN TRUE"))
            .below(format!("WHEN {json} IN ('false', '0') THEN FALSE")),
        // Only a CASE guarantees that the check for a number runs before the conversion.
        _ => Block::from(format!(
            "WHEN CASE WHEN {json} ~ '^-?[0-9]+(\\.0+)?$' THEN {json}::numeric \
             BETWEEN -9223372036854775808 AND 9223372036854775807 END"
        ))
        .below(format!("THEN {json}::numeric::bigint")),
    };
    Block::from("CASE")
        .within(branches)
        .within(format!("WHEN {value} IS NOT NULL THEN"))
        .within(Block::empty().within(refused(column)))
        .below("END")
}

/// Renders a cast that fails. The server's error message quotes the text, which contains the
/// reason.
fn refused(column: &SqlColumn) -> Block {
    let value = selected(column);
    let (word, ty) = match column.ty {
        ValueType::Number => ("number", "double precision"),
        ValueType::Boolean => ("boolean", "boolean"),
        _ => ("integer", "bigint"),
    };
    let says = quote::text(&format!(", but `columns` declares {word}"));
    let is = quote::text(&format!("`{}` is ", column.name));
    // A number is shown without the trailing zeros of `numeric`. A text is not shown, because it
    // may be user data.
    let shown = Block::from(format!("CASE WHEN to_jsonb({value})::text ~ '^[\"{{[]'"))
        .within(format!("THEN 'of type ' || pg_typeof({value})::text"))
        .within(format!(
            r"ELSE left(regexp_replace({value}::text, '(\.[0-9]*[1-9])0+$', '\1'), 40)"
        ))
        .below("END");
    Block::from("(")
        .within(format!("{is} ||"))
        .within(shown)
        .within(format!("|| {says}"))
        .below(format!(")::{ty}"))
}

/// Renders a column for SQLite. A whole number is valid as an integer and as a number, regardless
/// of its storage type.
fn in_sqlite(column: &SqlColumn) -> Block {
    let value = selected(column);
    match column.ty {
        ValueType::Number => format!(
            "CASE typeof({value}) WHEN 'integer' THEN CAST({value} AS REAL) ELSE {value} END"
        )
        .into(),
        ValueType::Boolean => value.into(),
        _ => Block::from("CASE")
            .within(format!(
                "WHEN typeof({value}) = 'real' AND {value} = CAST({value} AS INTEGER)"
            ))
            .within(format!("THEN CAST({value} AS INTEGER)"))
            .within(format!("ELSE {value}"))
            .below("END"),
    }
}
