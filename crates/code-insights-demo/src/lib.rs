#![doc = include_str!("../README.md")]

mod events;
mod product;
mod random;

use std::error::Error;
use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use pings_runtime::{Access, Captures, Database, EventLog, Import, Week};
use time::OffsetDateTime;

/// How many weeks there are.
pub const WEEKS: u32 = 8;

/// The moment that the captures take for now, in seconds since 1970.
static NOW: AtomicI64 = AtomicI64::new(0);

fn now() -> OffsetDateTime {
    let seconds = NOW.load(Ordering::Relaxed);
    OffsetDateTime::from_unix_timestamp(seconds).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

/// The version of the product in a week, counted from 0.
fn version(week: u32) -> &'static str {
    if week < 4 { "3.36.0" } else { "3.38.1" }
}

/// Makes the product and its event log in a folder, in place of those that are there.
///
/// # Errors
///
/// Where the folder cannot be written, or a database fails.
pub async fn make(folder: &Path, until: OffsetDateTime) -> Result<(), Box<dyn Error>> {
    fs::create_dir_all(folder)?;
    for file in ["pings.db", "product.db"] {
        for end in ["", "-wal", "-shm"] {
            let path = folder.join(format!("{file}{end}"));
            if path.exists() {
                fs::remove_file(path)?;
            }
        }
    }
    let address = |file: &str| format!("sqlite://{}", folder.join(file).display());
    let registry = pings_registry::parse(code_insights_events::REGISTRY)
        .map_err(|_| "the registry in code-insights-events has mistakes")?;
    let (log, _) = EventLog::init(&address("pings.db").parse()?).await?;
    let mut product = product::Product::create(&address("product.db")).await?;
    let reader = Database::open(&address("product.db").parse()?, Access::Read).await?;
    let last = Week::last_complete(until);
    for number in 0..WEEKS {
        let week = last.back(WEEKS - 1 - number);
        let lines = events::lines(number, week.start(), version(number));
        let imported = Import::new(&log).read(lines.as_slice(), |_| {}).await?;
        if let Some(mistake) = imported.mistakes.first() {
            return Err(mistake.reason.clone().into());
        }
        product.grow(number).await?;
        // Sunday evening.
        let evening = week.end() - Duration::from_secs(4 * 3600);
        NOW.store(evening.unix_timestamp(), Ordering::Relaxed);
        Captures::new(&reader, &registry, evening)
            .take(&log, version(number), now, |_| {})
            .await?;
    }
    reader.close().await;
    log.close().await;
    Ok(())
}
