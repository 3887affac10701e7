//! Stats and percentiles in SQLite, which has only sums and sorting.
//!
//! Each value gets its place among those of its group. A percentile lies at
//! the place `fraction * last place`, between the value there and the next.

use std::collections::BTreeSet;

use pings_model::ValueType;

use crate::dialect::{Dialect, quote};
use crate::layout::{Block, Select};
use crate::measure::{Group, Rows, Wanted, aggregate, finished, grouped, ordered};
use crate::names::Names;

const SQLITE: Dialect = Dialect::Sqlite;

/// What the query calls a value and what is known of its place.
#[derive(Clone, Debug)]
struct Ranked {
    value: String,
    /// The next value of the group; NULL after the last.
    next: String,
    /// From 0, NULLs last.
    place: String,
    /// The last place that has a value.
    last: String,
    /// The average of the group.
    mean: String,
    /// The variance of the group.
    variance: String,
    ty: ValueType,
}

/// The query that measures rows, some of them by rank.
pub fn measured(rows: Rows, wanted: &[Wanted<'_>], mut names: Names) -> Block {
    let ranked_name = names.give("ranked");
    let ranked: Vec<Ranked> = rows
        .values
        .iter()
        .map(|value| Ranked {
            value: value.sql.clone().finished().trim_end().to_owned(),
            next: names.give("next_value"),
            place: names.give("place"),
            last: names.give("last_place"),
            mean: names.give("mean"),
            variance: names.give("variance"),
            ty: value.ty,
        })
        .collect();
    let ranks: BTreeSet<usize> = wanted.iter().filter_map(|it| it.ranked_value()).collect();
    let spread: BTreeSet<usize> = wanted.iter().filter_map(|it| it.spread_value()).collect();

    let mut defined = rows.defined.clone();
    let ranking = ranking(&rows, wanted, &ranked, &ranks, &spread, &mut names);
    defined.push((ranked_name.clone(), ranking.block()));

    let mut summary = Select {
        columns: rows.groups.iter().map(Group::selected).collect(),
        from: vec![format!("FROM {ranked_name}").into()],
        group_by: grouped(&rows.groups),
        ..Select::default()
    };
    summary.columns.extend(
        wanted
            .iter()
            .flat_map(|wanted| aggregates(*wanted, &rows, &ranked)),
    );
    let order_by = ordered(&rows.groups, SQLITE);
    if spread.is_empty() {
        summary.order_by = order_by;
        return finished(defined, summary);
    }
    let summary_name = names.give("summary");
    summary
        .columns
        .extend(spread.iter().map(|value| ranked[*value].variance_column()));
    defined.push((summary_name.clone(), summary.block()));
    let mut columns: Vec<Block> = rows
        .groups
        .iter()
        .map(|group| group.outer.as_str().into())
        .collect();
    columns.extend(wanted.iter().flat_map(|wanted| rooted(*wanted, &ranked)));
    let outer = rows.groups.iter().map(|group| group.outer.as_str().into());
    let select = Select {
        columns,
        from: vec![format!("FROM {summary_name}").into()],
        order_by: outer.collect(),
        ..Select::default()
    };
    finished(defined, select)
}

impl Wanted<'_> {
    /// The value whose deviation from the mean is wanted.
    fn spread_value(self) -> Option<usize> {
        match self {
            Self::Stats(value) => Some(value),
            _ => None,
        }
    }
}

/// The rows, each with the places of its values.
fn ranking(
    rows: &Rows,
    wanted: &[Wanted<'_>],
    ranked: &[Ranked],
    ranks: &BTreeSet<usize>,
    spread: &BTreeSet<usize>,
    names: &mut Names,
) -> Select {
    let mut columns = grouped(&rows.groups);
    let users = [Wanted::UniqueUsers, Wanted::FirstTimeUsers];
    if wanted.iter().any(|it| users.contains(it)) {
        columns.push(rows.person.as_str().into());
    }
    if wanted.contains(&Wanted::FirstTimeUsers) {
        columns.push(rows.first_time.as_str().into());
    }
    let partition = match grouped(&rows.groups).as_slice() {
        [] => Block::empty(),
        groups => comma_separated("PARTITION BY ", groups),
    };
    let whole = names.give("whole");
    let mut windows = vec![
        Block::from(format!("{whole} AS ("))
            .then(partition.clone())
            .then(")"),
    ];
    for (place, value) in ranked.iter().enumerate() {
        columns.push(value.value.as_str().into());
        if ranks.contains(&place) {
            let sorted = names.give("sorted");
            let Ranked {
                value,
                next,
                place: place_name,
                last,
                mean,
                ..
            } = value;
            columns.push(format!("lead({value}) OVER {sorted} AS {next}").into());
            columns.push(format!("row_number() OVER {sorted} - 1 AS {place_name}").into());
            columns.push(format!("count({value}) OVER {whole} - 1 AS {last}").into());
            if spread.contains(&place) {
                columns.push(format!("avg({value}) OVER {whole} AS {mean}").into());
            }
            let order = format!("ORDER BY {value} NULLS LAST)");
            let space = if rows.groups.is_empty() { "" } else { " " };
            windows.push(
                Block::from(format!("{sorted} AS ("))
                    .then(partition.clone())
                    .then(format!("{space}{order}")),
            );
        }
    }
    Select {
        columns,
        from: rows.from.clone(),
        conditions: rows.conditions.clone(),
        windows,
        ..Select::default()
    }
}

fn comma_separated(opening: &str, items: &[Block]) -> Block {
    let joined = items
        .iter()
        .cloned()
        .reduce(|all, item| all.then(", ").then(item));
    Block::from(opening).then(joined.unwrap_or_else(Block::empty))
}

/// The columns that measure this, in the summary.
fn aggregates(wanted: Wanted<'_>, rows: &Rows, ranked: &[Ranked]) -> Vec<Block> {
    let calls: Vec<Block> = match wanted {
        Wanted::Stats(value) => ranked[value].stats(),
        Wanted::Percentiles(value, at) => at
            .iter()
            .map(|at| ranked[value].percentile(&at.fraction()))
            .collect(),
        _ => vec![aggregate(wanted, rows, SQLITE)],
    };
    calls
        .into_iter()
        .zip(wanted.names())
        .map(|(call, name)| call.then(format!(" AS {}", quote::identifier(&name))))
        .collect()
}

impl Ranked {
    /// All but the standard deviation, which the summary's variance gives.
    fn stats(&self) -> Vec<Block> {
        let value = &self.value;
        let as_number = |call: String| match self.ty {
            ValueType::Number => call,
            _ => format!("CAST({call} AS REAL)"),
        };
        vec![
            format!("avg({value})").into(),
            as_number(format!("min({value})")).into(),
            as_number(format!("max({value})")).into(),
            self.percentile("0.5"),
        ]
    }

    /// One row is at the place, so that the aggregate only picks it.
    fn percentile(&self, fraction: &str) -> Block {
        let Self {
            value,
            next,
            place,
            last,
            ..
        } = self;
        Block::from("max(")
            .within(format!(
                "{value} + ({fraction} * {last} - {place}) * (coalesce({next}, {value}) - {value})"
            ))
            .below(format!(
                ") FILTER (WHERE {place} = CAST({fraction} * {last} AS INTEGER))"
            ))
    }

    /// NULL of fewer than two values.
    fn variance_column(&self) -> Block {
        let Self {
            value,
            mean,
            variance,
            ..
        } = self;
        format!("sum(({value} - {mean}) * ({value} - {mean})) / (count({value}) - 1) AS {variance}")
            .into()
    }

    /// Newton's square root: from above the guesses only fall, so the least is the root.
    fn standard_deviation(&self) -> Block {
        let variance = &self.variance;
        let better = format!("(guess + {variance} / guess) / 2");
        Block::from("coalesce((")
            .within("-- The square root after Newton, because not every SQLite has sqrt().")
            .within("WITH RECURSIVE root (guess) AS (")
            .within(
                Block::empty()
                    .within(format!("SELECT max({variance}, 1.0)"))
                    .within(format!("WHERE {variance} > 0"))
                    .within("UNION ALL")
                    .within(format!("SELECT {better}"))
                    .within("FROM root")
                    .within(format!("WHERE {better} < guess")),
            )
            .within(")")
            .within("SELECT min(guess)")
            .within("FROM root")
            .below("), 0.0) AS stddev")
    }
}

/// The columns that measure this, in the result.
fn rooted(wanted: Wanted<'_>, ranked: &[Ranked]) -> Vec<Block> {
    let names = wanted.names();
    names
        .into_iter()
        .map(|name| match wanted {
            Wanted::Stats(value) if name == "stddev" => ranked[value].standard_deviation(),
            _ => quote::identifier(&name).into(),
        })
        .collect()
}
