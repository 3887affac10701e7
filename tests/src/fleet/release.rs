//! Versions of the product, and when they came out.

use pings_model::Version;

/// A version that came out.
#[derive(Clone, Copy, Debug)]
pub struct Release {
    /// The version.
    pub version: Version,
    /// The week, counted from the fleet's first.
    pub week: i64,
}

/// How many weeks lie between two releases.
const EVERY: i64 = 4;

/// How many weeks of releases there were before the fleet was first seen.
const BEFORE: i64 = 12;

/// The first of them.
const FIRST: u32 = 30;

/// Those up to a week, from `3.30.0` on; each third has a patch two weeks later.
pub fn releases(weeks: u32) -> Vec<Release> {
    let mut releases = Vec::new();
    for (minor, week) in (FIRST..).zip((-BEFORE..i64::from(weeks)).step_by(EVERY as usize)) {
        releases.push((format!("3.{minor}.0"), week));
        if minor.is_multiple_of(3) && week + 2 < i64::from(weeks) {
            releases.push((format!("3.{minor}.1"), week + 2));
        }
    }
    let releases = releases.into_iter().map(|(version, week)| Release {
        version: version.parse().expect("a version"),
        week,
    });
    releases.collect()
}
