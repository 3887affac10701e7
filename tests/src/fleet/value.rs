//! The values that an instance measures in a week.

use pings_model::{
    Aggregation, ArgumentType, EventDimension, EventMeasure, Life, Measure, Metric, Ping, Registry,
    Source,
};
use pings_payload::{Failure, FailureKind, Measures, Payload, Row, Step, Value, Week};
use serde_json::{Number, Value as Json};

use super::chance::Chance;

/// The codes of a registry, with their activity in the fleet.
pub struct Codes<'r>(Vec<Code<'r>>);

/// A code with its activity in the fleet.
pub struct Code<'r> {
    pub ping: &'r Ping,
    pub life: Life<'r>,
    metric: &'r Metric,
    /// The activity relative to other codes.
    weight: f64,
    /// The factor for each week.
    weeks: Vec<f64>,
}

/// The activity in a week of an instance.
pub struct Happened {
    /// The usual activity.
    pub size: f64,
    /// The activity in this week.
    pub activity: f64,
    /// The week, relative to the first week of the fleet.
    pub week: u32,
    /// The factor by which the versions count.
    pub counted: f64,
}

impl<'r> Codes<'r> {
    /// Creates the codes of a registry.
    pub fn new(registry: &'r Registry, chance: &mut Chance, weeks: u32) -> Self {
        let codes = registry.metrics().map(|(ping, metric)| {
            let drift = 0.004 * chance.normal();
            let mut moved = |week: u32| (drift * f64::from(week)).exp() * chance.around_one(0.05);
            Code {
                ping,
                life: ping.life(metric),
                metric,
                weeks: (0..weeks).map(&mut moved).collect(),
                weight: chance.around_one(0.5),
            }
        });
        Self(codes.collect())
    }

    pub fn iter(&self) -> impl Iterator<Item = &Code<'r>> {
        self.0.iter()
    }

    /// Returns the factor by which a week is more or less active for all instances.
    pub fn rhythm(&self, week: Week) -> f64 {
        let text = week.to_string();
        match text.get(6..).unwrap_or_default() {
            "52" | "53" => 0.4,
            "51" | "01" => 0.6,
            "30" | "31" | "32" => 0.85,
            _ => 1.0,
        }
    }
}

impl Code<'_> {
    pub fn code(&self) -> &str {
        &self.metric.code
    }

    /// Returns the value or failure of the code.
    pub fn outcome(&self, chance: &mut Chance, happened: &Happened) -> Result<Value, Failure> {
        if chance.is(0.01) {
            let kind = match self.ping.aggregation {
                Aggregation::Weekly => FailureKind::TimeLimit,
                Aggregation::Total => FailureKind::NotCaptured,
            };
            return Err(Failure::new(kind, ""));
        }
        let moved = self.weeks[happened.week as usize];
        // The contents of tables grow slowly, and do not depend on the activity in a week.
        let mean = match self.ping.aggregation {
            Aggregation::Weekly => happened.activity * self.weight * moved,
            Aggregation::Total => {
                happened.size * self.weight * (1.0 + 0.005 * f64::from(happened.week))
            }
        };
        let mut count = |part: f64| match self.ping.aggregation {
            Aggregation::Weekly => chance.poisson(mean * part * happened.counted),
            Aggregation::Total => (mean * part * happened.counted).round() as u64,
        };
        Ok(self.value(&mut count))
    }

    fn value(&self, count: &mut impl FnMut(f64) -> u64) -> Value {
        match &self.metric.source {
            Source::Events(metric) => {
                let measures = |count| {
                    metric
                        .measures
                        .iter()
                        .flat_map(move |it| of_event(it, count))
                };
                let by: Vec<_> = metric.by.iter().map(EventDimension::name).collect();
                let groups = match metric.by.first() {
                    None => Vec::new(),
                    Some(EventDimension::Argument(argument)) => match &argument.ty {
                        ArgumentType::Enum(values) | ArgumentType::List(values) => values.clone(),
                        _ => vec!["1".to_owned()],
                    },
                    Some(EventDimension::Bucket(_, buckets)) => buckets.labels(),
                    Some(EventDimension::Event) => vec!["One".to_owned(), "Other".to_owned()],
                };
                grouped(&by, &groups, count, |count| measures(count).collect())
            }
            Source::Capture(capture) => {
                let measures = |count| capture.measures.iter().flat_map(move |it| of(it, count));
                let by: Vec<_> = capture.by.iter().map(|it| it.name.as_str()).collect();
                let groups = ["search".to_owned(), "lang-stats".to_owned()];
                grouped(&by, &groups, count, |count| measures(count).collect())
            }
            Source::Sql(capture) => {
                let names = |of_dimension: bool| {
                    let columns = capture.columns.iter();
                    let chosen = columns.filter(move |it| it.dimension == of_dimension);
                    chosen.map(|it| it.name.as_str()).collect::<Vec<_>>()
                };
                let groups = ["search".to_owned(), "lang-stats".to_owned()];
                let measures = names(false);
                grouped(&names(true), &groups, count, |count| {
                    let counts = measures.iter().map(|it| ((*it).to_owned(), whole(count)));
                    counts.collect()
                })
            }
            Source::Value(_) => grouped(&[], &[], count, |count| {
                vec![("value".to_owned(), whole(count))]
            }),
            Source::Funnel(funnel) => {
                let mut steps = Vec::new();
                let mut reached = u64::MAX;
                for step in 0..funnel.steps.len() {
                    let count = count(0.6_f64.powi(step as i32));
                    reached = reached.min(count * 2 / 3);
                    let measures = [
                        ("count", count),
                        ("users", count * 3 / 4),
                        ("reached", reached),
                    ];
                    steps.push(Step {
                        events: vec![format!("Step{step}")],
                        measures: measures
                            .map(|(name, value)| (name.to_owned(), whole(value)))
                            .into(),
                    });
                }
                Value::Steps(steps)
            }
        }
    }
}

/// Returns a single value, or a value for each group that is not empty.
fn grouped(
    by: &[&str],
    groups: &[String],
    count: &mut impl FnMut(f64) -> u64,
    measures: impl Fn(u64) -> Measures,
) -> Value {
    if by.is_empty() {
        return Value::One(measures(count(1.0)));
    }
    let part = 1.0 / groups.len() as f64;
    let rows = groups.iter().filter_map(|group| {
        let count = count(part);
        // Each other dimension has a single value per group.
        let rest = by.iter().skip(1).map(|_| Json::from("all"));
        (count > 0).then(|| Row {
            group: std::iter::once(Json::from(group.as_str()))
                .chain(rest)
                .collect(),
            measures: measures(count),
        })
    });
    let rows = rows.collect();
    let by = by.iter().map(|it| (*it).to_owned()).collect();
    Value::Rows { by, rows }
}

fn of_event(measure: &EventMeasure, count: u64) -> Measures {
    match measure {
        EventMeasure::UniqueUsers => vec![("unique_users".to_owned(), whole(count * 3 / 5))],
        EventMeasure::FirstTimeUsers => vec![("first_time_users".to_owned(), whole(count / 4))],
        EventMeasure::Of(measure) => of(measure, count),
    }
}

fn of<V>(measure: &Measure<V>, count: u64) -> Measures {
    // Quarters are exact in binary and in decimal notation.
    let quarters = |value: u64| {
        (count > 0)
            .then(|| Number::from_f64(value as f64 / 4.0))
            .flatten()
    };
    match measure {
        Measure::Count => vec![("count".to_owned(), whole(count))],
        Measure::Distinct(_) => vec![("distinct".to_owned(), whole(count.div_ceil(2)))],
        Measure::Sum(_) => vec![("sum".to_owned(), whole(count * 3))],
        Measure::Stats(_) => [
            ("avg", 4),
            ("min", 1),
            ("max", 12),
            ("median", 3),
            ("stddev", 2),
        ]
        .map(|(name, times)| (name.to_owned(), quarters(count * times)))
        .into(),
        Measure::Percentiles { at, .. } => (1..)
            .zip(at)
            .map(|(place, at)| (at.name(), quarters(count * place)))
            .collect(),
        Measure::Histogram { buckets, .. } => {
            let labels = buckets.labels().into_iter().zip(1..);
            labels
                .map(|(label, place)| (label, whole(count / place)))
                .collect()
        }
        Measure::Value(_) => vec![("value".to_owned(), whole(count))],
    }
}

fn whole(value: u64) -> Option<Number> {
    Some(value.into())
}

/// Returns the payload as it was before the last events of the week arrived.
pub fn without_late_events(sent: &Payload) -> Payload {
    let mut early = sent.clone();
    for measured in early.metrics.values_mut() {
        let Ok(value) = &mut measured.outcome else {
            continue;
        };
        let all: Vec<&mut Measures> = match value {
            Value::One(measures) => vec![measures],
            Value::Rows { rows, .. } => rows.iter_mut().map(|row| &mut row.measures).collect(),
            Value::Steps(steps) => steps.iter_mut().map(|step| &mut step.measures).collect(),
        };
        for (_, number) in all.into_iter().flatten() {
            if let Some(value) = number.as_ref().and_then(Number::as_u64) {
                *number = whole(value - value / 20);
            }
        }
    }
    early
}
