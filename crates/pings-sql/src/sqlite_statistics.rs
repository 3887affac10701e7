//! Statistics and percentiles in SQLite, which supports only sums and sorting.
//!
//! Each value gets its rank in its group. A percentile is at the rank `fraction * last rank`,
//! interpolated between the value at that rank and the next value.

use pings_model::ValueType;

use crate::dialect::{Dialect, quote};
use crate::layout::{Block, Select};
use crate::measure::{Group, MeasurePlan, Rows, aggregate, finished, grouped, histogram, ordered};
use crate::names::Names;

/// A value, with the names of the columns that describe its rank.
#[derive(Clone, Debug)]
struct Ranked {
    value: String,
    ty: ValueType,
    /// Whether the rank is needed.
    has_place: bool,
    /// Whether the deviation from the mean is needed.
    has_mean: bool,
    /// The column with the next value of the group, NULL for the last value.
    next: String,
    /// The column with the rank, starting at 0, with NULLs last.
    place: String,
    /// The column with the last rank that has a value.
    last: String,
    /// The column with the mean of the group.
    mean: String,
    /// The column with the variance of the group.
    variance: String,
}

/// Builds the query that measures rows, some of them by rank.
pub fn measured(rows: Rows, wanted: &[MeasurePlan<'_>], mut names: Names) -> Block {
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

fn ranked_values(rows: &Rows, wanted: &[MeasurePlan<'_>], names: &mut Names) -> Vec<Ranked> {
    rows.values
        .iter()
        .enumerate()
        .map(|(place, value)| Ranked {
            value: value.sql.clone().finished().trim_end().to_owned(),
            ty: value.ty,
            has_place: wanted.iter().any(|it| it.ranked_value() == Some(place)),
            has_mean: wanted.contains(&MeasurePlan::Stats(place)),
            next: names.give("next_value"),
            place: names.give("place"),
            last: names.give("last_place"),
            mean: names.give("mean"),
            variance: names.give("variance"),
        })
        .collect()
}

/// Returns the rows with the ranks of their values.
fn ranking(
    rows: &Rows,
    wanted: &[MeasurePlan<'_>],
    ranked: &[Ranked],
    names: &mut Names,
) -> Select {
    let mut columns = grouped(&rows.groups);
    let has_first_times = wanted.contains(&MeasurePlan::FirstTimeUsers);
    if has_first_times || wanted.contains(&MeasurePlan::UniqueUsers) {
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

/// Returns the columns of a measure in the summary.
fn aggregates(wanted: MeasurePlan<'_>, rows: &Rows, ranked: &[Ranked]) -> Vec<Block> {
    let calls: Vec<Block> = match wanted {
        MeasurePlan::Stats(value) => ranked[value].stats(),
        MeasurePlan::Percentiles(value, at) => at
            .iter()
            .map(|at| ranked[value].percentile(&at.fraction()))
            .collect(),
        MeasurePlan::Histogram(value, buckets) => histogram(&ranked[value].value, buckets),
        _ => vec![aggregate(wanted, rows, Dialect::Sqlite)],
    };
    calls
        .into_iter()
        .zip(wanted.names())
        .map(|(call, name)| call.then(format!(" AS {}", quote::identifier(&name))))
        .collect()
}

impl Ranked {
    /// Returns the columns that describe the rank of a value.
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

    /// Returns all statistics except the standard deviation, which is computed from the variance in
    /// the summary.
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

    /// Renders a percentile. Exactly one row has the required rank, and the aggregate selects it.
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

    /// Renders the variance, which is NULL for fewer than two values.
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

    /// Renders a square root by Newton's method. Starting from above, the guesses only decrease, so
    /// the smallest guess is the root.
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

/// Returns the columns of a measure in the result.
fn results(wanted: MeasurePlan<'_>, ranked: &[Ranked]) -> Vec<Block> {
    let names = wanted.names();
    names
        .into_iter()
        .map(|name| match wanted {
            MeasurePlan::Stats(value) if name == "stddev" => ranked[value].standard_deviation(),
            _ => quote::identifier(&name).into(),
        })
        .collect()
}
