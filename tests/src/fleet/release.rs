//! Versions of the product and their release dates.

use pings_model::Version;

/// A released version.
#[derive(Clone, Copy, Debug)]
pub struct Release {
    /// The version.
    pub version: Version,
    /// The week of the release, relative to the first week of the fleet.
    pub week: i64,
}

/// The number of weeks between two releases.
const EVERY: i64 = 4;

/// The number of weeks with releases before the first week of the fleet.
const BEFORE: i64 = 12;

/// The minor version of the first release.
const FIRST: u32 = 30;

/// Returns the releases up to a week, starting with `3.30.0`. Every third release has a patch
/// release two weeks later.
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
