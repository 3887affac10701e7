//! The numbers themselves: one scan of a code's rows.
//!
//! Rows of a series lie in the order of weeks, so that grouping by week takes no sorting. Which
//! origins are to be believed is known before; so the database compares whole numbers only.

use std::collections::{BTreeMap, BTreeSet};

use pings_database::{Bind, Cell, Transaction};
use pings_model::ValueType;
use pings_payload::Week;
use serde_json::Value as Json;

use super::{Group, Instances, SeriesWeek, Span, Values};
use crate::Result;
use crate::measures::Together;

/// How many series are asked for at once.
const AT_ONCE: usize = 1000;

/// What is asked.
pub(crate) struct Query<'q> {
    pub(crate) code: i64,
    pub(crate) measures: &'q [(String, Together)],
    /// Whether an instance sends a row of each step, and so has no row without dimensions.
    pub(crate) is_funnel: bool,
    pub(crate) by: Option<&'q str>,
}

/// The numbers of a week.
#[derive(Default)]
pub(crate) struct OfWeek {
    /// How many instances they are of.
    pub(crate) instances: u64,
    total: Vec<Part>,
    /// By the JSON of the dimension's value.
    groups: BTreeMap<String, Vec<Part>>,
}

/// What several values of a measure came to: their sum, or the least or most of them, and how
/// many they were.
#[derive(Clone, Copy, Default)]
struct Part {
    value: f64,
    count: u64,
}

/// What the numbers of a series are of.
struct Series {
    /// The place of its measure.
    measure: usize,
    /// The value of the dimension by which it is told apart.
    group: Option<String>,
    /// Whether each instance has one number of it and no other of the measure.
    is_whole: bool,
}

/// The numbers of each week, of these origins and not of those; or of all.
pub(crate) async fn values(
    tx: &mut Transaction,
    query: &Query<'_>,
    span: Span<'_>,
    origins: Option<(Vec<i64>, Vec<i64>)>,
) -> Result<BTreeMap<Week, OfWeek>> {
    let mut weeks: BTreeMap<Week, OfWeek> = BTreeMap::new();
    let Some(origin) = condition(origins) else {
        return Ok(weeks);
    };
    let all = series(tx, query).await?;
    let ids: Vec<i64> = all.keys().copied().collect();
    let (first, last) = (span.weeks.0.to_string(), span.weeks.1.to_string());
    let binds = [Bind::Text(&first), Bind::Text(&last)];
    let types = [
        ValueType::Integer,
        ValueType::Text,
        ValueType::Integer,
        ValueType::Integer,
        ValueType::Number,
        ValueType::Number,
        ValueType::Number,
    ];
    for ids in ids.chunks(AT_ONCE) {
        let sql = format!(
            "SELECT series, week, count(*), count(value), sum(value), min(value), max(value) \
             FROM measurements WHERE series IN ({}) AND week >= $1 AND week <= $2{origin} \
             GROUP BY series, week",
            list(ids)
        );
        for row in tx.rows(&sql, &binds, &types).await? {
            let [
                Cell::Integer(id),
                Cell::Text(week),
                Cell::Integer(instances),
                Cell::Integer(count),
                sum,
                smallest,
                largest,
            ] = &row[..]
            else {
                continue;
            };
            let (Some(series), Ok(week)) = (all.get(id), week.parse()) else {
                continue;
            };
            let of_week = weeks.entry(week).or_default();
            if series.is_whole {
                of_week.instances = of_week.instances.max(instances.unsigned_abs());
            }
            let together = query.measures[series.measure].1;
            let part = Part {
                value: number(match together {
                    Together::Sum | Together::Mean => sum,
                    Together::Smallest => smallest,
                    Together::Largest => largest,
                }),
                count: count.unsigned_abs(),
            };
            let group = series.group.as_ref();
            let group = group.map(|group| of_week.groups.entry(group.clone()).or_default());
            for parts in [Some(&mut of_week.total), group].into_iter().flatten() {
                parts.resize(query.measures.len(), Part::default());
                parts[series.measure].add(part, together);
            }
        }
    }
    Ok(weeks)
}

/// The series of a code whose measure is asked for, by their numbers.
async fn series(tx: &mut Transaction, query: &Query<'_>) -> Result<BTreeMap<i64, Series>> {
    let sql = "SELECT id, dimensions, measure FROM series WHERE code = $1";
    let types = [ValueType::Integer, ValueType::Text, ValueType::Text];
    let rows = tx.rows(sql, &[Bind::Integer(query.code)], &types).await?;
    let series = rows.iter().filter_map(|row| match &row[..] {
        [
            Cell::Integer(id),
            Cell::Text(dimensions),
            Cell::Text(measure),
        ] => {
            let place = query.measures.iter().position(|(name, _)| name == measure);
            let group = query.by.map(|by| dimension(dimensions, by));
            let series = Series {
                measure: place?,
                group,
                is_whole: query.is_funnel || dimensions == "{}",
            };
            Some((*id, series))
        }
        _ => None,
    });
    Ok(series.collect())
}

fn list(ids: &[i64]) -> String {
    let ids: Vec<String> = ids.iter().map(i64::to_string).collect();
    ids.join(", ")
}

/// The condition on origins, whichever is shorter to say; none where nothing is to be believed.
fn condition(origins: Option<(Vec<i64>, Vec<i64>)>) -> Option<String> {
    let Some((these, not_those)) = origins else {
        return Some(String::new());
    };
    match (these.is_empty(), not_those.is_empty()) {
        (true, _) => None,
        (_, true) => Some(String::new()),
        _ if not_those.len() < these.len() => {
            Some(format!(" AND origin NOT IN ({})", list(&not_those)))
        }
        _ => Some(format!(" AND origin IN ({})", list(&these))),
    }
}

/// The JSON of a dimension's value; null where there is no such dimension.
fn dimension(dimensions: &str, by: &str) -> String {
    let dimensions: Json = serde_json::from_str(dimensions).unwrap_or_default();
    dimensions[by].to_string()
}

fn number(cell: &Cell) -> f64 {
    match cell {
        Cell::Number(number) => *number,
        Cell::Integer(number) => *number as f64,
        _ => 0.0,
    }
}

impl Part {
    /// Adds what came of some rows to what came of others.
    fn add(&mut self, part: Self, together: Together) {
        self.value = match (together, self.count, part.count) {
            (_, _, 0) => self.value,
            (_, 0, _) => part.value,
            (Together::Sum | Together::Mean, ..) => self.value + part.value,
            (Together::Smallest, ..) => self.value.min(part.value),
            (Together::Largest, ..) => self.value.max(part.value),
        };
        self.count += part.count;
    }
}

/// A group that occurs in some week but not in another where instances were measured counts
/// nothing there, which is known, and zero. So does a week whose instances had no group at all.
pub(crate) fn add_zeros(
    believed: &mut BTreeMap<Week, OfWeek>,
    mut all: Option<&mut BTreeMap<Week, OfWeek>>,
    measures: &[(String, Together)],
) {
    let weeks = believed
        .values()
        .chain(all.iter().flat_map(|all| all.values()));
    let names: BTreeSet<String> = weeks.flat_map(|week| week.groups.keys().cloned()).collect();
    let zero = measures.iter().map(|(_, together)| Part {
        value: 0.0,
        count: u64::from(*together == Together::Sum),
    });
    let zeros: Vec<Part> = zero.collect();
    let weeks = believed
        .values_mut()
        .chain(all.iter_mut().flat_map(|all| all.values_mut()));
    for week in weeks.filter(|week| week.instances > 0) {
        if week.total.is_empty() {
            week.total.clone_from(&zeros);
        }
        for name in &names {
            let group = week.groups.entry(name.clone());
            group.or_insert_with(|| zeros.clone());
        }
    }
}

/// A week of a series.
pub(crate) fn week(
    measures: &[(String, Together)],
    week: Week,
    instances: Instances,
    believed: OfWeek,
    all: Option<OfWeek>,
) -> SeriesWeek {
    let finished = |parts: &[Part]| finish(parts, measures);
    let mut names: Vec<&String> = believed.groups.keys().collect();
    for name in all.iter().flat_map(|all| all.groups.keys()) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names.sort();
    let groups = names.into_iter().map(|name| {
        let of = |week: &OfWeek| finished(week.groups.get(name).map_or(&[][..], Vec::as_slice));
        Group {
            value: serde_json::from_str(name).unwrap_or_default(),
            values: of(&believed),
            all: all.as_ref().map(of),
        }
    });
    SeriesWeek {
        week,
        instances,
        groups: groups.collect(),
        values: finished(&believed.total),
        all: all.as_ref().map(|all| finished(&all.total)),
    }
}

fn finish(parts: &[Part], measures: &[(String, Together)]) -> Values {
    let finish = |(place, (_, together)): (usize, &(String, Together))| {
        let part = parts.get(place).filter(|part| part.count > 0)?;
        Some(match together {
            Together::Mean => part.value / part.count as f64,
            _ => part.value,
        })
    };
    measures.iter().enumerate().map(finish).collect()
}
