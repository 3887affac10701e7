//! Options for the groups of a metric: `bucket` and `min_group`.

use pings_model::schema::LARGEST_GROUP;
use pings_model::{Buckets, Comparison, Dimension, Expr, ExprKind, Literal, ValueType};

use crate::context::Context;
use crate::diagnostic::Rule;
use crate::source::Span;
use crate::tree::Node;

/// The largest bound; JSON represents all whole numbers up to this one exactly.
const LARGEST: i64 = (1 << 53) - 1;

/// The maximum number of bounds of a dimension: each bound is a branch of the query.
const MOST_BOUNDS: usize = 50;

/// The largest finite number of double precision.
const MOST_FINITE: &str = "1.7976931348623157e308";

/// Returns the node of `bucket` for a dimension.
pub(super) fn bucket<'n>(metric: &'n Node<'n>, dimension: &str) -> Option<&'n Node<'n>> {
    let entry = metric.get("bucket")?.entry(dimension)?;
    Some(&entry.value)
}

/// Reports keys of `bucket` that are not dimensions of the metric.
pub(super) fn unknown_buckets(metric: &Node<'_>, cx: &mut Context<'_>) {
    let entries = metric.get("bucket").map(Node::entries).unwrap_or_default();
    // `by` is a list of arguments, or a mapping from names to expressions.
    let by = metric.get("by");
    let listed = by.map(Node::one_or_many).unwrap_or_default().iter();
    let named = by.map(Node::entries).unwrap_or_default().iter();
    let listed = listed.filter_map(Node::text);
    let dimensions: Vec<&str> = listed.chain(named.map(|it| &*it.key)).collect();
    for entry in entries {
        if !dimensions.contains(&&*entry.key) {
            let message = format!("`{}` is not a dimension in `by`", entry.key);
            let help = "use the name of a numeric dimension in `by`";
            cx.error(Rule::MisplacedKey, entry.key_span, message, help);
        }
    }
}

/// Returns the ranges that the bounds of a dimension define.
pub(super) fn buckets(
    bounds: &Node<'_>,
    name: &str,
    ty: ValueType,
    cx: &mut Context<'_>,
) -> Option<Buckets> {
    if !ty.is_numeric() {
        let message = format!("`{name}` is not a number, so it cannot be divided into ranges");
        let help = "remove it from `bucket`";
        cx.error(Rule::TypeMismatch, bounds.span, message, help);
        return None;
    }
    let buckets = if ty == ValueType::Integer {
        let help = "use an integer of at most 53 bits";
        let whole = |text: &str| {
            let bound: Option<i64> = text.parse().ok();
            bound.filter(|it| (-LARGEST..=LARGEST).contains(it))
        };
        Buckets::Whole(ascending(bounds, name, "an integer", help, whole, cx)?)
    } else {
        let help = "use a number such as 0.5, of at most 53 bits";
        let real = |text: &str| {
            let bound: Option<f64> = text.parse().ok();
            bound.filter(|it| it.abs() < 9e15)
        };
        Buckets::Real(ascending(bounds, name, "a number", help, real, cx)?)
    };
    Some(buckets)
}

/// Parses bounds, each of which must be larger than the one before.
fn ascending<T: PartialOrd + Copy>(
    bounds: &Node<'_>,
    name: &str,
    what: &str,
    help: &str,
    read: impl Fn(&str) -> Option<T>,
    cx: &mut Context<'_>,
) -> Option<Vec<T>> {
    if bounds.items().len() > MOST_BOUNDS {
        let message = format!("`{name}` has more than {MOST_BOUNDS} bounds");
        let help = "remove some bounds: a dimension has few values";
        cx.error(Rule::WrongType, bounds.span, message, help);
        return None;
    }
    let mut all: Vec<T> = Vec::new();
    for node in bounds.items() {
        let text = node.text().unwrap_or("null");
        let Some(bound) = read(text) else {
            let message = format!("`{name}` is {what}, but this bound is `{text}`");
            cx.error(Rule::TypeMismatch, node.span, message, help);
            return None;
        };
        if all.last().is_some_and(|last| bound <= *last) {
            let message = format!("the bound `{text}` is not greater than the previous bound");
            let help = "list the bounds in ascending order, each once";
            cx.error(Rule::ReversedRange, node.span, message, help);
            return None;
        }
        all.push(bound);
    }
    Some(all)
}

/// Returns the expression for a dimension that is grouped into ranges:
/// `CASE WHEN x < 1 THEN 'under 1' … END`.
pub(super) fn bucketed(expr: Expr, buckets: &Buckets) -> Expr {
    let bounds: Vec<Literal> = match buckets {
        Buckets::Whole(bounds) => bounds.iter().copied().map(Literal::Integer).collect(),
        Buckets::Real(_) => buckets.bounds().into_iter().map(Literal::Number).collect(),
    };
    let compare = |operator, bound: Literal| {
        let bound = Expr {
            kind: ExprKind::Literal(bound),
            ty: expr.ty,
        };
        condition(ExprKind::Compare(
            operator,
            Box::new(expr.clone()),
            Box::new(bound),
        ))
    };
    let is_there = condition(ExprKind::IsNull {
        expr: Box::new(expr.clone()),
        negated: true,
    });
    let conditions = bounds
        .into_iter()
        .map(|bound| compare(Comparison::Less, bound))
        .chain([is_there]);
    let labels = buckets.labels().into_iter().map(|label| Expr {
        kind: ExprKind::Literal(Literal::Text(label)),
        ty: ValueType::Text,
    });
    // Neither infinity nor NaN, which PostgreSQL sorts above all numbers, is in a range.
    let is_infinite = matches!(buckets, Buckets::Real(_)).then(|| {
        let ends = vec![
            compare(Comparison::Less, finite("-")),
            compare(Comparison::Greater, finite("")),
        ];
        let missing = Expr {
            kind: ExprKind::Literal(Literal::Null),
            ty: ValueType::Null,
        };
        (condition(ExprKind::Or(ends)), missing)
    });
    Expr {
        kind: ExprKind::Case {
            operand: None,
            branches: is_infinite
                .into_iter()
                .chain(conditions.zip(labels))
                .collect(),
            otherwise: None,
        },
        ty: ValueType::Text,
    }
}

/// The largest finite number with that sign.
fn finite(sign: &str) -> Literal {
    Literal::Number(format!("{sign}{MOST_FINITE}"))
}

fn condition(kind: ExprKind) -> Expr {
    Expr {
        kind,
        ty: ValueType::Boolean,
    }
}

/// Returns `min_group`, or reports an error if the metric has no groups.
pub(super) fn min_group(
    metric: &Node<'_>,
    has_groups: bool,
    cx: &mut Context<'_>,
) -> Option<Option<u32>> {
    let Some(entry) = metric.entry("min_group") else {
        return Some(None);
    };
    if !has_groups {
        let help = "add dimensions with `by`, or remove it";
        let message = "`min_group` without groups";
        cx.error(Rule::MisplacedKey, entry.key_span, message, help);
        return None;
    }
    let least = entry.value.text().and_then(|text| text.parse().ok());
    match least.filter(|least| (2..=LARGEST_GROUP).contains(least)) {
        Some(least) => Some(Some(least)),
        None => {
            let message = format!("`min_group` is a number from 2 to {LARGEST_GROUP}");
            let help = "set the minimum size of a group: `min_group: 5`";
            cx.error(Rule::WrongType, entry.value.span, message, help);
            None
        }
    }
}

/// Reports a capture dimension that is not text and therefore cannot be `@other`.
pub(super) fn texts_only(
    metric: &Node<'_>,
    dimensions: &[Dimension],
    cx: &mut Context<'_>,
) -> Option<()> {
    let is_text = |dimension: &&Dimension| dimension.expr.ty == ValueType::Text;
    let Some(other) = dimensions.iter().find(|dimension| !is_text(dimension)) else {
        return Some(());
    };
    let name = &other.name;
    let entry = metric.get("by").and_then(|by| by.entry(name));
    let span = entry.map_or_else(|| metric.head(), |entry| entry.value.span);
    let message = format!("`{name}` is not text, so its small groups cannot become `@other`");
    let help = if other.expr.ty.is_numeric() {
        format!("put its numbers into ranges: `bucket: {{ {name}: [1, 10, 100] }}`")
    } else {
        "convert it to text: `CASE WHEN x THEN 'yes' ELSE 'no' END`".to_owned()
    };
    cx.error(Rule::TypeMismatch, span, message, help);
    None
}

/// Reports first-time users together with a key that does not support them.
pub(super) fn without_first_times(
    metric: &Node<'_>,
    measure: Span,
    cx: &mut Context<'_>,
) -> Option<()> {
    let key = ["min_group", "bucket"]
        .into_iter()
        .find(|key| metric.get(key).is_some());
    let Some(key) = key else { return Some(()) };
    let message = format!("`first_time_users` cannot be combined with `{key}`");
    let help = "measure first-time users in a separate metric";
    cx.error(Rule::WrongMeasure, measure, message, help);
    None
}
