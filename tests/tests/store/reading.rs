//! The answers that an analyst gets from a store are the truth of a simulated fleet, from the command and from the
//! queries of docs/reading.md.

use std::collections::{BTreeMap, BTreeSet};

use pings_model::{Registry, Source, Trust, ValueType, Version};
use pings_payload::{Measures, Payload, Uuid, Value, Week};
use pings_store::{
    Attributes, Cell, FleetOptions, InstancesBy, OFFSETS, Spread, Statistic, Store, Together,
    UsageOptions, canonical_exact, measures,
};
use pings_tests::fleet::{Fleet, Shape};
use pings_tests::place::{Kind, Place};
use time::macros::datetime;

const REGISTRY: &str = include_str!("../../../pings.yaml");
const PAGE: &str = include_str!("../../../docs/reading.md");

const WEEKS: u32 = 30;

/// A fleet and the store that received its payloads.
struct Read {
    registry: Registry,
    fleet: Fleet,
    store: Store,
    _place: Place,
}

/// Returns the plan of an instance; a third of the instances have none.
fn plan(instance: Uuid) -> Option<&'static str> {
    [None, Some("free"), Some("big, new")][usize::from(instance.as_bytes()[0] % 3)]
}

impl Read {
    async fn new(dialect: Kind, seed: u64) -> Option<Self> {
        let place = Place::new(dialect).await?;
        let registry = pings_registry::parse(REGISTRY).expect("the registry passes");
        let store = Store::open(&place.url(), true).await.expect("a store");
        let now = datetime!(2030-01-01 0:00 UTC);
        store.learn(&registry, now).await.expect("it learns");
        let fleet = Fleet::new(&registry, Shape::new(seed, 40, WEEKS));
        fleet.send(&store).await;
        let mut attributes = Attributes::new(vec!["plan".to_owned()]).expect("a name");
        let instances: BTreeSet<Uuid> = fleet.payloads.iter().map(|it| it.instance).collect();
        for instance in instances {
            let plan = plan(instance).unwrap_or_default().to_owned();
            attributes.add(instance, vec![plan]).expect("a value");
        }
        store
            .set_attributes(&attributes)
            .await
            .expect("they are set");
        Some(Self {
            registry,
            fleet,
            store,
            _place: place,
        })
    }

    /// Returns the trusted value of each instance and week, computed from what the fleet sent.
    fn truth(&self, code: &str, measure: &str) -> BTreeMap<Week, Vec<(&Payload, f64)>> {
        let (ping, metric) = self.registry.metric(code).expect("a metric");
        let life = ping.life(metric);
        let mut truth: BTreeMap<Week, Vec<(&Payload, f64)>> = BTreeMap::new();
        for ((week, _), payload) in self.fleet.newest() {
            let values = truth.entry(week).or_default();
            let trusts = |version| life.trust(version) == Trust::Trusted;
            if payload.unversioned > 0 || !payload.versions.keys().copied().all(trusts) {
                continue;
            }
            let Some(Ok(value)) = payload.metrics.get(code).map(|it| &it.outcome) else {
                continue;
            };
            let groups: Vec<&Measures> = match value {
                Value::One(measures) => vec![measures],
                Value::Rows { rows, .. } => rows.iter().map(|row| &row.measures).collect(),
                Value::Steps(_) => continue,
            };
            let numbers = groups.iter().filter_map(|measures| {
                let named = measures.iter().find(|(name, _)| *name == measure);
                named?.1.as_ref()?.as_f64()
            });
            let numbers: Vec<f64> = numbers.collect();
            let is_by_rows = matches!(value, Value::Rows { .. });
            if !numbers.is_empty() || is_by_rows {
                values.push((payload, numbers.iter().sum()));
            }
        }
        truth
    }

    async fn ask(&self, name: &str, types: &[ValueType]) -> Vec<Vec<Cell>> {
        let start = PAGE.find(&format!("```sql\n-- {name}\n")).expect("a query");
        let sql = PAGE[start..].split("```").nth(1).expect("a query");
        let sql = sql.trim_start_matches("sql").trim().trim_end_matches(';');
        let mut tx = self.store.read().await.expect("it reads");
        let rows = tx.rows(sql, &[], types).await;
        let rows = rows.unwrap_or_else(|error| panic!("{name}: {error}"));
        tx.end().await.expect("it ends");
        rows
    }
}

/// Returns the value at a part of sorted values, interpolated.
fn percentile(sorted: &[f64], part: f64) -> f64 {
    let place = part * (sorted.len() - 1) as f64;
    let (low, rest) = (place as usize, place - place.trunc());
    match sorted.get(low + 1) {
        Some(next) => sorted[low] * (1.0 - rest) + next * rest,
        None => sorted[low],
    }
}

fn expected(mut values: Vec<f64>) -> [Option<f64>; 6] {
    if values.is_empty() {
        return [None; 6];
    }
    values.sort_by(f64::total_cmp);
    let (count, sum) = (values.len() as f64, values.iter().sum::<f64>());
    let using = values.iter().filter(|it| **it > 0.0).count() as f64;
    let [p50, p90, p99] = [0.5, 0.9, 0.99].map(|part| percentile(&values, part));
    [sum, sum / count, p50, p90, p99, using / count].map(Some)
}

fn check(context: &str, spread: &Spread, values: Vec<f64>, adds_up: bool) {
    assert_eq!(spread.instances, values.len() as u64, "{context}");
    for ((statistic, found), expected) in spread.statistics().into_iter().zip(expected(values)) {
        if statistic == Statistic::Total && !adds_up {
            assert_eq!(found, None, "{context}");
        } else {
            let statistic = statistic.as_str();
            assert!(
                is_near(found, expected),
                "{context}: {statistic} {found:?} {expected:?}"
            );
        }
    }
}

fn is_near(one: Option<f64>, other: Option<f64>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => (one - other).abs() <= 1e-9 * other.abs().max(1.0),
        (one, other) => one == other,
    }
}

fn number(cell: &Cell) -> Option<f64> {
    match cell {
        Cell::Number(number) => Some(*number),
        Cell::Integer(number) => Some(*number as f64),
        _ => None,
    }
}

/// The name of the group of an instance in a week.
type NameOf = fn(&Payload) -> Option<String>;

fn version_of(payload: &Payload) -> Option<String> {
    let mut versions = payload.versions.keys();
    match (versions.next(), versions.next()) {
        (Some(only), None) => Some(canonical_exact(*only)),
        _ => Some("mixed".to_owned()),
    }
}

fn size_of(payload: &Payload) -> Option<String> {
    let events = payload.versions.values().sum::<u64>() + payload.unversioned;
    let digits = events.to_string().len();
    Some(format!(
        "1{0}-{1}",
        "0".repeat(digits - 1),
        "9".repeat(digits)
    ))
}

const GROUPINGS: [(&str, NameOf); 3] = [
    ("version", version_of),
    ("size", size_of),
    ("plan", |payload| plan(payload.instance).map(str::to_owned)),
];

async fn usage_is_the_truth(dialect: Kind, seed: u64) {
    let Some(read) = Read::new(dialect, seed).await else {
        return;
    };
    let mut compared = 0;
    for (_, metric) in read.registry.metrics() {
        let (measure, together) = measures(metric)[0].clone();
        let adds_up = together == Together::Sum;
        if matches!(metric.source, Source::Funnel(_)) || !adds_up {
            continue;
        }
        let truth = read.truth(&metric.code, &measure);
        for (by, name_of) in GROUPINGS {
            let options = UsageOptions {
                weeks: 520,
                by: Some(InstancesBy::of(by)),
                ..UsageOptions::default()
            };
            let usage = read
                .store
                .usage(&read.registry, &metric.code, &options)
                .await;
            let usage = usage.expect("an answer");
            assert_eq!(usage.weeks.len(), truth.len());
            for (week, (name, values)) in usage.weeks.iter().zip(&truth) {
                assert_eq!(week.week, *name);
                let context = format!("{} by {by} in {name}", metric.code);
                let all = values.iter().map(|(_, value)| *value).collect();
                check(&context, &week.spread, all, adds_up);
                let mut groups: BTreeMap<Option<String>, Vec<f64>> = BTreeMap::new();
                for (payload, value) in values {
                    groups.entry(name_of(payload)).or_default().push(*value);
                }
                assert_eq!(week.groups.len(), groups.len(), "{context}");
                for (cohort, spread) in &week.groups {
                    let values = groups[&cohort.name()].clone();
                    compared += values.len();
                    check(&context, spread, values, adds_up);
                }
            }
        }
    }
    assert!(compared > 10_000, "{compared}");
    queries_agree(&read).await;
    fleet_is_the_truth(&read).await;
    read.store.close().await;
}

/// Compares the queries of the page about usage with the truth.
async fn queries_agree(read: &Read) {
    use ValueType::{Integer, Number, Text};
    let truth = read.truth("InsightHover", "count");
    let types = [Text, Integer, Integer, Number, Number, Number, Number];
    let rows = read.ask("usage over instances", &types).await;
    let with_values = truth.iter().filter(|(_, values)| !values.is_empty());
    let with_values: Vec<_> = with_values.collect();
    assert_eq!(rows.len(), with_values.len());
    for (row, (week, values)) in rows.iter().zip(with_values) {
        assert_eq!(row[0].text(), Some(week.to_string().as_str()));
        assert_eq!(row[1].integer(), Some(values.len() as i64));
        let [sum, _, p50, p90, p99, share] = expected(values.iter().map(|it| it.1).collect());
        let using = share.map(|share| share * values.len() as f64);
        for (cell, expected) in row[2..].iter().zip([using, sum, p50, p90, p99]) {
            assert!(
                is_near(number(cell), expected),
                "{week}: {row:?} {expected:?}"
            );
        }
    }
    let first = *truth.keys().next().expect("a week");
    let now = datetime!(2030-01-01 0:00 UTC);
    read.store
        .note(first, "price change", now)
        .await
        .expect("a note");
    let rows = read.ask("notes", &[Text, Number, Text]).await;
    let week = first.to_string();
    let noted = rows
        .iter()
        .filter_map(|row| Some((row[0].text()?, row[2].text()?)));
    assert_eq!(noted.collect::<Vec<_>>(), [(week.as_str(), "price change")]);
    let rows = read
        .ask("weeks as of a day", &[Text, Integer, Integer])
        .await;
    assert_eq!(rows.len(), truth.len());
    let truth = read.truth("InsightsPageView", "count");
    for (query, name_of) in [
        ("usage by version", version_of as NameOf),
        ("usage by attribute", GROUPINGS[2].1),
    ] {
        let rows = read.ask(query, &[Text, Text, Integer, Number]).await;
        let mut groups: BTreeMap<(String, Option<String>), (i64, f64)> = BTreeMap::new();
        for (week, values) in &truth {
            for (payload, value) in values {
                let group = groups
                    .entry((week.to_string(), name_of(payload)))
                    .or_default();
                *group = (group.0 + 1, group.1 + value);
            }
        }
        let rows = rows.iter().map(|row| {
            let text = |cell: &Cell| cell.text().map(str::to_owned);
            let week = text(&row[0]).expect("a week");
            let numbers = (
                row[2].integer().expect("a count"),
                number(&row[3]).expect("a sum"),
            );
            ((week, text(&row[1])), numbers)
        });
        assert_eq!(rows.collect::<BTreeMap<_, _>>(), groups, "{query}");
    }
}

/// Compares the active instances, their retention, and the conversion of a funnel with the truth.
async fn fleet_is_the_truth(read: &Read) {
    use ValueType::{Integer, Number, Text};
    let newest = read.fleet.newest();
    let mut weeks: BTreeMap<Week, BTreeSet<Uuid>> = BTreeMap::new();
    let mut lives: BTreeMap<Uuid, BTreeSet<Week>> = BTreeMap::new();
    for (week, instance) in newest.keys() {
        weeks.entry(*week).or_default().insert(*instance);
        lives.entry(*instance).or_default().insert(*week);
    }
    let options = |by: Option<&str>| FleetOptions {
        weeks: 520,
        by: by.map(InstancesBy::of),
        ..FleetOptions::default()
    };
    for (by, name_of) in GROUPINGS {
        let fleet = read.store.fleet(&read.registry, &options(Some(by))).await;
        let fleet = fleet.expect("an answer");
        assert_eq!(fleet.weeks.len(), weeks.len());
        let mut before = BTreeSet::new();
        for (found, (week, active)) in fleet.weeks.iter().zip(&weeks) {
            let is_new = |it: &&Uuid| lives[it].first() == Some(week);
            let joined: Vec<&Uuid> = active.difference(&before).collect();
            let new = joined.iter().filter(|it| is_new(it)).count();
            let counts = [
                active.len(),
                new,
                joined.len() - new,
                before.difference(active).count(),
            ];
            let found_counts = [found.active, found.new, found.returned, found.lost];
            assert_eq!(found_counts, counts.map(|count| count as u64), "{week}");
            let mut groups: BTreeMap<Option<String>, u64> = BTreeMap::new();
            let mut versions: BTreeMap<Vec<Version>, u64> = BTreeMap::new();
            for instance in active {
                let payload = newest[&(*week, *instance)];
                if payload.unversioned == 0 && !payload.versions.is_empty() {
                    let ran = payload.versions.keys().copied().collect();
                    *versions.entry(ran).or_default() += 1;
                }
                // A payload whose events have no version at all has no group.
                *groups.entry(name_of(payload)).or_default() += 1;
            }
            let found_versions: BTreeMap<_, _> = found.versions.iter().cloned().collect();
            assert_eq!(found_versions, versions, "{week}");
            let found_groups = found
                .groups
                .iter()
                .map(|(cohort, count)| (cohort.name(), *count));
            let found_groups: BTreeMap<_, _> = found_groups.collect();
            if by == "version" {
                let mixed = newest.iter().filter(|((it, _), payload)| {
                    it == week && (payload.versions.len() > 1 || payload.unversioned > 0)
                });
                let found = found_groups.get(&Some("mixed".to_owned())).copied();
                assert_eq!(found.unwrap_or_default(), mixed.count() as u64, "{week}");
            } else {
                assert_eq!(found_groups, groups, "{week} by {by}");
            }
            before.clone_from(active);
        }
    }
    let rows = read.ask("active instances", &[Text, Integer]).await;
    let found = rows
        .iter()
        .map(|row| (row[0].text().map(str::to_owned), row[1].integer()));
    let expected = weeks
        .iter()
        .map(|(week, active)| (Some(week.to_string()), Some(active.len() as i64)));
    assert_eq!(found.collect::<Vec<_>>(), expected.collect::<Vec<_>>());

    let retention = read.store.retention(&read.registry, &options(None)).await;
    let retention = retention.expect("an answer");
    let (first, last) = (
        *weeks.keys().next().expect("a week"),
        *weeks.keys().last().expect("a week"),
    );
    let all = retention.cohorts.last().expect("all");
    let joined = lives.values().filter(|weeks| weeks.first() != Some(&first));
    let joined: Vec<&BTreeSet<Week>> = joined.collect();
    assert!(all.is_all && joined.len() > 3, "{}", joined.len());
    assert_eq!(all.instances, joined.len() as u64);
    assert_eq!(
        retention.from_the_start,
        (lives.len() - joined.len()) as u64
    );
    for (offset, kept) in OFFSETS.into_iter().zip(all.kept) {
        let then = joined.iter().map(|weeks| {
            let then = weeks.first().expect("a week").forward(offset);
            (then <= last, weeks.contains(&then))
        });
        let known = then.clone().filter(|(is_known, _)| *is_known).count();
        let active = then.filter(|(_, is_active)| *is_active).count();
        assert_eq!(kept, (known as u64, active as u64), "after {offset} weeks");
    }
    let rows = read
        .ask("retention by the first week", &[Text, Text, Integer])
        .await;
    let mut pairs: BTreeMap<(String, String), i64> = BTreeMap::new();
    for weeks in lives.values() {
        let first = weeks.first().expect("a week");
        for week in weeks {
            *pairs
                .entry((first.to_string(), week.to_string()))
                .or_default() += 1;
        }
    }
    let rows = rows.iter().map(|row| {
        let text = |place: usize| row[place].text().expect("a week").to_owned();
        ((text(0), text(1)), row[2].integer().expect("a count"))
    });
    assert_eq!(rows.collect::<BTreeMap<_, _>>(), pairs);

    let rows = read.ask("conversion of a funnel", &[Text, Number]).await;
    let truth = read.fleet.truth(&read.registry, "SearchInsightFunnel");
    let (ping, metric) = read
        .registry
        .metric("SearchInsightFunnel")
        .expect("a funnel");
    let mut reached: BTreeMap<String, [f64; 2]> = BTreeMap::new();
    for ((week, _), payload) in &newest {
        let life = ping.life(metric);
        let trusts = |version| life.trust(version) == Trust::Trusted;
        if payload.unversioned > 0 || !payload.versions.keys().copied().all(trusts) {
            continue;
        }
        let outcome = payload
            .metrics
            .get("SearchInsightFunnel")
            .map(|it| &it.outcome);
        let Some(Ok(Value::Steps(steps))) = outcome else {
            continue;
        };
        let sums = reached.entry(week.to_string()).or_default();
        for (sum, step) in sums.iter_mut().zip(steps) {
            let named = step.measures.iter().find(|(name, _)| *name == "reached");
            *sum += named
                .and_then(|it| it.1.as_ref()?.as_f64())
                .expect("a number");
        }
    }
    assert!(truth.len() >= reached.len() && rows.len() == reached.len());
    for (row, (week, [first, second])) in rows.iter().zip(reached) {
        assert_eq!(row[0].text(), Some(week.as_str()));
        let expected = (first > 0.0).then(|| second / first);
        assert!(is_near(number(&row[1]), expected), "{row:?} {expected:?}");
    }
}

#[tokio::test]
async fn usage_is_the_truth_on_sqlite() {
    usage_is_the_truth(Kind::Sqlite, 7).await;
}

#[tokio::test]
async fn usage_is_the_truth_on_postgresql() {
    usage_is_the_truth(Kind::Postgres, 8).await;
}

#[tokio::test]
async fn usage_is_the_truth_on_clickhouse() {
    usage_is_the_truth(Kind::ClickHouse, 8).await;
}
