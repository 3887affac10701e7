//! An attacker with all published numbers learns nothing about fewer than `k` instances.

use std::collections::BTreeMap;

use super::choose::{Chooser, Chosen};
use super::groups::Folded;
use super::panel::{InstanceValues, Members, Panel, PanelWeek, Part};
use super::publication::{Publication, Subject, Withheld, publication};

/// Random numbers (xorshift), the same in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % end
    }

    fn is_in(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }
}

/// The shape of a random fleet.
struct Shape {
    instances: usize,
    weeks: u32,
    groups: usize,
    /// How many of 100 instances are missing in a week.
    missing: u64,
    /// How many of 100 instances have values of a group.
    using: u64,
}

/// Returns a fleet in which every instance does the same in each week that it reports. Numbers of two
/// weeks then differ only by the instances that they cover, which is the easiest case for an attacker.
fn panel(random: &mut Random, shape: &Shape) -> Panel {
    let values: Vec<InstanceValues> = (0..shape.instances)
        .map(|_| {
            let mut values = InstanceValues::default();
            for group in 0..shape.groups {
                if random.is_in(shape.using) {
                    let value = (1 + random.below(9)) as f64;
                    values.groups.insert(format!("group {group}"), value);
                    values.total += value;
                }
            }
            values
        })
        .collect();
    let first = "2026-W01".parse().unwrap();
    let weeks = (0..shape.weeks).map(|week| {
        let mut present = BTreeMap::new();
        for (instance, values) in values.iter().enumerate() {
            if !random.is_in(shape.missing) {
                present.insert(instance, values.clone());
            }
        }
        PanelWeek {
            week: pings_payload::Week::forward(first, week),
            reporting: shape.instances as u64,
            values: present,
        }
    });
    Panel {
        weeks: weeks.collect(),
        instances: (0..shape.instances).map(|it| format!("{it:04}")).collect(),
    }
}

fn of(panel: &Panel, k: u32) -> Publication {
    let subject = Subject {
        code: "Code".to_owned(),
        measure: "count".to_owned(),
        by: Some("group".to_owned()),
    };
    publication(panel, subject, k)
}

/// The parts of a published number: the value that each instance contributed.
type Cell = BTreeMap<usize, f64>;

fn cell(week: &PanelWeek, members: &Members, part: Part<'_>) -> Cell {
    let values = members.iter().map(|it| (*it, week.value(*it, part)));
    values.filter(|(_, value)| *value != 0.0).collect()
}

/// Fails if the difference of two numbers is about some instances, but fewer than `k`.
fn subtract(one: &Cell, other: &Cell, k: usize, what: &str) {
    let zero = |cell: &Cell, it: &usize| cell.get(it).copied().unwrap_or_default();
    let mut all: Vec<usize> = one.keys().chain(other.keys()).copied().collect();
    all.sort_unstable();
    all.dedup();
    let differ = all
        .iter()
        .filter(|it| zero(one, it) != zero(other, it))
        .count();
    assert!(
        differ == 0 || differ >= k,
        "{what}: {differ} of {}",
        all.len()
    );
}

/// Fails if a number, or the difference of two numbers, is about few instances. Returns the number of
/// published weeks, and of those with groups.
fn attack(panel: &Panel, chosen: &[Chosen], public: &Publication, k: usize) -> (usize, usize) {
    let nothing = Cell::new();
    let all: Vec<String> = (0..20).map(|it| format!("group {it}")).collect();
    let others: Vec<String> = all
        .iter()
        .filter(|it| !public.groups.contains(it))
        .cloned()
        .collect();
    let mut parts: Vec<Part<'_>> = public
        .groups
        .iter()
        .map(|it| Part::Groups(std::slice::from_ref(it)))
        .collect();
    if public.has_others {
        parts.push(Part::Groups(&others));
    }
    let mut totals: Vec<Cell> = Vec::new();
    let mut instances: Vec<Cell> = Vec::new();
    let mut groups: Vec<Vec<Cell>> = Vec::new();
    for Chosen { place, members, .. } in chosen {
        let week = &panel.weeks[*place];
        let numbers = public.weeks[*place].numbers.as_ref().expect("numbers");
        let total = cell(week, members, Part::Total);
        assert_eq!(total.values().sum::<f64>(), numbers.total);
        assert_eq!(members.len() as u64, numbers.instances);
        let who = cell(week, members, Part::Instances);
        subtract(&total, &nothing, k, "a total");
        subtract(&who, &nothing, k, "instances");
        if numbers.using.is_some() {
            let using = total.keys().map(|it| (*it, 1.0)).collect();
            subtract(&who, &using, k, "instances without use");
        }
        if let Some(sums) = &numbers.groups {
            let of_week: Vec<Cell> = parts.iter().map(|it| cell(week, members, *it)).collect();
            for (cell, sum) in of_week.iter().zip(sums) {
                assert_eq!(cell.values().sum::<f64>(), *sum);
                subtract(cell, &nothing, k, "a group");
            }
            // The total without any of the groups.
            for chosen in 0..1_u32 << of_week.len().min(8) {
                let mut rest = total.clone();
                for (place, cell) in of_week.iter().enumerate() {
                    for (instance, value) in cell.iter().filter(|_| chosen & (1 << place) != 0) {
                        *rest.entry(*instance).or_default() -= value;
                    }
                }
                subtract(&rest, &nothing, k, "a total without groups");
            }
            groups.push(of_week);
        }
        totals.push(total);
        instances.push(who);
    }
    for cells in [&totals, &instances] {
        for (place, one) in cells.iter().enumerate() {
            cells[..place]
                .iter()
                .for_each(|it| subtract(one, it, k, "two weeks"));
        }
    }
    for (place, one) in groups.iter().enumerate() {
        for other in &groups[..place] {
            one.iter()
                .zip(other)
                .for_each(|(one, other)| subtract(one, other, k, "a group in two weeks"));
        }
    }
    (totals.len(), groups.len())
}

/// Returns the instances of the published weeks, which the publication does not contain.
fn chosen(panel: &Panel, k: usize) -> Vec<Chosen> {
    let folded = Folded::of(panel, k);
    super::publication::chosen(&Chooser {
        panel,
        code: "Code",
        k,
        folded: &folded,
    })
}

#[test]
fn no_number_and_no_difference_is_about_few_instances() {
    let mut random = Random(7);
    let (mut weeks, mut with_groups, mut all) = (0, 0, 0);
    for round in 0..100 {
        let shape = Shape {
            instances: 5 + random.below(60) as usize,
            weeks: 1 + random.below(9) as u32,
            groups: random.below(6) as usize,
            missing: [0, 1, 5, 20, 60][random.below(5) as usize],
            using: [3, 30, 80, 100][random.below(4) as usize],
        };
        let panel = panel(&mut random, &shape);
        let k = 5 + random.below(6) as usize;
        let public = of(&panel, k as u32);
        assert_eq!(public, of(&panel, k as u32), "round {round}");
        let (published, grouped) = attack(&panel, &chosen(&panel, k), &public, k);
        weeks += published;
        with_groups += grouped;
        all += shape.weeks as usize;
    }
    // The rules still publish something.
    println!("{weeks} of {all} weeks, {with_groups} with groups");
    assert!(weeks * 2 > all && with_groups * 5 > weeks);
}

#[test]
fn a_usual_fleet_is_published_almost_completely() {
    let mut random = Random(11);
    let shape = Shape {
        instances: 200,
        weeks: 26,
        groups: 3,
        missing: 4,
        using: 70,
    };
    let panel = panel(&mut random, &shape);
    let public = of(&panel, 10);
    let counted: Vec<u64> = public
        .weeks
        .iter()
        .filter_map(|it| Some(it.numbers.as_ref().ok()?.instances))
        .collect();
    println!(
        "{counted:?}, {} with groups",
        public
            .weeks
            .iter()
            .filter(|it| it.numbers.as_ref().is_ok_and(|it| it.groups.is_some()))
            .count()
    );
    assert!(counted.len() >= 25);
    assert!(counted.iter().sum::<u64>() / counted.len() as u64 >= 150);
}

#[test]
fn a_number_that_one_instance_dominates_is_withheld() {
    let mut random = Random(3);
    let shape = Shape {
        instances: 30,
        weeks: 1,
        groups: 1,
        missing: 0,
        using: 100,
    };
    let mut panel = panel(&mut random, &shape);
    assert!(of(&panel, 10).weeks[0].numbers.is_ok());
    panel.weeks[0].values.get_mut(&4).unwrap().total = 10_000.0;
    assert_eq!(of(&panel, 10).weeks[0].numbers, Err(Withheld::TooClose));
}

#[test]
fn an_instance_that_joins_waits_for_others() {
    let mut random = Random(5);
    let shape = Shape {
        instances: 40,
        weeks: 3,
        groups: 1,
        missing: 0,
        using: 100,
    };
    let mut panel = panel(&mut random, &shape);
    panel.weeks[0].values.retain(|it, _| *it < 30);
    panel.weeks[1].values.retain(|it, _| *it < 33);
    let public = of(&panel, 10);
    let counted = public
        .weeks
        .iter()
        .map(|it| it.numbers.as_ref().unwrap().instances);
    assert_eq!(counted.collect::<Vec<_>>(), [30, 30, 40]);
    assert_eq!(public.weeks[0].reporting, 40);
}
