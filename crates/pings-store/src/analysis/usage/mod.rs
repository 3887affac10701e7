//! How instances use a metric: the spread of its values over trusted instances, week by week.

mod parts;
mod spread;
mod sums;
mod values;
mod week;

use std::collections::BTreeMap;

use pings_database::{Error, Result};
use pings_model::{Metric, Period, Registry, Source};
use pings_payload::Week;
use serde_json::{Map, Value as Json, json};
use time::OffsetDateTime;

use crate::analysis::cohort::{Cohorts, InstancesBy};
use crate::analysis::entry::entry_name;
use crate::analysis::series::{self, incomplete, metric, origins};
use crate::registry::measures::{Together, dimensions, measures};
use crate::registry::windowed::stored_code;
use crate::store::Store;
pub use parts::UsagePeriod;
pub use spread::{Spread, Statistic};
use sums::Sums;
use values::Rows;
use week::Measured;
pub use week::UsageWeek;

/// Options of a usage query.
#[derive(Clone, Debug, Default)]
pub struct UsageOptions {
    /// The number of weeks.
    pub weeks: u32,
    /// The last week; by default the newest that the store has.
    pub until: Option<Week>,
    /// The measure; by default the main one.
    pub measure: Option<String>,
    /// The property by which instances are grouped.
    pub by: Option<InstancesBy>,
    /// The period of time that a value covers; by default the week, or else the shortest window of
    /// the metric.
    pub window: Option<UsagePeriod>,
    /// The current time. A week whose sending window is open is incomplete.
    pub now: Option<OffsetDateTime>,
}

/// How instances use a metric, week by week.
#[derive(Clone, Debug, PartialEq)]
pub struct Usage {
    /// The code.
    pub code: String,
    /// The measure.
    pub measure: String,
    /// The period of time that a value covers.
    pub window: UsagePeriod,
    /// The property by which instances are grouped.
    pub by: Option<InstancesBy>,
    /// The entries in order of time: the weeks, or the windows that they sent.
    pub weeks: Vec<UsageWeek>,
}

impl Store {
    /// Returns how the values of a metric are spread over trusted instances, week by week.
    ///
    /// # Errors
    ///
    /// Returns an error if the registry does not have the code, if the metric has no value per
    /// instance, if there is no such measure, window or attribute, or if the database does not
    /// answer.
    pub async fn usage(
        &self,
        registry: &Registry,
        code: &str,
        options: &UsageOptions,
    ) -> Result<Usage> {
        let (ping, metric) = metric(registry, code)?;
        let (measure, together) = measure(metric, options)?;
        let adds_up = together == Together::Sum;
        let parts = parts::parts(metric, &measure, options.window)?;
        let mut usage = Usage {
            code: code.to_owned(),
            measure,
            window: options.window.unwrap_or(UsagePeriod::Window(parts.window)),
            by: options.by.clone(),
            weeks: Vec::new(),
        };
        let mut tx = self.read().await?;
        let mut cohorts = Cohorts::load(&mut tx, options.by.as_ref()).await?;
        let weeks = (options.weeks, options.until);
        let Some((first, last)) = series::weeks(&mut tx, registry, weeks).await? else {
            return Ok(usage);
        };
        let origins = origins(&mut tx, registry).await?;
        let incomplete = incomplete(&mut tx, registry, options.now).await?;
        let mut rows = BTreeMap::new();
        let mut sums = (parts.months > 0).then(|| Sums::new(parts.months));
        for week in (series::Span {
            registry,
            weeks: (first, last),
        })
        .all()
        {
            cohorts.turn_to(&mut tx, registry, week).await?;
            for window in parts.window.spans(week) {
                if window.end() <= week.start() {
                    continue;
                }
                let stored = stored_code(code, window);
                if !rows.contains_key(&stored) {
                    let of = (ping.life(metric), stored.as_str());
                    let of_measure = (usage.measure.as_str(), adds_up);
                    let found = Rows::find(&mut tx, registry, of, of_measure, &origins).await?;
                    rows.insert(stored.clone(), found);
                }
                let values = match rows.get(&stored) {
                    Some(rows) => rows.of(&mut tx, week).await?,
                    None => Vec::new(),
                };
                let values = values.into_iter().map(|value| Measured {
                    instance: value.instance,
                    is_trusted: value.is_trusted,
                    value: value.value,
                    cohort: cohorts.of(value.instance, origins.versions(value.origin)),
                });
                let (values, is_complete) = (values.collect(), !incomplete.contains(&week));
                match &mut sums {
                    Some(sums) => sums.add(week, window, is_complete, values),
                    None => {
                        let name = (entry_name(week, window), window.borders());
                        let entry = UsageWeek::of(week, name, is_complete, values, adds_up);
                        usage.weeks.push(entry);
                    }
                }
            }
        }
        if let Some(sums) = sums {
            usage.weeks = sums.entries(adds_up);
        }
        tx.end().await?;
        Ok(usage)
    }
}

/// Returns the measure, and how its values are combined.
fn measure(metric: &Metric, options: &UsageOptions) -> Result<(String, Together)> {
    let code = &metric.code;
    if matches!(metric.source, Source::Funnel(_)) {
        return Err(Error::input(format!(
            "{code} is a funnel, whose steps have no common value\nhelp: use `pings store series {code} --conversion`"
        )));
    }
    let all = measures(metric);
    let found = match &options.measure {
        None => all.first(),
        Some(name) => all.iter().find(|(known, _)| known == name),
    };
    let Some((name, together)) = found else {
        let wanted = options.measure.as_deref().unwrap_or_default();
        let known: Vec<&str> = all.iter().map(|(name, _)| name.as_str()).collect();
        return Err(Error::input(format!(
            "{code} has no measure `{wanted}`\nhelp: its measures are {}",
            known.join(", ")
        )));
    };
    if *together != Together::Sum && !dimensions(metric).is_empty() {
        return Err(Error::input(format!(
            "`{name}` of {code} has a value for each group, and none for an instance\nhelp: choose a measure that adds up with --measure, or use `pings store series {code}`"
        )));
    }
    Ok((name.clone(), *together))
}

impl Usage {
    /// Returns whether each value covers a week.
    #[must_use]
    pub fn is_weekly(&self) -> bool {
        self.window == UsagePeriod::Window(Period::Week)
    }

    /// Returns the answer as JSON.
    #[must_use]
    pub fn json(&self) -> Json {
        let weeks = self.weeks.iter().map(|week| {
            let mut json = json!({ "week": week.week.to_string() });
            if !self.is_weekly() {
                let [start, end] = week.borders.clone();
                // All time begins on another day for each instance.
                if self.window != UsagePeriod::Window(Period::AllTime) {
                    json["start"] = start.into();
                }
                json["end"] = end.into();
            }
            json["complete"] = week.is_complete.into();
            json["measured"] = week.measured.into();
            json["trusted"] = week.spread.json();
            if let Some(by) = &self.by {
                let groups = week.groups.iter().map(|(cohort, spread)| {
                    let mut json = Map::new();
                    json.insert(by.name().to_owned(), cohort.name().into());
                    json.insert("trusted".to_owned(), spread.json());
                    Json::from(json)
                });
                json["groups"] = groups.collect();
            }
            json
        });
        let mut json = json!({
            "code": self.code,
            "measure": self.measure,
            "by": self.by.as_ref().map(InstancesBy::name),
            "weeks": weeks.collect::<Vec<_>>(),
        });
        if !self.is_weekly() {
            json["window"] = self.window.as_str().into();
        }
        json
    }
}
