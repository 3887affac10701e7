//! Finds captures that read a table with a soft-deletion column and do not mention the column.

use pings_model::{
    Capture, Expr, ExprKind, Lint, Source, SqlCapture, SqlPiece, SqlText, Table, TableId,
};

use super::subject::{Found, Site, Subject};
use crate::diagnostic::Diagnostic;
use crate::source::Span;
use crate::tree::Node;

/// The names of soft-deletion columns.
const MARKS: &[&str] = &[
    "deleted_at",
    "deleted_on",
    "date_deleted",
    "deleted",
    "is_deleted",
    "removed_at",
    "is_removed",
    "archived_at",
    "archived",
    "is_archived",
];

pub(super) fn find(subject: &Subject<'_>, found: &mut Found) {
    let marks: Vec<Option<&str>> = subject.registry.tables().iter().map(mark).collect();
    for (at, ping) in subject.registry.pings().iter().enumerate() {
        for (nth, metric) in ping.metrics.iter().enumerate() {
            let unfiltered = match &metric.source {
                Source::Capture(capture) => of_capture(capture, subject.registry.tables(), &marks),
                Source::Sql(capture) => of_sql(capture, subject.registry.tables(), &marks),
                Source::Events(_) | Source::Funnel(_) | Source::Value(_) => continue,
            };
            for Unfiltered { table, name, mark } in unfiltered {
                let place = reading(subject.metric(at, nth), table);
                let message = format!("`{}` counts deleted rows of `{name}`", metric.code);
                let diagnostic = Diagnostic::new(Lint::SoftDeletion, place, message)
                    .label(format!("the table has `{mark}`, which this capture does not filter on"))
                    .help(format!(
                        "filter on `{name}.{mark}` in `where`, in the `on` of a left join, or inside the `EXISTS`"
                    ))
                    .help("or give the reason why they count: `allow: { soft-deletion: … }`");
                found.add(Site::Metric(at, nth), diagnostic);
            }
        }
    }
}

/// A table that is read including its deleted rows.
struct Unfiltered<'a> {
    table: &'a str,
    /// The name of the table in the capture.
    name: &'a str,
    mark: &'a str,
}

/// Returns the soft-deletion column of a table.
fn mark(table: &Table) -> Option<&'static str> {
    MARKS
        .iter()
        .copied()
        .find(|mark| table.column(mark).is_some())
}

fn of_capture<'a>(
    capture: &'a Capture,
    tables: &'a [Table],
    marks: &[Option<&'a str>],
) -> Vec<Unfiltered<'a>> {
    let unfiltered = capture.tables().into_iter().filter_map(|read| {
        let TableId(id) = read.table;
        let mark = marks[id]?;
        let name = read.alias.as_deref().unwrap_or(&tables[id].name);
        let qualifier = read.alias.as_deref().unwrap_or(tables[id].bare_name());
        let is_said = capture
            .expressions()
            .any(|expr| speaks_of(expr, qualifier, &tables[id].name));
        (!is_said).then_some(Unfiltered {
            table: &tables[id].name,
            name,
            mark,
        })
    });
    unfiltered.collect()
}

/// Returns whether an expression refers to a soft-deletion column of the table.
fn speaks_of(expr: &Expr, called: &str, table: &str) -> bool {
    match &expr.kind {
        ExprKind::Column {
            qualifier, column, ..
        } => (qualifier == called || qualifier == table) && MARKS.contains(&column.as_str()),
        _ => expr
            .parts()
            .into_iter()
            .any(|part| speaks_of(part, called, table)),
    }
}

fn of_sql<'a>(
    capture: &SqlCapture,
    tables: &'a [Table],
    marks: &[Option<&'a str>],
) -> Vec<Unfiltered<'a>> {
    let said: Vec<Vec<String>> = capture.texts().map(words).collect();
    let unfiltered = tables.iter().zip(marks).filter_map(|(table, mark)| {
        let mark = (*mark)?;
        let has =
            |words: &[String], word: &str| words.iter().any(|it| it.eq_ignore_ascii_case(word));
        let is_unfiltered = said.iter().any(|words| {
            has(words, table.bare_name()) && !MARKS.iter().any(|mark| has(words, mark))
        });
        is_unfiltered.then_some(Unfiltered {
            table: &table.name,
            name: &table.name,
            mark,
        })
    });
    unfiltered.collect()
}

/// Returns the words of a statement.
fn words(sql: &SqlText) -> Vec<String> {
    let texts = sql.0.iter().filter_map(|piece| match piece {
        SqlPiece::Text(text) => Some(text.as_str()),
        SqlPiece::WeekStart | SqlPiece::WeekEnd | SqlPiece::Now => None,
    });
    let words = texts.flat_map(|text| text.split(|c: char| !c.is_alphanumeric() && c != '_'));
    words
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

/// Returns the location where a metric reads a table.
fn reading(metric: &Node<'_>, table: &str) -> Span {
    let from = metric.get("from");
    let joined = metric.get("join").map_or(&[][..], Node::items);
    let mut named = from
        .into_iter()
        .chain(joined.iter().filter_map(|join| join.get("table")));
    named
        .find(|node| node.text() == Some(table))
        .or_else(|| metric.get("sql"))
        .or_else(|| metric.get("where"))
        .map_or_else(|| metric.head(), Node::head)
}
