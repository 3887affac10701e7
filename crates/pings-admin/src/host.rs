//! The instance that the pages are about.

use std::fmt;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;

use pings_model::{Registry, Version};
use pings_runtime::{EventLog, Result, Settings};
use tokio::runtime::Handle;

/// A future that opens the event log.
pub type Opening = Pin<Box<dyn Future<Output = Result<EventLog>> + Send>>;

/// The instance that the pages are about, and how they reach it.
#[derive(Clone)]
pub struct Host {
    /// The registry whose metrics are reported.
    pub registry: Arc<Registry>,
    /// The version of the product. The default is the version of the newest event of a week.
    pub version: Option<Version>,
    /// The address of the store. The default is the address in the settings.
    pub store: Option<String>,
    /// Returns the settings that are in effect.
    pub settings: Arc<dyn Fn() -> Result<Settings> + Send + Sync>,
    /// The configuration file, if it was named.
    pub config_file: Option<PathBuf>,
    /// Whether the settings are read again for each page, so that changes of the file count at
    /// once. A product reads its settings when it starts.
    pub reads_settings: bool,
    /// Opens the event log, or returns the one that is open.
    pub log: Arc<dyn Fn() -> Opening + Send + Sync>,
    /// The runtime to which the connections of the event log belong.
    pub runtime: Handle,
}

impl fmt::Debug for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Host")
            .field("registry", &self.registry.name())
            .field("version", &self.version)
            .field("store", &self.store)
            .finish_non_exhaustive()
    }
}
