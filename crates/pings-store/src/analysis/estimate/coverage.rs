//! Warns if the trusted instances changed so much that their sum moves with them.

use pings_database::Result;
use pings_model::Registry;
use pings_payload::Week;

use super::answer::Refusal;
use super::totals::EstimatedSeries;
use crate::analysis::series::{Series, SeriesOptions, SeriesWeek};
use crate::store::Store;

/// The change of the share of trusted values from which a series is not comparable.
const CHANGE: f64 = 0.1;

impl Store {
    /// Returns a warning if the trusted instances changed so much that the sums of a series move
    /// with them, and names the command that corrects the series.
    ///
    /// # Errors
    ///
    /// Returns an error if the database fails.
    pub async fn coverage_warning(
        &self,
        registry: &Registry,
        series: &Series,
        options: &SeriesOptions,
    ) -> Result<Option<String>> {
        if !is_needed(series) {
            return Ok(None);
        }
        match self.main_estimate(registry, &series.code, options).await {
            Ok(estimates) => Ok(estimates.and_then(|main| warning(&series.code, &main))),
            // Nothing is added up over the instances.
            Err(error) if error.is_input() => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// Whether trusted instances may have changed, because some instances were not trusted.
fn is_needed(series: &Series) -> bool {
    let untrusted = |week: &SeriesWeek| week.instances.untrusted_share() > 0.0;
    series.weeks.iter().any(untrusted)
}

/// Returns the warning for the main measure, with the command that corrects the series.
fn warning(code: &str, main: &EstimatedSeries) -> Option<String> {
    let shares = main.weeks.iter().filter_map(|(week, estimate)| {
        let share = match estimate {
            Ok(estimate) => estimate.observed,
            Err(Refusal::LittleObserved(share)) => *share,
            Err(Refusal::Uncertain { observed, .. }) => *observed,
            Err(Refusal::NoTrusted) => 0.0,
            Err(_) => return None,
        };
        Some((*week, share))
    });
    let shares: Vec<(Week, f64)> = shares.collect();
    let by_share = |one: &&(Week, f64), other: &&(Week, f64)| one.1.total_cmp(&other.1);
    let (fewest, low) = shares.iter().min_by(by_share)?;
    let (most, high) = shares.iter().max_by(by_share)?;
    if high - low < CHANGE {
        return None;
    }
    let steps = shares.windows(2);
    let largest = steps.max_by(|one, other| {
        let change = |of: &[(Week, f64)]| (of[1].1 - of[0].1).abs();
        change(one).total_cmp(&change(other))
    });
    let step = match largest {
        Some([(_, before), (week, now)]) => {
            let verb = if now < before { "fell" } else { "rose" };
            let (before, now) = (percent(*before), percent(*now));
            format!(" (in {week} the share {verb} from {before} to {now})")
        }
        _ => String::new(),
    };
    let measure = &main.measure;
    Some(format!(
        "the trusted instances had {} of {measure} in {most} and {} in {fewest}{step}, so the values are not comparable\n\
         help: use `pings store series {code} --estimate` or `pings store growth {code}`",
        percent(*high),
        percent(*low),
    ))
}

fn percent(share: f64) -> String {
    format!("{:.0} %", share * 100.0)
}
