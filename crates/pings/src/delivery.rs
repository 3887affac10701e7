//! Captures, weekly payloads and their delivery, on the thread of the handle.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use pings_model::Registry;
use pings_runtime::{
    Address, EventLog, Product, ProductDatabases, Service, Settings, StoreAddress, observe,
};
use time::OffsetDateTime;

use crate::error::Error;
use crate::live::Shared;

/// The pauses after a failure to open a database.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LAST_PAUSE: Duration = Duration::from_secs(60);

/// The configuration of captures and delivery.
#[derive(Clone)]
pub(crate) struct DeliveryOptions {
    pub(crate) store: Option<Address>,
    pub(crate) token: Option<String>,
    pub(crate) product: BTreeMap<Option<String>, Address>,
    pub(crate) capture_limit: Duration,
}

impl Default for DeliveryOptions {
    fn default() -> Self {
        Self {
            store: None,
            token: None,
            product: BTreeMap::new(),
            capture_limit: Duration::from_secs(60),
        }
    }
}

impl std::fmt::Debug for DeliveryOptions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DeliveryOptions")
            .field("store", &self.store)
            .field("token", &self.token.as_ref().map(|_| "***"))
            .field("product", &self.product)
            .field("capture_limit", &self.capture_limit)
            .finish()
    }
}

/// A valid configuration.
pub(crate) struct Plan {
    store: Option<StoreAddress>,
    product: ProductDatabases,
    capture_limit: Duration,
}

#[cfg(feature = "admin")]
impl Plan {
    /// Returns the address of the store, without its token.
    pub(crate) fn store(&self) -> Option<String> {
        let endpoint = self.store.as_ref()?.endpoint();
        let address = endpoint.strip_suffix("/v1/payloads");
        Some(address.unwrap_or(endpoint).to_owned())
    }
}

impl DeliveryOptions {
    /// Checks the configuration. The settings provide the values that are not set.
    pub(crate) fn plan(mut self, settings: &Settings, registry: &Registry) -> Result<Plan, Error> {
        let token = self.token.as_deref().or(settings.token.as_deref());
        let address = self.store.as_ref().or(settings.store.as_ref());
        let store = address.map(|address| StoreAddress::new(address.exposed(), token));
        let named = registry.databases().iter().map(|it| Some(it.as_str()));
        for name in std::iter::once(None).chain(named) {
            let known = self.product.contains_key(&name.map(str::to_owned));
            if let Some(address) = settings.product_database(name).filter(|_| !known) {
                self.product.insert(name.map(str::to_owned), address);
            }
        }
        let mut product = ProductDatabases::default();
        for (name, address) in &self.product {
            product = product.with(name.as_deref(), address.exposed().parse()?);
        }
        Ok(Plan {
            store: store.transpose()?,
            product,
            capture_limit: self.capture_limit,
        })
    }
}

/// Takes captures, assembles weeks and sends them, until the future is dropped.
pub(crate) async fn run(shared: Arc<Shared>, plan: Plan) {
    if !shared.settings.consent.gather {
        note_switched_off(&shared).await;
        return;
    }
    let log = retried("the event log", || shared.log()).await;
    let service = Service {
        home: shared.home(log),
        product: (!plan.product.is_empty()).then_some(Product::from(&plan.product)),
        limit: plan.capture_limit,
        store: plan.store,
    };
    let clock = OffsetDateTime::now_utc;
    service.run(clock, |_| {}).await
}

/// Records in an existing event log that gathering is switched off, because events that happen
/// meanwhile are never gathered later.
async fn note_switched_off(shared: &Shared) {
    let noted = async {
        let log = EventLog::open(&shared.event_log).await?;
        let now = OffsetDateTime::now_utc();
        observe(&log, &shared.registry, &shared.settings, now).await?;
        log.close().await;
        Ok::<_, pings_runtime::Error>(())
    };
    if let Err(error) = noted.await
        && !error.is_missing()
    {
        tracing::warn!("cannot record that gathering is switched off: {error}");
    }
}

/// Opens something, however long it takes.
async fn retried<T, F>(what: &str, open: impl Fn() -> F) -> T
where
    F: Future<Output = Result<T, Error>>,
{
    let mut pause = FIRST_PAUSE;
    loop {
        match open().await {
            Ok(opened) => return opened,
            Err(error) => tracing::warn!("cannot open {what}, will be retried: {error}"),
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(LAST_PAUSE);
    }
}
