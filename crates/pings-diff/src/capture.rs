//! Comparison of captures in the portable form.

use pings_model::{
    Capture, Dimension, Expr, Join, JoinKind, Path, Registry, TableRef, ValueDomain, ValueType,
};

use crate::change::{Change, Kind, Subject};
use crate::context::Context;
use crate::event_metric::compare_min_group;
use crate::expr::Reader;
use crate::location::MetricRef;
use crate::result_columns::{dimension_added, dimension_removed, new_code};
use crate::value_domain::DimensionRef;
use crate::{measures, result_columns, value_domain};

pub(crate) fn compare(cx: &mut Context<'_>, old: &Capture, new: &Capture, coded: MetricRef<'_>) {
    if cx.same_tables && old == new {
        return;
    }
    let Capture {
        from,
        joins,
        filter,
        by,
        min_group,
        per,
        measures,
        one_row,
    } = old;
    let both = Both {
        old: Reader::new(cx.old, old),
        new: Reader::new(cx.new, new),
        coded,
    };
    let code = &coded.metric.code;
    let TableRef { table, alias: _ } = from;
    let (was, is) = (
        &cx.old.table(*table).name,
        &cx.new.table(new.from.table).name,
    );
    if was != is {
        let message = format!("metric `{code}` reads another table");
        cx.changed(
            Kind::FromChanged,
            coded.key("from"),
            message,
            was,
            is,
            new_code(code),
        );
    }
    both.joins(cx, joins, &new.joins);
    let message = format!("the filter of metric `{code}` changed, so other rows are measured");
    both.expressions(
        cx,
        Kind::FilterChanged,
        filter.as_ref(),
        new.filter.as_ref(),
        message,
        coded.key("where"),
    );
    if let (Some(was), Some(is)) = (old.value_of_row(), new.value_of_row()) {
        both.value_of_row(cx, was, is);
        return;
    }
    if *one_row || new.one_row {
        let names = |is_value: bool, measures| match is_value {
            true => vec!["value".to_owned()],
            false => measures::of_tables(measures).names,
        };
        let (was, is) = (names(*one_row, measures), names(new.one_row, &new.measures));
        result_columns::measures(cx, &was, &is, coded);
        return;
    }
    both.dimensions(cx, by, &new.by);
    compare_min_group(cx, *min_group, new.min_group, coded);
    let message = format!("the `per` expression of metric `{code}` changed");
    both.expressions(
        cx,
        Kind::PerChanged,
        per.as_ref(),
        new.per.as_ref(),
        message,
        coded.key("per"),
    );
    let (was, is) = (
        measures::of_tables(measures),
        measures::of_tables(&new.measures),
    );
    result_columns::measures(cx, &was.names, &is.names, coded);
    if was.value.is_some() && is.value.is_some() {
        let message = format!("the measured value of metric `{code}` changed");
        both.expressions(
            cx,
            Kind::ValueChanged,
            was.value,
            is.value,
            message,
            coded.key("value"),
        );
    }
}

/// Readers for the expressions of a metric in both registries.
struct Both<'a> {
    old: Reader<'a>,
    new: Reader<'a>,
    coded: MetricRef<'a>,
}

impl Both<'_> {
    fn expressions(
        &self,
        cx: &mut Context<'_>,
        kind: Kind,
        old: Option<&Expr>,
        new: Option<&Expr>,
        message: String,
        at: (Path, Subject),
    ) {
        let meaning = (
            old.map(|it| self.old.meaning(it)),
            new.map(|it| self.new.meaning(it)),
        );
        let text = (
            old.map(|it| self.old.text(it)),
            new.map(|it| self.new.text(it)),
        );
        if meaning.0 == meaning.1 && text.0 == text.1 {
            return;
        }
        let (path, subject) = at;
        let mut change = if meaning.0 == meaning.1 {
            let message = format!(
                "SQL of metric `{}` is written differently with the same meaning",
                self.coded.metric.code
            );
            Change::new(Kind::Rewritten, path, subject, message)
        } else {
            Change::new(kind, path, subject, message).help(new_code(&self.coded.metric.code))
        };
        (change.was, change.is) = text;
        cx.report(change);
    }

    /// Compares the values of one row.
    fn value_of_row(&self, cx: &mut Context<'_>, was: &Expr, is: &Expr) {
        let code = &self.coded.metric.code;
        let message = format!("the value of metric `{code}` changed");
        let at = self.coded.key("value");
        self.expressions(cx, Kind::ValueChanged, Some(was), Some(is), message, at);
        let is_text = |expr: &Expr| expr.ty == ValueType::Text;
        if self.old.meaning(was) == self.new.meaning(is) && is_text(was) && is_text(is) {
            let before = ValueDomain::of_expr(cx.old, was);
            let after = ValueDomain::of_expr(cx.new, is);
            let dimension = DimensionRef {
                name: "value",
                key: "value",
                coded: self.coded,
            };
            value_domain::compare(cx, before, after, dimension);
        }
    }

    fn dimensions(&self, cx: &mut Context<'_>, old: &[Dimension], new: &[Dimension]) {
        for dimension in old {
            // The expression contains the ranges.
            let Dimension {
                name,
                expr,
                ranges: _,
            } = dimension;
            match new.iter().find(|it| it.name == *name) {
                None => {
                    let meaning = self.old.meaning(expr);
                    let likely = new.iter().find(|it| {
                        !old.iter().any(|other| other.name == it.name)
                            && self.new.meaning(&it.expr) == meaning
                    });
                    dimension_removed(cx, name, likely.map(|it| it.name.as_str()), self.coded);
                }
                Some(is) => {
                    let code = &self.coded.metric.code;
                    let message =
                        format!("the values of dimension `{name}` of metric `{code}` changed");
                    let (path, subject) = self.coded.key("by");
                    let at = (path.key(name), subject);
                    self.expressions(
                        cx,
                        Kind::DimensionChanged,
                        Some(expr),
                        Some(&is.expr),
                        message,
                        at,
                    );
                    if self.old.meaning(expr) == self.new.meaning(&is.expr) {
                        let before = ValueDomain::of_expr(cx.old, expr);
                        let after = ValueDomain::of_expr(cx.new, &is.expr);
                        let dimension = DimensionRef {
                            name,
                            key: "by",
                            coded: self.coded,
                        };
                        value_domain::compare(cx, before, after, dimension);
                    }
                }
            }
        }
        for dimension in new {
            if !old.iter().any(|it| it.name == dimension.name) {
                dimension_added(cx, &dimension.name, self.coded);
            }
        }
    }

    fn joins(&self, cx: &mut Context<'_>, old: &[Join], new: &[Join]) {
        let meaning = |registry: &Registry, reader: &Reader<'_>, joins: &[Join]| {
            joins
                .iter()
                .map(|join| join_text(registry, join, &reader.meaning(&join.on), None))
                .collect::<Vec<_>>()
        };
        let text = |registry: &Registry, reader: &Reader<'_>, joins: &[Join]| {
            joins
                .iter()
                .map(|join| {
                    join_text(
                        registry,
                        join,
                        &reader.text(&join.on),
                        join.table.alias.as_deref(),
                    )
                })
                .collect::<Vec<_>>()
                .join("; ")
        };
        let is_same = meaning(cx.old, &self.old, old) == meaning(cx.new, &self.new, new);
        let (was, is) = (text(cx.old, &self.old, old), text(cx.new, &self.new, new));
        if is_same && was == is {
            return;
        }
        let code = &self.coded.metric.code;
        let (path, subject) = self.coded.key("join");
        let change = if is_same {
            let message = format!(
                "the joins of metric `{code}` are written differently with the same meaning"
            );
            Change::new(Kind::Rewritten, path, subject, message)
        } else {
            let message = format!("the joins of metric `{code}` changed");
            Change::new(Kind::JoinChanged, path, subject, message).help(new_code(code))
        };
        cx.report(change.was(was).is(is));
    }
}

fn join_text(registry: &Registry, join: &Join, condition: &str, alias: Option<&str>) -> String {
    let Join { table, kind, on: _ } = join;
    let name = &registry.table(table.table).name;
    let kind = match kind {
        JoinKind::Inner => "inner",
        JoinKind::Left => "left",
    };
    let alias = alias
        .map(|alias| format!(" as {alias}"))
        .unwrap_or_default();
    format!("{kind} {name}{alias} on {condition}")
}
