//! `pings run`

use std::process::ExitCode;
use std::time::Duration;

use pings_payload::rfc3339;
use pings_runtime::{Instance, Service, ServiceEvent, Switch, slot};
use serde_json::{Map, Value as Json, json};
use time::OffsetDateTime;

use super::Place;
use crate::arguments::{Common, Run};
use crate::commands::inputs::product;
use crate::commands::signals::stop;
use crate::failure::{Failure, Outcome};
use crate::output::counted;
use crate::output::{self, DIM, styled};

pub(crate) async fn run(common: &Common, run: &Run) -> Outcome {
    let stop =
        stop().map_err(|error| Failure::Ours(format!("cannot listen for signals: {error}")))?;
    let place = Place::open(common, run.product_version.as_deref()).await?;
    let store = place.store(run.store.as_ref())?;
    let product = match run.product_database.as_ref().filter(|it| !it.is_empty()) {
        Some(address) => Some(product(&address.database()?).await?),
        None => None,
    };
    place.observe().await?;
    let is_json = common.is_json();
    let instance = Instance::of(&place.log).await?.id;
    let hours = slot(instance).whole_hours();
    let to = match &store {
        Some(store) if place.config.consent.send => store.endpoint().to_owned(),
        Some(_) => format!(
            "nowhere, because sending is switched off ({})",
            place.config.why(Switch::Send)
        ),
        None => "nowhere, because no store is configured".to_owned(),
    };
    say(
        is_json,
        json!({ "started": instance.to_string(), "to": to }),
        &format!("instance {instance} sends to {to}, {hours} hours after the end of each week"),
    );
    let service = Service {
        home: place.delivery(),
        product: product.as_ref(),
        limit: Duration::from_secs(run.limit),
        store,
    };
    tokio::select! {
        never = service.run(OffsetDateTime::now_utc, |doing| tell(is_json, &doing)) => never,
        name = stop => say(is_json, json!({ "stopped": name }), &format!("stopped by {name}")),
    }
    place.log.close().await;
    if let Some(product) = product {
        product.close().await;
    }
    Ok(ExitCode::SUCCESS)
}

fn tell(is_json: bool, doing: &ServiceEvent<'_>) {
    match doing {
        ServiceEvent::Captured(all) => {
            let failed: Vec<(&str, &str)> = all
                .iter()
                .filter(|captured| !captured.is_skipped())
                .filter_map(|captured| {
                    let failure = captured.outcome.as_ref().err()?;
                    Some((captured.code.as_str(), failure.message.as_str()))
                })
                .collect();
            let mut text = counted(all.len() as u64, "capture", "captures");
            if !failed.is_empty() {
                let told = failed
                    .iter()
                    .map(|(code, reason)| format!("{code}: {reason}"));
                text = format!("{text}; failed: {}", told.collect::<Vec<_>>().join("; "));
            }
            let codes: Vec<&str> = failed.iter().map(|(code, _)| *code).collect();
            let reasons: Map<String, Json> = failed
                .iter()
                .map(|(code, reason)| ((*code).to_owned(), (*reason).into()))
                .collect();
            say(
                is_json,
                json!({ "captured": all.len(), "failed": codes, "reasons": reasons }),
                &text,
            );
        }
        ServiceEvent::Queued(all) => {
            let weeks: Vec<String> = all
                .iter()
                .map(|entry| format!("{} revision {}", entry.week, entry.revision))
                .collect();
            say(
                is_json,
                json!({ "queued": weeks }),
                &format!("queued {}", weeks.join(", ")),
            );
        }
        ServiceEvent::Sent(entry) => {
            let what = format!("{} revision {}", entry.week, entry.revision);
            let answer = super::answer(entry);
            let text = format!("{what} {}: {answer}", entry.state.name());
            let json = json!({ "sent": what, "state": entry.state.name(), "answer": answer });
            say(is_json, json, &text);
        }
        ServiceEvent::Failed(error) => {
            let text = format!("failed, will be retried: {error}");
            say(is_json, json!({ "failed": error.to_string() }), &text);
        }
        ServiceEvent::Recovered(since) => {
            let since = rfc3339(*since);
            let text = format!("the event log works again after failing since {since}");
            say(is_json, json!({ "recovered": true, "since": since }), &text);
        }
    }
}

/// Prints a line of the log with the current time.
fn say(is_json: bool, mut json: Json, text: &str) {
    let now = rfc3339(OffsetDateTime::now_utc());
    if is_json {
        json["at"] = now.into();
        output::say_json_line(&json);
    } else {
        output::say(&format!("{}  {}", styled(DIM, &now), output::plain(text)));
    }
}
