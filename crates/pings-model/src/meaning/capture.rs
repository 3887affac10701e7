//! Captures in portable SQL.

use super::expr::Tables;
use super::{Grouping, Meaning, Part, SourceKind, events};
use crate::{Capture, Dimension, Join, JoinKind, Registry};

pub(super) fn capture(registry: &Registry, capture: &Capture) -> Meaning {
    let Capture {
        from,
        joins,
        filter,
        by,
        per,
        measures,
    } = capture;
    let tables = Tables::new(registry, from, joins);
    let optional = |expr: &Option<_>| expr.as_ref().map(|it| tables.expr(it)).unwrap_or_default();
    let mut joined: Vec<String> = joins.iter().map(|it| join(it, &tables)).collect();
    if joins.iter().all(|join| join.kind == JoinKind::Inner) {
        // Which of them comes first is all one.
        joined.sort_unstable();
    }
    Meaning {
        of: SourceKind::Capture,
        parts: vec![
            (Part::From, tables.table(from)),
            (Part::Join, joined.join("; ")),
            (Part::Where, optional(filter)),
            (Part::Per, optional(per)),
        ],
        by: by.iter().map(|it| dimension(it, &tables)).collect(),
        measures: measures
            .iter()
            .flat_map(|it| events::of_measure(it, |value| tables.expr(value)))
            .collect(),
    }
}

fn join(join: &Join, tables: &Tables<'_>) -> String {
    let Join { table, kind, on } = join;
    let kind = match kind {
        JoinKind::Inner => "",
        JoinKind::Left => "left ",
    };
    format!("{kind}{} on {}", tables.table(table), tables.expr(on))
}

fn dimension(dimension: &Dimension, tables: &Tables<'_>) -> Grouping {
    let Dimension { name, expr } = dimension;
    Grouping {
        name: name.clone(),
        means: tables.expr(expr),
        values: Vec::new(),
    }
}
