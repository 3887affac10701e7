//! What all pages need: the store, who may read it, and who is signed in.

use std::sync::Arc;

use pings_model::Registry;
use pings_store::server::ReadAccess;
use pings_store::{Error, Result, Store};

use crate::attempts::Attempts;
use crate::sessions::Sessions;

pub(crate) struct Site {
    pub(crate) store: Arc<Store>,
    pub(crate) access: Option<ReadAccess>,
    pub(crate) sessions: Sessions,
    pub(crate) attempts: Attempts,
}

impl Site {
    pub(crate) fn new(store: Arc<Store>, access: Option<ReadAccess>) -> Self {
        Self {
            store,
            access,
            sessions: Sessions::default(),
            attempts: Attempts::default(),
        }
    }

    /// Returns the registries by which the pages are computed.
    pub(crate) fn registries(&self) -> Vec<Arc<Registry>> {
        let access = self.access.as_ref();
        access.map_or_else(Vec::new, ReadAccess::registries)
    }

    /// Returns the names of the attributes of instances.
    pub(crate) async fn attributes(&self) -> Result<Vec<String>> {
        let attributes = self.store.attributes().await?;
        Ok(attributes.into_iter().map(|it| it.name).collect())
    }

    /// Returns the registry with a name, or the first one.
    pub(crate) fn registry(&self, name: Option<&str>) -> Result<Arc<Registry>> {
        let mut registries = self.registries().into_iter();
        let found = registries.find(|it| name.is_none_or(|name| it.name() == name));
        found.ok_or_else(|| Error::missing("the server has no such registry"))
    }
}
