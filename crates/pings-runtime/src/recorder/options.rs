//! Options of a recorder.

use std::path::PathBuf;
use std::time::Duration;

use pings_database::Url;
use pings_sql::UserIdType;
use time::OffsetDateTime;

use crate::consent::Consent;

/// Options of a recorder. Most products set the version only.
#[derive(Clone, Debug)]
pub struct Options {
    /// The version of the product, which is logged with each event.
    pub version: String,
    /// Where events go while the database does not accept them.
    pub outage: Outage,
    /// The maximum number of events in the queue. Further events are dropped and counted.
    pub queue: usize,
    /// The maximum number of events per batch.
    pub batch: usize,
    /// The maximum time that an event waits for its batch to fill.
    pub delay: Duration,
    /// The time limit of the database for a batch.
    pub patience: Duration,
    /// The consent, instead of the settings in the configuration file and the environment.
    pub consent: Option<Consent>,
    /// What happens if the database has no event log.
    pub missing_log: MissingLog,
    /// A clock to use instead of the system clock.
    pub clock: Option<fn() -> OffsetDateTime>,
}

/// The behavior of a recorder if the database has no event log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum MissingLog {
    /// Events wait until somebody else creates the event log.
    #[default]
    Wait,
    /// The recorder creates it, for user ids of this type. With a type, an existing event log with
    /// another type is an error.
    Create(Option<UserIdType>),
}

/// Where events go while the database does not accept them.
#[non_exhaustive]
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Outage {
    /// Events are written to a file in the folder `NAME.db-spill` next to an SQLite database.
    #[default]
    SpillBeside,
    /// Events are written to a file in this folder.
    Spill(PathBuf),
    /// Events are dropped.
    Drop,
}

/// The folder for events while a database that is not a file is down.
const FOLDER: &str = "pings-spill";

impl Outage {
    /// Returns the default for the database of an event log: a folder beside the file of an SQLite
    /// database, or else a folder for this database below `pings-spill` in the current folder.
    #[must_use]
    pub fn default_for(url: &Url) -> Self {
        match url.file() {
            Some(_) => Self::SpillBeside,
            None => Self::Spill(PathBuf::from(FOLDER).join(url.file_name())),
        }
    }
}

impl Options {
    /// Returns the defaults for a version of the product.
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
            missing_log: MissingLog::default(),
            clock: None,
        }
    }
}
