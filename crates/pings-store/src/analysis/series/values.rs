//! Reads the values of a code with a single scan of its rows.
//!
//! The rows of a series are stored by week and origin, so that grouping by both needs no sort, and
//! trust is determined once per group.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use pings_database::{Bind, Cell};
use pings_model::{ValueType, Version};
use pings_payload::{OTHER, Vocabulary, Week};
use serde_json::Value as Json;

use super::counts::Told;
use super::week::{Group, Instances, SeriesWeek, Span, Values};
use crate::reader::Reader;
use crate::registry::measures::Together;
use pings_database::Result;

/// The maximum number of groups in a series. Further groups are combined as `@other`.
const GROUPS: usize = 1_000;

/// The number of series per query.
const AT_ONCE: usize = 1000;

/// The options of the query.
pub(crate) struct Query<'q> {
    pub(crate) code: i64,
    pub(crate) measures: &'q [(String, Together)],
    /// Whether the code is a funnel. An instance sends a row for each step of a funnel, and no row
    /// without dimensions.
    pub(crate) is_funnel: bool,
    pub(crate) by: Option<&'q str>,
    /// The values of the dimensions that the registry declares.
    pub(crate) vocabulary: &'q Vocabulary,
}

/// The values of a week.
#[derive(Default)]
pub(crate) struct OfWeek {
    /// The number of instances that the values cover.
    pub(crate) instances: u64,
    total: Vec<Part>,
    /// The values by the JSON of the dimension's value.
    groups: BTreeMap<Arc<str>, Vec<Part>>,
}

/// Combined values of a measure: their sum, minimum or maximum, and their count.
#[derive(Clone, Copy, Default)]
struct Part {
    value: f64,
    count: u64,
}

/// The properties of a series.
struct Series {
    /// The index of its measure.
    measure: usize,
    /// The value of the dimension that the query groups by.
    group: Option<Arc<str>>,
    /// Whether each instance has exactly one value of the series and no other value of the measure.
    is_whole: bool,
}

/// The values by week.
pub(crate) type Weeks = BTreeMap<Week, OfWeek>;

/// Returns the values of each week over trusted instances and over all instances, and how many
/// instances measured the code without dimensions, by origin.
pub(crate) async fn values(
    tx: &mut Reader,
    query: &Query<'_>,
    span: Span<'_>,
    trusted: &BTreeSet<i64>,
) -> Result<(Weeks, Weeks, Vec<Told>)> {
    let (mut believed, mut all) = (Weeks::new(), Weeks::new());
    let mut whole = BTreeMap::new();
    let series = series(tx, query).await?;
    let ids: Vec<i64> = series.keys().copied().collect();
    let (first, last) = (span.weeks.0.to_string(), span.weeks.1.to_string());
    let binds = [Bind::Text(&first), Bind::Text(&last)];
    let (integer, number) = (ValueType::Integer, ValueType::Number);
    let types = [
        integer,
        ValueType::Text,
        integer,
        integer,
        integer,
        number,
        number,
        number,
    ];
    let of_code = tx.of_code(query.code);
    for ids in ids.chunks(AT_ONCE) {
        for row in tx.rows(&sql(query, ids, &of_code), &binds, &types).await? {
            let [
                Cell::Integer(id),
                Cell::Text(week),
                Cell::Integer(origin),
                Cell::Integer(instances),
                Cell::Integer(count),
                sum,
                smallest,
                largest,
            ] = &row[..]
            else {
                continue;
            };
            let (Some(series), Ok(week)) = (series.get(id), week.parse()) else {
                continue;
            };
            let together = query.measures[series.measure].1;
            let value = match together {
                Together::Sum | Together::Mean => sum,
                Together::Smallest => smallest,
                Together::Largest => largest,
            };
            let part = Part {
                value: number_of(value),
                count: count.unsigned_abs(),
            };
            if series.is_whole {
                let of_origin: &mut BTreeMap<i64, u64> = whole.entry((week, *origin)).or_default();
                *of_origin.entry(*id).or_default() += instances.unsigned_abs();
            }
            let is_trusted = trusted.contains(origin);
            let believed = is_trusted.then_some(&mut believed);
            for weeks in [Some(&mut all), believed].into_iter().flatten() {
                weeks.entry(week).or_default().add(series, part, query);
            }
        }
    }
    // An instance sends all measures of a code and all steps of a funnel, so that the maximum over
    // the series is the number of instances.
    let most = |of_series: BTreeMap<i64, u64>| of_series.into_values().max().unwrap_or_default();
    let told = whole.into_iter();
    let told = told.map(|((week, origin), counts)| (week, origin, most(counts)));
    Ok((believed, all, told.collect()))
}

/// Returns the query for series by week and origin. Aggregates that no measure needs are not
/// computed.
fn sql(query: &Query<'_>, series: &[i64], of_code: &str) -> String {
    let column = |aggregate: &str, wanted: &[Together]| {
        let mut measures = query.measures.iter();
        match measures.any(|(_, together)| wanted.contains(together)) {
            true => format!("{aggregate}(value)"),
            false => "CAST(0 AS double precision)".to_owned(),
        }
    };
    format!(
        "SELECT series, week, origin, count(*), count(value), {}, {}, {} \
         FROM measurements WHERE {of_code} series IN ({}) AND week >= $1 AND week <= $2 \
         GROUP BY series, week, origin",
        column("sum", &[Together::Sum, Together::Mean]),
        column("min", &[Together::Smallest]),
        column("max", &[Together::Largest]),
        list(series)
    )
}

impl OfWeek {
    fn add(&mut self, series: &Series, part: Part, query: &Query<'_>) {
        let group = series.group.as_ref();
        let group = group.map(|group| self.groups.entry(Arc::clone(group)).or_default());
        for parts in [Some(&mut self.total), group].into_iter().flatten() {
            parts.resize(query.measures.len(), Part::default());
            parts[series.measure].add(part, query.measures[series.measure].1);
        }
    }
}

/// Returns the series of a code with a requested measure, by id.
async fn series(tx: &mut Reader, query: &Query<'_>) -> Result<BTreeMap<i64, Series>> {
    let sql = "SELECT id, dimensions, measure FROM series WHERE code = $1 ORDER BY id";
    let mut groups: BTreeMap<String, Arc<str>> = BTreeMap::new();
    let types = [ValueType::Integer, ValueType::Text, ValueType::Text];
    let rows = tx.rows(sql, &[Bind::Integer(query.code)], &types).await?;
    let series = rows.iter().filter_map(|row| match &row[..] {
        [
            Cell::Integer(id),
            Cell::Text(dimensions),
            Cell::Text(measure),
        ] => {
            let place = query.measures.iter().position(|(name, _)| name == measure);
            let group = query.by.map(|by| {
                let value = query.vocabulary.declared(by, dimension(dimensions, by));
                let is_known = groups.contains_key(&value.to_string());
                let value = match is_known || groups.len() < GROUPS {
                    true => value.to_string(),
                    false => Json::from(OTHER).to_string(),
                };
                let shared = value.as_str().into();
                Arc::clone(groups.entry(value).or_insert(shared))
            });
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

/// Returns the value of a dimension, or null if the dimension does not exist.
pub(crate) fn dimension(dimensions: &str, by: &str) -> Json {
    let mut dimensions: Json = serde_json::from_str(dimensions).unwrap_or_default();
    dimensions.get_mut(by).map(Json::take).unwrap_or_default()
}

fn number_of(cell: &Cell) -> f64 {
    match cell {
        Cell::Number(number) => *number,
        Cell::Integer(number) => *number as f64,
        _ => 0.0,
    }
}

impl Part {
    /// Adds combined values of further rows.
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

/// Adds zeros. If a group occurs in some week and instances measured the code in another week, the
/// group was measured as 0 there. The same applies to a week whose instances had no groups at all.
pub(crate) fn add_zeros(believed: &mut Weeks, all: &mut Weeks, query: &Query<'_>) {
    let groups = all.values().flat_map(|week| week.groups.keys().cloned());
    let groups: BTreeSet<Arc<str>> = groups.collect();
    let zero = query.measures.iter().map(|(_, together)| Part {
        value: 0.0,
        count: u64::from(*together == Together::Sum),
    });
    let zeros: Vec<Part> = zero.collect();
    let weeks = believed.values_mut().chain(all.values_mut());
    for week in weeks.filter(|week| week.instances > 0) {
        if week.total.is_empty() {
            week.total.clone_from(&zeros);
        }
        for group in &groups {
            let group = week.groups.entry(Arc::clone(group));
            group.or_insert_with(|| zeros.clone());
        }
    }
}

/// Creates a week of a series.
pub(crate) fn week(
    measures: &[(String, Together)],
    (week, window): (Week, pings_model::Span),
    instances: Instances,
    believed: OfWeek,
    all: Option<OfWeek>,
) -> SeriesWeek {
    let finished = |parts: &[Part]| finish(parts, measures);
    let of_all = all.iter().flat_map(|all| all.groups.keys());
    let names: BTreeSet<&Arc<str>> = believed.groups.keys().chain(of_all).collect();
    let mut names: Vec<&Arc<str>> = names.into_iter().collect();
    names.sort_by(|a, b| order(a, b));
    let are_versions = |name: &Arc<str>| version(name).is_some() || is_special(name);
    if names.iter().all(|name| are_versions(name)) {
        names.sort_by_cached_key(|name| (is_special(name), version(name)));
    }
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
        window,
        is_complete: true,
        instances,
        groups: groups.collect(),
        values: finished(&believed.total),
        all: all.as_ref().map(|all| finished(&all.total)),
    }
}

/// Returns the version that the JSON of a value is: three numbers.
fn version(name: &str) -> Option<Version> {
    let text = name.strip_prefix('"')?.strip_suffix('"')?;
    let is_version = Version::reduced(text).is_some_and(|it| it == text);
    text.parse().ok().filter(|_| is_version)
}

/// Returns whether the JSON of a value is null or `@other`.
fn is_special(name: &str) -> bool {
    name == "null" || name.strip_prefix('"').and_then(|it| it.strip_suffix('"')) == Some(OTHER)
}

/// Orders the JSON of values: numbers by size, everything else by its text.
fn order(a: &str, b: &str) -> Ordering {
    match (a.parse::<f64>(), b.parse::<f64>()) {
        (Ok(a), Ok(b)) => a.total_cmp(&b),
        _ => a.cmp(b),
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
