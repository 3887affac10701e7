//! Values of versions that were never released are not trusted, on both databases.

use pings_model::{Registry, ValueType, Version};
use pings_payload::fingerprint;
use pings_store::{Cell, Received, ReleaseTakenBack, SeriesOptions, Store};
use pings_tests::place::{Kind, Place};
use serde_json::{Value as Json, json};
use time::OffsetDateTime;
use time::macros::datetime;

const NOW: OffsetDateTime = datetime!(2021-04-06 12:00 UTC);

/// Returns a registry with this newest release, or without the key if the text is empty.
/// Declarations can refer to later versions.
fn registry(released: &str) -> Registry {
    let released = match released {
        "" => String::new(),
        version => format!("released: \"{version}\"\n"),
    };
    let text = format!(
        r#"
format: 1
name: desk
title: Desk
{released}events:
  A: {{ description: It happened. }}
  B: {{ description: Something else happened. }}
  C: {{ description: It will happen. }}
pings:
  - id: a
    section: S
    title: T
    type: fe_event
    aggregation: weekly
    added: "1.0"
    removed: "1000.0"
    broken:
      - {{ versions: "5.0-5.1", reason: misses some, fix: 7 }}
      - {{ versions: "900.0-900.1", reason: is known to be wrong }}
    metrics:
      - {{ code: A }}
  - id: b
    title: U
    type: fe_event
    aggregation: weekly
    added: "1.0"
    broken:
      - {{ versions: "5.3-998", reason: counts twice }}
    metrics:
      - {{ code: B }}
  - id: c
    title: V
    type: fe_event
    aggregation: weekly
    added: "900.0"
    metrics:
      - {{ code: C }}
"#
    );
    pings_registry::parse(&text).unwrap_or_else(|mistakes| panic!("{text}\n{mistakes:?}"))
}

struct Kept {
    store: Store,
    _place: Place,
}

/// Returns a store on each available kind of database.
async fn stores() -> Vec<Kept> {
    let mut stores = Vec::new();
    for dialect in Kind::ALL {
        if let Some(place) = Place::new(dialect).await {
            let store = Store::open(&place.url(), true).await.expect("a store");
            stores.push(Kept {
                store,
                _place: place,
            });
        }
    }
    stores
}

/// Returns the payload of an instance for a week in which it ran these versions.
fn sent(instance: u32, week: u8, versions: &Json, a: u32, b: u32) -> Received {
    let start = datetime!(2021-01-25 00:00 UTC) + time::Duration::weeks(week.into());
    let end = start + time::Duration::WEEK;
    let day = |at: OffsetDateTime| format!("{}T00:00:00Z", at.date());
    let json = json!({
        "format": 1, "registry": "desk", "fingerprint": fingerprint(&registry("")),
        "instance": format!("00000000-0000-4000-8000-{instance:012}"),
        "week": format!("2021-W{:02}", 4 + week), "start": day(start), "end": day(end),
        "revision": 1, "versions": versions,
        "metrics": { "A": { "count": a }, "B": { "count": b } },
    });
    Received::read(json.to_string().into_bytes(), NOW).expect("a payload")
}

impl Kept {
    async fn learn(&self, released: &str) -> Registry {
        let registry = registry(released);
        let learned = self.store.learn(&registry, NOW).await;
        learned.expect("it is learned");
        registry
    }

    /// Returns the text of each row of a query with a single column.
    async fn column(&self, sql: &str) -> Vec<String> {
        let mut tx = self.store.read().await.expect("one");
        let rows = tx.rows(sql, &[], &[ValueType::Text]).await;
        let text = |row: &Vec<Cell>| row[0].text().expect("a text").to_owned();
        rows.expect("an answer").iter().map(text).collect()
    }

    /// Returns the label of each instance for a code, with the reason.
    async fn labels(&self, code: &str) -> Vec<String> {
        let sql = format!(
            "SELECT versions || ': ' || trust || coalesce(', ' || reason, '') \
             FROM measurements_labelled WHERE code = '{code}' ORDER BY instance"
        );
        self.column(&sql).await
    }

    /// Returns the trusted sum of A and the trusted instances, according to the views.
    async fn trusted(&self) -> [Vec<String>; 2] {
        let sum = "SELECT cast(cast(coalesce(sum(value), 0) AS bigint) AS text) \
            FROM measurements_trusted WHERE code = 'A'";
        let instances = "SELECT substr(instance, 36) FROM measured_trusted \
            WHERE code = 'A' ORDER BY instance";
        [self.column(sum).await, self.column(instances).await]
    }

    /// Returns the trusted value of A, the value over all instances, and the number of trusted and
    /// of unreleased instances.
    async fn series(&self, registry: &Registry) -> (Option<f64>, Option<f64>, u64, u64) {
        let options = SeriesOptions {
            weeks: 1,
            all: true,
            ..SeriesOptions::default()
        };
        let series = self.store.series(registry, "A", &options).await;
        let series = series.expect("a series");
        let [week] = &series.weeks[..] else {
            panic!("{series:?}");
        };
        let of = &week.instances;
        assert_eq!(of.reported(), 4, "{of:?}");
        let all = week.all.as_ref().and_then(|all| all[0]);
        (week.values[0], all, of.trusted, of.unreleased)
    }
}

#[test]
fn the_newest_release_is_a_version_that_the_registry_names() {
    let version = |text: &str| text.parse::<Version>().expect("a version");
    assert!(registry("").is_released(version("999.0")));
    for (newest, released, unreleased) in [
        ("5", ["4.9", "5.0", "5.99.9"], ["6", "6.0.0.1", "50"]),
        ("5.2", ["5.2", "5.2.0.1", "5.2.99"], ["5.3", "5.20", "999"]),
        (
            "5.2.0",
            ["5.1.9", "5.2", "5.2.0.7"],
            ["5.2.1", "5.3", "999"],
        ),
    ] {
        let registry = registry(newest);
        for text in released {
            assert!(registry.is_released(version(text)), "{text} by {newest}");
        }
        for text in unreleased {
            assert!(!registry.is_released(version(text)), "{text} by {newest}");
        }
    }
    // The versions in a registry determine the form of the versions that instances report.
    let long = version("5.2.0.1");
    assert!(!registry("5.2").version_form().fits(long));
    assert!(registry("5.2.0.1").version_form().fits(long));
}

#[tokio::test]
async fn only_released_versions_are_trusted() {
    assert_eq!(fingerprint(&registry("5.2")), fingerprint(&registry("")));
    for kept in stores().await {
        let batch = [
            sent(1, 0, &json!({ "5.2.9": 1 }), 1, 1),
            sent(2, 0, &json!({ "5.3.0": 1 }), 10, 1),
            sent(3, 0, &json!({ "999.0": 1 }), 100, 1),
            sent(4, 0, &json!({ "5.2.9": 1, "999.0": 1 }), 1_000, 1),
        ];
        kept.store.accept(&batch).await.expect("they are kept");
        let all = Some(1_111.0);

        // Without the key, every version is trusted.
        let unbounded = kept.learn("").await;
        assert_eq!(kept.series(&unbounded).await, (all, all, 4, 0));
        let everybody = ["1", "2", "3", "4"].map(str::to_owned);
        assert_eq!(
            kept.trusted().await,
            [vec!["1111".to_owned()], everybody.into()]
        );

        let registry = kept.learn("5.2").await;
        assert_eq!(kept.series(&registry).await, (Some(1.0), all, 1, 3));
        assert_eq!(kept.trusted().await, [["1"], ["1"]]);
        let why = "unreleased, 5.2 is the newest release";
        let expected = [
            "5.2.9: trusted".to_owned(),
            format!("5.3.0: {why}"),
            format!("999.0.0: {why}"),
            format!("5.2.9 999.0.0: {why}"),
        ];
        assert_eq!(kept.labels("A").await, expected);
        // A broken range of future versions does not affect the label of versions that were never
        // released.
        assert_eq!(kept.labels("B").await, expected);

        // A series uses the registry that is passed to it, and the views use the stored one.
        let raised = self::registry("5.3");
        assert_eq!(kept.series(&raised).await, (Some(11.0), all, 2, 2));
        assert_eq!(kept.trusted().await, [["1"], ["1"]]);
        kept.learn("5.3").await;
        assert_eq!(kept.trusted().await, [vec!["11"], vec!["1", "2"]]);
        let expected = ["5.2.9: trusted", "5.3.0: broken, counts twice"];
        assert_eq!(kept.labels("B").await[..2], expected);

        // An exact version covers the versions that begin with it, but no other patch version.
        let exact = kept.learn("5.2.8").await;
        assert_eq!(kept.series(&exact).await, (None, all, 0, 4));
        kept.learn("999").await;
        assert_eq!(kept.trusted().await[0], ["1111"]);
    }
}

#[tokio::test]
async fn a_version_that_was_never_released_heals_nothing() {
    for kept in stores().await {
        let mut batch = Vec::new();
        for week in 0..6 {
            for instance in 1..=9 {
                batch.push(sent(instance, week, &json!({ "5.1.0": 1 }), 1, 1));
            }
            let version = if week < 3 { "5.1.0" } else { "999.0" };
            batch.push(sent(10, week, &json!({ version: 1 }), 1, 1));
        }
        kept.store.accept(&batch).await.expect("they are kept");
        let healing = async |released: &str| {
            let registry = registry(released);
            let impacts = kept.store.impact(&registry, "A", None, None).await;
            let impacts = impacts.expect("impacts");
            impacts[0].healing.fixed_by.map(|it| it.to_string())
        };
        assert_eq!(healing("").await.as_deref(), Some("999.0"));
        assert_eq!(healing("5.2").await, None);
        let touched = async |released: &str| {
            let open = "5.2+".parse().expect("a range");
            let registry = registry(released);
            let impacts = kept.store.impact(&registry, "A", Some(open), None).await;
            let impact = impacts.expect("impacts").remove(0);
            (impact.instances, impact.all_instances, impact.weeks.len())
        };
        assert_eq!(touched("").await, (1, 10, 3));
        assert_eq!(touched("5.2").await, (0, 10, 0));
    }
}

#[tokio::test]
async fn a_doctor_reports_no_jump_of_a_version_that_was_never_released() {
    for kept in stores().await {
        let mut batch = Vec::new();
        for week in 0..8 {
            for instance in 1..=12 {
                let usual = 50 + 3 * instance + u32::from(week % 3);
                let (version, a) = match week {
                    0..4 => ("5.2.9", usual),
                    _ => ("999.0", usual * 20),
                };
                let b = usual + instance;
                batch.push(sent(instance, week, &json!({ version: a + b }), a, b));
            }
        }
        kept.store.accept(&batch).await.expect("they are kept");
        let broken = async |released: &str| {
            let registry = kept.learn(released).await;
            let findings = kept.store.doctor(&registry).await.expect("findings");
            let breaks = findings.broken.into_iter().flat_map(|entry| entry.breaks);
            breaks.map(|it| it.code).collect::<Vec<_>>()
        };
        // With two codes only, each of them changes relative to the other.
        assert_eq!(broken("").await, ["A", "B"]);
        assert!(broken("5.2").await.is_empty());
    }
}

#[tokio::test]
async fn a_registry_of_an_earlier_release_is_older() {
    let version = |text: &str| text.parse::<Version>().expect("a version");
    for kept in stores().await {
        kept.learn("5.3").await;
        for (released, taken, is_older) in [
            ("5.2", Some(ReleaseTakenBack::To(version("5.2"))), true),
            ("5.3.1", Some(ReleaseTakenBack::To(version("5.3.1"))), true),
            ("", Some(ReleaseTakenBack::Removed), true),
            ("5.3", None, false),
            ("5.4", None, false),
        ] {
            let found = kept.store.takes_back(&registry(released)).await;
            let found = found.expect("an answer");
            assert_eq!(
                (found.released, found.is_older),
                (taken, is_older),
                "{released}"
            );
            assert!(
                found.repaired.is_empty() && found.lost.is_empty(),
                "{found:?}"
            );
        }
        // A changed broken range does not show that the key was removed on purpose.
        let mut without = registry("").into_parts();
        without.pings[0].broken[0].versions = "4.0-5.1".parse().expect("a range");
        let without = Registry::from_checked(without);
        let found = kept.store.takes_back(&without).await.expect("an answer");
        let removed = Some(ReleaseTakenBack::Removed);
        assert_eq!((found.released, found.is_older), (removed, true));
        let mut named = registry("5.3").into_parts();
        named.pings[0].broken[0].versions = "4.0-5.1".parse().expect("a range");
        let named = Registry::from_checked(named);
        let found = kept.store.takes_back(&named).await.expect("an answer");
        assert_eq!((found.released, found.is_older), (None, false));
        // A registry with a later release is not older, even if it lacks other declarations.
        let mut later = registry("5.4").into_parts();
        later.pings.truncate(2);
        let later = Registry::from_checked(later);
        let found = kept.store.takes_back(&later).await.expect("an answer");
        assert_eq!((found.lost.len(), found.is_older), (1, false));
        // A registry with a release is not older than a stored registry without one.
        kept.learn("").await;
        let mut first = registry("5.2").into_parts();
        first.pings.truncate(2);
        let first = Registry::from_checked(first);
        let found = kept.store.takes_back(&first).await.expect("an answer");
        assert_eq!((found.released, found.is_older), (None, false));
    }
}
