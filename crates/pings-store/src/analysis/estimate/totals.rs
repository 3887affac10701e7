//! Estimates from the store: totals week by week, and growth between two weeks.

use pings_database::{Error, Result};
use pings_model::{Metric, Period, Registry};
use pings_payload::Week;
use time::OffsetDateTime;

use super::answer::{Estimate, Growth, Matched, Refusal};
use super::load::{OfCode, panels};
use super::model::Model;
use super::panel::Panel;
use crate::analysis::series::{
    SeriesOptions, Span, incomplete, metric, origins, stored_weeks, weeks, window,
};
use crate::reader::Reader;
use crate::registry::measures::{Together, dimensions, measures};
use crate::store::Store;

/// The number of weeks before and after the wanted ones that are used, too.
const AROUND: u32 = 26;

/// The number of weeks over which growth is measured by default.
const GROWTH: u32 = 25;

/// The estimated totals of a measure.
#[derive(Clone, Debug, PartialEq)]
pub struct EstimatedSeries {
    /// The measure.
    pub measure: String,
    /// The totals by week, or why there is none.
    pub weeks: Vec<(Week, std::result::Result<Estimate, Refusal>)>,
}

impl EstimatedSeries {
    /// Returns the estimate of a week, if the week was asked for.
    #[must_use]
    pub fn of(&self, week: Week) -> Option<&std::result::Result<Estimate, Refusal>> {
        let found = self.weeks.iter().find(|(it, _)| *it == week);
        found.map(|(_, estimate)| estimate)
    }
}

/// The estimated growth of a code.
#[derive(Clone, Debug, PartialEq)]
pub struct CodeGrowth {
    /// The code.
    pub code: String,
    /// The window of the values.
    pub window: Period,
    /// The first week.
    pub from: Week,
    /// The last week.
    pub to: Week,
    /// The growth of each measure that is added up over instances.
    pub measures: Vec<MeasureGrowth>,
}

/// The estimated growth of a measure.
#[derive(Clone, Debug, PartialEq)]
pub struct MeasureGrowth {
    /// The measure.
    pub measure: String,
    /// The total of the first week.
    pub from: std::result::Result<Estimate, Refusal>,
    /// The total of the last week.
    pub to: std::result::Result<Estimate, Refusal>,
    /// The growth, or why there is none.
    pub growth: std::result::Result<Growth, Refusal>,
    /// The sums over the instances that are trusted in both weeks.
    pub matched: Matched,
}

impl Store {
    /// Returns estimated totals of a code over all instances that reported, for each measure that
    /// is added up over instances. The weeks are those of [`Store::series`] with the same options.
    ///
    /// # Errors
    ///
    /// Returns an error if the code has no such measure or is grouped, or if the database fails.
    pub async fn estimates(
        &self,
        registry: &Registry,
        code: &str,
        options: &SeriesOptions,
    ) -> Result<Vec<EstimatedSeries>> {
        self.estimates_of(registry, code, options, usize::MAX).await
    }

    /// Returns the estimated totals of the first measure that is added up over instances.
    pub(crate) async fn main_estimate(
        &self,
        registry: &Registry,
        code: &str,
        options: &SeriesOptions,
    ) -> Result<Option<EstimatedSeries>> {
        let estimates = self.estimates_of(registry, code, options, 1).await?;
        Ok(estimates.into_iter().next())
    }

    /// Returns the estimated totals of the first measures. Each measure is a model that is fitted.
    async fn estimates_of(
        &self,
        registry: &Registry,
        code: &str,
        options: &SeriesOptions,
        measures: usize,
    ) -> Result<Vec<EstimatedSeries>> {
        let (_, metric) = metric(registry, code)?;
        let period = window(metric, options.window)?;
        let mut wanted = Wanted::new(metric, period)?;
        wanted.measures.truncate(measures);
        let mut tx = self.read().await?;
        let Some((first, last)) = weeks(&mut tx, registry, (options.weeks, options.until)).await?
        else {
            return Ok(Vec::new());
        };
        let fleet = fleet(&mut tx, registry, &wanted, (first, last), options.now).await?;
        tx.end().await?;
        let all = Span {
            registry,
            weeks: (first, last),
        }
        .all();
        let all: Vec<Week> = all.filter(|week| wanted.has(*week)).collect();
        let measures = wanted.measures.into_iter().zip(&fleet.panels);
        let series = measures.map(|(measure, panel)| {
            let model = Model::new(panel);
            let weeks = all.iter().map(|week| (*week, fleet.total(&model, *week)));
            EstimatedSeries {
                measure,
                weeks: weeks.collect(),
            }
        });
        Ok(series.collect())
    }

    /// Returns the estimated growth of a code over all instances that reported. By default, the
    /// last week is the newest complete one, and the first is 25 weeks before it.
    ///
    /// # Errors
    ///
    /// Returns an error if the code has no measure that is added up over instances, if the weeks
    /// are not in order, or if the database fails.
    pub async fn growth(
        &self,
        registry: &Registry,
        code: &str,
        (from, to): (Option<Week>, Option<Week>),
        now: Option<OffsetDateTime>,
    ) -> Result<Option<CodeGrowth>> {
        let (_, metric) = metric(registry, code)?;
        let period = window(metric, None)?;
        let wanted = Wanted::new(metric, period)?;
        let mut tx = self.read().await?;
        let Some((first, newest)) = stored_weeks(&mut tx, registry).await? else {
            return Ok(None);
        };
        let is_incomplete = incomplete(&mut tx, registry, now).await?;
        let complete = || {
            let mut weeks = (0..)
                .map(|back| newest.back(back))
                .take_while(|week| *week >= first);
            weeks.find(|week| !is_incomplete.contains(week) && wanted.has(*week))
        };
        let to = to.or_else(complete).unwrap_or(newest);
        let from = from.unwrap_or_else(|| {
            let mut weeks = (0..GROWTH).rev().map(|less| to.back(less + 1));
            let start = weeks.find(|week| *week >= first && wanted.has(*week));
            start.unwrap_or(first)
        });
        if from >= to {
            return Err(Error::input(format!("{from} is not before {to}")));
        }
        let fleet = fleet(&mut tx, registry, &wanted, (from, to), now).await?;
        tx.end().await?;
        let measures = wanted.measures.into_iter().zip(&fleet.panels);
        let measures = measures.map(|(measure, panel)| fleet.growth(measure, panel, from, to));
        Ok(Some(CodeGrowth {
            code: code.to_owned(),
            window: period,
            from,
            to,
            measures: measures.collect(),
        }))
    }
}

/// The weeks and measures to estimate.
struct Wanted<'m> {
    metric: &'m Metric,
    period: Period,
    /// The measures that are added up over instances.
    measures: Vec<String>,
}

impl<'m> Wanted<'m> {
    fn new(metric: &'m Metric, period: Period) -> Result<Self> {
        let code = &metric.code;
        if period == Period::Day {
            return Err(Error::input(format!(
                "days are not estimated, because the model compares weeks\nhelp: choose another window of {code}"
            )));
        }
        if crate::analysis::series::is_always_grouped(metric) {
            let by = dimensions(metric).join(", ");
            return Err(Error::input(format!(
                "{code} is always grouped by {by}, and groups are not estimated"
            )));
        }
        let all = measures(metric);
        let sums = all
            .iter()
            .filter(|(_, together)| *together == Together::Sum);
        let measures: Vec<String> = sums.map(|(name, _)| name.clone()).collect();
        if measures.is_empty() {
            let names: Vec<&str> = all.iter().map(|(name, _)| name.as_str()).collect();
            return Err(Error::input(format!(
                "{code} has no measure that is added up over instances, and only those are estimated\nhelp: its measures are {}",
                names.join(", ")
            )));
        }
        Ok(Self {
            metric,
            period,
            measures,
        })
    }

    /// Whether a window ends in a week.
    fn has(&self, week: Week) -> bool {
        let window = self.period.spans(week).first().copied();
        window.is_some_and(|window| window.end() > week.start())
    }
}

/// The values of all instances around the wanted weeks.
struct Fleet {
    first: Week,
    panels: Vec<Panel>,
    incomplete: std::collections::BTreeSet<Week>,
}

async fn fleet(
    tx: &mut Reader,
    registry: &Registry,
    wanted: &Wanted<'_>,
    (from, to): (Week, Week),
    now: Option<OffsetDateTime>,
) -> Result<Fleet> {
    let (ping, _) = metric(registry, &wanted.metric.code)?;
    let (stored, newest) = stored_weeks(tx, registry).await?.unwrap_or((from, to));
    let incomplete = incomplete(tx, registry, now).await?;
    let first = from.back(AROUND).max(stored);
    let newest = incomplete.first().map_or(newest, |week| week.back(1));
    let last = to.forward(AROUND).min(newest).max(first);
    let origins = origins(tx, registry).await?;
    let of = OfCode {
        code: &wanted.metric.code,
        life: ping.life(wanted.metric),
        period: wanted.period,
        measures: &wanted.measures,
        origins: &origins,
    };
    let weeks = (first, last);
    let panels = panels(tx, of, Span { registry, weeks }).await?;
    Ok(Fleet {
        first,
        panels,
        incomplete,
    })
}

impl Fleet {
    /// Returns the place of a week in the panels.
    fn place(&self, week: Week) -> std::result::Result<usize, Refusal> {
        if self.incomplete.contains(&week) {
            return Err(Refusal::Incomplete);
        }
        let weeks = self.panels.first().map_or(0, |panel| panel.weeks);
        let mut places = 0..weeks;
        let place = places.find(|place| self.first.forward(*place as u32) == week);
        place.ok_or(Refusal::Nothing)
    }

    fn total(&self, model: &Model<'_>, week: Week) -> std::result::Result<Estimate, Refusal> {
        model.total(self.place(week)?)
    }

    fn growth(&self, measure: String, panel: &Panel, from: Week, to: Week) -> MeasureGrowth {
        let model = Model::new(panel);
        let places = self
            .place(from)
            .and_then(|from| Ok((from, self.place(to)?)));
        MeasureGrowth {
            measure,
            from: self.total(&model, from),
            to: self.total(&model, to),
            growth: places.and_then(|(from, to)| model.growth(from, to)),
            matched: places
                .map_or_else(|_| Matched::default(), |(from, to)| model.matched(from, to)),
        }
    }
}
