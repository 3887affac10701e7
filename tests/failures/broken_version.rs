//! Rows of a broken version in a chart
//!
//! A fix takes months to reach most instances. Until then, correct and wrong rows arrive side by
//! side, and only prose such as "3.31-3.35.0 (does not count backend insights)" distinguished them.
//! Here the versions in which a ping was broken are data, and every reader of the store takes them
//! into account.

use pings_payload::fingerprint;
use serde_json::json;

use crate::support::command::Folder;
use crate::support::desk;
use crate::support::exhibit::{Exhibit, Stage, exhibit};

const BROKEN: &str =
    "    broken:\n      - { versions: \"2.3-2.3.1\", reason: misses chats, fix: 311 }\n";

/// Returns the payload of an instance for a week.
fn payload(registry: &str, instance: u32, version: &str, tickets: u32) -> String {
    let payload = json!({
        "format": 1, "registry": "help_desk", "fingerprint": fingerprint(&desk::registry(registry)),
        "instance": format!("00000000-0000-4000-8000-{instance:012}"), "version": version,
        "week": "2021-W04", "start": "2021-01-25T00:00:00Z", "end": "2021-02-01T00:00:00Z",
        "revision": 1, "versions": { version: 9 },
        "metrics": { "TicketsWithFiles": { "sum": tickets } },
    });
    format!("{payload}\n")
}

pub(crate) async fn exhibits() -> Vec<Exhibit> {
    let before = desk::edited(&[(BROKEN, "")]);
    let folder = Folder::new(&before);
    let lines = [
        payload(&before, 1, "2.2.0", 100),
        payload(&before, 2, "2.3.1", 20),
        payload(&before, 3, "2.4.0", 110),
    ];
    folder.write("sent.ndjson", &lines.concat());
    folder.succeeds("store import sent.ndjson");
    folder.succeeds("store registry pings.yaml");
    let undeclared = folder.succeeds("store series TicketsWithFiles");
    folder.write("pings.yaml", desk::REGISTRY);
    folder.succeeds("store registry pings.yaml");
    let declared = folder.succeeds("store series TicketsWithFiles");
    assert!(
        undeclared.contains(" 230 ") && undeclared.contains("3 of 3"),
        "{undeclared}"
    );
    assert!(
        declared.contains(" 210 ") && declared.contains("2 of 3"),
        "{declared}"
    );
    vec![
        exhibit(Stage::Store, "Three instances send a week. One of them runs 2.3.1, which misses the tickets from chats. The registry does not say so yet, so its number is in the sum:")
            .block("text", &undeclared)
            .words("Somebody notices the mistake and declares it. No row changes. As soon as the store has the new registry, all rows of 2.3.1 are untrusted, including those from long ago:")
            .block("diff", &desk::difference(&before, desk::REGISTRY))
            .block("text", &declared),
    ]
}
