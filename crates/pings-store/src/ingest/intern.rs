//! Integer ids for names: instances, codes, series and origins.

use std::collections::{HashMap, HashSet};

use pings_database::{Bind, Cell, Transaction};
use pings_model::ValueType;

/// The maximum size of a cache of names in bytes. A larger cache is emptied.
const REMEMBERED: usize = 16 << 20;

/// The bytes that a cache entry takes in addition to its name.
const ENTRY: usize = 64;

/// The number of names per query.
const AT_ONCE: usize = 256;

/// The table of a kind of names, and the columns that make up a name.
pub(crate) struct Kind {
    pub(crate) table: &'static str,
    pub(crate) columns: &'static [&'static str],
    /// Whether the first column is itself an integer.
    pub(crate) has_number: bool,
}

pub(crate) const INSTANCES: Kind = Kind {
    table: "instances",
    columns: &["uuid"],
    has_number: false,
};

pub(crate) const CODES: Kind = Kind {
    table: "codes",
    columns: &["registry", "code"],
    has_number: false,
};

pub(crate) const SERIES: Kind = Kind {
    table: "series",
    columns: &["code", "dimensions", "measure"],
    has_number: true,
};

pub(crate) const ORIGINS: Kind = Kind {
    table: "origins",
    columns: &["registry", "fingerprint", "versions"],
    has_number: false,
};

impl Kind {
    /// Splits a name into its columns.
    fn binds<'n>(&self, name: &'n str) -> impl Iterator<Item = Bind<'n>> {
        let has_number = self.has_number;
        let columns = name.split(BETWEEN).enumerate();
        columns.map(move |(place, text)| match text.parse() {
            Ok(number) if has_number && place == 0 => Bind::Integer(number),
            _ => Bind::Text(text),
        })
    }

    /// Joins columns into a name.
    fn name(&self, cells: &[Cell]) -> String {
        let texts: Vec<String> = cells
            .iter()
            .map(|cell| match cell {
                Cell::Integer(number) => number.to_string(),
                cell => cell.text().unwrap_or_default().to_owned(),
            })
            .collect();
        name(&texts.iter().map(String::as_str).collect::<Vec<_>>())
    }
}

/// The separator between the columns of a name. No column contains it.
const BETWEEN: char = '\n';

/// Joins columns into a name.
pub(crate) fn name(columns: &[&str]) -> String {
    columns.join("\n")
}

/// Caches of names whose ids are known. An id never changes, and is removed only together with a
/// change of the generation.
#[derive(Default)]
pub(crate) struct Names {
    generation: i64,
    pub(crate) instances: Known,
    pub(crate) codes: Known,
    pub(crate) series: Known,
    pub(crate) origins: Known,
}

impl Names {
    /// Empties the caches if ids were removed from the database since they were filled.
    pub(crate) async fn refresh(&mut self, tx: &mut Transaction) -> sqlx::Result<()> {
        let sql = "SELECT generation FROM store_state WHERE id = 1";
        let generation = tx.value(sql, &[], ValueType::Integer).await?;
        let generation = generation.and_then(|it| it.integer()).unwrap_or_default();
        if generation != self.generation {
            *self = Self {
                generation,
                ..Self::default()
            };
        }
        Ok(())
    }
}

/// A cache of the ids of a kind of names.
#[derive(Default)]
pub(crate) struct Known {
    numbers: HashMap<String, i64>,
    bytes: usize,
}

impl Known {
    /// Adds committed ids to the cache.
    pub(crate) fn remember(&mut self, numbers: Numbers) {
        for (name, number) in numbers.into_asked() {
            let bytes = name.len() + ENTRY;
            if self.bytes + bytes > REMEMBERED {
                *self = Self::default();
            }
            if self.numbers.insert(name, number).is_none() {
                self.bytes += bytes;
            }
        }
    }

    /// Returns the ids of names. New names are inserted and get the next ids.
    pub(crate) async fn numbers(
        &self,
        tx: &mut Transaction,
        kind: &Kind,
        wanted: HashSet<String>,
    ) -> sqlx::Result<Numbers> {
        let (known, mut unknown): (Vec<String>, Vec<String>) = wanted
            .into_iter()
            .partition(|name| self.numbers.contains_key(name));
        let known = known.into_iter().filter_map(|name| {
            let number = *self.numbers.get(&name)?;
            Some((name, number))
        });
        let mut all: HashMap<String, i64> = known.collect();
        // Sorted, so that the same names always get the same ids.
        unknown.sort_unstable();
        let mut asked = HashMap::new();
        for names in unknown.chunks(AT_ONCE) {
            asked.extend(stored(tx, kind, names).await?);
        }
        let new: Vec<String> = unknown
            .into_iter()
            .filter(|name| !asked.contains_key(name))
            .collect();
        let first = next(tx, kind.table, new.len()).await?;
        let mut values = Vec::new();
        for (number, name) in (first..).zip(&new) {
            values.push(Bind::Integer(number));
            values.extend(kind.binds(name));
        }
        let columns: Vec<&str> = [&["id"], kind.columns].concat();
        tx.insert(kind.table, &columns, &values).await?;
        let new: HashMap<String, i64> = new.into_iter().zip(first..).collect();
        asked.extend(new.iter().map(|(name, number)| (name.clone(), *number)));
        all.extend(asked.iter().map(|(name, number)| (name.clone(), *number)));
        Ok(Numbers { all, asked, new })
    }
}

/// The ids of names.
#[derive(Default)]
pub(crate) struct Numbers {
    all: HashMap<String, i64>,
    /// The ids that were not in the cache.
    asked: HashMap<String, i64>,
    /// The ids of newly inserted names.
    pub(crate) new: HashMap<String, i64>,
}

impl Numbers {
    /// Returns the names that were not in the cache, in a deterministic order.
    fn into_asked(self) -> Vec<(String, i64)> {
        let mut asked: Vec<(String, i64)> = self.asked.into_iter().collect();
        asked.sort_unstable();
        asked
    }

    /// Returns the id of a name that was requested.
    pub(crate) fn of(&self, name: &str) -> sqlx::Result<i64> {
        self.all
            .get(name)
            .copied()
            .ok_or_else(|| sqlx::Error::Protocol(format!("{name:?} has no number")))
    }
}

/// Returns the first unused id of a table. The caller holds the write lock.
pub(crate) async fn next(tx: &mut Transaction, table: &str, wanted: usize) -> sqlx::Result<i64> {
    if wanted == 0 {
        return Ok(1);
    }
    let largest = tx
        .value(
            &format!("SELECT coalesce(max(id), 0) FROM {table}"),
            &[],
            ValueType::Integer,
        )
        .await?;
    Ok(largest.and_then(|cell| cell.integer()).unwrap_or(0) + 1)
}

async fn stored(
    tx: &mut Transaction,
    kind: &Kind,
    names: &[String],
) -> sqlx::Result<HashMap<String, i64>> {
    let Kind { table, columns, .. } = kind;
    let wanted = values(names.len(), columns.len());
    let on = (1..)
        .zip(*columns)
        .map(|(place, column)| format!("{table}.{column} = wanted.column{place}"));
    let sql = format!(
        "SELECT {table}.id, {} FROM ({wanted}) AS wanted JOIN {table} ON {}",
        columns
            .iter()
            .map(|column| format!("{table}.{column}"))
            .collect::<Vec<_>>()
            .join(", "),
        on.collect::<Vec<_>>().join(" AND ")
    );
    let binds: Vec<Bind<'_>> = names.iter().flat_map(|name| kind.binds(name)).collect();
    let mut types = vec![ValueType::Integer];
    types.resize(1 + columns.len(), ValueType::Text);
    if kind.has_number {
        types[1] = ValueType::Integer;
    }
    let rows = tx.rows(&sql, &binds, &types).await?;
    Ok(rows
        .iter()
        .filter_map(|row| {
            let (id, columns) = row.split_first()?;
            Some((kind.name(columns), id.integer()?))
        })
        .collect())
}

/// Returns a `VALUES` clause with placeholders, such as `VALUES ($1, $2), ($3, $4)`.
pub(crate) fn values(rows: usize, columns: usize) -> String {
    let row = |row: usize| {
        let places = (1..=columns).map(|column| format!("${}", row * columns + column));
        format!("({})", places.collect::<Vec<_>>().join(", "))
    };
    let rows: Vec<String> = (0..rows).map(row).collect();
    format!("VALUES {}", rows.join(", "))
}
