//! Finds joins with several matching rows for a row, if a measure counts the row once for each
//! match.

use std::collections::BTreeSet;

use pings_model::{
    Aggregate, Capture, Comparison, Expr, ExprKind, Join, Lint, Measure, Source, Table, TableRef,
};

use super::subject::{Found, Site, Subject};
use crate::diagnostic::Diagnostic;
use crate::rules::joins::condition;
use crate::tree::Node;

pub(super) fn find(subject: &Subject<'_>, found: &mut Found) {
    for (at, ping) in subject.registry.pings().iter().enumerate() {
        for (nth, metric) in ping.metrics.iter().enumerate() {
            let Source::Capture(capture) = &metric.source else {
                continue;
            };
            let joined = Joined::new(capture, subject.registry.tables());
            let Some(join) = joined.multiplying() else {
                continue;
            };
            let node = subject.metric(at, nth);
            let items = node.get("join").map_or(&[][..], Node::items);
            let place = items
                .get(join)
                .and_then(condition)
                .map_or_else(|| node.head(), |on| on.span);
            let (from, called) = (joined.called(&capture.from), joined.of(join));
            let table = &subject.registry.table(capture.joins[join].table.table).name;
            let message = format!(
                "`{}` counts a row of `{from}` once for each joined row of `{called}`",
                metric.code
            );
            let diagnostic = Diagnostic::new(Lint::MultiplyingJoin, place, message)
                .label(format!("several rows of `{called}` may match"))
                .help(format!(
                    "to check whether a matching row exists, use `where: EXISTS ({table} ON …)` instead of the join"
                ))
                .help(format!(
                    "to measure the rows of `{table}`, use `from: {table}` and join the other tables by their id"
                ))
                .help("or give the reason why this is correct: `allow: { multiplying-join: … }`");
            found.add(Site::Metric(at, nth), diagnostic);
        }
    }
}

/// The tables of a capture.
struct Joined<'a> {
    capture: &'a Capture,
    tables: &'a [Table],
}

impl<'a> Joined<'a> {
    fn new(capture: &'a Capture, tables: &'a [Table]) -> Self {
        Self { capture, tables }
    }

    fn called(&self, table: &'a TableRef) -> &'a str {
        let name = self.tables[table.table.0].bare_name();
        table.alias.as_deref().unwrap_or(name)
    }

    /// Returns the name by which the capture refers to the table of a join.
    fn of(&self, join: usize) -> &'a str {
        self.capture
            .joins
            .get(join)
            .map_or("", |join| self.called(&join.table))
    }

    /// Returns the first join that multiplies rows of a measure.
    fn multiplying(&self) -> Option<usize> {
        let joins = &self.capture.joins;
        let multiplying: Vec<usize> = (0..joins.len())
            .filter(|join| !self.finds_one(&joins[*join]))
            .collect();
        self.measured().into_iter().find_map(|mut measured| {
            self.add_what_is_found_by_key(&mut measured);
            multiplying
                .iter()
                .copied()
                .find(|join| !measured.contains(self.of(*join)))
        })
    }

    /// Returns whether each row has at most one matching row, because the join compares the key of
    /// the joined table.
    fn finds_one(&self, join: &Join) -> bool {
        let table = self.called(&join.table);
        self.keys(&join.on)
            .iter()
            .any(|(key, other)| *key == table && !other.contains(table))
    }

    /// Returns the tables whose key is compared for equality, each with the tables of the other
    /// operand.
    fn keys<'e>(&self, on: &'e Expr) -> Vec<(&'e str, BTreeSet<&'e str>)> {
        match &on.kind {
            ExprKind::And(items) => items.iter().flat_map(|item| self.keys(item)).collect(),
            ExprKind::Compare(Comparison::Equal, left, right) => [(left, right), (right, left)]
                .into_iter()
                .filter_map(|(key, other)| Some((self.key(key)?, tables(other))))
                .collect(),
            _ => Vec::new(),
        }
    }

    /// Returns the table in which this column identifies a row, judged by the column's name.
    fn key<'e>(&self, expr: &'e Expr) -> Option<&'e str> {
        let ExprKind::Column {
            table,
            qualifier,
            column,
        } = &expr.kind
        else {
            return None;
        };
        let plain = |name: &str| name.replace('_', "").to_ascii_lowercase();
        let (column, table) = (plain(column), plain(self.tables[table.0].bare_name()));
        let is_key = match column.strip_suffix("id") {
            Some("" | "uu" | "gu" | "row") => true,
            Some(of) => of == table || table.strip_suffix('s') == Some(of),
            None => column == "pk",
        };
        is_key.then_some(qualifier.as_str())
    }

    /// Returns, for each sum or count, also in a dimension, the tables whose rows must each be counted once.
    fn measured(&self) -> Vec<BTreeSet<&'a str>> {
        let from = || BTreeSet::from([self.called(&self.capture.from)]);
        let is_grouped = self.capture.per.is_some();
        let of_measure = |measure: &'a Measure<Expr>| match measure {
            // A second row fails a capture of one row.
            Measure::Count if is_grouped || self.capture.one_row => Vec::new(),
            Measure::Count => vec![from()],
            Measure::Distinct(_) | Measure::Value(_) => Vec::new(),
            Measure::Sum(value)
            | Measure::Stats(value)
            | Measure::Percentiles { value, .. }
            | Measure::Histogram { value, .. } => match is_grouped {
                true => aggregated(value),
                false => vec![tables(value)],
            },
        };
        let measures = self.capture.measures.iter().flat_map(of_measure);
        let by = self.capture.by.iter();
        measures
            .chain(by.flat_map(|by| aggregated(&by.expr)))
            .collect()
    }

    /// Adds the tables that joins look up by key: each row of a measured table matches one row of
    /// these tables.
    fn add_what_is_found_by_key(&self, measured: &mut BTreeSet<&'a str>) {
        for join in self.capture.joins.iter().rev() {
            if measured.contains(self.called(&join.table)) {
                measured.extend(self.keys(&join.on).into_iter().map(|(key, _)| key));
            }
        }
    }
}

/// Returns the tables of each aggregate's argument.
fn aggregated(expr: &Expr) -> Vec<BTreeSet<&str>> {
    match &expr.kind {
        ExprKind::Aggregate(Aggregate::Count(of) | Aggregate::Sum(of) | Aggregate::Avg(of)) => {
            vec![tables(of)]
        }
        _ => expr.parts().into_iter().flat_map(aggregated).collect(),
    }
}

/// Returns the names of the tables whose columns an expression uses.
fn tables(expr: &Expr) -> BTreeSet<&str> {
    match &expr.kind {
        ExprKind::Column { qualifier, .. } => BTreeSet::from([qualifier.as_str()]),
        _ => expr.parts().into_iter().flat_map(tables).collect(),
    }
}
