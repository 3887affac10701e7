//! The events of the year, drawn from a seed.

use serde_json::{Value as Json, json};

/// The number of weeks.
pub(crate) const WEEKS: usize = 52;

/// The first week in which the product has the version 2.0.0, which adds the event `Search`.
pub(crate) const UPGRADE: usize = 20;

const HOUR: i64 = 3_600_000;

/// The length of a week in milliseconds.
pub(crate) const WEEK: i64 = 7 * 24 * HOUR;

/// The start of the first week, Monday 2020-05-11 UTC, in Unix milliseconds.
const FIRST: i64 = 1_589_155_200_000;

/// An event. The week in which it is logged can be later than the week in which it happened.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    /// When it happened, in Unix milliseconds.
    pub(crate) at: i64,
    /// The week in which it was logged.
    pub(crate) logged: usize,
    pub(crate) name: &'static str,
    /// The signed-in user, or 0.
    pub(crate) user: u64,
    /// The visitor, or an empty text.
    pub(crate) visitor: String,
    pub(crate) board: Option<&'static str>,
    pub(crate) number: Option<i64>,
    pub(crate) version: &'static str,
}

/// Returns the first instant of a week in Unix milliseconds.
pub(crate) fn start(week: usize) -> i64 {
    FIRST + week as i64 * WEEK
}

/// Returns the name of a week. The year 2020 has 53 weeks.
pub(crate) fn name(week: usize) -> String {
    match week {
        0..=33 => format!("2020-W{}", week + 20),
        _ => format!("2021-W{:02}", week - 33),
    }
}

impl Event {
    /// Returns the argument as it is logged.
    pub(crate) fn argument(&self) -> Json {
        let mut argument = json!({});
        if let Some(board) = self.board {
            argument["board"] = board.into();
        }
        if let Some(number) = self.number {
            argument[if self.name == "Search" {
                "hits"
            } else {
                "length"
            }] = number.into();
        }
        argument
    }

    /// Returns whom the event counts for: the user, or else the visitor.
    pub(crate) fn person(&self) -> Option<(u64, &str)> {
        match (self.user, self.visitor.as_str()) {
            (0, "") => None,
            (0, visitor) => Some((0, visitor)),
            (user, _) => Some((user, "")),
        }
    }
}

/// A generator of pseudo-random numbers (SplitMix64).
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % end
    }

    fn percent(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    fn one_of<T: Copy>(&mut self, values: &[T]) -> T {
        values[self.below(values.len() as u64) as usize]
    }
}

/// Returns the version that logs an event: 1.1.0 is broken, and in two weeks two versions ran.
fn version(at: i64) -> &'static str {
    let from = |week: usize, days: i64| start(week) + days * 24 * HOUR;
    match at {
        at if at < from(9, 3) => "1.0.0",
        at if at < from(12, 2) => "1.1.0",
        at if at < from(UPGRADE, 0) => "1.2.0",
        _ => "2.0.0",
    }
}

/// Returns the events of the year in the order in which they are logged.
pub(crate) fn events(seed: u64) -> Vec<Event> {
    let mut chance = Chance(seed);
    let mut events = Vec::new();
    for week in 0..WEEKS {
        let count = 80 + week as u64 + chance.below(20);
        for place in 0..count {
            let offset = match place {
                0 => 0,
                1 => WEEK - 1,
                _ => chance.below(WEEK as u64) as i64,
            };
            let mut event = event(&mut chance, week, start(week) + offset);
            if place == 0 {
                // The first user posts first.
                (event.name, event.user, event.logged) = ("Post", 1, week);
            }
            events.push(event);
        }
        // Events that are so late that the events of their week were removed.
        if week >= 30 && week % 6 == 0 {
            let mut event = event(&mut chance, week, start(week - 14) + 5 * HOUR);
            (event.name, event.user, event.logged) = ("Post", 1, week);
            events.push(event);
        }
    }
    events.sort_by_key(|event| event.logged);
    events
}

/// Draws an event that happens in a week.
fn event(chance: &mut Chance, week: usize, at: i64) -> Event {
    let name = match chance.below(10) {
        0..=4 => "Post",
        9 if week >= UPGRADE => "Search",
        _ => "Read",
    };
    let user = match chance.percent(80) {
        true => 1 + chance.below(15 + week as u64 / 2),
        false => 0,
    };
    let visitor = match chance.percent(if user == 0 { 75 } else { 10 }) {
        true => format!("visitor-{}", chance.below(10 + week as u64 / 4)),
        false => String::new(),
    };
    // Each week with late events is assembled up to five times more, so not all weeks have some.
    let late = if week % 6 < 2 && chance.percent(15) {
        1 + chance.below(5) as usize
    } else {
        0
    };
    let board = chance.one_of(&[Some("news"), Some("help"), Some("talk"), Some("spam"), None]);
    let number = chance.percent(95).then(|| chance.below(500) as i64);
    Event {
        at,
        logged: (week + late).min(WEEKS - 1),
        name,
        user,
        visitor,
        board: board.filter(|_| name == "Post"),
        number: number.filter(|_| name != "Read"),
        version: version(at),
    }
}
