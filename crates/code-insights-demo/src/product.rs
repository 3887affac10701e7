//! The tables of the product, which grow every week.

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, Connection, SqliteConnection};

use crate::random::Random;

const TABLES: &str = "
CREATE TABLE insight_view (id INTEGER PRIMARY KEY, presentation_type TEXT, is_frozen INTEGER);
CREATE TABLE insight_view_grants (insight_view_id INTEGER, user_id INTEGER, org_id INTEGER, global INTEGER);
CREATE TABLE insight_series (
  id INTEGER PRIMARY KEY, generation_method TEXT, generated_from_capture_groups INTEGER, repositories TEXT,
  repository_criteria TEXT, just_in_time INTEGER, sample_interval_unit TEXT, sample_interval_value INTEGER,
  deleted_at TEXT
);
CREATE TABLE insight_view_series (insight_view_id INTEGER, insight_series_id INTEGER);
CREATE TABLE dashboard (id INTEGER PRIMARY KEY, deleted_at TEXT);
CREATE TABLE dashboard_grants (dashboard_id INTEGER, user_id INTEGER, org_id INTEGER, global INTEGER);
CREATE TABLE dashboard_insight_view (dashboard_id INTEGER, insight_view_id INTEGER);
";

/// The database of the product.
pub(crate) struct Product {
    database: SqliteConnection,
    random: Random,
    insights: u64,
    dashboards: u64,
}

impl Product {
    /// Creates a database with the product's tables.
    pub(crate) async fn create(address: &str) -> sqlx::Result<Self> {
        let options: SqliteConnectOptions = address.parse()?;
        let options = options.create_if_missing(true);
        let mut database = SqliteConnection::connect_with(&options).await?;
        sqlx::raw_sql(TABLES).execute(&mut database).await?;
        Ok(Self {
            database,
            random: Random::new(2021),
            insights: 0,
            dashboards: 0,
        })
    }

    /// Adds the rows of a week, counted from 0.
    pub(crate) async fn grow(&mut self, week: u32) -> sqlx::Result<()> {
        let (insights, dashboards) = if week == 0 { (120, 14) } else { (9, 2) };
        let mut sql = String::from("BEGIN;");
        for _ in 0..dashboards {
            self.dashboards += 1;
            self.dashboard(&mut sql);
        }
        for _ in 0..insights {
            self.insights += 1;
            self.insight(&mut sql);
        }
        sql.push_str("COMMIT;");
        // The SQL contains only numbers and words from the lists above.
        sqlx::raw_sql(AssertSqlSafe(sql))
            .execute(&mut self.database)
            .await?;
        Ok(())
    }

    /// Returns the number of insights.
    pub(crate) fn insights(&self) -> u64 {
        self.insights
    }

    /// Returns the number of dashboards, including deleted ones.
    pub(crate) fn dashboards(&self) -> u64 {
        self.dashboards
    }

    fn dashboard(&mut self, sql: &mut String) {
        let id = self.dashboards;
        let deleted = if self.random.percent(8) {
            "'2021-06-01'"
        } else {
            "NULL"
        };
        let org = match self.random.percent(60) {
            true => (1 + self.random.below(6)).to_string(),
            false => "NULL".to_owned(),
        };
        sql.push_str(&format!(
            "INSERT INTO dashboard VALUES ({id}, {deleted});\
             INSERT INTO dashboard_grants VALUES ({id}, NULL, {org}, 0);"
        ));
    }

    fn insight(&mut self, sql: &mut String) {
        let random = &mut self.random;
        let id = self.insights;
        let is_line = random.percent(82);
        let kind = if is_line { "LINE" } else { "PIE" };
        let (method, groups) = match (is_line, random.below(10)) {
            (false, _) => ("language-stats", 0),
            (true, 0..6) => ("search", 0),
            (true, 6..8) => ("search", 1),
            (true, _) => ("search-compute", 0),
        };
        let (unit, value) = [
            ("MONTH", 1),
            ("WEEK", 2),
            ("WEEK", 1),
            ("DAY", 1),
            ("HOUR", 6),
        ][random.below(5) as usize];
        let deleted = if random.percent(6) {
            "'2021-06-01'"
        } else {
            "NULL"
        };
        let org = match random.percent(45) {
            true => (1 + random.below(6)).to_string(),
            false => "NULL".to_owned(),
        };
        sql.push_str(&format!(
            "INSERT INTO insight_view VALUES ({id}, '{kind}', 0);\
             INSERT INTO insight_view_grants VALUES ({id}, NULL, {org}, 0);\
             INSERT INTO insight_series VALUES ({id}, '{method}', {groups}, NULL, NULL, 0, '{unit}', {value}, {deleted});\
             INSERT INTO insight_view_series VALUES ({id}, {id});"
        ));
        // Every third insight is not on a dashboard.
        if !id.is_multiple_of(3) {
            let dashboard = 1 + random.below(self.dashboards);
            sql.push_str(&format!(
                "INSERT INTO dashboard_insight_view VALUES ({dashboard}, {id});"
            ));
        }
    }
}
