//! `pings store registry`

use std::process::ExitCode;

use pings_store::{KnownFingerprint, WaitingFingerprint};
use serde_json::{Value as Json, json};

use super::opened::{Registered, learn, open};
use crate::arguments::Common;
use crate::arguments::store::Registry;
use crate::failure::Outcome;
use crate::output::counted;
use crate::output::{self, CAREFUL, styled};

pub(crate) async fn run(common: &Common, database: &str, arguments: &Registry) -> Outcome {
    let store = open(database, !arguments.files.is_empty()).await?;
    let mut learned = Vec::new();
    for file in &arguments.files {
        let registered = learn(&store, file, arguments.older).await?;
        if !common.is_json() {
            let one = &registered.learned;
            let new = if one.is_new { "new" } else { "already known" };
            let what = format!(
                "{} {} ({new}) from {}",
                one.registry,
                one.fingerprint,
                file.display()
            );
            match registered.is_newest {
                true => output::done("Registered", &what),
                false => output::done("Recognized", &format!("{what}, as an older registry")),
            }
        }
        learned.push(registered);
    }
    let known = store.known().await?;
    let waiting = store.waiting().await?;
    store.close().await;
    if common.is_json() {
        output::say_json(&as_json(&learned, &known, &waiting));
    } else {
        say(&known, &waiting);
    }
    Ok(ExitCode::SUCCESS)
}

fn say(known: &[KnownFingerprint], waiting: &[WaitingFingerprint]) {
    for it in known {
        output::say(&format!(
            "{} {}  known since {}, {}",
            output::plain(&it.registry),
            output::plain(&it.fingerprint),
            it.since,
            counted(it.payloads, "payload", "payloads")
        ));
    }
    for it in waiting {
        output::say(&format!(
            "{} {}  {}: {} of {}",
            output::plain(&it.registry),
            output::plain(&it.fingerprint),
            styled(CAREFUL, "unknown"),
            counted(it.payloads, "payload", "payloads"),
            counted(it.instances, "instance", "instances")
        ));
    }
    if !waiting.is_empty() {
        output::complain(
            "note: payloads of unknown registries are kept, but not trusted\n\
             help: register the pings.yaml of each release with `pings store registry FILE`, with the newest of each name last",
        );
    }
}

fn as_json(
    learned: &[Registered],
    known: &[KnownFingerprint],
    waiting: &[WaitingFingerprint],
) -> Json {
    json!({
        "learned": learned.iter().map(|Registered { learned, is_newest }| json!({
            "registry": learned.registry, "fingerprint": learned.fingerprint,
            "new": learned.is_new, "newest": is_newest,
        })).collect::<Vec<_>>(),
        "known": known.iter().map(|it| json!({
            "registry": it.registry, "fingerprint": it.fingerprint,
            "known_since": it.since, "payloads": it.payloads,
        })).collect::<Vec<_>>(),
        "waiting": waiting.iter().map(|it| json!({
            "registry": it.registry, "fingerprint": it.fingerprint,
            "payloads": it.payloads, "instances": it.instances,
        })).collect::<Vec<_>>(),
    })
}
