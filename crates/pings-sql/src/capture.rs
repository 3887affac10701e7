//! Queries for captures of the product's tables.

use pings_model::{Capture, Expr, Join, JoinKind, Registry, TableRef, ValueType};

use crate::aggregate::measured;
use crate::binding::Binding;
use crate::column::{Column, Role};
use crate::dialect::{Dialect, quote};
use crate::expr;
use crate::fold::folded;
use crate::layout::{Block, Select, chain};
use crate::measure::{Group, Plan, Rows, Value};
use crate::names::Names;
use crate::small_groups::{self, Size};
use crate::window;

/// Builds the query of a capture.
pub fn query(registry: &Registry, capture: &Capture, dialect: Dialect) -> Block {
    if let Some(value) = capture.value_of_row() {
        return one_row(registry, capture, value, dialect);
    }
    let plan = Plan::of_rows(&capture.measures);
    let mut names = taken_names(registry, capture, &plan);
    let rows = if is_simple(capture, &plan) {
        simple_rows(registry, capture, &plan, dialect)
    } else {
        named_rows(registry, capture, &plan, &mut names, dialect)
    };
    let rows = match capture.min_group {
        Some(least) => small_groups::folded(rows, least, Size::Rows, &mut names),
        None => rows,
    };
    measured(rows, &plan.wanted, names, dialect)
}

/// Builds the query for the value of one row. It returns at most two rows, so that a reader notices
/// a second one.
fn one_row(registry: &Registry, capture: &Capture, value: &Expr, dialect: Dialect) -> Block {
    let value = named(&folded(registry, value), "value".into(), dialect);
    let count = match dialect {
        Dialect::Postgres => "1::bigint AS count",
        Dialect::Sqlite => "1 AS count",
    };
    let is_counted = !capture.by.is_empty();
    let source = source(registry, capture, dialect);
    let select = Select {
        columns: std::iter::once(value)
            .chain(is_counted.then(|| count.into()))
            .collect(),
        from: source.from,
        conditions: source.conditions,
        ..Select::default()
    };
    select.block().below("LIMIT 2")
}

/// Returns the columns that the query selects.
pub fn columns(capture: &Capture) -> Vec<Column> {
    let dimensions = capture.by.iter().map(|dimension| {
        let ty = match dimension.expr.ty {
            // NULL is selected as an integer.
            ValueType::Null => ValueType::Integer,
            ty => ty,
        };
        Column {
            name: dimension.name.clone(),
            ty,
            holds: ty,
            nullable: true,
            role: Role::Dimension,
        }
    });
    let plan = Plan::of_rows(&capture.measures);
    let measures = plan.columns(|value| value.ty);
    dimensions.chain(measures).collect()
}

/// Returns the names that the result and the tables already use.
fn taken_names(registry: &Registry, capture: &Capture, plan: &Plan<'_, Expr>) -> Names {
    let mut names = Names::default();
    for name in plan.wanted.iter().flat_map(|wanted| wanted.names()) {
        names.take(&name);
    }
    for table in capture.tables() {
        names.take(registry.table(table.table).bare_name());
    }
    names
}

/// Returns whether each expression is written only once, so that none needs a name.
fn is_simple(capture: &Capture, plan: &Plan<'_, Expr>) -> bool {
    let repeats = plan.wanted.iter().any(|it| it.repeats_value());
    capture.by.is_empty() && capture.per.is_none() && !repeats
}

/// Returns the rows of the tables without intermediate names.
fn simple_rows(
    registry: &Registry,
    capture: &Capture,
    plan: &Plan<'_, Expr>,
    dialect: Dialect,
) -> Rows {
    let source = source(registry, capture, dialect);
    Rows {
        defined: Vec::new(),
        from: source.from,
        conditions: source.conditions,
        groups: Vec::new(),
        values: plan
            .values
            .iter()
            .map(|value| Value {
                sql: expr::selected(value, dialect).alone(),
                ty: value.ty,
            })
            .collect(),
        person: String::new(),
        first_time: String::new(),
        alike: None,
    }
}

/// Returns the rows of the tables, or of their `per` groups, with names for dimensions and values.
fn named_rows(
    registry: &Registry,
    capture: &Capture,
    plan: &Plan<'_, Expr>,
    names: &mut Names,
    dialect: Dialect,
) -> Rows {
    let groups: Vec<Group> = capture
        .by
        .iter()
        .map(|dimension| Group {
            inner: quote::identifier(&names.give(&dimension.name)),
            outer: quote::identifier(&dimension.name),
            ty: dimension.expr.ty,
            holds: dimension.expr.ty,
        })
        .collect();
    let values: Vec<Value> = plan
        .values
        .iter()
        .map(|value| Value {
            sql: names.give("value").into(),
            ty: value.ty,
        })
        .collect();
    let per = capture.per.as_ref().map(|per| (per, names.give("per")));

    // The undeclared values of an enum form one group, so that every measure covers the whole
    // group.
    let by: Vec<Expr> = capture
        .by
        .iter()
        .map(|dimension| folded(registry, &dimension.expr))
        .collect();
    let dimensions = by
        .iter()
        .zip(&groups)
        .map(|(expr, group)| (expr, group.inner.as_str()));
    let grouping: Vec<(&Expr, &str)> = dimensions
        .chain(per.as_ref().map(|(per, name)| (*per, name.as_str())))
        .collect();
    let measured = plan.values.iter().zip(&values);
    let columns = grouping
        .iter()
        .map(|(expr, name)| named(expr, (*name).into(), dialect))
        .chain(measured.map(|(expr, value)| named(expr, value.sql.clone(), dialect)))
        .collect();
    // Column positions are used because PostgreSQL resolves a name in GROUP BY to a table's column
    // first.
    let group_by = match per {
        Some(_) => (1..)
            .zip(&grouping)
            .filter(|(_, (expr, _))| !expr.has_aggregate())
            .map(|(place, _): (usize, _)| place.to_string().into())
            .collect(),
        None => Vec::new(),
    };
    let source = source(registry, capture, dialect);
    let select = Select {
        columns,
        from: source.from,
        conditions: source.conditions,
        group_by,
        ..Select::default()
    };
    let name = names.give("measured");
    Rows {
        from: vec![format!("FROM {name}").into()],
        defined: vec![(name, select.block())],
        conditions: Vec::new(),
        groups,
        values,
        person: String::new(),
        first_time: String::new(),
        alike: None,
    }
}

fn named(expr: &Expr, name: Block, dialect: Dialect) -> Block {
    expr::selected(expr, dialect)
        .alone()
        .then(" AS ")
        .then(name)
}

/// The source of the rows.
struct RowSource {
    from: Vec<Block>,
    conditions: Vec<Block>,
}

fn source(registry: &Registry, capture: &Capture, dialect: Dialect) -> RowSource {
    let mut from = vec![Block::from("FROM ").then(table(registry, &capture.from))];
    from.extend(
        capture
            .joins
            .iter()
            .map(|joined| join(registry, joined, dialect)),
    );
    let mut conditions: Vec<Block> = capture
        .filter
        .iter()
        .flat_map(|filter| conditions(filter, dialect))
        .collect();
    let borders = window::of_capture(capture);
    conditions.extend(borders.guard(borders, dialect));
    RowSource { from, conditions }
}

fn table(registry: &Registry, table: &TableRef) -> String {
    quote::table(&registry.table(table.table).name, table.alias.as_deref())
}

fn join(registry: &Registry, join: &Join, dialect: Dialect) -> Block {
    let kind = match join.kind {
        JoinKind::Inner => "JOIN",
        JoinKind::Left => "LEFT JOIN",
    };
    let joined = Block::from(format!("{kind} {}", table(registry, &join.table)));
    let partners = chain("AND", conditions(&join.on, dialect));
    if partners.is_line() {
        joined.then(" ON ").then(partners)
    } else {
        joined.within(Block::from("ON ").then(partners.hanging()))
    }
}

/// Returns the condition as a list of operands for AND.
fn conditions(expr: &Expr, dialect: Dialect) -> Vec<Block> {
    expr::conditions(expr, dialect)
        .into_iter()
        .map(|condition| condition.within(Binding::Not))
        .collect()
}
