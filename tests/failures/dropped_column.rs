//! A column that a migration dropped
//!
//! Developers who change the product's tables may not know that captures read the tables. Here the
//! registry declares the columns that are read, and `pings check --product-database` compares the
//! declarations with a real database, such as one to which CI applied the migrations of a branch.

use pings_sql::Dialect;
use pings_tests::place::Place;

use crate::support::command::Folder;
use crate::support::desk;
use crate::support::exhibit::{Exhibit, Stage, exhibit};

const TABLES: &str = "\
CREATE TABLE ticket (id bigint, state text, opened_at timestamp, solved_at timestamp, settings text);
CREATE TABLE reply (id bigint, ticket_id bigint);
";

const MIGRATION: &str = "ALTER TABLE ticket RENAME COLUMN solved_at TO closed_at;";

pub(crate) async fn exhibits() -> Vec<Exhibit> {
    let folder = Folder::new(&desk::edited(&[
        ("    settings: json\n", "    settings: text\n"),
        (
            "        by:\n          priority: CASE json_text(ticket.settings, 'priority') WHEN 'high' THEN 'high' ELSE 'none' END\n",
            "",
        ),
    ]));
    let mut told = Vec::new();
    for dialect in Dialect::ALL {
        let Some(place) = Place::new(dialect).await else {
            continue;
        };
        let mut product = place.connect().await;
        let check = format!("check --product-database {}", place.address());
        product.execute(TABLES).await;
        folder.succeeds(&check);
        product.execute(MIGRATION).await;
        told.push(folder.complains(&check));
    }
    told.dedup();
    let [told] = told.as_slice() else {
        panic!("both databases say the same: {told:?}")
    };
    vec![
        exhibit(
            Stage::Check,
            "After the migration, on PostgreSQL and on SQLite:",
        )
        .block("sql", MIGRATION)
        .block("text", told),
    ]
}
