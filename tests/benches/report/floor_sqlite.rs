//! The baseline on SQLite.

use std::collections::BTreeMap;
use std::fmt::Write;

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{AssertSqlSafe, Connection, Executor, SqliteConnection};
use tempfile::TempDir;

use pings_runtime::Url;

use crate::data::{self, NAMES, STEPS, TYPED, WEEK_END, WEEK_START};
use crate::{Answer, Log, Work};

/// The user or visitor of a row. Integers and texts never compare equal, so no prefix is needed.
const PERSON: &str = "CASE WHEN user_id > 0 THEN user_id \
     WHEN anonymous_user_id <> '' THEN anonymous_user_id END";

/// The number of rows per statement. SQLite accepts up to 32,766 parameters.
const BULK: usize = 1000;

pub struct Sqlite {
    connection: SqliteConnection,
    /// The id of the last row before the reported week.
    last: i64,
    /// The number of events of each name until then.
    before: BTreeMap<String, i64>,
    folder: TempDir,
}

impl Sqlite {
    pub async fn load(weeks: u64, per_week: u64) -> Self {
        let folder = TempDir::with_prefix("pings-report-").unwrap();
        let options = SqliteConnectOptions::new()
            .filename(folder.path().join("log.db"))
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Normal);
        let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
        connection
            .execute(
                "CREATE TABLE event_logs (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, \
                 url TEXT NOT NULL, user_id INTEGER NOT NULL, anonymous_user_id TEXT NOT NULL, \
                 source TEXT NOT NULL, argument TEXT, version TEXT NOT NULL, timestamp TEXT NOT NULL)",
            )
            .await
            .unwrap();
        let mut lines = data::lines(weeks, per_week).peekable();
        connection.execute("BEGIN").await.unwrap();
        while lines.peek().is_some() {
            let bulk: Vec<_> = lines.by_ref().take(BULK).collect();
            let rows = vec!["(?,'/insights',?,?,'WEB',?,'3.36.0',?)"; bulk.len()].join(",");
            let mut query = sqlx::query(AssertSqlSafe(format!(
                "INSERT INTO event_logs \
                 (name, url, user_id, anonymous_user_id, source, argument, version, timestamp) VALUES {rows}"
            )));
            for line in bulk {
                query = query
                    .bind(line.name)
                    .bind(line.user.cast_signed())
                    .bind(line.anonymous)
                    .bind(line.argument)
                    .bind(data::text(line.at));
            }
            query.execute(&mut connection).await.unwrap();
        }
        for sql in [
            "COMMIT",
            "CREATE INDEX event_logs_name_timestamp ON event_logs (name, timestamp, user_id, anonymous_user_id, version)",
            "CREATE TABLE pings_first_seen (metric INTEGER NOT NULL, person NOT NULL, first_at TEXT NOT NULL, \
             PRIMARY KEY (metric, person)) WITHOUT ROWID",
            "CREATE INDEX pings_first_seen_first_at ON pings_first_seen (metric, first_at)",
            "PRAGMA wal_checkpoint(TRUNCATE)",
        ] {
            connection.execute(sql).await.unwrap();
        }
        let last = ((weeks - 1) * per_week).cast_signed();
        let mut log = Self {
            connection,
            last,
            before: BTreeMap::new(),
            folder,
        };
        log.catch_up(3, 0, last).await;
        log.before = log.events(0, last).await.into_iter().collect();
        log
    }

    /// Reads rows in the order of their ids. `NOT INDEXED` prevents SQLite from using the index on
    /// names, with which it would read the whole history.
    async fn catch_up(&mut self, metrics: usize, after: i64, until: i64) {
        let mut metric = String::new();
        for (number, name) in TYPED.iter().take(metrics).enumerate() {
            write!(metric, " WHEN '{name}' THEN {number}").unwrap();
        }
        let sql = format!(
            "INSERT INTO pings_first_seen \
             SELECT metric, person, min(timestamp) FROM (\
               SELECT CASE name{metric} END AS metric, {PERSON} AS person, timestamp \
               FROM event_logs NOT INDEXED WHERE id > ?1 AND id <= ?2 AND name IN ({})\
             ) WHERE person IS NOT NULL GROUP BY 1, 2 \
             ON CONFLICT DO UPDATE SET first_at = excluded.first_at WHERE excluded.first_at < first_at",
            texts(&TYPED[..metrics])
        );
        sqlx::query(AssertSqlSafe(sql))
            .bind(after)
            .bind(until)
            .execute(&mut self.connection)
            .await
            .unwrap();
    }

    async fn windows(&mut self) -> Answer {
        let mut all = Answer::new();
        for window in data::windows() {
            let [start, end] = window;
            let counts = self.counts(window).await.into_iter();
            all.extend(counts.map(|line| format!("{start} {end} {line}")));
        }
        all
    }

    async fn counts(&mut self, window: [i64; 2]) -> Answer {
        let sql = NAMES.map(|(name, _)| {
            format!(
                "SELECT '{name}', count(*), count(DISTINCT {PERSON}) FROM event_logs \
                 WHERE name = '{name}' AND timestamp >= ?1 AND timestamp < ?2"
            )
        });
        let sql = sql.join(" UNION ALL ");
        let rows: Vec<(String, i64, i64)> = self.within(sql, window).await;
        rows.iter().map(|row| format!("{row:?}")).collect()
    }

    /// Groups rows by argument first. Because there are few distinct arguments, little JSON remains
    /// to be parsed.
    async fn types(&mut self) -> Answer {
        let sql = TYPED.map(|name| {
            format!(
                "SELECT '{name}', CASE WHEN type IN ('searchInsights', 'codeStatsInsights') THEN type \
                   WHEN type IS NOT NULL THEN '@other' END, sum(events) \
                 FROM (\
                   SELECT CASE WHEN json_valid(argument) THEN argument ->> '$.\"insightType\"' END AS type, events \
                   FROM (SELECT argument, count(*) AS events FROM event_logs \
                     WHERE name = '{name}' AND timestamp >= ?1 AND timestamp < ?2 GROUP BY argument) \
                   LIMIT -1\
                 ) GROUP BY 2"
            )
        });
        let rows: Vec<(String, Option<String>, i64)> = self.window(sql.join(" UNION ALL ")).await;
        rows.iter().map(|row| format!("{row:?}")).collect()
    }

    /// Uses temporary tables with keys. SQLite would otherwise evaluate a joined subquery
    /// repeatedly if it estimates the result to be small.
    async fn funnel(&mut self) -> Answer {
        let steps = STEPS.len();
        for step in 1..=steps {
            let sql = format!(
                "DROP TABLE IF EXISTS temp.reached_{step};\
                 CREATE TEMP TABLE reached_{step} (person, at TEXT, PRIMARY KEY (person)) WITHOUT ROWID"
            );
            self.connection
                .execute(sqlx::raw_sql(AssertSqlSafe(sql)))
                .await
                .unwrap();
            let names = texts(STEPS[step - 1]);
            let (joined, person) = match step {
                1 => (String::new(), PERSON),
                _ => (
                    format!(
                        " CROSS JOIN temp.reached_{} AS before ON before.person = {PERSON} AND timestamp >= before.at",
                        step - 1
                    ),
                    "before.person",
                ),
            };
            let sql = format!(
                "INSERT INTO temp.reached_{step} SELECT {person}, timestamp FROM event_logs{joined} \
                 WHERE name IN ({names}) AND timestamp >= ?1 AND timestamp < ?2 AND {PERSON} IS NOT NULL \
                 ON CONFLICT DO UPDATE SET at = excluded.at WHERE excluded.at < at"
            );
            self.window::<()>(sql).await;
        }
        let sql: Vec<_> = (1..=steps)
            .map(|step| {
                let reached = format!("(SELECT count(*) FROM temp.reached_{step})");
                // Each user of the first step has reached it.
                let users = match step {
                    1 => reached.clone(),
                    _ => format!("count(DISTINCT {PERSON})"),
                };
                format!(
                    "SELECT {step}, count(*), {users}, {reached} FROM event_logs \
                     WHERE name IN ({}) AND timestamp >= ?1 AND timestamp < ?2",
                    texts(STEPS[step - 1])
                )
            })
            .collect();
        let rows: Vec<(i64, i64, i64, i64)> = self.window(sql.join(" UNION ALL ")).await;
        rows.iter().map(|row| format!("{row:?}")).collect()
    }

    async fn first_time(&mut self, metrics: usize) -> Answer {
        self.catch_up(metrics, self.last, i64::MAX).await;
        let sql: Vec<_> = (0..metrics)
            .map(|metric| {
                format!(
                    "SELECT {metric}, count(*) FROM pings_first_seen \
                     WHERE metric = {metric} AND first_at >= ?1 AND first_at < ?2"
                )
            })
            .collect();
        let rows: Vec<(i64, i64)> = self.window(sql.join(" UNION ALL ")).await;
        rows.iter().map(|row| format!("{row:?}")).collect()
    }

    /// Adds the events of the rows that came since to those before.
    async fn all_time(&mut self) -> Answer {
        let later = self.events(self.last, i64::MAX).await.into_iter();
        let total = later.map(|(name, count)| (self.before[&name] + count, name));
        total
            .map(|(count, name)| format!("{:?}", (name, count)))
            .collect()
    }

    /// Returns the number of events of six names in a range of ids.
    async fn events(&mut self, after: i64, until: i64) -> Vec<(String, i64)> {
        let sql = format!(
            "SELECT name, count(*) FROM event_logs NOT INDEXED \
             WHERE id > $1 AND id <= $2 AND name IN ({}) GROUP BY name",
            texts(&TYPED)
        );
        let query = sqlx::query_as(AssertSqlSafe(sql)).bind(after).bind(until);
        query.fetch_all(&mut self.connection).await.unwrap()
    }

    /// Runs a query on the reported week.
    async fn window<Row>(&mut self, sql: String) -> Vec<Row>
    where
        Row: for<'r> sqlx::FromRow<'r, sqlx::sqlite::SqliteRow> + Send + Unpin,
    {
        self.within(sql, [WEEK_START, WEEK_END]).await
    }

    async fn within<Row>(&mut self, sql: String, [start, end]: [i64; 2]) -> Vec<Row>
    where
        Row: for<'r> sqlx::FromRow<'r, sqlx::sqlite::SqliteRow> + Send + Unpin,
    {
        sqlx::query_as(AssertSqlSafe(sql))
            .bind(data::text(start))
            .bind(data::text(end))
            .fetch_all(&mut self.connection)
            .await
            .unwrap()
    }
}

impl Log for Sqlite {
    fn url(&self) -> Url {
        let path = self.folder.path().join("log.db");
        format!("sqlite://{}", path.display()).parse().unwrap()
    }

    fn last(&self) -> i64 {
        self.last
    }

    async fn forget(&mut self) {
        sqlx::query("DELETE FROM pings_first_seen WHERE first_at >= ?")
            .bind(data::text(WEEK_START))
            .execute(&mut self.connection)
            .await
            .unwrap();
    }

    async fn floor(&mut self, work: Work) -> Answer {
        match work {
            Work::Counts => self.counts([WEEK_START, WEEK_END]).await,
            Work::Windows => self.windows().await,
            Work::Types => self.types().await,
            Work::Funnel => self.funnel().await,
            Work::FirstTime(metrics) => self.first_time(metrics).await,
            Work::AllTime => self.all_time().await,
        }
    }
}

fn texts(names: &[&str]) -> String {
    format!("'{}'", names.join("', '"))
}
