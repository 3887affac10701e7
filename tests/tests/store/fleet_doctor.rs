//! Measures how often the doctor finds the versions that broke a code, and how often it reports a
//! false alarm.

use pings_model::{Registry, Version, VersionRange};
use pings_store::{Break, Symptom};
use pings_tests::fleet::{Effect, Fleet, Shape};

/// The number of fleets without a break, and with each effect. `PINGS_TEST_FLEETS` overrides it.
const FLEETS: u64 = 3;

/// The number of instances and weeks of a fleet.
const INSTANCES: usize = 80;
const WEEKS: u32 = 44;

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

fn found(registry: &Registry, fleet: &Fleet) -> Vec<Break> {
    let entries = fleet.observations(registry).broken(registry);
    entries.into_iter().flat_map(|entry| entry.breaks).collect()
}

/// Returns the symptoms that an effect may have.
fn symptoms(effect: Effect) -> &'static [Symptom] {
    match effect {
        // With dimensions, a code without events has no rows.
        Effect::Nothing | Effect::NotSent => &[Symptom::Nothing, Symptom::NotSent],
        Effect::Halved => &[Symptom::Less],
        Effect::Doubled => &[Symptom::More],
    }
}

/// Returns whether both ranges contain the same versions of the fleet, except for at most one at
/// each end.
fn is_about(fleet: &Fleet, one: VersionRange, other: VersionRange) -> bool {
    let of = |range: VersionRange| {
        let versions: Vec<Version> = fleet.versions();
        let places = versions.iter().enumerate();
        let hit: Vec<usize> = places
            .filter(|(_, it)| range.contains(**it))
            .map(|(place, _)| place)
            .collect();
        Some((*hit.first()?, *hit.last()?))
    };
    let (Some(one), Some(other)) = (of(one), of(other)) else {
        return false;
    };
    one.0.abs_diff(other.0) <= 1 && one.1.abs_diff(other.1) <= 1
}

#[test]
fn planted_breaks_are_found_and_little_else() {
    let registry = registry();
    let codes: Vec<&str> = registry.metrics().map(|(_, it)| it.code.as_str()).collect();
    let effects = [
        Effect::Nothing,
        Effect::Halved,
        Effect::Doubled,
        Effect::NotSent,
    ];
    let (mut hits, mut exact, mut planted, mut wrong, mut healthy_alarms) = (0, 0, 0, 0, 0);
    let mut missed = Vec::new();
    let fleets = std::env::var("PINGS_TEST_FLEETS");
    let fleets = fleets.map_or(FLEETS, |fleets| fleets.parse().expect("a number"));
    for seed in 0..fleets {
        let healthy = Fleet::new(&registry, Shape::new(seed, INSTANCES, WEEKS));
        let alarms = found(&registry, &healthy);
        for alarm in &alarms {
            println!("seed {seed}: false alarm: {alarm:?}");
        }
        healthy_alarms += alarms.len();
        for (place, effect) in effects.into_iter().enumerate() {
            let code = codes[(seed as usize * 7 + place * 5) % codes.len()];
            // Fewer first-time users are not a symptom, because they decrease by themselves.
            let is_first_time = code == "WeeklyFirstTimeInsightCreators";
            let code = match effect {
                Effect::Nothing | Effect::Halved if is_first_time => "InsightHover",
                _ => code,
            };
            let versions = ["3.34-3.35.0", "3.35-3.37.0", "3.36+"][seed as usize % 3];
            let versions: VersionRange = versions.parse().expect("a range");
            let shape = Shape::new(1_000 + seed, INSTANCES, WEEKS).with(code, versions, effect);
            let fleet = Fleet::new(&registry, shape);
            planted += 1;
            let mut is_found = false;
            for it in found(&registry, &fleet) {
                if it.code == code && symptoms(effect).contains(&it.symptom) {
                    is_found = true;
                    exact += u32::from(is_about(&fleet, it.versions, versions));
                } else {
                    println!("seed {seed}: beside {effect:?} of {code}: {it:?}");
                    wrong += 1;
                }
            }
            hits += u32::from(is_found);
            if !is_found {
                missed.push(format!("seed {seed}: {effect:?} of {code} in {versions}"));
            }
        }
    }
    println!(
        "found {hits} of {planted}, {exact} of them with the right versions; \
         {healthy_alarms} alarms in {fleets} healthy fleets, {wrong} beside what was planted\n{}",
        missed.join("\n")
    );
    assert!(f64::from(hits) >= 0.95 * f64::from(planted), "{missed:?}");
    assert!(
        f64::from(exact) >= 0.9 * f64::from(hits),
        "{exact} of {hits}"
    );
    assert!(healthy_alarms as f64 <= 0.1 * fleets as f64);
    assert!(f64::from(wrong) <= 0.1 * f64::from(planted));
}
