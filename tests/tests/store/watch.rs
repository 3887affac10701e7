//! Measures how early the watch finds what went wrong, and how often it is wrong itself.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::process::Command;

use pings_model::{Registry, Version, VersionRange};
use pings_payload::{Failure, FailureKind, Measures, Payload, Uuid, Value, Week};
use pings_store::{
    Alarm, AlarmKind, Judged, Store, Together, Versions, WatchedCode, WatchedFleet, measures,
};
use pings_tests::fleet::{Effect, Fleet, Shape};
use pings_tests::place::{Kind, Place};
use serde_json::{Number, Value as Json, json};
use time::macros::datetime;

/// The number of healthy fleets. `PINGS_TEST_FLEETS` overrides it.
const FLEETS: u64 = 3;

/// The number of instances and weeks of a fleet.
const INSTANCES: usize = 80;
const WEEKS: u32 = 44;

/// The weeks before the first watched one.
const BEFORE: u32 = 8;

/// Returns the registry of Code Insights without its broken ranges.
fn registry() -> Registry {
    let text = include_str!("../../../pings.yaml");
    let registry = pings_registry::parse(text).expect("the registry passes");
    let mut parts = registry.into_parts();
    for ping in &mut parts.pings {
        ping.broken.clear();
        ping.added = "3.0".parse().expect("a version");
        ping.removed = None;
    }
    Registry::from_checked(parts)
}

/// The newest payloads by week and instance.
type Sent<'p> = BTreeMap<Week, BTreeMap<Uuid, &'p Payload>>;

fn sent(payloads: &[Payload]) -> Sent<'_> {
    let mut sent = Sent::new();
    for payload in payloads {
        let week = sent.entry(payload.week).or_default();
        let newest = week.entry(payload.instance).or_insert(payload);
        if payload.revision > newest.revision {
            *newest = payload;
        }
    }
    sent
}

/// Judges a week without a store.
fn judged(registry: &Registry, sent: &Sent<'_>, week: Week) -> Vec<Alarm> {
    let mut places: BTreeMap<Uuid, i64> = BTreeMap::new();
    let mut fleet = WatchedFleet::new(week);
    for (reported, payloads) in sent.range(..=week) {
        let mut new = 0;
        for (instance, payload) in payloads {
            let next = places.len() as i64;
            new += u64::from(!places.contains_key(instance));
            let place = *places.entry(*instance).or_insert(next);
            let versions = Versions {
                known: payload.versions.keys().copied().collect(),
                has_unknown: payload.unversioned > 0,
                ..Versions::default()
            };
            fleet.report(place, *reported, &versions, payload.events() as f64);
        }
        fleet.first_reports(*reported, new);
    }
    let mut judged = Judged::new(&fleet);
    for (place, (ping, metric)) in registry.metrics().enumerate() {
        let mut code = WatchedCode::default();
        let all = measures(metric);
        let sums: Vec<&String> = all
            .iter()
            .filter(|(_, together)| *together == Together::Sum)
            .map(|(name, _)| name)
            .filter(|name| *name != "first_time_users")
            .collect();
        let main = sums.iter().find(|it| *it == &"count").or(sums.first());
        let Some(main) = main else { continue };
        for back in 0..5 {
            let of_week = sent.get(&week.back(back));
            for (instance, payload) in of_week.into_iter().flatten() {
                let instance = places[instance];
                // A version that cannot be read is not trusted.
                if payload.unversioned > 0 {
                    if back == 0 {
                        code.exclude(instance);
                    }
                    continue;
                }
                feed(
                    &mut code,
                    payload,
                    &metric.code,
                    main,
                    instance,
                    back as usize,
                );
            }
        }
        judged.add((place, ping.aggregation, &metric.code), &code);
    }
    judged.alarms()
}

fn feed(
    code: &mut WatchedCode,
    payload: &Payload,
    name: &str,
    main: &str,
    instance: i64,
    back: usize,
) {
    let Some(measured) = payload.metrics.get(name) else {
        return;
    };
    let number = |all: &Measures| {
        let found = all.iter().find(|(name, _)| name == main);
        let number = found.and_then(|(_, number)| number.as_ref());
        number.and_then(Number::as_f64).unwrap_or(0.0)
    };
    match &measured.outcome {
        Err(_) => code.failed(instance, back),
        Ok(Value::One(all)) => code.value("{}", instance, back, number(all)),
        Ok(Value::Rows { rows, .. }) => {
            code.measured(instance, back);
            for row in rows {
                let group = json!(row.group).to_string();
                code.value(&group, instance, back, number(&row.measures));
            }
        }
        Ok(Value::Steps(steps)) => {
            for (step, of_step) in steps.iter().enumerate() {
                let group = json!({ "step": step + 1, "events": of_step.events }).to_string();
                code.value(&group, instance, back, number(&of_step.measures));
            }
        }
    }
}

/// The weeks of a fleet that are watched.
fn watched(fleet: &Fleet) -> impl Iterator<Item = Week> + use<> {
    let first = fleet.shape.first;
    (BEFORE..fleet.shape.weeks).map(move |week| first.forward(week))
}

/// Changes the payloads from a week on.
fn from(fleet: &mut Fleet, week: Week, mut change: impl FnMut(&mut Payload)) {
    let payloads = fleet.payloads.iter_mut();
    payloads.filter(|it| it.week >= week).for_each(&mut change);
}

/// Multiplies all numbers of a code.
fn scale(payload: &mut Payload, code: &str, factor: f64) {
    let Some(measured) = payload.metrics.get_mut(code) else {
        return;
    };
    let Ok(value) = &mut measured.outcome else {
        return;
    };
    let all: Vec<&mut Measures> = match value {
        Value::One(measures) => vec![measures],
        Value::Rows { rows, .. } => rows.iter_mut().map(|row| &mut row.measures).collect(),
        Value::Steps(steps) => steps.iter_mut().map(|step| &mut step.measures).collect(),
    };
    for (_, number) in all.into_iter().flatten() {
        if let Some(value) = number.as_ref().and_then(Number::as_u64) {
            *number = Some(((value as f64 * factor) as u64).into());
        }
    }
}

fn fleets() -> u64 {
    let fleets = std::env::var("PINGS_TEST_FLEETS");
    fleets.map_or(FLEETS, |fleets| fleets.parse().expect("a number"))
}

#[test]
fn healthy_fleets_raise_no_alarm() {
    let registry = registry();
    let (mut weeks, mut alarms) = (0, 0);
    for seed in 0..fleets() {
        let fleet = Fleet::new(&registry, Shape::new(seed, INSTANCES, WEEKS));
        let sent = sent(&fleet.payloads);
        for week in watched(&fleet) {
            weeks += 1;
            for alarm in judged(&registry, &sent, week) {
                println!("seed {seed}: false alarm: {alarm:?}");
                alarms += 1;
            }
        }
    }
    println!(
        "{alarms} false alarms in {weeks} weeks of {} fleets",
        fleets()
    );
    assert!(
        f64::from(alarms) <= 0.002 * f64::from(weeks),
        "{alarms} of {weeks}"
    );
}

/// Returns the first watched week with an alarm of this kind.
fn first(
    registry: &Registry,
    fleet: &Fleet,
    is_wanted: impl Fn(&Alarm) -> bool,
) -> Option<(Week, Alarm)> {
    let sent = sent(&fleet.payloads);
    watched(fleet).find_map(|week| {
        let alarms = judged(registry, &sent, week);
        Some((week, alarms.into_iter().find(&is_wanted)?))
    })
}

/// The incident: counts of a code fell in February, and somebody noticed it in April.
#[test]
fn a_fall_is_found_in_its_first_week() {
    let registry = registry();
    for (seed, code) in [(20, "InsightHover"), (21, "InsightHover")] {
        let mut fleet = Fleet::new(&registry, Shape::new(seed, INSTANCES, WEEKS));
        let february = "2022-W06".parse().expect("a week");
        from(&mut fleet, february, |payload| scale(payload, code, 0.4));
        let is_fall =
            |it: &Alarm| it.kind == AlarmKind::CodeFell && it.code.as_deref() == Some(code);
        let (week, alarm) = first(&registry, &fleet, is_fall).expect("an alarm");
        assert_eq!(week, february, "seed {seed}: {alarm:?}");
    }
    // Everything fell, because clients no longer reach the endpoint.
    let mut fleet = Fleet::new(&registry, Shape::new(22, INSTANCES, WEEKS));
    let february = "2022-W06".parse().expect("a week");
    let codes: Vec<String> = registry.metrics().map(|(_, it)| it.code.clone()).collect();
    from(&mut fleet, february, |payload| {
        for events in payload.versions.values_mut() {
            *events = (*events / 2).max(1);
        }
        for code in &codes {
            scale(payload, code, 0.5);
        }
    });
    let is_fall = |it: &Alarm| it.kind == AlarmKind::FleetFell;
    let (week, alarm) = first(&registry, &fleet, is_fall).expect("an alarm");
    assert_eq!(week, february, "{alarm:?}");
}

/// The incident: a survey got no answers since a release.
#[test]
fn a_code_without_data_since_a_release_is_found_at_the_first_upgrades() {
    let registry = registry();
    let code = "InsightHover";
    let broken: Version = "3.36.0".parse().expect("a version");
    let versions: VersionRange = "3.36+".parse().expect("a range");
    for effect in [Effect::Nothing, Effect::NotSent] {
        let shape = Shape::new(30, INSTANCES, WEEKS).with(code, versions, effect);
        let fleet = Fleet::new(&registry, shape);
        let is_it = |it: &Alarm| {
            it.kind == AlarmKind::Vanished
                && it.code.as_deref() == Some(code)
                && it.version.is_none_or(|it| it >= broken)
        };
        let (week, alarm) = first(&registry, &fleet, is_it).expect("an alarm");
        // The first week in which enough instances ran nothing but the new version.
        let sent = sent(&fleet.payloads);
        let upgraded = |week: Week| {
            let of_week = sent[&week].values();
            of_week
                .filter(|it| it.versions.keys().all(|it| *it >= broken))
                .count()
        };
        let enough = watched(&fleet).find(|week| upgraded(*week) >= 12);
        let enough = enough.expect("a week");
        println!(
            "{effect:?}: {week}, {} upgraded, enough in {enough}: {alarm:?}",
            upgraded(week)
        );
        assert!(
            week <= enough.forward(1),
            "{effect:?}: {week} and not {enough}: {alarm:?}"
        );
    }
}

#[test]
fn a_group_and_a_late_step_that_vanish_are_found_in_the_first_week() {
    let registry = registry();
    let mut fleet = Fleet::new(&registry, Shape::new(40, INSTANCES, WEEKS));
    let start = "2022-W08".parse().expect("a week");
    let (mut groups, mut steps) = (BTreeSet::new(), BTreeSet::new());
    for payload in &fleet.payloads {
        for (code, measured) in &payload.metrics {
            match &measured.outcome {
                Ok(Value::Rows { rows, .. }) if rows.len() > 1 => groups.insert(code.clone()),
                Ok(Value::Steps(all)) if all.len() > 1 => steps.insert(code.clone()),
                _ => false,
            };
        }
    }
    let group = groups
        .contains("InsightHover")
        .then(|| "InsightHover".to_owned());
    let group = group
        .or(groups.first().cloned())
        .expect("a code with groups");
    let step = steps.first().cloned();
    let mut gone = None;
    from(&mut fleet, start, |payload| {
        if let Some(measured) = payload.metrics.get_mut(&group)
            && let Ok(Value::Rows { rows, .. }) = &mut measured.outcome
        {
            let last = rows.iter().map(|row| json!(row.group).to_string()).max();
            let gone = gone.get_or_insert(last.unwrap_or_default());
            rows.retain(|row| {
                let group = json!(row.group).to_string();
                group != *gone
            });
        }
        if let Some(step) = &step
            && let Some(measured) = payload.metrics.get_mut(step)
            && let Ok(Value::Steps(all)) = &mut measured.outcome
            && let Some(last) = all.last_mut()
        {
            last.measures
                .iter_mut()
                .for_each(|(_, number)| *number = Some(0.into()));
        }
    });
    let is_of = |code: &str, it: &Alarm| {
        it.kind == AlarmKind::Vanished && it.code.as_deref() == Some(code) && it.group.is_some()
    };
    let (week, alarm) = first(&registry, &fleet, |it| is_of(&group, it)).expect("an alarm");
    assert_eq!((week, &alarm.group), (start, &gone), "{alarm:?}");
    if let Some(step) = &step {
        let (week, alarm) = first(&registry, &fleet, |it| is_of(step, it)).expect("an alarm");
        assert_eq!(week, start, "{alarm:?}");
    }
}

#[test]
fn failures_new_instances_and_missing_weeks_are_found_in_the_first_week() {
    let registry = registry();
    let start: Week = "2022-W08".parse().expect("a week");
    let mut fleet = Fleet::new(&registry, Shape::new(50, INSTANCES, WEEKS));
    let mut number = 0;
    from(&mut fleet, start, |payload| {
        number += 1;
        if let Some(measured) = payload.metrics.get_mut("InsightHover")
            && number % 3 == 0
        {
            measured.outcome = Err(Failure::new(FailureKind::Query, ""));
        }
    });
    let found = first(&registry, &fleet, |it| it.kind == AlarmKind::Failing);
    assert_eq!(found.expect("an alarm").0, start);

    // Somebody starts instances that live for a day, and copies of a payload are the cheapest ones.
    let mut fleet = Fleet::new(&registry, Shape::new(51, INSTANCES, WEEKS));
    let mut copies = Vec::new();
    let template = fleet.payloads.iter().find(|it| it.week == start);
    let template = template.expect("a payload").clone();
    for number in 0..200_u128 {
        let instance = Uuid::from_u128(number + 1);
        copies.push(Payload {
            instance,
            ..template.clone()
        });
    }
    fleet.payloads.extend(copies);
    let found = first(&registry, &fleet, |it| it.kind == AlarmKind::ManyNew);
    assert_eq!(found.expect("an alarm").0, start);

    let mut fleet = Fleet::new(&registry, Shape::new(52, INSTANCES, WEEKS));
    fleet.payloads.retain(|it| it.week < start);
    let found = first(&registry, &fleet, |it| it.kind == AlarmKind::Stale);
    assert_eq!(found.expect("an alarm").0, start);
}

/// The store judges a week like the test, which has read no database.
#[tokio::test]
async fn the_store_finds_the_same() {
    let registry = registry();
    let start: Week = "2021-W35".parse().expect("a week");
    let mut fleet = Fleet::new(&registry, Shape::new(60, 24, 18));
    from(&mut fleet, start, |payload| {
        scale(payload, "InsightHover", 0.0)
    });
    let expected = judged(&registry, &sent(&fleet.payloads), start);
    assert!(!expected.is_empty());
    for dialect in Kind::ALL {
        let Some(place) = Place::new(dialect).await else {
            continue;
        };
        let store = Store::open(&place.url(), true).await.expect("a store");
        let now = datetime!(2030-01-01 0:00 UTC);
        store.learn(&registry, now).await.expect("it learns");
        fleet.send(&store).await;
        let watch = store.watch(&registry, Some(start), now).await;
        let watch = watch.expect("a watch");
        let kinds = |alarms: &[Alarm]| {
            let all = alarms.iter();
            let of = all.map(|it| {
                (
                    it.kind,
                    it.code.clone(),
                    it.version,
                    it.instances,
                    it.affected,
                )
            });
            of.collect::<Vec<_>>()
        };
        assert_eq!(kinds(&watch.alarms), kinds(&expected), "{dialect:?}");
        // By default, a store that got nothing for years is stale.
        let stale = store.watch(&registry, None, now).await.expect("a watch");
        let found: Vec<_> = stale.alarms.iter().map(|it| it.kind).collect();
        assert_eq!(found, [AlarmKind::Stale], "{dialect:?}");
        store.close().await;
    }
}

/// Runs `pings store watch` with a webhook, and returns its exit code and what the webhook received.
fn with_webhook(place: &Place, arguments: &[&str]) -> (Option<i32>, Option<(String, Json)>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    let hook = format!("http://{address}/hooks/pings?key=secret");
    let output = Command::new(env!("CARGO_BIN_EXE_command"))
        .args(["store", "watch", "--webhook", &hook, "--database"])
        .arg(place.address())
        .args(arguments)
        .current_dir(place.folder())
        .spawn()
        .expect("it starts");
    let server = std::thread::spawn(move || {
        let (stream, _) = listener.accept().ok()?;
        let mut reader = BufReader::new(stream);
        let (mut head, mut length) = (String::new(), 0);
        loop {
            let mut line = String::new();
            reader.read_line(&mut line).ok().filter(|read| *read > 0)?;
            if line == "\r\n" {
                break;
            }
            let line = line.to_ascii_lowercase();
            if let Some(value) = line.strip_prefix("content-length: ") {
                length = value.trim().parse().ok()?;
            }
            head.push_str(&line);
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).ok()?;
        let answer = b"HTTP/1.1 204 No Content\r\n\r\n";
        reader.into_inner().write_all(answer).ok()?;
        Some((head, serde_json::from_slice(&body).ok()?))
    });
    let status = output.wait_with_output().expect("it runs").status;
    // A watch without alarms posts nothing, so the server still waits.
    drop(std::net::TcpStream::connect(address));
    (status.code(), server.join().expect("a server"))
}

#[tokio::test]
async fn alarms_are_posted_to_the_webhook() {
    let registry = registry();
    let fleet = Fleet::new(&registry, Shape::new(70, 10, 3));
    let place = Place::new(Kind::Sqlite).await.expect("SQLite");
    let store = Store::open(&place.url(), true).await.expect("a store");
    let now = datetime!(2030-01-01 0:00 UTC);
    store.learn(&registry, now).await.expect("it learns");
    fleet.send(&store).await;
    store.close().await;
    let text = include_str!("../../../pings.yaml");
    std::fs::write(place.folder().join("pings.yaml"), text).expect("a file");
    // The newest week of today is missing.
    let (code, received) = with_webhook(&place, &["--format", "json"]);
    assert_eq!(code, Some(3));
    let (head, body) = received.expect("a request");
    assert!(
        head.starts_with("post /hooks/pings?key=secret http/1.1"),
        "{head}"
    );
    assert!(head.contains("content-type: application/json"), "{head}");
    assert_eq!(body["registry"], json!("code_insights"));
    assert_eq!(body["alarms"][0]["kind"], json!("stale"), "{body:#}");
    assert!(body["alarms"][0]["message"].is_string(), "{body:#}");
    // Nothing went wrong, so that nothing is posted.
    let first = fleet.shape.first.to_string();
    let (code, received) = with_webhook(&place, &["--week", &first]);
    assert_eq!((code, received), (Some(0), None));
}
