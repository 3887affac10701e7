//! The values of a code over trusted instances, week by week.

mod answer;
mod complete;
mod conversion;
mod counts;
mod json;
mod mean;
mod origins;
mod values;
mod week;

use std::collections::BTreeMap;

use pings_database::{Bind, Cell};
use pings_model::{Metric, Period, Ping, Registry, Source, ValueType};
use pings_payload::{FailureKind, Vocabulary, Week};
use time::OffsetDateTime;

use crate::analysis::trust::Label;
use crate::reader::Reader;
use crate::registry::measures::{dimensions, measures};
use crate::registry::windowed::stored_code;
use crate::store::Store;
pub use answer::Series;
pub use json::Per;
use pings_database::{Error, Result};
pub(crate) use week::Span;
pub use week::{Group, Instances, SeriesWeek, Values};

pub(crate) use complete::incomplete;
use counts::OfCode;
pub(crate) use counts::by_origin;
pub(crate) use origins::{Origins, origins};
pub(crate) use values::dimension;

/// Options of a series query.
#[derive(Clone, Debug, Default)]
pub struct SeriesOptions {
    /// The number of weeks.
    pub weeks: u32,
    /// The last week; by default the newest that the store has.
    pub until: Option<Week>,
    /// The dimension by which the values are grouped.
    pub by: Option<String>,
    /// The window of the values; by default the week, or else the shortest window of the metric.
    pub window: Option<Period>,
    /// Whether to add the values over all instances, trusted or not.
    pub all: bool,
    /// The current time. A week whose sending window is open is incomplete.
    pub now: Option<OffsetDateTime>,
}

impl Store {
    /// Returns the values of a code, week by week. The registry determines which data is trusted.
    ///
    /// # Errors
    ///
    /// Returns an error if the registry does not have the code, if the code does not have the
    /// dimension or the window, or if the database does not answer.
    pub async fn series(
        &self,
        registry: &Registry,
        code: &str,
        options: &SeriesOptions,
    ) -> Result<Series> {
        let (ping, metric) = metric(registry, code)?;
        let by = by(metric, options)?;
        let mut series = Series {
            code: code.to_owned(),
            window: window(metric, options.window)?,
            measures: measures(metric),
            merges_groups: by.is_none() && !dimensions(metric).is_empty(),
            by,
            weeks: Vec::new(),
        };
        let mut tx = self.read().await?;
        let wanted = (options.weeks, options.until);
        let Some(weeks) = weeks(&mut tx, registry, wanted).await? else {
            return Ok(series);
        };
        let origins = origins(&mut tx, registry).await?;
        let span = Span { registry, weeks };
        let incomplete = incomplete(&mut tx, registry, options.now).await?;
        let windows = match series.window {
            Period::Day => 0..7,
            _ => 0..1,
        };
        for place in windows {
            let window = (series.window, place);
            let source = (ping, metric, &origins);
            let of_window = weeks_of(&mut tx, &series, window, source, (span, options));
            series.weeks.extend(of_window.await?);
        }
        series.weeks.sort_by_key(|week| (week.week, week.window));
        for week in &mut series.weeks {
            week.is_complete = !incomplete.contains(&week.week);
        }
        counts::silent(&mut tx, &mut series.weeks, registry).await?;
        tx.end().await?;
        Ok(series)
    }
}

/// Returns the values of one window of each week: the only one of its length, or one of its days.
async fn weeks_of(
    tx: &mut Reader,
    series: &Series,
    (period, place): (Period, usize),
    (ping, metric, origins): (&Ping, &Metric, &Origins),
    (span, options): (Span<'_>, &SeriesOptions),
) -> Result<Vec<SeriesWeek>> {
    let of = |week: Week| period.spans(week).get(place).copied();
    let code = of(span.weeks.1).map(|of| stored_code(&metric.code, of));
    let Some(code) = code.as_deref() else {
        return Ok(Vec::new());
    };
    let (registry, life) = (span.registry, ping.life(metric));
    let reports = by_origin(tx, span).await?;
    let (mut told, mut uncaptured): (Vec<counts::Told>, Vec<counts::Told>) = Default::default();
    let mut absent: BTreeMap<Week, u64> = BTreeMap::new();
    let (mut believed, mut all) = (values::Weeks::new(), values::Weeks::new());
    let mut failed: BTreeMap<Week, BTreeMap<FailureKind, u64>> = BTreeMap::new();
    if let Some(id) = code_id(tx, registry, code).await? {
        let query = values::Query {
            code: id,
            measures: &series.measures,
            is_funnel: matches!(metric.source, Source::Funnel(_)),
            by: series.by.as_deref(),
            vocabulary: &Vocabulary::new(registry, ping, metric),
        };
        let trusted = origins.trusted(life, code);
        (believed, all, told) = values::values(tx, &query, span, &trusted).await?;
        told.extend(counts::measured(tx, id, span).await?);
        for (week, origin, count) in &told {
            all.entry(*week).or_default().instances += count;
            if trusted.contains(origin) {
                believed.entry(*week).or_default().instances += count;
            }
        }
        let is_captured = matches!(metric.source, Source::Capture(_) | Source::Sql(_));
        for (week, origin, kind, count) in counts::failed(tx, id, span).await? {
            let never = is_captured && kind == FailureKind::NotCaptured;
            let label = origins.label(life, code, origin);
            let of_no_version = never && !matches!(label, Label::UnknownRegistry | Label::Absent);
            match of_no_version {
                true => uncaptured.push((week, origin, count)),
                false => told.push((week, origin, count)),
            }
            if label == Label::Trusted && kind == FailureKind::Absent {
                *absent.entry(week).or_default() += count;
            } else if label == Label::Trusted || of_no_version {
                *failed.entry(week).or_default().entry(kind).or_default() += count;
            }
        }
        values::add_zeros(&mut believed, &mut all, &query);
    }
    let of_code = OfCode {
        life,
        code,
        origins,
        span,
    };
    let mut weeks = Vec::new();
    for (week, mut instances) in counts::reported(&reports, &told, &uncaptured, of_code) {
        let Some(window) = of(week).filter(|it| it.end() > week.start()) else {
            continue;
        };
        let week_believed = believed.remove(&week).unwrap_or_default();
        instances.failed = failed.remove(&week).unwrap_or_default();
        instances.trusted = week_believed.instances;
        let absent = absent.remove(&week).unwrap_or_default();
        instances.absent += absent;
        let told = instances.trusted + instances.all_failed() + absent;
        instances.without = instances.without.saturating_sub(told);
        let week_all = all.remove(&week).unwrap_or_default();
        let week_all = options.all.then_some(week_all);
        weeks.push(values::week(
            &series.measures,
            (week, window),
            instances,
            week_believed,
            week_all,
        ));
    }
    Ok(weeks)
}

/// Returns the window of the values.
pub(crate) fn window(metric: &Metric, wanted: Option<Period>) -> Result<Period> {
    let mut windows = metric.windows.iter().copied();
    let week = windows.find(|window| window.is_week());
    let shortest = week.or(metric.windows.first().copied());
    let shortest = shortest.unwrap_or(Period::Week);
    match wanted {
        Some(window) if window != shortest && !metric.windows.contains(&window) => {
            let known = match metric.windows.as_slice() {
                [] => "it is captured at the end of each week".to_owned(),
                known => {
                    let known = known.iter().map(|window| window.as_str());
                    format!("its windows are {}", known.collect::<Vec<_>>().join(", "))
                }
            };
            let code = &metric.code;
            let message = format!("{code} has no window `{window}`\nhelp: {known}");
            Err(Error::input(message))
        }
        window => Ok(window.unwrap_or(shortest)),
    }
}

/// Returns a metric and its ping.
pub(crate) fn metric<'r>(registry: &'r Registry, code: &str) -> Result<(&'r Ping, &'r Metric)> {
    registry
        .metric(code)
        .ok_or_else(|| Error::input(format!("the registry has no metric `{code}`")))
}

/// Returns the requested dimension. The steps of a funnel are never combined, and neither are the
/// values of a thing.
fn by(metric: &Metric, options: &SeriesOptions) -> Result<Option<String>> {
    let known = dimensions(metric);
    let Some(by) = options.by.as_deref() else {
        let first = known.first().map(|it| (*it).to_owned());
        return Ok(first.filter(|_| is_always_grouped(metric)));
    };
    if known.contains(&by) {
        return Ok(Some(by.to_owned()));
    }
    let help = match known.as_slice() {
        [] => "it has no dimensions".to_owned(),
        known => format!("its dimensions are {}", known.join(", ")),
    };
    Err(Error::input(format!(
        "{} has no dimension `{by}`\nhelp: {help}",
        metric.code
    )))
}

/// Whether the values of groups are never combined.
pub(crate) fn is_always_grouped(metric: &Metric) -> bool {
    let is_grouped = match &metric.source {
        Source::Funnel(_) | Source::Value(_) => true,
        Source::Capture(capture) => capture.one_row,
        Source::Events(_) | Source::Sql(_) => false,
    };
    is_grouped && !dimensions(metric).is_empty()
}

/// Returns the requested weeks that the store has: their number, and the last of them.
pub(crate) async fn weeks(
    tx: &mut Reader,
    registry: &Registry,
    (count, until): (u32, Option<Week>),
) -> Result<Option<(Week, Week)>> {
    let Some((first, newest)) = stored_weeks(tx, registry).await? else {
        return Ok(None);
    };
    let last = until.unwrap_or(newest);
    let wanted = last.back(count.saturating_sub(1));
    let first = first.max(wanted);
    Ok((first <= last).then_some((first, last)))
}

/// Returns the first week that the store has, and the newest that has begun. A clock that was
/// ahead may have left later weeks.
pub(crate) async fn stored_weeks(
    tx: &mut Reader,
    registry: &Registry,
) -> Result<Option<(Week, Week)>> {
    let mut found = Vec::new();
    let running = Week::containing(OffsetDateTime::now_utc()).to_string();
    for which in ["min", "max"] {
        let sql = format!(
            "SELECT {which}(week) FROM counted_payloads \
             WHERE registry = $1 AND week <= $2"
        );
        let binds = [Bind::Text(registry.name()), Bind::Text(&running)];
        let week = tx.value(&sql, &binds, ValueType::Text).await?;
        found.extend(
            week.as_ref()
                .and_then(Cell::text)
                .and_then(|it| it.parse::<Week>().ok()),
        );
    }
    Ok(match found.as_slice() {
        [first, newest] => Some((*first, *newest)),
        _ => None,
    })
}

/// Returns the id of a code, or `None` if no instance ever sent it.
pub(crate) async fn code_id(
    tx: &mut Reader,
    registry: &Registry,
    code: &str,
) -> Result<Option<i64>> {
    let sql = "SELECT id FROM codes WHERE registry = $1 AND code = $2";
    let binds = [Bind::Text(registry.name()), Bind::Text(code)];
    let id = tx.value(sql, &binds, ValueType::Integer).await?;
    Ok(id.and_then(|id| id.integer()))
}
