//! The texts that the dimensions of a metric can contain.

use std::collections::BTreeSet;

use crate::{
    ArgumentType, ColumnType, EventDimension, Expr, ExprKind, Literal, Metric, Registry, Source,
    SqlColumn, ValueKind, ValueType,
};

/// The texts that a dimension can contain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ValueDomain {
    /// The names of the registry's events.
    EventNames,
    /// Exactly these texts; empty if the values are not texts.
    Declared(BTreeSet<String>),
    /// Numbers of events.
    Numbers,
    /// Booleans of events.
    Booleans,
    /// Dates such as `2026-11-30`.
    Dates,
    /// The three numbers of versions, such as `5.2.0`.
    Versions,
    /// Texts that are not known in advance.
    Free,
}

impl ValueDomain {
    /// Returns the name and possible texts of each dimension of a metric, in order.
    #[must_use]
    pub fn of<'m>(registry: &Registry, metric: &'m Metric) -> Vec<(&'m str, Self)> {
        match &metric.source {
            Source::Events(metric) => metric
                .by
                .iter()
                .map(|by| (by.name(), of_event(by)))
                .collect(),
            Source::Capture(capture) => capture
                .by
                .iter()
                .map(|by| (by.name.as_str(), Self::of_expr(registry, &by.expr)))
                .collect(),
            Source::Sql(capture) => capture
                .columns
                .iter()
                .filter(|column| column.dimension)
                .map(|column| (column.name.as_str(), Self::of_sql_column(column)))
                .collect(),
            Source::Value(metric) => match &metric.kind {
                ValueKind::Boolean => vec![("value", Self::Declared(BTreeSet::new()))],
                ValueKind::Enum(values) => {
                    vec![("value", Self::Declared(values.iter().cloned().collect()))]
                }
                ValueKind::Version => vec![("value", Self::Versions)],
                ValueKind::Date => vec![("value", Self::Dates)],
                ValueKind::Integer | ValueKind::Number => Vec::new(),
            },
            Source::Funnel(_) => Vec::new(),
        }
    }

    /// Returns the texts that a column of hand-written SQL can contain.
    #[must_use]
    pub fn of_sql_column(column: &SqlColumn) -> Self {
        let declared = match &column.values {
            Some(values) => Some(values.iter().cloned().collect()),
            None => of_value(column.ty),
        };
        declared.map_or(Self::Free, Self::Declared)
    }

    /// Returns the texts that an expression of a capture can evaluate to.
    #[must_use]
    pub fn of_expr(registry: &Registry, expr: &Expr) -> Self {
        match &expr.kind {
            ExprKind::DateText(_) => Self::Dates,
            ExprKind::Version(_) => Self::Versions,
            _ => declared(registry, expr).map_or(Self::Free, Self::Declared),
        }
    }
}

fn of_event(by: &EventDimension) -> ValueDomain {
    match by {
        EventDimension::Event => ValueDomain::EventNames,
        EventDimension::Argument(argument) => match &argument.ty {
            ArgumentType::Enum(values) | ArgumentType::List(values) => {
                ValueDomain::Declared(values.iter().cloned().collect())
            }
            ArgumentType::Boolean => ValueDomain::Booleans,
            ArgumentType::Integer | ArgumentType::Number => ValueDomain::Numbers,
            ArgumentType::Version => ValueDomain::Versions,
            ArgumentType::String | ArgumentType::Object(_) => ValueDomain::Free,
        },
        EventDimension::Bucket(_, buckets) => {
            ValueDomain::Declared(buckets.labels().into_iter().collect())
        }
    }
}

/// Returns the texts that an expression can evaluate to, or `None` if they are not known.
fn declared(registry: &Registry, expr: &Expr) -> Option<BTreeSet<String>> {
    let all = |exprs: &mut dyn Iterator<Item = &Expr>| {
        let mut all = BTreeSet::new();
        for expr in exprs {
            all.extend(declared(registry, expr)?);
        }
        Some(all)
    };
    match &expr.kind {
        ExprKind::Literal(Literal::Text(text)) => Some(BTreeSet::from([text.clone()])),
        ExprKind::Column { table, column, .. } => {
            match &registry.table(*table).column(column)?.ty {
                ColumnType::Enum(values) => Some(values.iter().cloned().collect()),
                ty => of_value(ValueType::from(ty)),
            }
        }
        ExprKind::Case {
            branches,
            otherwise,
            ..
        } => all(&mut branches
            .iter()
            .map(|(_, then)| then)
            .chain(otherwise.as_deref())),
        ExprKind::Coalesce(items) => all(&mut items.iter()),
        ExprKind::Lower(inner) => {
            let texts = declared(registry, inner)?;
            // In captures, `lower` converts only A to Z.
            Some(texts.iter().map(|text| text.to_ascii_lowercase()).collect())
        }
        _ => of_value(expr.ty),
    }
}

/// Returns an empty set for types that are never text, and `None` for the other types.
fn of_value(ty: ValueType) -> Option<BTreeSet<String>> {
    match ty {
        ValueType::Text | ValueType::Json | ValueType::Timestamp => None,
        ValueType::Integer | ValueType::Number | ValueType::Boolean | ValueType::Null => {
            Some(BTreeSet::new())
        }
    }
}
