//! The numbers of queries, captures and reports on real databases.

/// Defines each test for PostgreSQL and SQLite.
macro_rules! on_both {
    ($($name:ident),* $(,)?) => { $(
        mod $name {
            use super::Dialect;

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_sqlite() {
                super::$name(Dialect::Sqlite).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_postgres() {
                super::$name(Dialect::Postgres).await;
            }
        }
    )* };
}

mod all_time;
mod answers;
mod any_event;
mod captures;
mod code_insights;
mod connections;
mod cut;
mod daily_totals;
mod databases;
mod days;
mod event_log;
mod live;
mod one_row;
mod partitions;
mod renames;
mod reports;
mod sql_functions;
mod tail;
mod user_ids;
mod values;
mod weeks;
mod window_borders;
mod windows;
