//! Loads the values of trusted instances.

use std::collections::{BTreeMap, BTreeSet};

use pings_database::{Bind, Cell, Result};
use pings_model::{Life, Registry, ValueType};
use pings_payload::{Vocabulary, Week};
use serde_json::Value as Json;

use super::panel::{InstanceValues, Panel, PanelWeek};
use crate::analysis::series::{code_id, dimension, origins};
use crate::reader::Reader;

/// The number of series per query.
const AT_ONCE: usize = 1000;

/// The values to load.
pub(super) struct Source<'s> {
    pub(super) registry: &'s Registry,
    pub(super) life: Life<'s>,
    /// The name under which the values of a week are stored.
    pub(super) code: &'s str,
    pub(super) measure: &'s str,
    pub(super) by: Option<&'s str>,
    pub(super) vocabulary: &'s Vocabulary,
}

/// Loads the values of these weeks.
pub(super) async fn panel(tx: &mut Reader, source: &Source<'_>, weeks: &[Week]) -> Result<Panel> {
    let reporting = reporting(tx, source.registry).await?;
    let mut found = Vec::new();
    if let Some(code) = code_id(tx, source.registry, source.code).await? {
        let trusted = origins(tx, source.registry).await?;
        let trusted = trusted.trusted(source.life, source.code);
        let series = series(tx, source, code).await?;
        for week in weeks {
            found.push(values(tx, (code, &series), &trusted, *week).await?);
        }
    }
    found.resize(weeks.len(), BTreeMap::new());
    let uuids = uuids(tx).await?;
    let known: BTreeSet<i64> = found.iter().flat_map(|it| it.keys().copied()).collect();
    let uuid = |id: &i64| uuids.get(id).cloned().unwrap_or_default();
    let mut instances: Vec<(String, i64)> = known.iter().map(|id| (uuid(id), *id)).collect();
    instances.sort();
    let places = instances.iter().enumerate();
    let places: BTreeMap<i64, usize> = places.map(|(place, (_, id))| (*id, place)).collect();
    let weeks = weeks.iter().zip(found).map(|(week, values)| PanelWeek {
        week: *week,
        reporting: reporting.get(week).copied().unwrap_or_default(),
        values: values
            .into_iter()
            .filter_map(|(id, values)| Some((*places.get(&id)?, values)))
            .collect(),
    });
    Ok(Panel {
        weeks: weeks.collect(),
        instances: instances.into_iter().map(|(uuid, _)| uuid).collect(),
    })
}

/// Returns the values of trusted instances in a week, by their ids. An instance that measured the code and
/// found nothing has the value 0.
async fn values(
    tx: &mut Reader,
    (code, series): (i64, &BTreeMap<i64, Option<String>>),
    trusted: &BTreeSet<i64>,
    week: Week,
) -> Result<BTreeMap<i64, InstanceValues>> {
    let week = week.to_string();
    let mut values: BTreeMap<i64, InstanceValues> = BTreeMap::new();
    let integer = ValueType::Integer;
    let sql = "SELECT instance, origin FROM measured WHERE code = $1 AND week = $2";
    let binds = [Bind::Integer(code), Bind::Text(&week)];
    for row in tx.rows(sql, &binds, &[integer; 2]).await? {
        if let [Cell::Integer(instance), Cell::Integer(origin)] = row[..]
            && trusted.contains(&origin)
        {
            values.entry(instance).or_default();
        }
    }
    let ids: Vec<i64> = series.keys().copied().collect();
    let of_code = tx.of_code(code);
    for ids in ids.chunks(AT_ONCE) {
        let ids: Vec<String> = ids.iter().map(i64::to_string).collect();
        let sql = format!(
            "SELECT series, instance, origin, value FROM measurements \
             WHERE {of_code} series IN ({}) AND week = $1 AND value IS NOT NULL",
            ids.join(", ")
        );
        let types = [integer, integer, integer, ValueType::Number];
        for row in tx.rows(&sql, &[Bind::Text(&week)], &types).await? {
            let [
                Cell::Integer(id),
                Cell::Integer(instance),
                Cell::Integer(origin),
                Cell::Number(value),
            ] = &row[..]
            else {
                continue;
            };
            if !trusted.contains(origin) {
                continue;
            }
            let values = values.entry(*instance).or_default();
            values.total += value;
            if let Some(group) = series.get(id).and_then(Option::as_ref) {
                *values.groups.entry(group.clone()).or_default() += value;
            }
        }
    }
    Ok(values)
}

/// Returns the series of the measure with the name of their group, by id.
async fn series(
    tx: &mut Reader,
    source: &Source<'_>,
    code: i64,
) -> Result<BTreeMap<i64, Option<String>>> {
    let sql = "SELECT id, dimensions FROM series WHERE code = $1 AND measure = $2";
    let binds = [Bind::Integer(code), Bind::Text(source.measure)];
    let types = [ValueType::Integer, ValueType::Text];
    let rows = tx.rows(sql, &binds, &types).await?;
    let series = rows.iter().filter_map(|row| match &row[..] {
        [Cell::Integer(id), Cell::Text(dimensions)] => {
            let group = source.by.map(|by| {
                let value = dimension(dimensions, by);
                name(&source.vocabulary.declared(by, value))
            });
            Some((*id, group))
        }
        _ => None,
    });
    Ok(series.collect())
}

/// Returns the name of a group.
fn name(value: &Json) -> String {
    match value {
        Json::String(text) => text.clone(),
        Json::Null => "(none)".to_owned(),
        other => other.to_string(),
    }
}

/// Returns the number of instances that reported each week.
async fn reporting(tx: &mut Reader, registry: &Registry) -> Result<BTreeMap<Week, u64>> {
    let sql = "SELECT week, CAST(sum(instances) AS bigint) FROM reports \
        WHERE registry = $1 GROUP BY week";
    let types = [ValueType::Text, ValueType::Integer];
    let rows = tx.rows(sql, &[Bind::Text(registry.name())], &types).await?;
    let weeks = rows.iter().filter_map(|row| match &row[..] {
        [Cell::Text(week), Cell::Integer(count)] => {
            Some((week.parse().ok()?, count.unsigned_abs()))
        }
        _ => None,
    });
    Ok(weeks.collect())
}

async fn uuids(tx: &mut Reader) -> Result<BTreeMap<i64, String>> {
    let sql = "SELECT id, uuid FROM instances";
    let types = [ValueType::Integer, ValueType::Text];
    let rows = tx.rows(sql, &[], &types).await?;
    let uuids = rows.into_iter().filter_map(|row| match &row[..] {
        [Cell::Integer(id), Cell::Text(uuid)] => Some((*id, uuid.clone())),
        _ => None,
    });
    Ok(uuids.collect())
}
