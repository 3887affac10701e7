//! How a recorder works.

use std::path::PathBuf;
use std::time::Duration;

use time::OffsetDateTime;

use crate::consent::Consent;

/// How a recorder works. Most products only say their version.
#[derive(Clone, Debug)]
pub struct Options {
    /// The version of the product, which is logged with every event.
    pub version: String,
    /// What happens to events while the database does not take them.
    pub outage: Outage,
    /// How many events wait in memory at most. One more is dropped, and counted.
    pub queue: usize,
    /// How many events are written at once at most.
    pub batch: usize,
    /// How long an event waits for others at most before it is written.
    pub delay: Duration,
    /// How long the database may take for a batch.
    pub patience: Duration,
    /// The consent, instead of the settings in the configuration file and the environment.
    pub consent: Option<Consent>,
    /// What tells the time, if not the clock of the system.
    pub clock: Option<fn() -> OffsetDateTime>,
}

/// What happens to events while the database does not take them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Outage {
    /// They go to a file in the folder `NAME.db-spill` beside an SQLite database.
    #[default]
    SpillBeside,
    /// They go to a file in this folder.
    Spill(PathBuf),
    /// They are dropped.
    Drop,
}

impl Options {
    /// The defaults, for a version of the product.
    #[must_use]
    pub fn new(version: impl Into<String>) -> Self {
        Self {
            version: version.into(),
            outage: Outage::default(),
            queue: 16_384,
            batch: 8_192,
            delay: Duration::from_millis(100),
            patience: Duration::from_secs(30),
            consent: None,
            clock: None,
        }
    }
}
