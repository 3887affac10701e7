//! How instances use a metric: the spread of its values over trusted instances, week by week.

mod spread;
mod values;

use std::collections::BTreeMap;

use pings_database::{Error, Mode, Result};
use pings_model::{Metric, Period, Registry, Source, Span};
use pings_payload::Week;
use serde_json::{Map, Value as Json, json};
use time::OffsetDateTime;

use crate::analysis::cohort::{Cohort, Cohorts, InstancesBy};
use crate::analysis::series::{self, incomplete, metric, origins};
use crate::registry::measures::{Together, dimensions, measures};
use crate::registry::windowed::stored_code;
use crate::store::Store;
pub use spread::{Spread, Statistic};
use values::Rows;

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
    /// The window of the values; by default the week, or else the shortest window of the metric.
    pub window: Option<Period>,
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
    /// The window of the values.
    pub window: Period,
    /// The property by which instances are grouped.
    pub by: Option<InstancesBy>,
    /// The weeks, without gaps, with an entry for each window.
    pub weeks: Vec<UsageWeek>,
}

/// How instances use a metric in a window.
#[derive(Clone, Debug, PartialEq)]
pub struct UsageWeek {
    /// The week.
    pub week: Week,
    /// The window of the values.
    pub window: Span,
    /// Whether the fleet had time to send the week.
    pub is_complete: bool,
    /// The number of instances with a value, trusted or not.
    pub measured: u64,
    /// The values of trusted instances.
    pub spread: Spread,
    /// The values of trusted instances by group, in the order of the groups.
    pub groups: Vec<(Cohort, Spread)>,
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
        let mut usage = Usage {
            code: code.to_owned(),
            measure,
            window: series::window(metric, options.window)?,
            by: options.by.clone(),
            weeks: Vec::new(),
        };
        let mut tx = self.database.begin(Mode::Read).await?;
        let mut cohorts = Cohorts::load(&mut tx, options.by.as_ref()).await?;
        let weeks = (options.weeks, options.until);
        let Some((first, last)) = series::weeks(&mut tx, registry, weeks).await? else {
            return Ok(usage);
        };
        let origins = origins(&mut tx, registry).await?;
        let incomplete = incomplete(&mut tx, registry, options.now).await?;
        let mut rows = BTreeMap::new();
        for week in (series::Span {
            registry,
            weeks: (first, last),
        })
        .all()
        {
            cohorts.turn_to(&mut tx, registry, week).await?;
            for window in usage.window.spans(week) {
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
                let measured = values.len() as u64;
                let (mut all, mut groups) = (Vec::new(), BTreeMap::<Cohort, Vec<f64>>::new());
                for value in values.into_iter().filter(|value| value.is_trusted) {
                    all.push(value.value);
                    let versions = origins.versions(value.origin);
                    if let Some(cohort) = cohorts.of(value.instance, versions) {
                        groups.entry(cohort).or_default().push(value.value);
                    }
                }
                let groups = groups.into_iter();
                usage.weeks.push(UsageWeek {
                    week,
                    window,
                    is_complete: !incomplete.contains(&week),
                    measured,
                    spread: Spread::of(all, adds_up),
                    groups: groups
                        .map(|(cohort, values)| (cohort, Spread::of(values, adds_up)))
                        .collect(),
                });
            }
        }
        tx.rollback().await?;
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
    /// Returns the answer as JSON.
    #[must_use]
    pub fn json(&self) -> Json {
        let weeks = self.weeks.iter().map(|week| {
            let mut json = json!({ "week": week.week.to_string() });
            if self.window != Period::Week {
                let [start, end] = week.window.borders();
                // All time begins on another day for each instance.
                if self.window != Period::AllTime {
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
        if self.window != Period::Week {
            json["window"] = json!(self.window);
        }
        json
    }
}
