//! Stats and percentiles in SQLite, which has only sums and sorting.
//!
//! Each value gets its place among those of its group. A percentile lies at
//! the place `fraction * last place`, between the value there and the next.

use pings_model::ValueType;

use crate::dialect::{Dialect, quote};
use crate::layout::{Block, Select};
use crate::measure::{Group, Rows, Wanted, aggregate, finished, grouped, ordered};
use crate::names::Names;

/// A value, and what the query calls what it knows of it.
#[derive(Clone, Debug)]
struct Ranked {
    value: String,
    ty: ValueType,
    /// Whether its place matters.
    has_place: bool,
    /// Whether its deviation from the mean matters.
    has_mean: bool,
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
}

/// The query that measures rows, some of them by rank.
pub fn measured(rows: Rows, wanted: &[Wanted<'_>], mut names: Names) -> Block {
    let ranked = ranked_values(&rows, wanted, &mut names);
    let mut defined = rows.defined.clone();
    let ranking_name = names.give("ranked");
    let ranking = ranking(&rows, wanted, &ranked, &mut names);
    defined.push((ranking_name.clone(), ranking.block()));

    let variances: Vec<Block> = ranked
        .iter()
        .filter(|value| value.has_mean)
        .map(Ranked::variance_column)
        .collect();
    let aggregates = wanted
        .iter()
        .flat_map(|wanted| aggregates(*wanted, &rows, &ranked));
    let mut summary = Select {
        from: vec![format!("FROM {ranking_name}").into()],
        group_by: grouped(&rows.groups),
        ..Select::default()
    };
    let result_groups = rows.groups.iter().map(Group::selected);
    let order_by = ordered(&rows.groups, Dialect::Sqlite);
    if variances.is_empty() {
        summary.columns = result_groups.chain(aggregates).collect();
        summary.order_by = order_by;
        return finished(defined, summary);
    }
    let summary_name = names.give("summary");
    summary.columns = grouped(&rows.groups);
    summary.columns.extend(aggregates);
    summary.columns.extend(variances);
    defined.push((summary_name.clone(), summary.block()));

    let results = wanted.iter().flat_map(|wanted| results(*wanted, &ranked));
    let select = Select {
        columns: result_groups.chain(results).collect(),
        from: vec![format!("FROM {summary_name}").into()],
        order_by,
        ..Select::default()
    };
    finished(defined, select)
}

fn ranked_values(rows: &Rows, wanted: &[Wanted<'_>], names: &mut Names) -> Vec<Ranked> {
    rows.values
        .iter()
        .enumerate()
        .map(|(place, value)| Ranked {
            value: value.sql.clone().finished().trim_end().to_owned(),
            ty: value.ty,
            has_place: wanted.iter().any(|it| it.ranked_value() == Some(place)),
            has_mean: wanted.contains(&Wanted::Stats(place)),
            next: names.give("next_value"),
            place: names.give("place"),
            last: names.give("last_place"),
            mean: names.give("mean"),
            variance: names.give("variance"),
        })
        .collect()
}

/// The rows, each with the places of its values.
fn ranking(rows: &Rows, wanted: &[Wanted<'_>], ranked: &[Ranked], names: &mut Names) -> Select {
    let mut columns = grouped(&rows.groups);
    let has_first_times = wanted.contains(&Wanted::FirstTimeUsers);
    if has_first_times || wanted.contains(&Wanted::UniqueUsers) {
        columns.push(rows.person.as_str().into());
    }
    if has_first_times {
        columns.push(rows.first_time.as_str().into());
    }
    let groups: Vec<&str> = rows.groups.iter().map(|it| it.inner.as_str()).collect();
    let partition = match groups.as_slice() {
        [] => String::new(),
        groups => format!("PARTITION BY {}", groups.join(", ")),
    };
    let whole = names.give("whole");
    let mut windows = vec![format!("{whole} AS ({partition})").into()];
    for ranked in ranked {
        columns.push(ranked.value.as_str().into());
        if ranked.has_place {
            let sorted = names.give("sorted");
            columns.extend(ranked.place_columns(&sorted, &whole));
            let order = format!("{partition} ORDER BY {} NULLS LAST", ranked.value);
            windows.push(format!("{sorted} AS ({})", order.trim_start()).into());
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

/// The columns that measure this, in the summary.
fn aggregates(wanted: Wanted<'_>, rows: &Rows, ranked: &[Ranked]) -> Vec<Block> {
    let calls: Vec<Block> = match wanted {
        Wanted::Stats(value) => ranked[value].stats(),
        Wanted::Percentiles(value, at) => at
            .iter()
            .map(|at| ranked[value].percentile(&at.fraction()))
            .collect(),
        _ => vec![aggregate(wanted, rows, Dialect::Sqlite)],
    };
    calls
        .into_iter()
        .zip(wanted.names())
        .map(|(call, name)| call.then(format!(" AS {}", quote::identifier(&name))))
        .collect()
}

impl Ranked {
    /// What a row knows of the place of its value.
    fn place_columns(&self, sorted: &str, whole: &str) -> Vec<Block> {
        let Self {
            value,
            next,
            place,
            last,
            mean,
            ..
        } = self;
        let mut columns = vec![
            format!("lead({value}) OVER {sorted} AS {next}").into(),
            format!("row_number() OVER {sorted} - 1 AS {place}").into(),
            format!("count({value}) OVER {whole} - 1 AS {last}").into(),
        ];
        if self.has_mean {
            columns.push(format!("avg({value}) OVER {whole} AS {mean}").into());
        }
        columns
    }

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
fn results(wanted: Wanted<'_>, ranked: &[Ranked]) -> Vec<Block> {
    let names = wanted.names();
    names
        .into_iter()
        .map(|name| match wanted {
            Wanted::Stats(value) if name == "stddev" => ranked[value].standard_deviation(),
            _ => quote::identifier(&name).into(),
        })
        .collect()
}
