//! `pings run`

mod endpoint;
mod health;
mod told;

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use pings_runtime::{Instance, Product, Service, StoreAddress, Switch, slot};
use serde_json::json;
use time::OffsetDateTime;

use super::Place;
use crate::arguments::{Common, FailureFormat, Run};
use crate::commands::product::products;
use crate::commands::service_manager::ServiceManager;
use crate::commands::signals::{Reloads, stop};
use crate::config::Config;
use crate::failure::{Failure, Outcome};
use crate::output;
use health::Health;
use told::{say, tell};

pub(crate) async fn run(common: &Common, run: &Run) -> Outcome {
    let signals = |error| Failure::Ours(format!("cannot listen for signals: {error}"));
    let mut stop = std::pin::pin!(stop().map_err(signals)?);
    let mut reloads = Reloads::new().map_err(signals)?;
    let mut place = Place::open(common, run.product_version.as_deref()).await?;
    let mut store = place.store(run.store.as_ref())?;
    let product = products(&place.registry, &run.product_database, &place.config).await?;
    place.observe().await?;
    let manager = ServiceManager::of_environment();
    let is_json = common.is_json();
    let database = place.log.database().address();
    let instance = Instance::of(&place.log).await?.id;
    let health = Arc::new(Health::new(instance, &database));
    let listener = match run.listen {
        Some(address) => Some(endpoint::bind(address).await?),
        None => None,
    };
    let serving = async {
        match listener {
            Some(listener) => endpoint::serve(listener, Arc::clone(&health)).await,
            None => std::future::pending().await,
        }
    };
    let mut serving = std::pin::pin!(serving);
    let log = place.log.clone();
    let mut watching = Box::pin(health.watch(&log, run.health_file.as_deref()));
    let mut to = target(&place, store.as_ref());
    let hours = slot(instance).whole_hours();
    let text = format!(
        "instance {instance} sends to {to}, {hours} hours after the end of each week; the event log is {database}"
    );
    let json = json!({ "started": instance.to_string(), "to": to, "database": database });
    say(is_json, json, &text);
    loop {
        health.sends_to(&to);
        manager.ready(&format!("sends to {to}"));
        let service = Service {
            home: place.delivery(),
            product: (!product.is_empty()).then_some(Product::from(&product)),
            limit: Duration::from_secs(run.limit),
            store: store.clone(),
        };
        let running = service.run(OffsetDateTime::now_utc, |doing| {
            health.note(&doing);
            tell(is_json, &database, &doing);
        });
        tokio::select! {
            never = running => never,
            () = &mut serving => break,
            () = &mut watching => break,
            () = manager.keep_alive() => break,
            name = &mut stop => {
                manager.stopping();
                say(is_json, json!({ "stopped": name }), &format!("stopped by {name}"));
                break;
            }
            () = reloads.next() => {}
        }
        manager.reloading();
        match reloaded(common, run, &mut place).await {
            Ok(new) => {
                store = new;
                to = target(&place, store.as_ref());
                let text = format!("read the configuration again: sends to {to}");
                say(is_json, json!({ "reloaded": true, "to": to }), &text);
            }
            Err(failure) => {
                failure.report(FailureFormat::Human);
                output::complain("note: the configuration was not changed");
                say(
                    is_json,
                    json!({ "reloaded": false, "to": to }),
                    "the configuration could not be read again and was not changed",
                );
            }
        }
    }
    // Its query would keep a connection, for which closing the database waits.
    drop(watching);
    health.stopped(run.health_file.as_deref());
    place.log.close().await;
    product.close().await;
    Ok(ExitCode::SUCCESS)
}

/// Reads the configuration again, and returns the store. If this fails, the place is unchanged.
async fn reloaded(
    common: &Common,
    run: &Run,
    place: &mut Place,
) -> Result<Option<StoreAddress>, Failure> {
    let old = std::mem::replace(&mut place.config, Config::load(common)?);
    let store = match place.store(run.store.as_ref()) {
        Ok(store) => place.observe().await.map(|_| store),
        Err(failure) => Err(failure),
    };
    if store.is_err() {
        place.config = old;
    }
    store
}

/// Returns where payloads are sent.
fn target(place: &Place, store: Option<&StoreAddress>) -> String {
    match store {
        Some(store) if place.config.consent.send => store.endpoint().to_owned(),
        Some(_) => format!(
            "nowhere, because sending is switched off ({})",
            place.config.why(Switch::Send)
        ),
        None => "nowhere, because no store is configured".to_owned(),
    }
}
