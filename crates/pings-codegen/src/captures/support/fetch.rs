//! Running a query, alike on every database.

macro_rules! fetch {
    ($feature:literal, $database:ident, $executor:path, $row:path) => {
        #[cfg(feature = $feature)]
        #[doc = concat!("Running queries on the database of the feature `", $feature, "`.")]
        pub mod $database {
            use super::super::Window;

            /// Every row of a statement.
            ///
            /// # Errors
            ///
            /// Where the database refuses the statement, or a row is not what it should be.
            pub async fn all<R>(
                db: impl $executor,
                sql: &'static str,
                window: Option<&Window>,
            ) -> sqlx::Result<Vec<R>>
            where
                R: for<'r> sqlx::FromRow<'r, $row>,
            {
                let mut query = sqlx::query(sql);
                if let Some(window) = window {
                    query = query.bind(window.start()).bind(window.end());
                }
                let rows = query.fetch_all(db).await?;
                rows.iter().map(R::from_row).collect()
            }

            /// The row of a statement that gives exactly one.
            ///
            /// # Errors
            ///
            /// As [`all`], and where it gives no row, or more than one.
            pub async fn one<R>(
                db: impl $executor,
                sql: &'static str,
                window: Option<&Window>,
            ) -> sqlx::Result<R>
            where
                R: for<'r> sqlx::FromRow<'r, $row>,
            {
                super::only(all(db, sql, window).await?)
            }
        }
    };
}

fetch!(
    "postgres",
    postgres,
    sqlx::PgExecutor<'_>,
    sqlx::postgres::PgRow
);
fetch!(
    "sqlite",
    sqlite,
    sqlx::SqliteExecutor<'_>,
    sqlx::sqlite::SqliteRow
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
