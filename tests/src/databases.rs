//! New, empty PostgreSQL and SQLite databases for queries, with event logs of any kind.

mod rows;

use pings_sql::{Column, Dialect, Parameters, Query};
use sqlx::postgres::PgConnectOptions;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{
    AssertSqlSafe, Connection, Either, Executor, PgConnection, SqliteConnection, Statement,
};

use crate::answer::{AnswerRow, rows};
use crate::postgres;

/// The column types of an event log that differ between products.
#[derive(Clone, Copy, Debug)]
pub struct LogKind {
    /// The type of `argument` in PostgreSQL.
    pub argument: &'static str,
    /// The type of `timestamp` in PostgreSQL.
    pub timestamp: &'static str,
    /// The notation of `timestamp` in SQLite: the text between date and time, and the text at the
    /// end.
    pub written: (&'static str, &'static str),
}

/// Kinds of event logs that cover each form of each column.
pub const LOG_KINDS: [LogKind; 3] = [
    LogKind {
        argument: "jsonb",
        timestamp: "timestamptz",
        written: ("T", "Z"),
    },
    LogKind {
        argument: "json",
        timestamp: "timestamp",
        written: (" ", ""),
    },
    LogKind {
        argument: "text",
        timestamp: "timestamptz",
        written: ("T", "+00:00"),
    },
];

/// A line of the event log.
#[derive(Clone, Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogLine {
    /// The time in UTC, such as `2021-01-25 00:00:00`.
    pub at: String,
    /// The wire name of the event.
    pub name: String,
    /// The user; 0 means no user.
    #[serde(default)]
    pub user: i64,
    /// The anonymous visitor.
    #[serde(default)]
    pub anonymous: String,
    /// The argument as it was logged.
    #[serde(default)]
    pub argument: Option<String>,
    /// The client.
    #[serde(default = "web")]
    pub source: String,
}

/// Returns the client of a line without another client.
#[must_use]
pub fn web() -> String {
    "WEB".to_owned()
}

/// A window in the form of query parameters: its start, and the start of the next window.
pub type Borders = (String, String);

/// A database of either kind.
pub enum Database {
    /// PostgreSQL.
    Postgres(PgConnection),
    /// SQLite.
    Sqlite(SqliteConnection),
}

impl Database {
    /// Creates an empty database. Returns `None` if PostgreSQL is not available.
    pub async fn new(dialect: Dialect) -> Option<Self> {
        match dialect {
            Dialect::Postgres => {
                let options = postgres::database().await?;
                Some(Self::postgres(options).await)
            }
            Dialect::Sqlite => {
                let connection = SqliteConnection::connect_with(&SqliteConnectOptions::new()).await;
                Some(Self::Sqlite(connection.expect("SQLite opens")))
            }
        }
    }

    /// Connects to the database at an address. A file of SQLite is created if it does not exist.
    ///
    /// # Panics
    ///
    /// Panics if the database does not answer.
    pub async fn at(address: &str) -> Self {
        match address.strip_prefix("sqlite://") {
            Some(path) => {
                let options = SqliteConnectOptions::new().filename(path);
                let options = options.create_if_missing(true);
                let connection = SqliteConnection::connect_with(&options).await;
                Self::Sqlite(connection.expect("SQLite opens"))
            }
            None => Self::postgres(address.parse().expect("an address")).await,
        }
    }

    /// Connects to PostgreSQL. The session uses another time zone than UTC, because results must
    /// not depend on it.
    async fn postgres(options: PgConnectOptions) -> Self {
        // A cached statement that was prepared to inspect its parameters would keep their types,
        // and texts could no longer be bound.
        let options = options.statement_cache_capacity(0);
        let connection = PgConnection::connect_with(&options).await;
        let mut database = Self::Postgres(connection.expect("PostgreSQL answers"));
        // The driver sets UTC when it connects, which overrides the options of the connection.
        database.execute("SET TIME ZONE 'Asia/Tokyo'").await;
        database
    }

    /// Runs statements.
    ///
    /// # Panics
    ///
    /// Panics if a statement fails.
    pub async fn execute(&mut self, sql: &str) {
        let sql = AssertSqlSafe(sql.to_owned());
        let done = match self {
            Self::Postgres(db) => db.execute(sqlx::raw_sql(sql)).await.map(|_| ()),
            Self::Sqlite(db) => db.execute(sqlx::raw_sql(sql)).await.map(|_| ()),
        };
        done.expect("statements of a fixture");
    }

    /// Creates an event log with these lines.
    ///
    /// # Panics
    ///
    /// Panics if a statement fails.
    pub async fn log(&mut self, kind: LogKind, lines: &[LogLine]) {
        let LogKind {
            argument,
            timestamp,
            written: (between, end),
        } = kind;
        match self {
            Self::Postgres(_) => {
                self.execute(&format!(
                    "CREATE TABLE event_logs (id bigserial PRIMARY KEY, name text NOT NULL, url text NOT NULL, \
                     user_id integer NOT NULL, anonymous_user_id text NOT NULL, source text NOT NULL, \
                     argument {argument}, version text NOT NULL, \"timestamp\" {timestamp} NOT NULL)"
                ))
                .await;
            }
            Self::Sqlite(_) => {
                self.execute(
                    "CREATE TABLE event_logs (id INTEGER PRIMARY KEY, name TEXT NOT NULL, url TEXT NOT NULL, \
                     user_id INTEGER NOT NULL, anonymous_user_id TEXT NOT NULL, source TEXT NOT NULL, \
                     argument TEXT, version TEXT NOT NULL, timestamp TEXT NOT NULL)",
                )
                .await;
            }
        }
        const COLUMNS: &str = "INSERT INTO event_logs (name, url, user_id, anonymous_user_id, source, argument, version, timestamp)";
        for line in lines {
            match self {
                Self::Postgres(db) => {
                    // A column without a time zone stores UTC, regardless of the session's time
                    // zone.
                    let zone = if timestamp == "timestamptz" { "Z" } else { "" };
                    let sql = format!(
                        "{COLUMNS} VALUES ($1, '', $2::bigint, $3, $6, $4::text::{argument}, '3.36.0', $5::text::{timestamp})"
                    );
                    let query = sqlx::query(AssertSqlSafe(sql));
                    let query = query.bind(&line.name).bind(line.user).bind(&line.anonymous);
                    query.bind(&line.argument).bind(format!("{}{zone}", line.at)).bind(&line.source).execute(db).await.map(|_| ())
                }
                Self::Sqlite(db) => {
                    let sql = format!("{COLUMNS} VALUES ($1, '', $2, $3, $6, $4, '3.36.0', $5)");
                    let query = sqlx::query(AssertSqlSafe(sql));
                    let query = query.bind(&line.name).bind(line.user).bind(&line.anonymous);
                    let at = line.at.replacen(' ', between, 1) + end;
                    query.bind(&line.argument).bind(at).bind(&line.source).execute(db).await.map(|_| ())
                }
            }
            .expect("a line of the event log");
        }
    }

    /// Runs a query in a read-only transaction.
    ///
    /// # Errors
    ///
    /// Returns an error if the query fails, takes other parameters than declared, or returns other
    /// columns or types than declared.
    pub async fn ask(
        &mut self,
        query: &Query,
        columns: &[Column],
        (start, end): &Borders,
    ) -> Result<Vec<AnswerRow>, String> {
        let failed = |error: sqlx::Error| error.to_string();
        // A total is captured at the end of the window.
        let parameters = match query.parameters {
            Parameters::None => vec![],
            Parameters::Window => vec![start, end],
            Parameters::Now => vec![end],
        };
        let arity = parameters.len();
        let check = |count: usize| {
            (count == arity)
                .then_some(())
                .ok_or(format!("the query takes {count} parameters, not {arity}"))
        };
        let sql = || AssertSqlSafe(query.text.clone());
        match self {
            Self::Postgres(db) => {
                let statement = db
                    .prepare(sqlx::SqlSafeStr::into_sql_str(sql()))
                    .await
                    .map_err(failed)?;
                check(match statement.parameters() {
                    Some(Either::Left(types)) => types.len(),
                    Some(Either::Right(count)) => count,
                    None => 0,
                })?;
                db.execute("BEGIN READ ONLY").await.map_err(failed)?;
                let mut bound = sqlx::query(sql());
                for border in parameters {
                    bound = bound.bind(border);
                }
                let answer = bound.fetch_all(&mut *db).await.map_err(failed);
                // Without its cache, the driver never closes the statements that it prepared.
                let end = db.execute("ROLLBACK; DEALLOCATE ALL").await;
                end.map_err(failed)?;
                rows(columns, &answer?)
            }
            Self::Sqlite(db) => {
                let statement = db
                    .prepare(sqlx::SqlSafeStr::into_sql_str(sql()))
                    .await
                    .map_err(failed)?;
                check(match statement.parameters() {
                    Some(Either::Left(types)) => types.len(),
                    Some(Either::Right(count)) => count,
                    None => 0,
                })?;
                db.execute("PRAGMA query_only = ON").await.map_err(failed)?;
                let mut bound = sqlx::query(sql());
                for border in parameters {
                    bound = bound.bind(border);
                }
                let answer = bound.fetch_all(&mut *db).await.map_err(failed);
                db.execute("PRAGMA query_only = OFF")
                    .await
                    .map_err(failed)?;
                rows(columns, &answer?)
            }
        }
    }
}
