//! `pings preview`

use std::process::ExitCode;

use pings_payload::{FailureKind, Payload, Week, rfc3339};
use pings_runtime::{Agreement, Entry, Instance, State, Switch, WEEKS, foresee};
use time::OffsetDateTime;

use super::Place;
use crate::arguments::{Common, Preview};
use crate::failure::{Failure, Outcome};
use crate::output;
use crate::output::counted;

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
    let agreement = foresee(&place.log, &place.registry, &place.config, now).await?;
    let shown = match waiting {
        Some(entry) => waits(&place, &agreement, entry)?,
        None => built(&place, &agreement, wanted, &outbox).await?,
    };
    place.log.close().await;
    output::say_text_of_json(&shown.body);
    tell(&place, &agreement, &shown);
    Ok(ExitCode::SUCCESS)
}

/// A payload, and a note about what happens to it.
struct Shown {
    body: String,
    note: String,
}

/// Returns a waiting payload without the metrics that were switched off since it was assembled.
fn waits(place: &Place, agreement: &Agreement, entry: &Entry) -> Result<Shown, Failure> {
    let body = match place.delivery().without_what_is_off(agreement, entry)? {
        Some(payload) => payload.json(),
        None => entry.body.clone(),
    };
    Ok(Shown {
        note: "are sent next".to_owned(),
        body,
    })
}

/// Returns the payload for a week that has no waiting payload, as it would be sent.
async fn built(
    place: &Place,
    agreement: &Agreement,
    week: Option<Week>,
    outbox: &[Entry],
) -> Result<Shown, Failure> {
    let now = OffsetDateTime::now_utc();
    let last = Week::last_complete(now);
    let week = week.unwrap_or(last);
    if !week.is_complete(now) {
        return Err(Failure::Input(format!(
            "{week} is not over yet\nhelp: weeks are sent after their end; use `pings report --running` for the running week"
        )));
    }
    let before = outbox.iter().rfind(|entry| entry.week == week);
    let instance = Instance::of(&place.log).await?;
    let revision = before.map_or(1, |entry| entry.revision + 1);
    let mut payload = place
        .delivery()
        .payload(instance.id, week, revision, now, &mut |_| {})
        .await?;
    if let Some(before) = before
        && let old = before.payload()?
        && old.instance == instance.id
    {
        let is_news = place.delivery().keep(agreement, &old, &mut payload);
        if !is_news {
            let what = match before.state {
                State::Sent => "were sent",
                State::Parked => "were refused by the store and are parked",
                State::Withheld => "are withheld",
                State::Waiting | State::Replaced => "are in the outbox",
            };
            return Ok(Shown {
                body: before.body.clone(),
                note: format!("{what}, and nothing has changed since then"),
            });
        }
    }
    let is_empty = payload.versions.is_empty() && payload.unversioned == 0;
    let note = if week < last.back(WEEKS - 1) {
        format!("would be sent, but only the last {WEEKS} weeks are sent")
    } else if is_empty && outbox.iter().all(|entry| entry.week > week) {
        "would be sent, but nothing was logged yet: the first week with a row is the first week that is sent"
            .to_owned()
    } else {
        "would be sent by `pings send`".to_owned()
    };
    Ok(Shown {
        body: payload.json(),
        note,
    })
}

/// Prints notes about the payload that its bytes do not show.
fn tell(place: &Place, agreement: &Agreement, shown: &Shown) {
    let Ok(payload) = Payload::read(shown.body.as_bytes()) else {
        return;
    };
    let kept = stays(place, agreement, payload.week);
    output::complain(&format!(
        "\nnote: these {} bytes, {} revision {}, {}; nothing was sent",
        shown.body.len(),
        payload.week,
        payload.revision,
        kept.as_deref().unwrap_or(&shown.note)
    ));
    if payload.unversioned > 0 && payload.versions.len() >= Payload::VERSIONS {
        output::complain(&format!(
            "note: {} versions are the most that a payload has: {} counted without a version, and no number of this \
             week is trusted\n\
             help: log a version for each release, and not for each build",
            Payload::VERSIONS,
            counted(payload.unversioned, "row is", "rows are")
        ));
    } else if payload.unversioned > 0 {
        output::complain(&format!(
            "note: {} no valid version: no number of this week will be trusted\n\
             help: `pings check --database` finds such rows",
            counted(payload.unversioned, "row has", "rows have")
        ));
    }
    if !payload.is_running {
        output::complain("note: the product was not running in this week, so nothing is counted");
    }
    let of_kind = |kind: FailureKind| -> Vec<&str> {
        let failed = |outcome: &Result<_, pings_payload::Failure>| {
            outcome.as_ref().is_err_and(|failure| failure.kind == kind)
        };
        let metrics = payload.metrics.iter();
        let metrics = metrics.filter(|(_, metric)| failed(&metric.outcome));
        metrics.map(|(code, _)| code.as_str()).collect()
    };
    let not_agreed = of_kind(FailureKind::NotAgreed);
    if !not_agreed.is_empty() {
        output::complain(&format!(
            "note: these metrics were not agreed to before the week began: {}\n\
             help: `pings consent` shows the waiting metrics; agree to them with `pings consent agree`",
            not_agreed.join(", ")
        ));
    }
    let withheld = of_kind(FailureKind::Withheld);
    if !withheld.is_empty() {
        output::complain(&format!(
            "note: free text is not sent: {}\n\
             help: declare its values as an enum, or mark its ping `sensitivity: identifying`",
            withheld.join(", ")
        ));
    }
    for switch in [Switch::Usage, Switch::Operational, Switch::Identifying] {
        let pings = place.registry.pings().iter();
        let pings: Vec<&str> = pings
            .filter(|ping| Switch::of(ping.sensitivity) == switch)
            .map(|ping| ping.id.as_str())
            .collect();
        if pings.is_empty() || agreement.covers(switch, payload.week) {
            continue;
        }
        let pings = pings.join(", ");
        let why = match since(agreement, switch) {
            Some(since) => format!("turned on at {since}, after the start of the week"),
            None => format!("switched off ({})", place.config.why(switch)),
        };
        output::complain(&format!("note: {why}: {pings}"));
    }
}

/// Returns the reason why a week is not sent, or `None` if it is sent.
fn stays(place: &Place, agreement: &Agreement, week: Week) -> Option<String> {
    for (switch, name) in [(Switch::Send, "sending"), (Switch::Gather, "gathering")] {
        if agreement.covers(switch, week) {
            continue;
        }
        return Some(match since(agreement, switch) {
            Some(since) => format!(
                "are not sent: {name} was turned on at {since}, and only weeks that began later are sent"
            ),
            None => format!(
                "are not sent: {name} is switched off ({})",
                place.config.why(switch)
            ),
        });
    }
    None
}

/// Returns when a switch was turned on, if it is on.
fn since(agreement: &Agreement, switch: Switch) -> Option<String> {
    let period = agreement.now(switch).filter(|period| period.is_on)?;
    Some(period.since.map(rfc3339).unwrap_or_default())
}
