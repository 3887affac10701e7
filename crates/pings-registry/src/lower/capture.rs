//! Captures that read the product's tables.

use pings_model::{
    Buckets, Capture, Dimension, Expr, ExprKind, Join, JoinKind, Measure, TableRef, ValueType,
};

use crate::context::Context;
use crate::diagnostic::{Diagnostic, Rule};
use crate::lower::measure::{self, is_arithmetic, measure, measure_words};
use crate::lower::names::{Names, Owner};
use crate::lower::scope::Scope;
use crate::lower::{expr, groups, one_row, value_metric};
use crate::rules::joins::condition;
use crate::source::Span;
use crate::syntax::{RawBy, RawMetric};
use crate::tree::Node;

pub(super) fn capture(
    raw: &RawMetric,
    node: &Node<'_>,
    owner: Owner,
    names: &Names<'_>,
    cx: &mut Context<'_>,
) -> Option<Capture> {
    for key in ["of", "all_of", "identity", "source", "actor"] {
        cx.misplaced(
            node,
            key,
            "is only for event metrics",
            "a `be_capture` ping reads tables: use `from` and `where`",
        );
    }
    cx.misplaced(
        node,
        "columns",
        "is only for hand-written SQL",
        "remove it, or use `sql`",
    );
    cx.misplaced(
        node,
        "database",
        "is only for hand-written SQL",
        "remove it: the table is in the database that lists it under `databases`",
    );
    let Some(from_node) = node.get("from") else {
        let missing = Diagnostic::new(Rule::MissingKey, node.head(), "a capture needs `from`");
        cx.report(
            missing
                .label("missing here")
                .help("name the table whose rows are measured, or use `sql`"),
        );
        return None;
    };
    let mut scope = Scope::new(names);
    let from = table(raw.from.as_deref()?, None, from_node.span, names, cx)?;
    scope.add(&from);
    let joins = joins(raw, node, owner, names, &mut scope, cx)?;

    let expressions = Expressions {
        scope: &scope,
        owner,
    };
    let filter = match node.get("where") {
        Some(node) if node.text().is_none() => {
            let help = "filter rows with an SQL condition: `where: orders.deleted_at IS NULL`";
            cx.error(
                Rule::MisplacedKey,
                node.head(),
                "a mapping in the `where` of a capture",
                help,
            );
            None
        }
        Some(node) => expressions.condition(node, cx).map(Some),
        None => Some(None),
    };
    let by = dimensions(raw, node, &expressions, cx)?;
    let min_group = groups::min_group(node, !by.is_empty(), cx)?;
    if min_group.is_some() {
        groups::texts_only(node, &by, cx)?;
    }
    let per = match node.get("per") {
        Some(node) => expressions.row(node, cx).map(Some),
        None => Some(None),
    };
    let measures = measures(raw, node, &expressions, cx);
    let capture = Capture {
        from,
        joins,
        filter: filter?,
        by,
        min_group,
        per: per?,
        measures: measures?,
        one_row: false,
    };
    one_row::one_row(capture, node, cx)
}

/// A parser for the expressions of one capture.
struct Expressions<'s> {
    scope: &'s Scope<'s>,
    owner: Owner,
}

impl Expressions<'_> {
    fn row(&self, node: &Node<'_>, cx: &mut Context<'_>) -> Option<Expr> {
        expr::expression(
            node,
            self.scope,
            self.owner.aggregation,
            expr::Place::Row,
            cx,
        )
    }

    fn aggregate(&self, node: &Node<'_>, cx: &mut Context<'_>) -> Option<Expr> {
        expr::expression(
            node,
            self.scope,
            self.owner.aggregation,
            expr::Place::Group,
            cx,
        )
    }

    /// Returns the value of a dimension.
    fn dimension(&self, node: &Node<'_>, has_per: bool, cx: &mut Context<'_>) -> Option<Expr> {
        let place = match has_per {
            true => expr::Place::RowOrGroup,
            false => expr::Place::Row,
        };
        expr::expression(node, self.scope, self.owner.aggregation, place, cx)
    }

    fn condition(&self, node: &Node<'_>, cx: &mut Context<'_>) -> Option<Expr> {
        let condition = self.row(node, cx)?;
        if matches!(condition.ty, ValueType::Boolean | ValueType::Null) {
            return Some(condition);
        }
        let message = format!(
            "a condition must be a boolean, but this is {}",
            expr::a(condition.ty)
        );
        cx.error(
            Rule::TypeMismatch,
            node.span,
            message,
            "compare it with a value: `orders.total > 0`",
        );
        None
    }
}

fn table(
    name: &str,
    alias: Option<&str>,
    span: Span,
    names: &Names<'_>,
    cx: &mut Context<'_>,
) -> Option<TableRef> {
    match Scope::table(names, name, alias, &|| span) {
        Ok(table) => Some(table),
        Err(diagnostic) => {
            cx.report(diagnostic);
            None
        }
    }
}

fn joins(
    raw: &RawMetric,
    node: &Node<'_>,
    owner: Owner,
    names: &Names<'_>,
    scope: &mut Scope<'_>,
    cx: &mut Context<'_>,
) -> Option<Vec<Join>> {
    let nodes = node.get("join").map(Node::items).unwrap_or_default();
    let mut joins = Vec::new();
    for (raw, node) in raw.join.iter().zip(nodes) {
        let name_node = node.get("table")?;
        let joined = table(&raw.table, raw.alias.as_deref(), name_node.span, names, cx)?;
        if let Err(diagnostic) = scope.has_database_of(&joined, &|| name_node.span) {
            cx.report(diagnostic);
            return None;
        }
        if !scope.add(&joined) {
            let name = raw.alias.as_deref().unwrap_or(&raw.table);
            let place = node.get("as").unwrap_or(name_node).span;
            let help = "give this one another name: `as: other_name`";
            cx.error(
                Rule::DuplicateValue,
                place,
                format!("this capture reads `{name}` already"),
                help,
            );
            return None;
        }
        // A condition may refer to its own table and the tables before it, but not to later tables.
        let on = Expressions { scope, owner }.condition(condition(node)?, cx)?;
        let kind = match raw.kind.as_deref() {
            Some("left") => JoinKind::Left,
            _ => JoinKind::Inner,
        };
        joins.push(Join {
            table: joined,
            kind,
            on,
        });
    }
    Some(joins)
}

fn dimensions(
    raw: &RawMetric,
    node: &Node<'_>,
    expressions: &Expressions<'_>,
    cx: &mut Context<'_>,
) -> Option<Vec<Dimension>> {
    let metric = node;
    groups::unknown_buckets(metric, cx);
    let (Some(by), Some(node)) = (&raw.by, metric.get("by")) else {
        return Some(Vec::new());
    };
    let RawBy::Expressions(_) = by else {
        let help = "give each dimension a name and an expression: `by: { type: orders.type }`";
        cx.error(
            Rule::MisplacedKey,
            node.head(),
            "a list in the `by` of a capture",
            help,
        );
        return None;
    };
    let mut dimensions = Vec::new();
    let mut sound = true;
    for entry in node.entries() {
        let expr = expressions.dimension(&entry.value, raw.per.is_some(), cx);
        let expr = expr.map(dated);
        match expr {
            Some(expr) if matches!(expr.ty, ValueType::Timestamp | ValueType::Json) => {
                let message = format!("a dimension cannot be {}", expr::a(expr.ty));
                let help = match expr.ty {
                    ValueType::Timestamp => {
                        "group by the date of a period: `trunc(month, orders.paid_at)`"
                    }
                    _ => "group by text, numbers or booleans; a dimension should have few values",
                };
                cx.error(Rule::TypeMismatch, entry.value.span, message, help);
                sound = false;
            }
            Some(expr) => match by_ranges(expr, metric, &entry.key, cx) {
                Some((expr, ranges)) => dimensions.push(Dimension {
                    name: entry.key.to_string(),
                    expr,
                    ranges,
                }),
                None => sound = false,
            },
            None => sound = false,
        }
    }
    sound.then_some(dimensions)
}

/// Returns the start of a period as its date, which is a text.
fn dated(expr: Expr) -> Expr {
    if !expr::is_date(&expr) {
        return expr;
    }
    Expr {
        kind: ExprKind::DateText(Box::new(expr)),
        ty: ValueType::Text,
    }
}

/// Returns the value of a dimension, or its range with all ranges if `bucket` contains the
/// dimension.
fn by_ranges(
    expr: Expr,
    metric: &Node<'_>,
    name: &str,
    cx: &mut Context<'_>,
) -> Option<(Expr, Option<Buckets>)> {
    let Some(bounds) = groups::bucket(metric, name) else {
        return Some((expr, None));
    };
    let buckets = groups::buckets(bounds, name, expr.ty, cx)?;
    Some((groups::bucketed(expr, &buckets), Some(buckets)))
}

fn measures(
    raw: &RawMetric,
    node: &Node<'_>,
    expressions: &Expressions<'_>,
    cx: &mut Context<'_>,
) -> Option<Vec<Measure<Expr>>> {
    let words = measure_words(raw, node, cx)?;
    let mut sound = true;
    for (word, span) in &words {
        if matches!(*word, "unique_users" | "first_time_users") {
            let help =
                "tables do not contain users of the event log: measure `distinct` with a `value`";
            cx.error(
                Rule::WrongMeasure,
                *span,
                format!("`{word}` is only for event metrics"),
                help,
            );
            sound = false;
        }
    }
    value_metric::refuse_texts(node, "an SQL expression", cx);
    let value = match node.get("value").filter(|node| node.text().is_some()) {
        Some(node) => {
            let value = match raw.per {
                Some(_) => expressions.aggregate(node, cx)?,
                None => expressions.row(node, cx)?,
            };
            let value = match words.iter().any(|(word, _)| *word == "value") {
                true => dated(value),
                false => value,
            };
            let arithmetic = words.iter().find(|(word, _)| is_arithmetic(word));
            if let Some((word, _)) = arithmetic.filter(|_| !value.ty.is_numeric()) {
                let message = format!("`{word}` of {}", expr::a(value.ty));
                let help =
                    "use a number: a numeric column, `length(text)`, `seconds_between(a, b)`";
                cx.error(Rule::TypeMismatch, node.span, message, help);
                sound = false;
            } else if value.ty == ValueType::Json {
                let help = "extract a member: `json_text(column, 'key')`";
                cx.error(
                    Rule::TypeMismatch,
                    node.span,
                    "JSON documents cannot be compared",
                    help,
                );
                sound = false;
            }
            Some(value)
        }
        None => None,
    };
    if !sound {
        return None;
    }
    let buckets = match &value {
        Some(value) if value.ty.is_numeric() => measure::histogram(node, value.ty, cx)?,
        _ => None,
    };
    words
        .into_iter()
        .map(|(word, _)| measure(word, value.clone(), buckets.as_ref(), raw))
        .collect()
}
