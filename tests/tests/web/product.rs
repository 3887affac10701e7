//! A browser runs the front end of a product, and its event log has each event once.

use pings_sql::Dialect;
use pings_tests::place::Place;
use pings_tests::web::{browser, npm, packages, run};
use xtask::services::chromium;

async fn works(dialect: Dialect) {
    let (Some(_), Some(browser)) = (packages(), browser()) else {
        return;
    };
    let Some(place) = Place::new(dialect).await else {
        return;
    };
    let output = run(npm("test:product")
        .env(chromium::PROGRAM, browser)
        .env("PINGS_DATABASE", place.address())
        .env("PINGS_PAGE", env!("CARGO_BIN_EXE_page")));
    // Visible with `--nocapture`.
    println!("{output}");
}

#[tokio::test]
async fn a_product_works_in_chromium_on_postgres() {
    works(Dialect::Postgres).await;
}

#[tokio::test]
async fn a_product_works_in_chromium_on_sqlite() {
    works(Dialect::Sqlite).await;
}
