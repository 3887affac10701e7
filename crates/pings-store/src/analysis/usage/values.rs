//! The value of each instance in a window.

use std::collections::{BTreeMap, BTreeSet};

use pings_database::{Bind, Cell, Result};
use pings_model::{Life, Registry, ValueType};
use pings_payload::Week;

use crate::analysis::series::{Origins, code_id};
use crate::reader::Reader;

/// The number of series per query.
const AT_ONCE: usize = 1000;

/// The rows of a measure of a code in a window.
pub(super) struct Rows {
    code: Option<i64>,
    series: Vec<i64>,
    trusted: BTreeSet<i64>,
    /// Whether an instance that found no group has the value 0.
    has_zeros: bool,
}

/// The value of an instance.
pub(super) struct InstanceValue {
    pub(super) instance: i64,
    pub(super) origin: i64,
    pub(super) is_trusted: bool,
    pub(super) value: f64,
}

impl Rows {
    /// Finds the rows of a measure. `code` is the name under which the values of the window are
    /// stored.
    pub(super) async fn find(
        tx: &mut Reader,
        registry: &Registry,
        (life, code): (Life<'_>, &str),
        (measure, has_zeros): (&str, bool),
        origins: &Origins,
    ) -> Result<Self> {
        let id = code_id(tx, registry, code).await?;
        let mut series = Vec::new();
        if let Some(id) = id {
            let sql = "SELECT id FROM series WHERE code = $1 AND measure = $2 ORDER BY id";
            let binds = [Bind::Integer(id), Bind::Text(measure)];
            let rows = tx.rows(sql, &binds, &[ValueType::Integer]).await?;
            series.extend(rows.iter().filter_map(|row| row[0].integer()));
        }
        Ok(Self {
            code: id,
            series,
            trusted: origins.trusted(life, code),
            has_zeros,
        })
    }

    /// Returns the values of a week: the sum over the groups of an instance. An instance that
    /// measured the code and has no data is left out.
    pub(super) async fn of(&self, tx: &mut Reader, week: Week) -> Result<Vec<InstanceValue>> {
        let Some(code) = self.code else {
            return Ok(Vec::new());
        };
        let week = week.to_string();
        let mut values: BTreeMap<(i64, i64), Option<f64>> = BTreeMap::new();
        let integer = ValueType::Integer;
        if self.has_zeros {
            let sql = "SELECT instance, origin FROM measured WHERE code = $1 AND week = $2";
            let binds = [Bind::Integer(code), Bind::Text(&week)];
            for row in tx.rows(sql, &binds, &[integer; 2]).await? {
                if let [Cell::Integer(instance), Cell::Integer(origin)] = row[..] {
                    values.insert((instance, origin), Some(0.0));
                }
            }
        }
        let types = [integer, integer, ValueType::Number];
        let of_code = tx.of_code(code);
        for series in self.series.chunks(AT_ONCE) {
            let series: Vec<String> = series.iter().map(i64::to_string).collect();
            let sql = format!(
                "SELECT instance, origin, sum(value) FROM measurements \
                 WHERE {of_code} series IN ({}) AND week = $1 GROUP BY instance, origin",
                series.join(", ")
            );
            for row in tx.rows(&sql, &[Bind::Text(&week)], &types).await? {
                let [Cell::Integer(instance), Cell::Integer(origin), value] = &row[..] else {
                    continue;
                };
                let found = match value {
                    Cell::Number(value) => Some(*value),
                    Cell::Integer(value) => Some(*value as f64),
                    _ => None,
                };
                let value = values.entry((*instance, *origin)).or_default();
                *value = match (*value, found) {
                    (Some(value), Some(found)) => Some(value + found),
                    (value, found) => value.or(found),
                };
            }
        }
        let values = values.into_iter();
        let values = values.filter_map(|((instance, origin), value)| {
            Some(InstanceValue {
                instance,
                origin,
                is_trusted: self.trusted.contains(&origin),
                value: value?,
            })
        });
        Ok(values.collect())
    }
}
