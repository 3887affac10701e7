//! The picture of a series.

use pings_charts::{Band, Chart, GROUPS, Instances, Kind, Line, Span, Week};
use pings_model::Period;
use pings_store::{EstimatedSeries, Notes, Per, Series, SeriesWeek, entry_name};
use serde_json::Value as Json;

use crate::text;

/// The input of a picture.
pub(crate) struct Shown<'s> {
    pub(crate) series: &'s Series,
    pub(crate) estimates: &'s [EstimatedSeries],
    pub(crate) notes: &'s Notes,
    pub(crate) per: Per,
    /// The kind of the values, such as `sum over trusted instances`.
    pub(crate) over: &'s str,
}

/// Returns the number of instances of each kind.
pub(crate) fn instances(week: &SeriesWeek) -> Instances {
    let of = &week.instances;
    let untrusted = of.untrusted();
    Instances {
        trusted: of.trusted,
        untrusted,
        rest: of.known() - of.trusted - untrusted,
    }
}

/// Returns the notes about a week of a series.
pub(crate) fn note(notes: &Notes, week: &SeriesWeek) -> Option<String> {
    let borders = match week.window.period() {
        Period::Days28 | Period::AllTime => week.week.borders(),
        _ => week.window.borders(),
    };
    notes.between(&borders).map(|note| text::plain(&note))
}

/// Returns the groups of a series that are shown: the largest ones.
fn groups(series: &Series) -> Vec<Json> {
    let mut groups = series.dimension_values();
    groups.truncate(GROUPS);
    groups
}

/// Calls a function with the picture of a series.
pub(crate) fn with_chart<T>(shown: &Shown<'_>, use_it: impl FnOnce(&Chart<'_>) -> T) -> T {
    let series = shown.series;
    let measure = series.measures.first();
    let measure = measure.map_or(String::new(), |(name, _)| text::measure(name));
    let by = series
        .by
        .as_ref()
        .map(|by| format!(" by {}", text::plain(by)));
    let title = format!("{measure}{}", by.unwrap_or_default());
    let more = series.dimension_values().len().saturating_sub(GROUPS);
    let more = (more > 0).then(|| format!("{more} more in the table, not drawn"));
    let incomplete = series.weeks.iter().find(|week| !week.is_complete);
    let incomplete = incomplete.map(|it| format!("incomplete from {}, not drawn", it.week));
    let weeks = series.weeks.iter().map(|week| Week {
        name: entry_name(week.week, week.window),
        untrusted_share: week.instances.untrusted_share(),
        instances: instances(week),
        note: note(shown.notes, week),
    });
    let is_share = shown.per == Per::FirstStep;
    let chart = Chart {
        title: &title,
        subtitle: shown.over,
        measure: &measure,
        lines: lines(shown),
        bands: bands(shown),
        spans: spans(series),
        notes: more.into_iter().chain(incomplete).collect(),
        weeks: weeks.collect(),
        number: &|value| match is_share {
            true => text::percent(value),
            false => text::number(value),
        },
    };
    use_it(&chart)
}

/// Returns the lines: the total or each group, and the values of all instances or the estimates.
fn lines(shown: &Shown<'_>) -> Vec<Line> {
    let series = shown.series;
    let first = |week: &SeriesWeek, values: &[Option<f64>]| {
        // An incomplete week has values of the first few instances only, which would distort a
        // line of the whole fleet.
        let value = values.first().copied().flatten();
        value.filter(|_| week.is_complete)
    };
    if series.by.is_some() {
        let groups = groups(series).into_iter().enumerate();
        let lines = groups.map(|(place, group)| {
            let of_week = |week: &SeriesWeek| {
                let found = week.groups.iter().find(|it| it.value == group);
                found.and_then(|it| first(week, &it.values))
            };
            Line {
                name: text::group(&group),
                kind: Kind::Group(place),
                values: series.weeks.iter().map(of_week).collect(),
            }
        });
        return lines.collect();
    }
    let mut lines = Vec::new();
    if series.weeks.iter().any(|week| week.all.is_some()) {
        let all = |week: &SeriesWeek| first(week, week.all.as_deref().unwrap_or_default());
        lines.push(Line {
            name: "all instances, including untrusted".to_owned(),
            kind: Kind::All,
            values: series.weeks.iter().map(all).collect(),
        });
    }
    if let Some(estimates) = estimates_of_main(shown) {
        let estimate = |week: &SeriesWeek| Some(estimates.of(week.week)?.as_ref().ok()?.value);
        lines.push(Line {
            name: "all instances, estimated".to_owned(),
            kind: Kind::All,
            values: series.weeks.iter().map(estimate).collect(),
        });
    }
    let trusted = |week: &SeriesWeek| first(week, &week.values);
    lines.push(Line {
        name: "trusted instances".to_owned(),
        kind: Kind::Trusted,
        values: series.weeks.iter().map(trusted).collect(),
    });
    lines
}

fn estimates_of_main<'s>(shown: &Shown<'s>) -> Option<&'s EstimatedSeries> {
    let (main, _) = shown.series.measures.first()?;
    shown.estimates.iter().find(|it| it.measure == *main)
}

fn bands(shown: &Shown<'_>) -> Vec<Band> {
    let estimates = estimates_of_main(shown);
    let band = estimates.map(|estimates| Band {
        name: "95 % interval".to_owned(),
        values: shown
            .series
            .weeks
            .iter()
            .map(|week| {
                let estimate = estimates.of(week.week)?.as_ref().ok()?;
                Some((estimate.low, estimate.high))
            })
            .collect(),
    });
    band.into_iter().collect()
}

/// Returns the broken ranges with the weeks in which instances ran such a version.
fn spans(series: &Series) -> Vec<Span> {
    let ranges = broken(series).into_iter().map(|range| Span {
        name: match &range.broken.reason {
            Some(reason) => format!("{}: {}", range.broken.versions, text::plain(reason)),
            None => format!("broken: {}", range.broken.versions),
        },
        weeks: range.places,
    });
    ranges.collect()
}

/// A broken range of a series.
pub(crate) struct BrokenRange<'s> {
    pub(crate) broken: &'s pings_model::Broken,
    /// The places of the first and the last week in which instances ran such a version.
    pub(crate) places: (usize, usize),
    /// The largest number of such instances in a week.
    pub(crate) most: u64,
}

/// Returns the broken ranges because of which instances of a series are not trusted.
pub(crate) fn broken(series: &Series) -> Vec<BrokenRange<'_>> {
    let mut ranges: Vec<BrokenRange<'_>> = Vec::new();
    for (place, week) in series.weeks.iter().enumerate() {
        let of = &week.instances;
        for (broken, count) in of.broken.iter().chain(&of.partly_broken) {
            match ranges.iter_mut().find(|it| it.broken == broken) {
                Some(range) => {
                    range.places.1 = place;
                    range.most = range.most.max(*count);
                }
                None => ranges.push(BrokenRange {
                    broken,
                    places: (place, place),
                    most: *count,
                }),
            }
        }
    }
    ranges
}
