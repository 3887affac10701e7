//! `pings preview`

use std::process::ExitCode;

use pings_payload::{FailureKind, Payload, Week};
use pings_runtime::{Entry, Instance, State, WEEKS};
use time::OffsetDateTime;

use super::Place;
use crate::arguments::{Common, Preview};
use crate::commands::counted;
use crate::failure::{Failure, Outcome};
use crate::look;

pub(crate) async fn run(common: &Common, preview: &Preview) -> Outcome {
    let place = Place::open(common, preview.product_version.as_deref()).await?;
    let wanted: Option<Week> = preview.week.as_deref().map(str::parse).transpose()?;
    let outbox = Entry::all(&place.log).await?;
    let now = OffsetDateTime::now_utc();
    let waiting = outbox.iter().find(|entry| {
        entry.state == State::Waiting
            && entry.is_over(now)
            && wanted.is_none_or(|week| week == entry.week)
    });
    let shown = match waiting {
        Some(entry) => waits(&place, entry)?,
        None => built(&place, wanted, &outbox).await?,
    };
    place.log.close().await;
    look::say_bytes(shown.body.as_bytes());
    tell(&place, &shown);
    Ok(ExitCode::SUCCESS)
}

/// A payload, and what becomes of it.
struct Shown {
    body: String,
    note: String,
}

/// What waits, without what was switched off since it was put together.
fn waits(place: &Place, entry: &Entry) -> Result<Shown, Failure> {
    let body = match place.home().without_what_is_off(entry)? {
        Some(payload) => payload.json(),
        None => entry.body.clone(),
    };
    Ok(Shown {
        note: "are sent next".to_owned(),
        body,
    })
}

/// A week that does not wait, as it would be sent.
async fn built(place: &Place, week: Option<Week>, outbox: &[Entry]) -> Result<Shown, Failure> {
    let now = OffsetDateTime::now_utc();
    let last = Week::last_complete(now);
    let week = week.unwrap_or(last);
    if !week.is_complete(now) {
        return Err(Failure::Input(format!(
            "{week} is not over\nhelp: weeks are sent once they are; `pings report --running` shows the running one"
        )));
    }
    let before = outbox.iter().rfind(|entry| entry.week == week);
    let instance = Instance::of(&place.log).await?;
    let revision = before.map_or(1, |entry| entry.revision + 1);
    let payload = place
        .home()
        .payload(instance.id, week, revision, now, &mut |_| {})
        .await?;
    if let Some(before) = before.filter(|entry| entry.state == State::Sent)
        && before.payload()?.says_the_same(&payload)
    {
        return Ok(Shown {
            body: before.body.clone(),
            note: "were sent, and nothing has changed since".to_owned(),
        });
    }
    let is_empty = payload.versions.is_empty() && payload.unversioned == 0;
    let note = if week < last.back(WEEKS - 1) {
        format!("would be sent, but only the last {WEEKS} weeks are")
    } else if is_empty && outbox.iter().all(|entry| entry.week > week) {
        "would be sent, but nothing was logged by then: the first week that is sent is the first with a row"
            .to_owned()
    } else {
        "are what `pings send` would send".to_owned()
    };
    Ok(Shown {
        body: payload.json(),
        note,
    })
}

/// What a person wants to know beside the bytes.
fn tell(place: &Place, shown: &Shown) {
    let Ok(payload) = Payload::read(shown.body.as_bytes()) else {
        return;
    };
    look::complain(&format!(
        "\nnote: these {} bytes, {} revision {}, {}; nothing was sent",
        shown.body.len(),
        payload.week,
        payload.revision,
        shown.note
    ));
    if payload.unversioned > 0 {
        look::complain(&format!(
            "note: {} of no version that can be read: no number of this week will be believed\n\
             help: `pings check --database` finds such rows",
            counted(payload.unversioned, "row is", "rows are")
        ));
    }
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
