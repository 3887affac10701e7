//! Bulk inserts, which are twenty times as fast as single inserts.

#[cfg(feature = "postgres")]
mod postgres;

#[cfg(feature = "sqlite")]
use sqlx::{AssertSqlSafe, SqliteConnection};

#[cfg(feature = "postgres")]
pub use postgres::MOST_AS_ARRAYS;

use crate::cell::Bind;
use crate::transaction::{Connection, Transaction};

/// The numbers of rows per SQLite statement. Only a few sizes are used, so that each statement is
/// prepared once.
#[cfg(feature = "sqlite")]
const SIZES: [usize; 4] = [512, 64, 8, 1];

/// The maximum number of parameters in an SQLite statement.
#[cfg(feature = "sqlite")]
const MOST: usize = 32_766;

impl Transaction {
    /// Inserts rows into a table, all or none. `values` contains the values of these columns, row
    /// by row, and must have the types of the columns.
    ///
    /// # Errors
    ///
    /// Returns the error of the database.
    pub async fn insert(
        &mut self,
        table: &str,
        columns: &[&str],
        values: &[Bind<'_>],
    ) -> sqlx::Result<()> {
        if values.is_empty() {
            return Ok(());
        }
        match self.connection() {
            #[cfg(feature = "sqlite")]
            Connection::Sqlite(db) => insert_sqlite(db, table, columns, values).await,
            #[cfg(feature = "postgres")]
            Connection::Postgres(db) => postgres::insert(db, table, columns, values).await,
        }
    }

    /// Inserts rows like [`Self::insert`], and converts each value to the type of its column.
    ///
    /// # Errors
    ///
    /// Returns the error of the database.
    pub async fn load(
        &mut self,
        table: &str,
        columns: &[&str],
        values: &[Bind<'_>],
    ) -> sqlx::Result<()> {
        match self.connection() {
            #[cfg(feature = "postgres")]
            Connection::Postgres(db) if !values.is_empty() => {
                postgres::copy(db, table, columns, values).await
            }
            _ => self.insert(table, columns, values).await,
        }
    }
}

#[cfg(feature = "sqlite")]
async fn insert_sqlite(
    db: &mut SqliteConnection,
    table: &str,
    columns: &[&str],
    mut values: &[Bind<'_>],
) -> sqlx::Result<()> {
    for size in SIZES.map(|size| size * columns.len()) {
        if size > MOST && size > columns.len() || size > values.len() {
            continue;
        }
        let row = format!("({})", vec!["?"; columns.len()].join(", "));
        let statement = format!(
            "INSERT INTO {table} ({}) VALUES {}",
            columns.join(", "),
            vec![row; size / columns.len()].join(", ")
        );
        while let Some((some, rest)) = values.split_at_checked(size) {
            values = rest;
            // The names in the statement are constants in the program, and values are bound.
            let mut query = sqlx::query(AssertSqlSafe(statement.as_str()));
            for value in some {
                query = match *value {
                    Bind::Text(text) => query.bind(text),
                    Bind::Integer(number) => query.bind(number),
                    Bind::Number(number) => query.bind(number),
                    Bind::Null => query.bind(None::<i64>),
                };
            }
            query.execute(&mut *db).await?;
        }
    }
    Ok(())
}

#[cfg(all(test, feature = "sqlite"))]
mod tests {
    use pings_model::ValueType;

    use crate::{Access, Bind, Database, Mode};

    #[tokio::test]
    async fn any_number_of_rows_is_added() {
        let url = "sqlite::memory:".parse().unwrap();
        let database = Database::open(&url, Access::Create).await.unwrap();
        let mut tx = database.begin(Mode::Write).await.unwrap();
        tx.script("CREATE TABLE t (a INTEGER, b TEXT, c REAL)")
            .await
            .unwrap();
        let mut expected = 0;
        for rows in [0, 1, 7, 8, 63, 100, 1_000] {
            let row = [Bind::Integer(1), Bind::Text("b"), Bind::Null];
            tx.insert("t", &["a", "b", "c"], &row.repeat(rows))
                .await
                .unwrap();
            expected += rows as i64;
            let sum = "SELECT sum(a) FROM t WHERE b = 'b' AND c IS NULL";
            let sum = tx.value(sum, &[], ValueType::Integer).await.unwrap();
            let sum = sum.and_then(|sum| sum.integer()).unwrap_or(0);
            assert_eq!(sum, expected);
        }
    }
}
