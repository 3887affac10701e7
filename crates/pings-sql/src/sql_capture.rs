//! Captures in SQL of their own.

use pings_model::{SqlCapture, SqlPiece, SqlText, ValueType};

use crate::binding::Sql;
use crate::dialect::time::{Border, border_value};
use crate::dialect::{Dialect, quote};
use crate::layout::{Block, Select};
use crate::measure::order;
use crate::query::{Column, Role};
use crate::window;

/// The query of a capture in SQL of its own: what it selects, as what was promised.
pub fn query(capture: &SqlCapture, dialect: Dialect) -> Block {
    let text = text(capture, dialect);
    let written: String = text
        .0
        .iter()
        .map(|piece| match piece {
            SqlPiece::Text(text) => text.clone(),
            SqlPiece::WeekStart => border_value(Border::Start, dialect),
            SqlPiece::WeekEnd => border_value(Border::End, dialect),
        })
        .collect();
    let columns = capture.columns.iter().map(|column| {
        cast(&column.name, column.ty, dialect)
            .then(format!(" AS {}", quote::identifier(&column.name)))
    });
    let dimensions = capture.columns.iter().filter(|column| column.dimension);
    let order_by = dimensions.map(|column| {
        let sql = cast(&column.name, column.ty, dialect).finished();
        order(sql.trim_end(), column.ty, dialect)
    });
    Select {
        columns: columns.collect(),
        // The text may end with a comment, so the parenthesis comes on a line of its own.
        from: vec![
            "FROM (".into(),
            written.trim().into(),
            ") AS captured".into(),
        ],
        conditions: window::of_text(text).guard(dialect).into_iter().collect(),
        order_by: order_by.collect(),
        ..Select::default()
    }
    .block()
}

/// What was written for that database.
pub fn text(capture: &SqlCapture, dialect: Dialect) -> &SqlText {
    match dialect {
        Dialect::Postgres => &capture.postgres,
        Dialect::Sqlite => &capture.sqlite,
    }
}

/// What the query selects.
pub fn columns(capture: &SqlCapture) -> Vec<Column> {
    capture
        .columns
        .iter()
        .map(|column| Column {
            name: column.name.clone(),
            ty: column.ty,
            // Nobody knows what people write.
            nullable: true,
            role: if column.dimension {
                Role::Dimension
            } else {
                Role::Measure
            },
        })
        .collect()
}

/// Named with its table, because SQLite takes a quoted name that it does not know for a text.
fn cast(name: &str, ty: ValueType, dialect: Dialect) -> Block {
    let column = Sql::primary(format!("captured.{}", quote::identifier(name)));
    match (ty, dialect) {
        (ValueType::Boolean, Dialect::Sqlite) => column.alone(),
        _ => column.cast(ty, dialect).alone(),
    }
}
