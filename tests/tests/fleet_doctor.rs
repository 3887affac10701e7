//! How often the doctor finds what a version broke, and how often it cries wolf.

use pings_model::{Registry, Version, VersionRange};
use pings_store::{Break, Symptom};
use pings_tests::fleet::{Effect, Fleet, Shape};

/// How many fleets are looked at where nothing is broken, and with each effect;
/// `PINGS_TEST_FLEETS` says another number.
const FLEETS: u64 = 3;

/// How many instances a fleet has, and for how many weeks it is seen.
const INSTANCES: usize = 80;
const WEEKS: u32 = 44;

/// The registry of Code Insights, of whose breakages nothing is declared.
fn registry() -> Registry {
    let text = include_str!("../../pings.yaml");
    let mut registry = pings_registry::parse(text).expect("the registry passes");
    for ping in &mut registry.pings {
        ping.broken.clear();
        ping.added = "3.0".parse().expect("a version");
        ping.removed = None;
    }
    registry
}

fn found(registry: &Registry, fleet: &Fleet) -> Vec<Break> {
    let entries = fleet.observations(registry).broken(registry);
    entries.into_iter().flat_map(|entry| entry.breaks).collect()
}

/// Those that an effect may look like.
fn symptoms(effect: Effect) -> &'static [Symptom] {
    match effect {
        // Of a code by dimensions there are no rows then.
        Effect::Nothing | Effect::NotSent => &[Symptom::Nothing, Symptom::NotSent],
        Effect::Halved => &[Symptom::Less],
        Effect::Doubled => &[Symptom::More],
    }
}

/// Whether the same of the fleet's versions are in both ranges, but for one at either end.
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
            // Fewer first-time users are no sign: they become fewer by themselves.
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
