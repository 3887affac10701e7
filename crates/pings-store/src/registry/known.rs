//! Everything that a store knows of registries, to copy it to another store.

#[cfg(feature = "clickhouse")]
use std::collections::BTreeMap;

use pings_database::{Bind, Cell, Result, Transaction};
use pings_model::ValueType;

#[cfg(feature = "clickhouse")]
use crate::registry::kept::{Fingerprint, Ranges};
use crate::store::{Backend, Store};

/// The columns of the tables that hold what registries declare. The last column of `ranges` is a number.
const TABLES: [(&str, &[&str]); 4] = [
    (
        "fingerprints",
        &[
            "registry",
            "fingerprint",
            "known_since",
            "declared",
            "declared_digest",
        ],
    ),
    ("fingerprint_codes", &["registry", "fingerprint", "code"]),
    ("declared", &["registry", "code", "measure"]),
    (
        "ranges",
        &[
            "registry",
            "code",
            "trust",
            "first_key",
            "end_key",
            "reason",
            "fix",
        ],
    ),
];

/// The rows of the tables that hold what registries declare.
pub(crate) struct KnownRegistries(Vec<Vec<Vec<Cell>>>);

impl Store {
    /// Returns everything that the store knows of registries.
    pub(crate) async fn registries(&self) -> Result<KnownRegistries> {
        let mut reader = self.read().await?;
        let mut tables = Vec::new();
        for (table, columns) in TABLES {
            let sql = format!("SELECT {} FROM {table}", columns.join(", "));
            tables.push(reader.rows(&sql, &[], &types(columns)).await?);
        }
        reader.end().await?;
        Ok(KnownRegistries(tables))
    }

    /// Makes the store know exactly these registries.
    pub(crate) async fn set_registries(&self, known: &KnownRegistries) -> Result<()> {
        match &self.backend {
            Backend::Sql(_) => {
                let mut tx = self.write().await?;
                for ((table, columns), rows) in TABLES.iter().zip(&known.0) {
                    replace(&mut tx, table, columns, rows).await?;
                }
                Ok(tx.commit().await?)
            }
            #[cfg(feature = "clickhouse")]
            Backend::ClickHouse(connection) => {
                for ranges in known.ranges() {
                    let registry = ranges.registry.clone();
                    connection.learn(ranges, known.declared(&registry)).await?;
                }
                for fingerprint in known.fingerprints() {
                    connection.note_fingerprint(fingerprint).await?;
                }
                Ok(())
            }
        }
    }
}

fn types(columns: &[&str]) -> Vec<ValueType> {
    let ty = |column: &&str| match *column {
        "fix" => ValueType::Integer,
        _ => ValueType::Text,
    };
    columns.iter().map(ty).collect()
}

async fn replace(
    tx: &mut Transaction,
    table: &str,
    columns: &[&str],
    rows: &[Vec<Cell>],
) -> Result<()> {
    tx.run(&format!("DELETE FROM {table}"), &[]).await?;
    let cells = rows.iter().flatten();
    let values: Vec<Bind<'_>> = cells
        .map(|cell| match cell {
            Cell::Integer(number) => Bind::Integer(*number),
            cell => cell.text().map_or(Bind::Null, Bind::Text),
        })
        .collect();
    Ok(tx.insert(table, columns, &values).await?)
}

#[cfg(feature = "clickhouse")]
impl KnownRegistries {
    /// Returns the fingerprints with their declarations and codes.
    fn fingerprints(&self) -> Vec<Fingerprint> {
        let mut codes: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
        for row in &self.0[1] {
            let [registry, fingerprint, code] = [0, 1, 2].map(|place| text(row, place));
            codes.entry((registry, fingerprint)).or_default().push(code);
        }
        let fingerprints = self.0[0].iter().map(|row| {
            let [registry, fingerprint] = [0, 1].map(|place| text(row, place));
            let key = (registry.clone(), fingerprint.clone());
            Fingerprint {
                registry,
                fingerprint,
                known_since: text(row, 2),
                declared: text(row, 3),
                declared_digest: text(row, 4),
                codes: codes.remove(&key).unwrap_or_default(),
                version: 0,
            }
        });
        fingerprints.collect()
    }

    /// Returns the measures that a registry declares.
    fn declared(&self, registry: &str) -> impl Iterator<Item = (String, String)> {
        let rows = self.0[2]
            .iter()
            .filter(move |row| row[0].text() == Some(registry));
        rows.map(|row| (text(row, 1), text(row, 2)))
    }

    /// Returns the version ranges of each registry.
    fn ranges(&self) -> Vec<Ranges> {
        let mut ranges: BTreeMap<String, Ranges> = BTreeMap::new();
        for row in &self.0[3] {
            let [registry, code, trust, first, end, reason] =
                [0, 1, 2, 3, 4, 5].map(|place| text(row, place));
            let of_registry = ranges.entry(registry.clone());
            let of_registry = of_registry.or_insert_with(|| Ranges::new(&registry));
            of_registry.add([&code, &trust, &first, &end, &reason], row[6].integer());
        }
        ranges.into_values().collect()
    }
}

#[cfg(feature = "clickhouse")]
fn text(row: &[Cell], place: usize) -> String {
    let cell = row.get(place).and_then(Cell::text);
    cell.unwrap_or_default().to_owned()
}
