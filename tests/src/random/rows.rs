//! Rows of random event logs.

use pings_model::Registry;
use proptest::prelude::*;
use proptest::sample::select;

use super::FIRST_WEEK;
use super::arguments::{Arguments, any_text, argument};
use crate::oracle::{LogRow, WEEK};

const HOUR: i64 = 60 * 60 * 1000;

/// Names that no event ever had.
const UNKNOWN: &[&str] = &["Build.finished", "build.finished ", "", "CLOSED", "opened%"];

const VISITORS: &[&str] = &["a", "A", "1", "2", " 1", "é", "e\u{301}", "it's", "backend"];

/// Times in a week that occur frequently, so that events coincide.
const OFTEN: &[i64] = &[HOUR, HOUR + 1, HOUR + 500, HOUR + 1000, 2 * HOUR, 70 * HOUR];

/// Times in a week that are close to its borders.
const BORDERS: &[i64] = &[
    0,
    1,
    999,
    WEEK - 1,
    WEEK - 2,
    WEEK - 1000,
    // The week begins earlier in Tokyo than in UTC, and later in New York.
    WEEK - 9 * HOUR,
    5 * HOUR - 1,
];

/// Returns a strategy for a row of any event, user and time.
pub fn row(registry: &Registry, arguments: Arguments) -> impl Strategy<Value = LogRow> + use<> {
    let sources = select(&["WEB", "IDE", "BACKEND"][..]);
    let versions = select(&["3.36.0", "3.0.0", "", "dev"][..]);
    (
        name(registry),
        user(),
        argument(arguments),
        time(),
        sources,
        versions,
    )
        .prop_map(
            |(name, (user_id, anonymous_user_id), argument, timestamp, source, version)| LogRow {
                name,
                user_id,
                anonymous_user_id,
                argument,
                timestamp,
                source: source.to_owned(),
                version: version.to_owned(),
            },
        )
}

/// Returns a strategy for names: current names, older names, and similar unknown names.
fn name(registry: &Registry) -> impl Strategy<Value = String> + use<> {
    let names: Vec<String> = registry.events().iter().map(|e| e.name.clone()).collect();
    let old: Vec<String> = registry
        .events()
        .iter()
        .flat_map(|event| event.renamed_from.clone())
        .collect();
    prop_oneof![
        12 => select(names),
        3 => select(old),
        1 => select(UNKNOWN).prop_map(str::to_owned),
    ]
}

/// Returns a strategy for users: a few frequent users, visitors with the same names as users, and
/// no user.
fn user() -> impl Strategy<Value = (i64, String)> {
    let users = prop_oneof![
        5 => Just(1),
        3 => Just(2),
        1 => select(vec![3, 4, 10, i64::from(i32::MAX)]),
    ];
    let visitors = || prop_oneof![20 => select(VISITORS).prop_map(str::to_owned), 1 => any_text()];
    prop_oneof![
        3 => (users.clone(), Just(String::new())),
        3 => (users, visitors()),
        4 => (Just(0), visitors()),
        1 => (Just(-1), visitors()),
        1 => (select(&[0, -1][..]), Just(String::new())),
    ]
}

/// Returns a strategy for times: around the borders of weeks in UTC and in other time zones, and
/// times that occur frequently.
fn time() -> impl Strategy<Value = i64> {
    let week = prop_oneof![1 => Just(0), 4 => Just(1), 1 => Just(2), 1 => -1..4_i64];
    let moment = prop_oneof![
        3 => select(OFTEN),
        2 => select(BORDERS),
        2 => 0..WEEK,
    ];
    (week, moment).prop_map(|(week, moment)| FIRST_WEEK + week * WEEK + moment)
}
