//! The numbers themselves: one scan of a code's rows.
//!
//! Rows of a code lie in the order of weeks, so that grouping by week takes no sorting. Which
//! origins are to be believed is known before; so the database compares whole numbers only.

use std::collections::BTreeMap;
use std::fmt::Write;

use pings_database::{Bind, Cell, Transaction};
use pings_model::ValueType;
use pings_payload::Week;
use serde_json::Value as Json;

use super::{Group, Instances, SeriesWeek, Span, Values};
use crate::Result;
use crate::measures::Together;

/// What is asked.
pub(crate) struct Query<'q> {
    pub(crate) code: i64,
    pub(crate) measures: &'q [(String, Together)],
    /// Whether an instance has several rows of a measure in a week, nobody knows how many.
    pub(crate) has_groups: bool,
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
    let (sql, types) = sql(query, &origin);
    let (first, last) = (span.weeks.0.to_string(), span.weeks.1.to_string());
    let mut binds = vec![
        Bind::Integer(query.code),
        Bind::Text(&first),
        Bind::Text(&last),
    ];
    let names = query.measures.iter().map(|(name, _)| Bind::Text(name));
    binds.extend(names);
    for row in tx.rows(&sql, &binds, &types).await? {
        let mut cells = row.into_iter();
        let week = match cells.next() {
            Some(Cell::Text(week)) => week.parse().ok(),
            _ => None,
        };
        let Some(week) = week else {
            continue;
        };
        let of_week = weeks.entry(week).or_default();
        let dimension = query.by.map(|by| dimension(cells.next(), by));
        let instances = cells.next().and_then(|cell| cell.integer());
        if !query.has_groups {
            // Whoever sends a funnel sends each step of it.
            let instances = instances.unwrap_or_default().unsigned_abs();
            of_week.instances = of_week.instances.max(instances);
        }
        let mut parts = Vec::with_capacity(query.measures.len());
        while let (Some(value), Some(count)) = (cells.next(), cells.next()) {
            parts.push(Part {
                value: number(&value),
                count: count.integer().unwrap_or_default().unsigned_abs(),
            });
        }
        merge(&mut of_week.total, &parts, query.measures);
        if let Some(dimension) = dimension {
            let group = of_week.groups.entry(dimension).or_default();
            merge(group, &parts, query.measures);
        }
    }
    if query.has_groups {
        let sql = format!(
            "SELECT week, count(*) FROM ( \
               SELECT DISTINCT week, instance FROM measurements \
               WHERE code = $1 AND week >= $2 AND week <= $3{origin} \
             ) AS sent GROUP BY week"
        );
        let types = [ValueType::Text, ValueType::Integer];
        for row in tx.rows(&sql, &binds[..3], &types).await? {
            if let [Cell::Text(week), Cell::Integer(count)] = &row[..]
                && let Ok(week) = week.parse()
            {
                weeks.entry(week).or_default().instances = count.unsigned_abs();
            }
        }
    }
    Ok(weeks)
}

/// The condition on origins, whichever is shorter to say; none where nothing is to be believed.
fn condition(origins: Option<(Vec<i64>, Vec<i64>)>) -> Option<String> {
    let Some((these, not_those)) = origins else {
        return Some(String::new());
    };
    let list = |ids: &[i64]| {
        let ids: Vec<String> = ids.iter().map(i64::to_string).collect();
        ids.join(", ")
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

/// The query, and the types of its columns.
fn sql(query: &Query<'_>, origin: &str) -> (String, Vec<ValueType>) {
    let mut types = vec![ValueType::Text];
    let mut sql = "SELECT week".to_owned();
    let mut group = "week".to_owned();
    if query.by.is_some() {
        sql += ", dimensions";
        group += ", dimensions";
        types.push(ValueType::Text);
    }
    // Of one measure the condition on rows says which; of several each column does.
    let is_one = query.measures.len() == 1;
    let filter = |place: usize| match is_one {
        true => String::new(),
        false => format!(" FILTER (WHERE measure = ${})", place + 4),
    };
    let _ = write!(sql, ", count(*){}", filter(0));
    types.push(ValueType::Integer);
    for (place, (_, together)) in query.measures.iter().enumerate() {
        let filter = filter(place);
        let aggregate = match together {
            Together::Sum | Together::Mean => "sum",
            Together::Smallest => "min",
            Together::Largest => "max",
        };
        let _ = write!(sql, ", {aggregate}(value){filter}, count(value){filter}");
        types.extend([ValueType::Number, ValueType::Integer]);
    }
    let measure = if is_one { " AND measure = $4" } else { "" };
    let _ = write!(
        sql,
        " FROM measurements WHERE code = $1 AND week >= $2 AND week <= $3{measure}{origin} \
         GROUP BY {group}"
    );
    (sql, types)
}

/// The JSON of a dimension's value; null where the row has no such dimension.
fn dimension(cell: Option<Cell>, by: &str) -> String {
    let text = match &cell {
        Some(Cell::Text(text)) => text.as_str(),
        _ => "",
    };
    let dimensions: Json = serde_json::from_str(text).unwrap_or_default();
    dimensions[by].to_string()
}

fn number(cell: &Cell) -> f64 {
    match cell {
        Cell::Number(number) => *number,
        Cell::Integer(number) => *number as f64,
        _ => 0.0,
    }
}

/// Adds what came of some rows to what came of others.
fn merge(into: &mut Vec<Part>, parts: &[Part], measures: &[(String, Together)]) {
    into.resize(measures.len(), Part::default());
    for ((into, part), (_, together)) in into.iter_mut().zip(parts).zip(measures) {
        into.value = match (together, into.count, part.count) {
            (_, _, 0) => into.value,
            (_, 0, _) => part.value,
            (Together::Sum | Together::Mean, ..) => into.value + part.value,
            (Together::Smallest, ..) => into.value.min(part.value),
            (Together::Largest, ..) => into.value.max(part.value),
        };
        into.count += part.count;
    }
}

/// A group that occurs in some week but not in another where instances were measured counts
/// nothing there, which is known, and zero.
pub(crate) fn add_missing_groups(
    believed: &mut BTreeMap<Week, OfWeek>,
    mut all: Option<&mut BTreeMap<Week, OfWeek>>,
    measures: &[(String, Together)],
) {
    let mut names: Vec<String> = Vec::new();
    let weeks = believed
        .values()
        .chain(all.iter().flat_map(|all| all.values()));
    for name in weeks.flat_map(|week| week.groups.keys()) {
        if !names.contains(name) {
            names.push(name.clone());
        }
    }
    let weeks = believed
        .values_mut()
        .chain(all.iter_mut().flat_map(|all| all.values_mut()));
    for week in weeks.filter(|week| week.instances > 0) {
        for name in &names {
            let zero = measures.iter().map(|(_, together)| Part {
                value: 0.0,
                count: u64::from(*together == Together::Sum),
            });
            let zeros = week.groups.entry(name.clone());
            zeros.or_insert_with(|| zero.collect());
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
