//! A payload contains nothing that could identify a person, unless the registry declares it.

use pings_runtime::{Consent, Delivery, EventLog, Import};
use pings_sql::Dialect;
use pings_tests::place::Place;
use serde_json::json;
use time::macros::datetime;

const REGISTRY: &str = "format: 1\nname: forum\ntitle: Forum\nevents:\n  View: {}\npings:\n  - id: views\n    title: Views\n    \
    type: fe_event\n    aggregation: weekly\n    added: \"1.0\"\n    metrics:\n      - { code: View }\n";

/// Returns the versions in the payload of a week in which these versions were logged.
async fn versions(dialect: Dialect, registry: &str, called: &[&str]) -> Option<(String, String)> {
    let place = Place::new(dialect).await?;
    let (log, _) = EventLog::init(&place.url()).await.expect("an event log");
    let registry = pings_registry::parse(registry).expect("a registry");
    let lines: String = called
        .iter()
        .map(|version| {
            let at = "2025-08-06T10:00:00Z";
            let line = json!({ "name": "View", "user_id": 1, "timestamp": at, "version": version });
            format!("{line}\n")
        })
        .collect();
    let imported = Import::new(&log).read(lines.as_bytes(), |_| {}).await;
    imported.expect("an import");
    let home = Delivery {
        log: &log,
        registry: &registry,
        consent: Consent::default(),
        version: None,
    };
    let now = datetime!(2025-08-13 3:00 UTC);
    let queued = home.queue(time::Duration::ZERO, now, &mut |_| {}).await;
    let queued = queued.expect("weeks");
    let payload = queued[0].payload().expect("a payload");
    let versions = format!(
        "{:?}",
        payload
            .versions
            .keys()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
    );
    let text = serde_json::to_string(&payload).expect("JSON");
    assert!(text.contains("\"View\":{\"count\":"), "{text}");
    Some((versions, text))
}

/// Addresses and phone numbers can be parsed as versions, and must not leave the instance.
#[tokio::test]
async fn a_version_of_another_form_stays() {
    let called = [
        "1.0.0",
        "v1.2.3-ee",
        "192.168.1.10",
        "1380013800",
        "10.1.2.3",
        "me@example.com",
    ];
    for dialect in Dialect::ALL {
        let Some((versions, text)) = versions(dialect, REGISTRY, &called).await else {
            continue;
        };
        assert_eq!(versions, r#"["1.0.0", "1.2.3"]"#);
        assert!(text.contains("\"unversioned\":4"), "{text}");
        for private in ["192.168", "1380013800", "10.1.2", "example"] {
            assert!(!text.contains(private), "{private}: {text}");
        }
    }
}

/// If the registry uses versions of these forms, they are sent.
#[tokio::test]
async fn a_registry_can_name_versions_of_four_numbers_and_of_dates() {
    for (added, version) in [("3.1.0.2", "3.36.0.1"), ("20210125", "20250806")] {
        let registry = REGISTRY.replace("\"1.0\"", &format!("\"{added}\""));
        for dialect in Dialect::ALL {
            let Some((versions, _)) = versions(dialect, &registry, &[version]).await else {
                continue;
            };
            assert_eq!(versions, format!("[{version:?}]"));
        }
    }
}
