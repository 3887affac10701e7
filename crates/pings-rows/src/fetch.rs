//! Execution of queries on any database.

/// Resets the settings of a role or database that change what a statement means, and makes
/// row-level security fail the statement instead of hiding rows.
#[cfg(feature = "postgres")]
const POSTGRES: &str = "SET LOCAL standard_conforming_strings = on; \
    SET LOCAL backslash_quote = safe_encoding; \
    SET LOCAL TimeZone = 'UTC'; \
    SET LOCAL DateStyle = 'ISO, MDY'; \
    SET LOCAL IntervalStyle = postgres; \
    SET LOCAL extra_float_digits = 3; \
    SET LOCAL bytea_output = hex; \
    SET LOCAL transform_null_equals = off; \
    SET LOCAL array_nulls = on; \
    SET LOCAL row_security = off; \
    SET LOCAL gin_fuzzy_search_limit = 0";

macro_rules! fetch {
    ($feature:literal, $database:ident, $driver:ty, $row:path, $settings:expr) => {
        #[cfg(feature = $feature)]
        #[doc = concat!("Runs queries on the database of the feature `", $feature, "`.")]
        pub mod $database {
            /// Returns all rows of a statement with these parameters, in a transaction that is rolled
            /// back.
            ///
            /// # Errors
            ///
            /// Returns an error if the database rejects the statement, or if a row has an
            /// unexpected form.
            pub async fn all<R>(
                db: impl sqlx::Acquire<'_, Database = $driver>,
                sql: &'static str,
                parameters: &[String],
            ) -> sqlx::Result<Vec<R>>
            where
                R: for<'r> sqlx::FromRow<'r, $row>,
            {
                let mut tx = db.begin().await?;
                if let Some(settings) = $settings {
                    sqlx::raw_sql(settings).execute(&mut *tx).await?;
                }
                // Behind a pooler, a named prepared statement may be on another server.
                let mut query = sqlx::query(sql).persistent(false);
                for parameter in parameters {
                    query = query.bind(parameter);
                }
                let rows = query.fetch_all(&mut *tx).await?;
                tx.rollback().await?;
                rows.iter().map(R::from_row).collect()
            }

            /// Returns the row of a statement that returns exactly one row.
            ///
            /// # Errors
            ///
            /// Returns the errors of [`all`], and an error if the statement does not return exactly
            /// one row.
            pub async fn one<R>(
                db: impl sqlx::Acquire<'_, Database = $driver>,
                sql: &'static str,
                parameters: &[String],
            ) -> sqlx::Result<R>
            where
                R: for<'r> sqlx::FromRow<'r, $row>,
            {
                super::only(all(db, sql, parameters).await?)
            }
        }
    };
}

fetch!(
    "postgres",
    postgres,
    sqlx::Postgres,
    sqlx::postgres::PgRow,
    Some(super::POSTGRES)
);
fetch!(
    "sqlite",
    sqlite,
    sqlx::Sqlite,
    sqlx::sqlite::SqliteRow,
    None::<&'static str>
);

fn only<R>(mut rows: Vec<R>) -> sqlx::Result<R> {
    let row = rows.pop().ok_or(sqlx::Error::RowNotFound)?;
    match rows.len() {
        0 => Ok(row),
        more => Err(sqlx::Error::Decode(
            format!("{} rows where there should be one", more + 1).into(),
        )),
    }
}
