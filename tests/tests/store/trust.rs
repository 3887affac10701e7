//! The views return the same trust as a direct evaluation of the registry, on both databases.

use std::collections::BTreeMap;
use std::fmt::Write;

use pings_model::{Registry, Trust, ValueType, Version};
use pings_payload::fingerprint;
use pings_store::{Cell, Received, Store, Versions, label};
use pings_tests::flaky::Dice;
use pings_tests::place::{Kind, Place};
use serde_json::json;
use time::OffsetDateTime;
use time::macros::datetime;

const NOW: OffsetDateTime = datetime!(2021-02-02 12:00 UTC);

const CODES: usize = 6;

/// Versions that occur in weeks; `None` is a version that cannot be parsed.
const VERSIONS: [&str; 9] = [
    "3.9", "3.24.7", "3.25", "3.30.0", "3.31.2", "3.35", "3.35.0.1", "3.36", "4.2.1",
];

/// Returns a registry whose codes were added, broken and removed at random versions, with a random
/// newest release.
fn registry(dice: &mut Dice) -> Registry {
    let mut text = "format: 1\nname: desk\ntitle: Desk\n".to_owned();
    let released = ["", "3.24", "3.31", "3.35.0", "4"][dice.below(5) as usize];
    if !released.is_empty() {
        let _ = writeln!(text, "released: \"{released}\"");
    }
    text.push_str("events:\n");
    for code in 0..CODES {
        let _ = writeln!(text, "  E{code}: {{ description: It happened. }}");
    }
    text.push_str("pings:\n");
    for code in 0..CODES {
        let added = ["0", "3.9", "3.25", "3.31"][dice.below(4) as usize];
        // The versions belong to the ping or to its only metric.
        let mut own = String::new();
        let of_ping = match dice.below(2) {
            0 => added,
            _ => {
                let _ = writeln!(own, "        added: \"{added}\"");
                "0"
            }
        };
        let _ = writeln!(
            text,
            "  - id: p{code}\n    section: S\n    title: T{code}\n    type: fe_event\n    \
             aggregation: weekly\n    added: \"{of_ping}\""
        );
        let removed = ["", "3.36", "4.2"][dice.below(3) as usize];
        if !removed.is_empty() {
            match dice.below(2) {
                0 => writeln!(text, "    removed: \"{removed}\""),
                _ => writeln!(own, "        removed: \"{removed}\""),
            }
            .expect("a text");
        }
        let broken: &[(&str, Option<u64>)] = [
            &[][..],
            &[("3.31-3.35.0", Some(7))],
            &[("3.31-3.32", None), ("3.35", Some(9))],
            &[("3.35+", None)],
        ][dice.below(4) as usize];
        // The first ranges belong to the ping, and the others to the metric.
        let of_ping = dice.below(broken.len() as u64 + 1) as usize;
        for (place, (versions, fix)) in broken.iter().enumerate() {
            let fix = fix.map_or(String::new(), |fix| format!(", fix: {fix}"));
            let range = format!("- {{ versions: \"{versions}\", reason: r{place}{fix} }}");
            let head = place == 0 || place == of_ping;
            let (out, indent) = match place < of_ping {
                true => (&mut text, "    "),
                false => (&mut own, "        "),
            };
            if head {
                let _ = writeln!(out, "{indent}broken:");
            }
            let _ = writeln!(out, "{indent}  {range}");
        }
        let _ = writeln!(text, "    metrics:\n      - code: E{code}\n{own}");
    }
    pings_registry::parse(&text).unwrap_or_else(|mistakes| panic!("{text}\n{mistakes:?}"))
}

/// Returns whether the long version begins with the numbers of the short one.
fn begins(short: Version, long: Version) -> bool {
    let numbers = short.numbers();
    short.key()[..numbers] == long.key()[..numbers]
}

/// Returns the label according to the registry. Reason and fix are those of the first range that
/// applies.
fn expected(
    registry: &Registry,
    code: &str,
    is_known: bool,
    versions: &[Option<Version>],
) -> (String, Option<String>, Option<i64>) {
    let label = |trust: &str| (trust.to_owned(), None, None);
    if !is_known {
        return label("unknown_registry");
    }
    let Some((ping, metric)) = registry.metric(code) else {
        return label("unknown_code");
    };
    let life = ping.life(metric);
    let mut readable: Vec<Version> = versions.iter().copied().flatten().collect();
    readable.sort();
    let (mut absent, mut broken, mut is_unreleased) = (Vec::new(), Vec::new(), false);
    for version in &readable {
        let is_late = |newest: Version| *version > newest && !begins(newest, *version);
        if registry.released().is_some_and(is_late) {
            is_unreleased = true;
            continue;
        }
        match life.trust(*version) {
            Trust::Absent(_) => absent.push(*version),
            Trust::Broken(by) => broken.push(by),
            Trust::Trusted => {}
        }
    }
    let all = versions.len();
    let trust = if absent.len() == all {
        "absent"
    } else if !broken.is_empty() && broken.len() + absent.len() == all {
        "broken"
    } else if !broken.is_empty() {
        "partly_broken"
    } else if is_unreleased {
        "unreleased"
    } else if readable.len() < all {
        "unknown_version"
    } else if !absent.is_empty() {
        "partly_absent"
    } else {
        "trusted"
    };
    let (reason, fix) = match trust {
        "broken" | "partly_broken" => {
            let first = broken.iter().min_by_key(|by| by.versions.first());
            let first = first.expect("one is broken");
            let fix = first.fix.and_then(|fix| i64::try_from(fix).ok());
            (first.reason.clone(), fix)
        }
        "absent" | "partly_absent" => {
            let added = format!("added in {}", life.added());
            let removed = life
                .removed()
                .map(|removed| format!("removed in {removed}"));
            let is_early = absent.iter().any(|version| *version < life.added());
            (if is_early { Some(added) } else { removed }, None)
        }
        "unreleased" => {
            let newest = registry.released().expect("a release");
            (Some(format!("{newest} is the newest release")), None)
        }
        _ => (None, None),
    };
    (trust.to_owned(), reason, fix)
}

type Sent = BTreeMap<String, (String, Vec<Option<Version>>)>;

async fn check(store: &Store, registry: &Registry, sent: &Sent, known: &[String]) {
    let (text, integer) = (ValueType::Text, ValueType::Integer);
    let mut tx = store.read().await.expect("a database");
    let sql = "SELECT instance, code, trust, reason, fix, versions FROM measurements_labelled";
    let types = [text, text, text, text, integer, text];
    let rows = tx.rows(sql, &[], &types).await;
    let rows = rows.expect("an answer");
    assert_eq!(rows.len(), sent.len() * (CODES + 1));
    let mut trusted = 0;
    for row in &rows {
        let [instance, code] = [0, 1].map(|place: usize| row[place].text().expect("a text"));
        let (print, versions) = &sent[instance];
        let is_known = known.contains(print);
        let (trust, reason, fix) = expected(registry, code, is_known, versions);
        trusted += usize::from(trust == "trusted");
        if let Some((ping, metric)) = registry.metric(code).filter(|_| is_known) {
            let versions = row[5].text().expect("a text");
            let label = label(ping.life(metric), &Versions::read(versions, registry));
            assert_eq!(label.name(), trust, "{code} at {versions}");
        }
        let found = (row[2].clone(), row[3].clone(), row[4].clone());
        let expected = (
            Cell::Text(trust),
            reason.map_or(Cell::Null, Cell::Text),
            fix.map_or(Cell::Null, Cell::Integer),
        );
        assert_eq!(found, expected, "{code} at {versions:?}");
    }
    let sql = "SELECT count(*) FROM measurements_trusted";
    let count = tx.value(sql, &[], integer).await.expect("an answer");
    assert_eq!(count, Some(Cell::Integer(trusted as i64)));
}

async fn labels(dialect: Kind, seed: u64) {
    let Some(place) = Place::new(dialect).await else {
        return;
    };
    let store = Store::open(&place.url(), true).await.expect("a store");
    let mut dice = Dice::new(seed);
    let mut newest = registry(&mut dice);
    let print = fingerprint(&newest);
    let mut sent = Sent::new();
    let mut batch = Vec::new();
    for instance in 1..=60 {
        let mut versions: Vec<&str> = VERSIONS
            .into_iter()
            .filter(|_| dice.below(6) == 0)
            .collect();
        let unversioned = u64::from(dice.below(5) == 0);
        let of = if dice.below(8) == 0 {
            "sha256:other"
        } else {
            print.as_str()
        };
        let maker = VERSIONS[dice.below(9) as usize];
        let metrics: serde_json::Map<_, _> = (0..=CODES)
            .map(|code| (format!("E{code}"), json!({ "count": 1 })))
            .collect();
        let uuid = format!("00000000-0000-4000-8000-{instance:012x}");
        let json = json!({
            "format": 1, "registry": "desk", "fingerprint": of, "instance": uuid,
            "version": maker, "week": "2021-W04", "start": "2021-01-25T00:00:00Z",
            "end": "2021-02-01T00:00:00Z", "revision": 1, "unversioned": unversioned,
            "versions": versions.iter().map(|it| ((*it).to_owned(), json!(1))).collect::<serde_json::Map<_, _>>(),
            "metrics": metrics,
        });
        batch.push(Received::read(json.to_string().into_bytes(), NOW).expect("a payload"));
        if versions.is_empty() && unversioned == 0 {
            versions.push(maker);
        }
        let versions = versions
            .iter()
            .map(|it| Some(it.parse().expect("a version")));
        let unknown = std::iter::repeat_n(None, unversioned as usize);
        sent.insert(uuid, (of.to_owned(), versions.chain(unknown).collect()));
    }
    store.accept(&batch).await.expect("they are kept");
    check(&store, &newest, &sent, &[]).await;
    // Later declarations apply to existing rows.
    for _ in 0..4 {
        store.learn(&newest, NOW).await.expect("it is learned");
        check(&store, &newest, &sent, std::slice::from_ref(&print)).await;
        newest = registry(&mut dice);
        assert_eq!(
            fingerprint(&newest),
            print,
            "versions are no part of the meaning"
        );
    }
}

#[tokio::test]
async fn labels_are_those_of_a_plain_reading() {
    for seed in 0..6 {
        labels(Kind::Sqlite, seed).await;
        labels(Kind::Postgres, seed).await;
        labels(Kind::ClickHouse, seed).await;
    }
}
