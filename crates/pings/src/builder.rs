//! The configuration of a handle.

use std::path::PathBuf;
use std::sync::Arc;
#[cfg(feature = "delivery")]
use std::time::Duration;

use pings_model::Version;
use pings_runtime::{
    Address, Consent, MissingLog, Options, Outage, Recorder, Settings, Url, UserIdType,
};
use tokio::sync::OnceCell;

use crate::background::Background;
#[cfg(feature = "delivery")]
use crate::delivery::{self, DeliveryOptions};
use crate::error::Error;
use crate::handle::Pings;
use crate::live::{Live, Shared};

/// The configuration of a handle, which [`Builder::start`] creates.
///
/// Only the event log and the version of the product are required.
#[derive(Clone, Debug)]
#[must_use = "a builder does nothing until `start` is called"]
pub struct Builder {
    registry: String,
    event_log: Option<Address>,
    product_version: Option<String>,
    config_file: Option<PathBuf>,
    consent: Option<Consent>,
    outage: Option<Outage>,
    queue: Option<usize>,
    user_ids: Option<UserIdType>,
    #[cfg(feature = "delivery")]
    delivery: DeliveryOptions,
}

impl Pings {
    /// Returns a builder for a registry, given as the text of a `pings.yaml`. Generated crates
    /// contain this text as `REGISTRY`.
    pub fn builder(registry: impl Into<String>) -> Builder {
        Builder::new(registry.into())
    }
}

impl Builder {
    fn new(registry: String) -> Self {
        Self {
            registry,
            event_log: None,
            product_version: None,
            config_file: None,
            consent: None,
            outage: None,
            queue: None,
            user_ids: None,
            #[cfg(feature = "delivery")]
            delivery: DeliveryOptions::default(),
        }
    }

    /// Sets the database of the event log: `sqlite://pings.db` or `postgres://user@host/name`.
    ///
    /// The tables are created if they do not exist; an existing `event_logs` table is used as it
    /// is. The database may be down: events wait in a file until it answers.
    pub fn event_log(mut self, url: impl Into<String>) -> Self {
        self.event_log = Some(Address::from(url.into()));
        self
    }

    /// Sets the version of the product, such as `5.2.1` or `v5.2.1-rc.1`. The version decides which
    /// metrics exist and whether their numbers are trusted.
    pub fn product_version(mut self, version: impl Into<String>) -> Self {
        self.product_version = Some(version.into());
        self
    }

    /// Sets the configuration file. The default is the file that `PINGS_CONFIG` names, or
    /// `pings-config.yaml` in the current folder if it exists.
    pub fn config_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.config_file = Some(path.into());
        self
    }

    /// Sets the consent, if the product has its own settings for it. The default is read from the
    /// configuration file and the environment. `DO_NOT_TRACK` switches everything off in both
    /// cases.
    pub fn consent(mut self, consent: Consent) -> Self {
        self.consent = Some(consent);
        self
    }

    /// Sets where events go while the database does not accept them. The default is a folder: beside
    /// the file of an SQLite database, or below `pings-spill` in the current folder.
    pub fn outage(mut self, outage: Outage) -> Self {
        self.outage = Some(outage);
        self
    }

    /// Sets the type of user ids in an event log that is created: whole numbers, which is the
    /// default, texts or UUIDs.
    pub fn user_ids(mut self, ty: UserIdType) -> Self {
        self.user_ids = Some(ty);
        self
    }

    /// Sets how many events can wait in memory. Further events are dropped and counted. The default
    /// is 16,384.
    pub fn queue(mut self, events: usize) -> Self {
        self.queue = Some(events);
        self
    }

    /// Sets the vendor's store, to which each complete week is sent, for example
    /// `https://pings.example.com`. The default is the address in the configuration file. Without
    /// an address, nothing is sent.
    #[cfg(feature = "delivery")]
    pub fn store(mut self, url: impl Into<String>) -> Self {
        self.delivery.store = Some(Address::from(url.into()));
        self
    }

    /// Sets the token that the store requires, if it requires one. The default is the variable
    /// `PINGS_STORE_TOKEN`, or else the token in the configuration file.
    #[cfg(feature = "delivery")]
    pub fn store_token(mut self, token: impl Into<String>) -> Self {
        self.delivery.token = Some(token.into());
        self
    }

    /// Sets the database that captures read, with an account that can only read. The default is the
    /// variable `PINGS_PRODUCT_DATABASE`, or else `main` under `product_databases` in the
    /// configuration file. Without an address, no captures are taken.
    #[cfg(feature = "delivery")]
    pub fn product_database(mut self, url: impl Into<String>) -> Self {
        let address = Address::from(url.into());
        self.delivery.product.insert(None, address);
        self
    }

    /// Sets one of the other databases that captures read, by its name under `databases` in the
    /// registry. The default for `analytics` is the variable `PINGS_PRODUCT_DATABASE_ANALYTICS`, or
    /// else the address in the configuration file.
    #[cfg(feature = "delivery")]
    pub fn product_database_named(
        mut self,
        name: impl Into<String>,
        url: impl Into<String>,
    ) -> Self {
        let address = Address::from(url.into());
        self.delivery.product.insert(Some(name.into()), address);
        self
    }

    /// Sets the time limit of each capture. The default is 60 seconds.
    #[cfg(feature = "delivery")]
    pub fn capture_limit(mut self, limit: Duration) -> Self {
        self.delivery.capture_limit = limit;
        self
    }

    /// Starts to record, and to deliver if a store is set. The call does not wait for a database.
    ///
    /// # Errors
    ///
    /// Returns an error if the registry, the configuration or an address is invalid, if the folder
    /// for outages cannot be created, or if a thread cannot be started.
    pub fn start(self) -> Result<Pings, Error> {
        let registry = pings_registry::parse(&self.registry)?;
        let event_log: Url = match &self.event_log {
            Some(address) => address.exposed().parse()?,
            None => return Err(Error::NoEventLog),
        };
        let text = self.product_version.ok_or(Error::NoVersion)?;
        let version = match Version::of_build(&text) {
            Ok(version) => version,
            Err(source) => return Err(Error::Version { text, source }),
        };
        let mut settings = Settings::load(self.config_file.as_deref())?;
        if let Some(consent) = self.consent {
            settings = settings.with_consent(consent);
        }
        let outage = self.outage;
        let mut options = Options {
            outage: outage.unwrap_or_else(|| Outage::default_for(&event_log)),
            consent: Some(settings.consent),
            missing_log: MissingLog::Create(self.user_ids),
            ..Options::new(text)
        };
        options.queue = self.queue.unwrap_or(options.queue);
        #[cfg(feature = "delivery")]
        let plan = self.delivery.plan(&settings, &registry)?;
        let shared = Arc::new(Shared {
            registry: Arc::new(registry),
            event_log,
            version,
            settings,
            user_ids: self.user_ids,
            #[cfg(all(feature = "admin", feature = "delivery"))]
            store: plan.store(),
            #[cfg(all(feature = "admin", not(feature = "delivery")))]
            store: None,
            #[cfg(feature = "admin")]
            config_file: self.config_file,
            log: OnceCell::new(),
        });
        let recorder = Recorder::start(&shared.event_log, options)?;
        #[cfg(feature = "delivery")]
        let work = delivery::run(Arc::clone(&shared), plan);
        #[cfg(not(feature = "delivery"))]
        let work = std::future::pending();
        let background = Background::start(work)?;
        Ok(Pings::live(Live {
            recorder,
            background,
            shared,
        }))
    }
}
