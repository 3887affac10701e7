//! The numbers of a week, counted from the events without the database.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use super::events::{Event, UPGRADE, WEEK, name, start};

/// Numbers by week, code, dimensions and measure, as the store keeps them.
pub(crate) type Numbers = BTreeMap<[String; 4], Option<f64>>;

/// How many weeks of events are kept.
pub(crate) const KEPT: usize = 8;

/// Returns the start of the oldest week that was not pruned when the events of a week were logged.
/// Every fourth week, events that are older than [`KEPT`] weeks are pruned.
fn pruned_before(logged: usize) -> i64 {
    let last = (0..logged).rev().find(|week| is_pruning(*week));
    last.map_or(i64::MIN, |week| start(week - KEPT))
}

/// Returns whether old events are pruned after a week was sent.
pub(crate) fn is_pruning(week: usize) -> bool {
    week >= KEPT && week % 4 == 3
}

/// The events that were logged up to a week, in the order of their times.
pub(crate) struct Truth<'e> {
    known: Vec<&'e Event>,
    /// The events without those that came after their week was pruned, which count only for all time.
    counted: Vec<&'e Event>,
}

impl<'e> Truth<'e> {
    /// Returns the truth at the end of a week.
    pub(crate) fn new(events: &'e [Event], up_to: usize) -> Self {
        let known = events.iter().filter(|it| it.logged <= up_to);
        let mut known: Vec<&Event> = known.collect();
        known.sort_by_key(|it| it.at);
        let counted = known.iter().copied();
        let counted = counted.filter(|it| it.at >= pruned_before(it.logged));
        Self {
            counted: counted.collect(),
            known,
        }
    }

    /// Returns the events from a time to another.
    fn between(&self, from: i64, end: i64) -> impl Iterator<Item = &'e Event> + use<'e> {
        let from = self.counted.partition_point(|it| it.at < from);
        let end = self.counted.partition_point(|it| it.at < end);
        let events: Vec<&Event> = self.counted[from..end].to_vec();
        events.into_iter()
    }

    /// Returns the numbers of a week.
    pub(crate) fn week(&self, week: usize) -> Numbers {
        let (from, end) = (start(week), start(week) + WEEK);
        let within = |from: i64| self.between(from, end);
        let named = |name: &'static str| move |it: &&Event| it.name == name;
        let mut numbers = Writer {
            week: name(week),
            numbers: Numbers::new(),
        };

        let mut boards: BTreeMap<String, Vec<&Event>> = BTreeMap::new();
        for post in within(from).filter(named("Post")) {
            let board = match post.board {
                Some("spam") => json!({ "board": "@other" }),
                board => json!({ "board": board }),
            };
            boards.entry(board.to_string()).or_default().push(post);
        }
        for (board, posts) in boards {
            numbers.count("Posts", &board, "count", posts.len());
            numbers.count("Posts", &board, "unique_users", people(posts).len());
        }

        let mut lengths: Vec<f64> = within(from)
            .filter(named("Post"))
            .filter_map(|it| it.number)
            .map(|length| length as f64)
            .collect();
        lengths.sort_by(f64::total_cmp);
        let count = lengths.len() as f64;
        let mean = lengths.iter().sum::<f64>() / count;
        let squares: f64 = lengths.iter().map(|it| (it - mean) * (it - mean)).sum();
        let middle = lengths.len() / 2;
        let median = match lengths.len() % 2 {
            0 => (lengths[middle - 1] + lengths[middle]) / 2.0,
            _ => lengths[middle],
        };
        for (measure, value) in [
            ("avg", mean),
            ("min", lengths[0]),
            ("max", lengths[lengths.len() - 1]),
            ("median", median),
            ("stddev", (squares / (count - 1.0)).sqrt()),
        ] {
            numbers.add("Lengths", "{}", measure, value);
        }

        let reads = |from: i64| within(from).filter(named("Read"));
        numbers.count("Readers", "{}", "unique_users", people(reads(from)).len());
        if week >= 3 {
            // The four weeks that end with this one.
            let readers = people(reads(start(week - 3))).len();
            numbers.count("Readers@days_28", "{}", "unique_users", readers);
        }

        let mut first: BTreeMap<(u64, &str), i64> = BTreeMap::new();
        for post in self.counted.iter().filter(|it| it.name == "Post") {
            if let Some(person) = post.person() {
                let at = first.entry(person).or_insert(post.at);
                *at = post.at.min(*at);
            }
        }
        let new = first
            .values()
            .filter(|at| (from..end).contains(*at))
            .count();
        numbers.count("NewWriters", "{}", "first_time_users", new);

        let ever = || {
            self.known
                .iter()
                .copied()
                .filter(|it| it.name == "Post" && it.at < end)
        };
        numbers.count("PostsEver@all_time", "{}", "count", ever().count());
        numbers.count(
            "PostsEver@all_time",
            "{}",
            "unique_users",
            people(ever()).len(),
        );

        let mut read: BTreeMap<(u64, &str), i64> = BTreeMap::new();
        for event in reads(from) {
            if let Some(person) = event.person() {
                let at = read.entry(person).or_insert(event.at);
                *at = event.at.min(*at);
            }
        }
        let posts = || within(from).filter(named("Post"));
        let after = posts().filter(|it| {
            let read = it.person().and_then(|person| read.get(&person));
            read.is_some_and(|read| it.at >= *read)
        });
        let after = people(after).len();
        let steps = [
            ("Read", reads(from).count(), read.len(), read.len()),
            ("Post", posts().count(), people(posts()).len(), after),
        ];
        for (number, (event, count, users, reached)) in (1..).zip(steps) {
            let step = json!({ "step": number, "events": [event] }).to_string();
            numbers.count("ReadThenPost", &step, "count", count);
            numbers.count("ReadThenPost", &step, "users", users);
            numbers.count("ReadThenPost", &step, "reached", reached);
        }

        if week >= UPGRADE {
            let hits = within(from)
                .filter(named("Search"))
                .filter_map(|it| it.number);
            numbers.add("Hits", "{}", "sum", hits.sum::<i64>() as f64);
        }
        numbers.numbers
    }
}

/// Returns how the store judges the posts of a week.
pub(crate) fn trust(week: usize) -> &'static str {
    match week {
        9 | 12 => "partly_broken",
        10 | 11 => "broken",
        _ => "trusted",
    }
}

fn people<'e>(events: impl IntoIterator<Item = &'e Event>) -> BTreeSet<(u64, &'e str)> {
    events.into_iter().filter_map(Event::person).collect()
}

struct Writer {
    week: String,
    numbers: Numbers,
}

impl Writer {
    fn add(&mut self, code: &str, dimensions: &str, measure: &str, value: f64) {
        let key = [&self.week, code, dimensions, measure].map(str::to_owned);
        self.numbers.insert(key, Some(value));
    }

    fn count(&mut self, code: &str, dimensions: &str, measure: &str, count: usize) {
        self.add(code, dimensions, measure, count as f64);
    }
}
