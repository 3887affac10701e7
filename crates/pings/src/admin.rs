//! The pages for administrators.

use std::sync::Arc;

use pings_admin::{Admin, Host};

use crate::error::Error;
use crate::live::Live;

/// Returns the pages of an instance.
pub(crate) fn admin(live: &Live) -> Admin {
    let shared = Arc::clone(&live.shared);
    let settings = shared.settings.clone();
    let recorder = live.recorder.clone();
    Admin::new(Host {
        registry: Arc::clone(&shared.registry),
        version: Some(shared.version),
        store: shared.store.clone(),
        settings: Arc::new(move || Ok(settings.clone())),
        config_file: shared.config_file.clone(),
        reads_settings: false,
        runtime: live.background.handle(),
        log: Arc::new(move || {
            let (shared, recorder) = (Arc::clone(&shared), recorder.clone());
            Box::pin(async move {
                // The pages show the events that were recorded before.
                recorder.flush().await?;
                match shared.log().await {
                    Ok(log) => Ok(log.clone()),
                    Err(Error::Runtime(error)) => Err(error),
                    Err(error) => Err(pings_runtime::Error::failure(error.to_string())),
                }
            })
        }),
    })
}
