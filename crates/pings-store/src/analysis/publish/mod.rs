//! What may be published of a code: sums over trusted instances that tell nothing about few of them.
//!
//! `panel.rs` to `publication.rs` are pure; `load.rs` reads the panel.

mod choose;
mod groups;
mod load;
mod panel;
mod publication;
mod rules;
#[cfg(test)]
mod tests;

use pings_database::{Error, Result};
use pings_model::{Metric, Ping, Registry, Sensitivity, Source};
use pings_payload::{Vocabulary, Week};
use time::{Duration, OffsetDateTime};

use crate::analysis::series::{self, incomplete, metric, window};
use crate::registry::measures::{Together, dimensions, measures};
use crate::store::Store;
use publication::Subject;
pub use publication::{PublicNumbers, PublicWeek, Publication, Withheld};

/// The smallest number of instances that may be behind a published number.
pub const LEAST_INSTANCES: u32 = 5;

/// What to publish.
#[derive(Clone, Debug)]
pub struct PublishOptions {
    /// The measure; by default the first that adds up.
    pub measure: Option<String>,
    /// The dimension by which the values are grouped.
    pub by: Option<String>,
    /// The minimum number of instances behind each number, at least [`LEAST_INSTANCES`].
    pub k: u32,
    /// The number of weeks.
    pub weeks: u32,
    /// The last week; by default the newest that can be published.
    pub until: Option<Week>,
    /// The number of days after its end before a week is published.
    pub after: u32,
    /// The current time.
    pub now: OffsetDateTime,
}

impl Store {
    /// Returns what may be published of a code.
    ///
    /// # Errors
    ///
    /// Returns an error if the registry does not have the code, the measure or the dimension, if the
    /// code must not be published, or if the database does not answer.
    pub async fn publication(
        &self,
        registry: &Registry,
        code: &str,
        options: &PublishOptions,
    ) -> Result<Publication> {
        let (ping, metric) = metric(registry, code)?;
        check(ping, metric, options)?;
        let subject = Subject {
            code: code.to_owned(),
            measure: measure(metric, options.measure.as_deref())?,
            by: by(metric, options.by.as_deref())?,
        };
        let mut tx = self.read().await?;
        let incomplete = incomplete(&mut tx, registry, Some(options.now)).await?;
        let wait = Duration::days(i64::from(options.after));
        let is_due = |week: Week| {
            !incomplete.contains(&week) && week.end().saturating_add(wait) <= options.now
        };
        let mut until = options.until;
        let newest = series::stored_weeks(&mut tx, registry).await?;
        if let Some((first, mut newest)) = newest {
            while newest > first && !is_due(newest) {
                newest = newest.back(1);
            }
            until = Some(until.map_or(newest, |until| until.min(newest)));
        }
        let span = series::weeks(&mut tx, registry, (options.weeks, until)).await?;
        let weeks = span
            .into_iter()
            .flat_map(|weeks| series::Span { registry, weeks }.all());
        let weeks: Vec<Week> = weeks.filter(|week| is_due(*week)).collect();
        let source = load::Source {
            registry,
            life: ping.life(metric),
            // A week is stored under the name of its code.
            code,
            measure: &subject.measure,
            by: subject.by.as_deref(),
            vocabulary: &Vocabulary::new(registry, ping, metric),
        };
        let panel = load::panel(&mut tx, &source, &weeks).await?;
        tx.end().await?;
        Ok(publication::publication(&panel, subject, options.k))
    }
}

/// Checks that a code may be published.
fn check(ping: &Ping, metric: &Metric, options: &PublishOptions) -> Result<()> {
    let code = &metric.code;
    let refusal = if options.k < LEAST_INSTANCES {
        format!("a number must be about at least {LEAST_INSTANCES} instances")
    } else if ping.sensitivity == Sensitivity::Identifying {
        format!(
            "{code} must not be published: its ping `{}` has `sensitivity: identifying`",
            ping.id
        )
    } else if matches!(metric.source, Source::Funnel(_)) {
        format!("{code} is a funnel, whose steps have no sum")
    } else if !window(metric, None)?.is_week() {
        format!("{code} has no values of weeks, and only these are published")
    } else {
        return Ok(());
    };
    Err(Error::input(refusal))
}

/// Returns the measure, which must add up.
fn measure(metric: &Metric, wanted: Option<&str>) -> Result<String> {
    let all = measures(metric).into_iter();
    let sums = all.filter(|(_, together)| *together == Together::Sum);
    let sums: Vec<String> = sums.map(|(name, _)| name).collect();
    let found = match wanted {
        None => sums.first(),
        Some(wanted) => sums.iter().find(|name| *name == wanted),
    };
    found.cloned().ok_or_else(|| {
        let code = &metric.code;
        let help = match sums.is_empty() {
            true => {
                "a mean, a minimum or a maximum of all instances can reveal one of them".to_owned()
            }
            false => format!("its measures that add up are {}", sums.join(", ")),
        };
        let problem = match wanted {
            Some(wanted) => format!("{code} has no measure `{wanted}` that adds up"),
            None => format!("{code} has no measure that adds up"),
        };
        Error::input(format!("{problem}\nhelp: {help}"))
    })
}

/// Returns the dimension.
fn by(metric: &Metric, wanted: Option<&str>) -> Result<Option<String>> {
    let Some(wanted) = wanted else {
        return Ok(None);
    };
    let known = dimensions(metric);
    if known.contains(&wanted) {
        return Ok(Some(wanted.to_owned()));
    }
    let help = match known.as_slice() {
        [] => "it has no dimensions".to_owned(),
        known => format!("its dimensions are {}", known.join(", ")),
    };
    let code = &metric.code;
    Err(Error::input(format!(
        "{code} has no dimension `{wanted}`\nhelp: {help}"
    )))
}
