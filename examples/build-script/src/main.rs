//! A product that logs events, queries its pings, and checks whether to trust each value.

#![expect(clippy::print_stdout, reason = "it shows what it does")]

mod events {
    include!(concat!(env!("OUT_DIR"), "/events.rs"));
}

mod captures {
    include!(concat!(env!("OUT_DIR"), "/captures.rs"));
}

use std::error::Error;

use captures::captures::pages;
use captures::events::{page_viewed, words_written};
use captures::{Dimension, Week};
use events::{Event, Trust, Version, Via, trust};
use sqlx::{Connection, SqliteConnection};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut db = SqliteConnection::connect("sqlite::memory:").await?;
    set_up(&mut db).await?;
    log(
        &mut db,
        "2026-11-16 00:00:00",
        7,
        Event::PageViewed { via: Via::Search },
    )
    .await?;
    log(&mut db, "2026-11-20 12:30:00", 7, saved(120, false)).await?;
    log(&mut db, "2026-11-21 09:00:00", 8, saved(3, true)).await?;

    let week: Week = "2026-W47".parse()?;
    for row in page_viewed::sqlite(&mut db, week).await? {
        println!(
            "viewed by {}: {} times, {} users",
            row.via.map_or("unknown", via),
            row.count,
            row.unique_users
        );
    }
    println!(
        "words written: {}",
        words_written::sqlite(&mut db, week).await?.sum
    );
    for row in pages::sqlite(&mut db).await? {
        println!("pages of {:?}: {}", row.namespace, row.count);
    }
    for version in ["1.0", "1.2.1", "1.3"] {
        println!(
            "words written, by {version}: {}",
            believed("words_written", version)?
        );
    }
    Ok(())
}

/// Describes how a page was found.
fn via(via: Dimension<Via>) -> &'static str {
    match via {
        Dimension::Declared(via) => via.as_str(),
        Dimension::Other => "another way",
    }
}

fn saved(words: i64, minor: bool) -> Event {
    Event::PageSaved {
        words,
        minor,
        comment: None,
    }
}

/// Describes whether a value is trusted.
fn believed(code: &str, version: &str) -> Result<String, Box<dyn Error>> {
    let version: Version = version.parse()?;
    Ok(match trust(code, version).ok_or("no such code")? {
        Trust::Trusted => "trusted".to_owned(),
        Trust::Absent(_) => "not sent".to_owned(),
        Trust::Broken(broken) => {
            format!(
                "broken, {}",
                broken.reason.as_deref().unwrap_or("nobody knows why")
            )
        }
    })
}

async fn set_up(db: &mut SqliteConnection) -> sqlx::Result<()> {
    sqlx::raw_sql(
        "CREATE TABLE event_logs (id INTEGER PRIMARY KEY, name TEXT, url TEXT, user_id INTEGER,
             anonymous_user_id TEXT, source TEXT, argument TEXT, version TEXT, timestamp TEXT);
         CREATE TABLE page (id INTEGER PRIMARY KEY, namespace TEXT, deleted_at TEXT);
         INSERT INTO page (namespace, deleted_at)
             VALUES ('help', NULL), ('help', NULL), ('talk', NULL), ('talk', '2026-01-01');",
    )
    .execute(db)
    .await?;
    Ok(())
}

async fn log(db: &mut SqliteConnection, at: &str, user: i64, event: Event) -> sqlx::Result<()> {
    sqlx::query(
        "INSERT INTO event_logs (name, url, user_id, anonymous_user_id, source, argument, version, timestamp)
             VALUES ($1, '', $2, '', 'WEB', $3, '1.3.0', $4)",
    )
    .bind(event.name().as_str())
    .bind(user)
    .bind(event.argument())
    .bind(at)
    .execute(db)
    .await?;
    Ok(())
}
