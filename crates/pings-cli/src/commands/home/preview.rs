//! `pings preview`

use std::process::ExitCode;

use pings_payload::{FailureKind, Payload, Week};
use pings_runtime::{Entry, Instance, State};
use time::OffsetDateTime;

use super::Place;
use crate::arguments::{Common, Preview};
use crate::failure::{Failure, Outcome};
use crate::look;

pub(crate) async fn run(common: &Common, preview: &Preview) -> Outcome {
    let place = Place::open(common, preview.product_version.as_deref()).await?;
    let wanted: Option<Week> = preview.week.as_deref().map(str::parse).transpose()?;
    let outbox = Entry::all(&place.log).await?;
    let waiting = outbox.iter().rev().find(|entry| {
        entry.state == State::Waiting && wanted.is_none_or(|week| week == entry.week)
    });
    let body = match waiting {
        Some(entry) => entry.body.clone(),
        None => built(&place, wanted, &outbox).await?,
    };
    place.log.close().await;
    look::say_bytes(body.as_bytes());
    tell(&place, &body);
    Ok(ExitCode::SUCCESS)
}

/// A week that does not wait, as it would be sent.
async fn built(place: &Place, week: Option<Week>, outbox: &[Entry]) -> Result<String, Failure> {
    let now = OffsetDateTime::now_utc();
    let week = week.unwrap_or_else(|| Week::last_complete(now));
    if !week.is_complete(now) {
        return Err(Failure::Input(format!(
            "{week} is not over\nhelp: weeks are sent once they are; `pings report --running` shows the running one"
        )));
    }
    let revision = outbox
        .iter()
        .filter(|entry| entry.week == week)
        .map(|entry| entry.revision)
        .max();
    let instance = Instance::of(&place.log).await?;
    let payload = place
        .home()
        .payload(
            instance.id,
            week,
            revision.unwrap_or(0) + 1,
            now,
            &mut |_| {},
        )
        .await?;
    Ok(payload.json())
}

/// What a person wants to know beside the bytes.
fn tell(place: &Place, body: &str) {
    let Ok(payload) = Payload::read(body.as_bytes()) else {
        return;
    };
    look::complain(&format!(
        "\nnote: these {} bytes are what is sent for {}, revision {}; nothing was sent",
        body.len(),
        payload.week,
        payload.revision
    ));
    let withheld: Vec<&str> = payload
        .metrics
        .iter()
        .filter(|(_, metric)| {
            let kind = metric.outcome.as_ref().err().map(|failure| failure.kind);
            kind == Some(FailureKind::Withheld)
        })
        .map(|(code, _)| code.as_str())
        .collect();
    if !withheld.is_empty() {
        look::complain(&format!(
            "note: free text stays here: {}\n\
             help: declare its values as an enum, or mark its ping `sensitivity: identifying`",
            withheld.join(", ")
        ));
    }
    let off: Vec<&str> = place
        .registry
        .pings
        .iter()
        .filter(|ping| !place.config.consent.covers(ping.sensitivity))
        .map(|ping| ping.id.as_str())
        .collect();
    if !off.is_empty() {
        look::complain(&format!("note: switched off: {}", off.join(", ")));
    }
}
