#![doc = include_str!("../README.md")]

mod events;
mod fleet;
mod leftovers;
mod now;
mod page;
mod product;
mod random;

use std::error::Error;
use std::path::Path;
use std::time::Duration;

use pings_runtime::{Access, Captures, Database, EventLog, Import, Week};
use time::OffsetDateTime;

pub use fleet::{Sent, registry_before, send_fleet};
pub use page::Page;

/// The number of weeks.
pub const WEEKS: u32 = 8;

tokio::task_local! {
    /// The current time for captures. The value is local to a task, because two demos may be
    /// created concurrently.
    static NOW: OffsetDateTime;
}

fn now() -> OffsetDateTime {
    NOW.try_with(|now| *now)
        .unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

/// Returns the version of the product in a week, counted from 0.
fn version(week: u32) -> &'static str {
    if week < 4 { "3.36.0" } else { "3.38.1" }
}

/// A summary of the demo.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Made {
    /// The first week.
    pub first: Week,
    /// The last week.
    pub last: Week,
    /// The number of events that users caused.
    pub events: u64,
    /// The number of captures that were taken.
    pub captures: usize,
    /// The number of insights in the product.
    pub insights: u64,
    /// The number of dashboards in the product, including deleted ones.
    pub dashboards: u64,
}

/// Logs a few events in the event log of an existing demo, two of which do not fit the registry.
/// Returns their number.
///
/// # Errors
///
/// Returns an error if the folder has no demo or the database fails.
pub async fn log_events(folder: &Path, now: OffsetDateTime) -> Result<u64, Box<dyn Error>> {
    let address = format!("sqlite://{}", folder.join("pings.db").display());
    let log = EventLog::open(&address.parse()?).await?;
    let lines = now::lines(now, version(WEEKS));
    let imported = Import::new(&log).read(lines.as_bytes(), |_| {}).await?;
    log.close().await;
    Ok(imported.imported)
}

/// Creates the product and its event log in a folder, and replaces existing ones.
///
/// # Errors
///
/// Returns an error if the folder cannot be written or a database fails.
pub async fn make(folder: &Path, until: OffsetDateTime) -> Result<Made, Box<dyn Error>> {
    leftovers::clear(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let address = |file: &str| format!("sqlite://{}", folder.join(file).display());
    let registry = pings_registry::parse(code_insights_events::REGISTRY)
        .map_err(|_| "the registry in code-insights-events has mistakes")?;
    let (log, _) = EventLog::init(&address("pings.db").parse()?).await?;
    let mut product = product::Product::create(&address("product.db")).await?;
    let reader = Database::open(&address("product.db").parse()?, Access::Read).await?;
    let last = Week::last_complete(until);
    let (mut events, mut captures) = (0, 0);
    for number in 0..WEEKS {
        let week = last.back(WEEKS - 1 - number);
        let lines = events::lines(number, week.start(), version(number));
        let imported = Import::new(&log).read(lines.as_slice(), |_| {}).await?;
        if let Some(mistake) = imported.mistakes.first() {
            return Err(mistake.reason.clone().into());
        }
        events += imported.imported;
        product.grow(number).await?;
        // Captures are taken on Sunday evening.
        let evening = week.end() - Duration::from_secs(4 * 3600);
        let due = Captures::new(&reader, &registry, evening);
        let take = due.take(&log, version(number), now, |_| {});
        captures += NOW.scope(evening, take).await?.len();
    }
    reader.close().await;
    log.close().await;
    Ok(Made {
        first: last.back(WEEKS - 1),
        last,
        events,
        captures,
        insights: product.insights(),
        dashboards: product.dashboards(),
    })
}
