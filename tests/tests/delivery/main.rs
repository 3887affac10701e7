//! Delivery under adverse conditions: answers that are not those of a store, clocks that are ahead,
//! databases that were restored or copied, and stores that lost weeks.

#![allow(clippy::unwrap_used, reason = "a test stops where something fails")]

mod answers;
mod clock;
mod copies;
mod floats;
mod moved;
mod numbers;
mod restored;
mod support;
mod versions;
mod year;

/// Runs a test on both databases.
macro_rules! on_both {
    ($($name:ident),*) => { $(
        mod $name {
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_sqlite() {
                super::$name(pings_sql::Dialect::Sqlite).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_postgres() {
                super::$name(pings_sql::Dialect::Postgres).await;
            }
        }
    )* };
}

pub(crate) use on_both;
