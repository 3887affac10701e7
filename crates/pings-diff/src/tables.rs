//! Comparison of tables and columns. A change is breaking only if a capture reads the column.

use std::collections::{HashMap, HashSet};

use pings_model::{
    Capture, Column, ColumnType, Expr, ExprKind, Measure, Path, Registry, Source, Table, TableId,
};

use crate::change::{Change, Kind, Subject};
use crate::context::Context;

pub(crate) fn compare(cx: &mut Context<'_>) {
    if cx.same_tables {
        return;
    }
    let (old, new) = (cx.old, cx.new);
    let by_name = |tables: &'_ [Table]| -> HashMap<String, usize> {
        tables
            .iter()
            .map(|table| table.name.clone())
            .zip(0..)
            .collect()
    };
    let (before, after) = (by_name(old.tables()), by_name(new.tables()));
    for table in old
        .tables()
        .iter()
        .filter(|table| !after.contains_key(&table.name))
    {
        let message = format!("table `{}` was removed", table.name);
        let path = Path::default().key("tables");
        cx.report(Change::new(
            Kind::TableRemoved,
            path,
            subject(table),
            message,
        ));
    }
    let read = read_columns(new);
    for (at, table) in new.tables().iter().enumerate() {
        match before.get(&table.name) {
            Some(was) => columns(cx, &old.tables()[*was], table, TableId(at), &read),
            None => {
                let message = format!("table `{}` was added", table.name);
                cx.report(Change::new(
                    Kind::TableAdded,
                    path(table),
                    subject(table),
                    message,
                ));
            }
        }
    }
}

fn path(table: &Table) -> Path {
    Path::default().key("tables").key(&table.name)
}

fn subject(table: &Table) -> Subject {
    Subject {
        table: Some(table.name.clone()),
        ..Subject::default()
    }
}

fn columns(
    cx: &mut Context<'_>,
    old: &Table,
    new: &Table,
    id: TableId,
    read: &HashSet<(TableId, &str)>,
) {
    // Metrics that read another database are compared.
    let Table {
        name,
        columns,
        database: _,
    } = old;
    if *columns == new.columns {
        return;
    }
    for column in columns {
        if new.column(&column.name).is_none() {
            let message = format!("column `{}` of `{name}` was removed", column.name);
            cx.report(Change::new(
                Kind::ColumnRemoved,
                path(new),
                subject(new),
                message,
            ));
        }
    }
    for column in &new.columns {
        match old.column(&column.name) {
            Some(was) => changed(cx, new, was, column, id, read),
            None => {
                let message = format!("column `{}` of `{name}` was added", column.name);
                let path = path(new).key(&column.name);
                cx.report(Change::new(Kind::ColumnAdded, path, subject(new), message));
            }
        }
    }
}

fn changed(
    cx: &mut Context<'_>,
    table: &Table,
    old: &Column,
    new: &Column,
    id: TableId,
    read: &HashSet<(TableId, &str)>,
) {
    let Column { name, ty } = old;
    if *ty == new.ty {
        return;
    }
    let is_text = |ty: &ColumnType| matches!(ty, ColumnType::Text | ColumnType::Enum(_));
    let (kind, message, help) = if is_text(ty) && is_text(&new.ty) {
        (
            Kind::ColumnValuesChanged,
            format!(
                "the known values of column `{name}` of `{}` changed",
                table.name
            ),
            "captures select the same rows; comparisons are checked against the new values",
        )
    } else if read.contains(&(id, name.as_str())) {
        (
            Kind::ColumnTypeChanged,
            format!(
                "the type of column `{name}` of `{}` changed, and captures read it",
                table.name
            ),
            "the values of these captures change: keep the type, or give the captures new codes",
        )
    } else {
        (
            Kind::UnreadColumnTypeChanged,
            format!(
                "the type of column `{name}` of `{}` changed, and no expression reads it",
                table.name
            ),
            "check hand-written SQL that reads it",
        )
    };
    let at = (path(table).key(name), subject(table));
    cx.changed(kind, at, message, type_text(ty), type_text(&new.ty), help);
}

/// Returns the columns that captures read, each with its table.
fn read_columns(registry: &Registry) -> HashSet<(TableId, &str)> {
    let mut read = HashSet::new();
    for (_, metric) in registry.metrics() {
        if let Source::Capture(capture) = &metric.source {
            for expr in expressions(capture) {
                names(expr, &mut read);
            }
        }
    }
    read
}

fn expressions(capture: &Capture) -> Vec<&Expr> {
    let Capture {
        from: _,
        joins,
        filter,
        by,
        min_group: _,
        per,
        measures,
        one_row: _,
    } = capture;
    let values = measures.iter().filter_map(Measure::value);
    joins
        .iter()
        .map(|join| &join.on)
        .chain(filter)
        .chain(by.iter().map(|dimension| &dimension.expr))
        .chain(per)
        .chain(values)
        .collect()
}

fn names<'a>(expr: &'a Expr, read: &mut HashSet<(TableId, &'a str)>) {
    if let ExprKind::Column { table, column, .. } = &expr.kind {
        read.insert((*table, column));
    }
    for part in expr.parts() {
        names(part, read);
    }
}

fn type_text(ty: &ColumnType) -> String {
    match ty {
        ColumnType::Integer => "integer".to_owned(),
        ColumnType::Number => "number".to_owned(),
        ColumnType::Text => "text".to_owned(),
        ColumnType::Enum(values) => format!("enum: [{}]", values.join(", ")),
        ColumnType::Boolean => "boolean".to_owned(),
        ColumnType::Timestamp => "timestamp".to_owned(),
        ColumnType::Json => "json".to_owned(),
        ColumnType::Version => "version".to_owned(),
    }
}
