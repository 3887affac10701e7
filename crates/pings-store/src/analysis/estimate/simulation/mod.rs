//! Measures the errors of estimates and how often intervals contain the truth, on simulated fleets.
//!
//! `cargo test --release -p pings-store estimates_of_200_fleets -- --ignored --nocapture` prints
//! the table of docs/estimates.md.

mod chance;
mod fleet;

use self::fleet::{Fleet, KINDS, Kind, WEEKS};
use super::answer::Refusal;
use super::model::Model;
use super::panel::Cell;

/// An early week, in which all instances are trusted.
const EARLY: usize = 2;

/// The estimated quantities, with their names in the table.
#[derive(Clone, Copy, PartialEq)]
enum Question {
    Total(When),
    Growth(When, When),
}

#[derive(Clone, Copy, PartialEq)]
enum When {
    Early,
    Before,
    Worst,
    After,
    Last,
}

const QUESTIONS: [(&str, Question); 7] = [
    ("total, 4 weeks before", Question::Total(When::Before)),
    ("total, worst week", Question::Total(When::Worst)),
    ("total, 6 weeks after", Question::Total(When::After)),
    (
        "growth to the worst week",
        Question::Growth(When::Early, When::Worst),
    ),
    (
        "growth from the worst week",
        Question::Growth(When::Worst, When::Last),
    ),
    (
        "growth within the bad weeks",
        Question::Growth(When::Before, When::Worst),
    ),
    (
        "growth over all weeks",
        Question::Growth(When::Early, When::Last),
    ),
];

impl When {
    fn week(self, fleet: &Fleet) -> usize {
        match self {
            Self::Early => EARLY,
            Self::Before => fleet.worst - 4,
            Self::Worst => fleet.worst,
            Self::After => fleet.worst + 6,
            Self::Last => WEEKS - 1,
        }
    }
}

/// The results for a question.
#[derive(Default)]
struct Results {
    /// The relative errors of estimates, or the difference of growths.
    errors: Vec<f64>,
    /// The errors of the plain sum over trusted instances.
    plain: Vec<f64>,
    /// The errors of the expected values, which no estimate avoids.
    best: Vec<f64>,
    covered: usize,
    refused: usize,
}

impl Results {
    fn of(kind: &Kind, seeds: std::ops::Range<u64>) -> Vec<Self> {
        let mut results: Vec<Self> = QUESTIONS.iter().map(|_| Self::default()).collect();
        for seed in seeds {
            let fleet = Fleet::new(kind, seed);
            let model = Model::new(&fleet.panel);
            for ((_, question), results) in QUESTIONS.iter().zip(&mut results) {
                results.ask(*question, &fleet, &model);
            }
        }
        results
    }

    fn ask(&mut self, question: Question, fleet: &Fleet, model: &Model<'_>) {
        let truth = |when: When| fleet.truth[when.week(fleet)];
        let best = |when: When| fleet.best[when.week(fleet)];
        let trusted = |when: When| {
            let cells = fleet.panel.instances.iter().flatten();
            let cells = cells.filter(|cell| cell.week == when.week(fleet));
            cells.filter_map(|cell| cell.value).sum::<f64>()
        };
        let answer = match question {
            Question::Total(when) => model.total(when.week(fleet)).map(|it| {
                let truth = truth(when);
                (
                    [it.value, it.low, it.high].map(|it| it / truth - 1.0),
                    trusted(when) / truth - 1.0,
                    best(when) / truth - 1.0,
                )
            }),
            Question::Growth(from, to) => {
                let growth = model.growth(from.week(fleet), to.week(fleet));
                growth.map(|it| {
                    let truth = truth(to) / truth(from) - 1.0;
                    let plain = trusted(to) / trusted(from) - 1.0;
                    (
                        [it.value, it.low, it.high].map(|it| it - truth),
                        plain - truth,
                        best(to) / best(from) - 1.0 - truth,
                    )
                })
            }
        };
        match answer {
            Ok(([error, low, high], plain, best)) => {
                self.errors.push(error.abs());
                self.plain.push(plain.abs());
                self.best.push(best.abs());
                self.covered += usize::from(low <= 1e-9 && high >= -1e-9);
            }
            Err(
                Refusal::LittleObserved(_) | Refusal::FewInstances(_) | Refusal::Uncertain { .. },
            ) => self.refused += 1,
            Err(other) => panic!("{other:?}"),
        }
    }

    fn coverage(&self) -> f64 {
        self.covered as f64 / self.errors.len() as f64
    }
}

fn quantile(values: &[f64], part: f64) -> f64 {
    crate::analysis::statistics::quantile(&mut values.to_vec(), part).unwrap()
}

#[test]
fn estimates_are_near_the_truth_where_plain_sums_are_not() {
    let results = Results::of(&KINDS[0], 0..24);
    for ((name, _), results) in QUESTIONS.iter().zip(&results) {
        let (median, most) = (
            quantile(&results.errors, 0.5),
            quantile(&results.errors, 0.95),
        );
        assert!(median < 0.025 && most < 0.08, "{name}: {median} {most}");
        assert!(results.coverage() >= 0.85, "{name}: {}", results.coverage());
    }
    assert!(quantile(&results[1].plain, 0.5) > 0.5);
}

#[test]
#[ignore = "takes minutes without --release; prints the table of the documentation"]
fn estimates_of_200_fleets() {
    for kind in &KINDS {
        println!("\n{}\n", kind.name);
        println!(
            "| | plain sum, median | median | 95th percentile | of chance alone | covered | refused |"
        );
        println!("| --- | --- | --- | --- | --- | --- | --- |");
        let results = Results::of(kind, 1000..1200);
        for ((name, question), results) in QUESTIONS.iter().zip(&results) {
            let unit = if matches!(question, Question::Total(_)) {
                " %"
            } else {
                ""
            };
            let number = |value: f64| format!("{:.1}{unit}", value * 100.0);
            println!(
                "| {name} | {} | {} | {} | {} | {:.1} % | {} |",
                number(quantile(&results.plain, 0.5)),
                number(quantile(&results.errors, 0.5)),
                number(quantile(&results.errors, 0.95)),
                number(quantile(&results.best, 0.95)),
                results.coverage() * 100.0,
                results.refused,
            );
            let covered = results.coverage();
            assert!((0.9..=1.0).contains(&covered), "{name}: {covered}");
        }
        if kind.name == KINDS[0].name {
            for ((name, question), results) in QUESTIONS.iter().zip(&results) {
                let (median, most) = match question {
                    Question::Total(_) => (0.05, 0.12),
                    Question::Growth(..) => (0.02, 0.07),
                };
                assert!(quantile(&results.errors, 0.5) <= median, "{name}");
                assert!(quantile(&results.errors, 0.95) <= most, "{name}");
            }
        }
    }
}

#[test]
#[ignore = "measures the time, which --release decides"]
fn time_of_a_large_fleet() {
    let kind = Kind {
        instances: 10_000,
        ..KINDS[0]
    };
    let mut panel = Fleet::new(&kind, 1).panel;
    // 52 weeks: the first 12 come again at the end.
    panel.weeks = WEEKS + 12;
    for cells in &mut panel.instances {
        let again: Vec<Cell> = cells
            .iter()
            .take_while(|cell| cell.week < 12)
            .copied()
            .collect();
        cells.extend(again.iter().map(|cell| Cell {
            week: cell.week + WEEKS,
            ..*cell
        }));
    }
    let start = std::time::Instant::now();
    let model = Model::new(&panel);
    let fitted = start.elapsed();
    let totals = (0..panel.weeks).filter(|week| model.total(*week).is_ok());
    let totals = totals.count();
    println!(
        "{totals} totals: {fitted:?} to fit, {:?} in all",
        start.elapsed()
    );
}
