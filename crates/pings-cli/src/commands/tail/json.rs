//! Events and values as JSON.

use pings_model::Absence;
use pings_payload::rfc3339;
use pings_runtime::follow::{Change, EventFault, Followed, Moved, Standing};
use pings_runtime::{Failure, Value, Week};
use serde_json::{Value as Json, json};

use super::faults::said;
use super::received::Received;

/// Returns an event. A week is missing if the time of the event cannot be parsed.
pub(super) fn event(followed: &Followed<'_>) -> Json {
    let arrival = &followed.arrival;
    let argument = serde_json::from_str(&arrival.argument);
    let faults = followed.assessment.faults.iter();
    let metrics = followed.assessment.metrics.iter();
    json!({
        "kind": if followed.assessment.is_capture { "capture" } else { "event" },
        "id": arrival.id,
        "at": arrival.at.map(rfc3339),
        "week": followed.assessment.week.map(|week| week.to_string()),
        "name": arrival.name,
        "actor": arrival.actor.to_string(),
        "source": arrival.source,
        "argument": argument.unwrap_or_else(|_| Json::from(arrival.argument.as_str())),
        "version": arrival.version,
        "faults": faults.map(fault).collect::<Vec<_>>(),
        "metrics": metrics.map(metric).collect::<Vec<_>>(),
    })
}

/// Returns an event that an endpoint received, which has no row yet.
pub(super) fn received(received: &Received, followed: &Followed<'_>) -> Json {
    let mut json = event(followed);
    json["kind"] = "received".into();
    json["outcome"] = received.outcome.as_str().into();
    json["reason"] = json!(received.reason);
    json["message"] = json!(received.message);
    if let Some(members) = json.as_object_mut() {
        members.shift_remove("id");
    }
    json
}

fn fault(fault: &EventFault) -> Json {
    let (message, help) = said(fault);
    json!({ "kind": fault.kind(), "message": message, "help": help })
}

fn metric(moved: &Moved<'_>) -> Json {
    let (status, reason) = match moved.standing {
        Standing::Trusted => ("trusted", None),
        Standing::Broken(broken) => ("broken", broken.reason.as_deref()),
        Standing::Absent(Absence::NotYetAdded) => ("not-added", None),
        Standing::Absent(Absence::Removed) => ("removed", None),
        Standing::Unreleased => ("unreleased", None),
        Standing::UnknownVersion => ("unknown-version", None),
    };
    let mut json = json!({ "code": moved.metric.code, "ping": moved.ping.id, "status": status });
    if let Some(reason) = reason {
        json["reason"] = reason.into();
    }
    json
}

/// Returns the value of a metric before and after.
pub(super) fn change(change: &Change<'_>, running: Week) -> Json {
    json!({
        "kind": "value",
        "code": change.metric.code,
        "ping": change.ping.id,
        "week": change.week.to_string(),
        "running": change.week == running,
        "before": change.before.as_ref().map(value),
        "after": value(&change.after),
    })
}

fn value(outcome: &Result<Value, Failure>) -> Json {
    match outcome {
        Ok(value) => serde_json::to_value(value).unwrap_or_default(),
        Err(failure) => json!({ "error": failure.message }),
    }
}
