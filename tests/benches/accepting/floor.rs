//! The baseline: writes the same rows and does nothing else.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use pings_model::ValueType::{self, Integer, Number, Text};
use pings_store::{Bind, Cell, Mode, Store};

/// A table, its columns, their types, and the index of the column that identifies the owner of a
/// row.
type Table = (
    &'static str,
    &'static [&'static str],
    &'static [ValueType],
    usize,
);

/// The tables of names, which are written before the measurement.
const NAMES: [Table; 4] = [
    ("instances", &["id", "uuid"], &[Integer, Text], 0),
    (
        "origins",
        &["id", "registry", "fingerprint", "versions"],
        &[Integer, Text, Text, Text],
        0,
    ),
    (
        "codes",
        &["id", "registry", "code"],
        &[Integer, Text, Text],
        0,
    ),
    (
        "series",
        &["id", "code", "dimensions", "measure"],
        &[Integer, Integer, Text, Text],
        0,
    ),
];

/// The tables of rows that are written with each payload.
const ROWS: [Table; 5] = [
    (
        "payloads",
        &[
            "id",
            "registry",
            "instance",
            "week",
            "revision",
            "origin",
            "digest",
            "received_at",
            "is_newest",
            "body",
        ],
        &[
            Integer, Text, Integer, Text, Integer, Integer, Text, Text, Integer, Text,
        ],
        0,
    ),
    (
        "payload_versions",
        &["payload", "version", "key", "events"],
        &[Integer, Text, Text, Integer],
        0,
    ),
    (
        "measurements",
        &["series", "week", "origin", "instance", "value"],
        &[Integer, Text, Integer, Integer, Number],
        3,
    ),
    (
        "measured",
        &["code", "week", "origin", "instance"],
        &[Integer, Text, Integer, Integer],
        3,
    ),
    (
        "failures",
        &["code", "week", "origin", "instance", "kind"],
        &[Integer, Text, Integer, Integer, Text],
        3,
    ),
];

type Row = Vec<Cell>;

/// All rows of a store.
pub struct Rows {
    names: Vec<Vec<Row>>,
    /// The rows by payload and table. Each instance has a single payload.
    payloads: Vec<[Vec<Row>; ROWS.len()]>,
}

async fn read(store: &Store, (table, columns, types, _): Table) -> Vec<Row> {
    let mut tx = store.read().await.expect("a database");
    let sql = format!("SELECT {} FROM {table} ORDER BY 1", columns.join(", "));
    tx.rows(&sql, &[], types).await.expect("an answer")
}

impl Rows {
    /// Reads all rows of a store.
    pub async fn read(store: &Store) -> Self {
        let mut names = Vec::new();
        for table in NAMES {
            names.push(read(store, table).await);
        }
        let mut payloads: BTreeMap<i64, [Vec<Row>; ROWS.len()]> = BTreeMap::new();
        let mut of_instance = BTreeMap::new();
        for (place, table) in ROWS.into_iter().enumerate() {
            for row in read(store, table).await {
                let mut whose = row[table.3].integer().expect("a number");
                if place == 0 {
                    of_instance.insert(row[2].integer().expect("a number"), whose);
                }
                if place > 1 {
                    whose = of_instance[&whose];
                }
                payloads.entry(whose).or_default()[place].push(row);
            }
        }
        Self {
            names,
            payloads: payloads.into_values().collect(),
        }
    }

    /// Returns the number of values.
    pub fn numbers(&self) -> usize {
        self.payloads.iter().map(|tables| tables[2].len()).sum()
    }

    /// Writes the rows with `batch` payloads per commit. Returns how long this took.
    pub async fn write(&self, store: &Store, batch: usize) -> Duration {
        let mut tx = store
            .database()
            .expect("a database with transactions")
            .begin(Mode::Write)
            .await
            .expect("a database");
        for ((table, columns, ..), rows) in NAMES.iter().zip(&self.names) {
            let values: Vec<Bind<'_>> = rows.iter().flatten().map(bind).collect();
            tx.insert(table, columns, &values).await.expect("names");
        }
        tx.commit().await.expect("names");
        let start = Instant::now();
        for some in self.payloads.chunks(batch) {
            let mut tx = store
                .database()
                .expect("a database with transactions")
                .begin(Mode::Write)
                .await
                .expect("a database");
            for (place, (table, columns, ..)) in ROWS.iter().enumerate() {
                let mut rows: Vec<&Row> = some.iter().flat_map(|tables| &tables[place]).collect();
                // In the order of the table's primary key.
                rows.sort_by(|a, b| key(a).partial_cmp(&key(b)).expect("an order"));
                let values: Vec<Bind<'_>> = rows.into_iter().flatten().map(bind).collect();
                tx.insert(table, columns, &values).await.expect("rows");
            }
            tx.commit().await.expect("rows");
        }
        start.elapsed()
    }
}

fn key(row: &Row) -> (i64, Option<&str>, Option<i64>, Option<i64>) {
    let first = row[0].integer().expect("a number");
    (first, row[1].text(), row[2].integer(), row[3].integer())
}

fn bind(cell: &Cell) -> Bind<'_> {
    match cell {
        Cell::Null => Bind::Null,
        Cell::Integer(value) => Bind::Integer(*value),
        Cell::Number(value) => Bind::Number(*value),
        Cell::Text(text) => Bind::Text(text),
        Cell::Boolean(value) => Bind::Integer((*value).into()),
    }
}
