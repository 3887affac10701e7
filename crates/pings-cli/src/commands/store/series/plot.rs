//! A series as a picture.

use std::path::Path;

use pings_charts::{Chart, Kind, Line};
use pings_runtime::private;
use pings_store::{Instances, SeriesWeek};

use super::groups;
use super::shown::{self, Shown, number};
use crate::commands::store::entry;
use crate::commands::store::remarks::borders;
use crate::output;

/// Draws a series to a file.
///
/// # Errors
///
/// Returns an error if the file cannot be written.
pub(super) fn draw(path: &Path, shown: &Shown<'_>) -> Result<(), String> {
    let series = &shown.series;
    let (measure, together) = shown.main();
    let over = shown.over(together, "trusted ");
    let more = groups::more(series).map(|it| format!("and {it}, not drawn"));
    let mut incomplete = series.weeks.iter().filter(|week| !week.is_complete);
    let incomplete = incomplete.next();
    let incomplete = incomplete.map(|week| format!("incomplete from {}, not drawn", week.week));
    let chart = Chart {
        title: &format!("{}: {}", series.code, shown.title),
        subtitle: &format!(
            "{} per {}, {over}",
            shown.main_by(),
            entry::period(series.window)
        ),
        measure: &measure,
        lines: lines(shown),
        bands: Vec::new(),
        spans: Vec::new(),
        notes: more
            .into_iter()
            .chain(incomplete)
            .chain(shown.remarks.left_out.text())
            .collect(),
        weeks: series.weeks.iter().map(|it| week(shown, it)).collect(),
        number: &|value| match shown.is_conversion {
            true => output::percent(value),
            false => output::number(&number(value)),
        },
    };
    let svg = chart.svg().map_err(|error| error.to_string())?;
    private::write(path, svg.as_bytes()).map_err(|error| error.to_string())
}

fn week(shown: &Shown<'_>, week: &SeriesWeek) -> pings_charts::Week {
    pings_charts::Week {
        name: shown::name(week),
        untrusted_share: week.instances.untrusted_share(),
        instances: instances(&week.instances),
        note: shown.remarks.note(&borders(week.week, week.window)),
    }
}

/// Returns the number of instances of each kind.
fn instances(of: &Instances) -> pings_charts::Instances {
    let untrusted = of.untrusted();
    pings_charts::Instances {
        trusted: of.trusted,
        untrusted,
        rest: of.known() - of.trusted - untrusted,
    }
}

/// Returns the lines: the total or each group, and the values of all instances or the estimates if
/// requested.
fn lines(shown: &Shown<'_>) -> Vec<Line> {
    let series = &shown.series;
    let first = |week: &SeriesWeek, values: &[Option<f64>]| {
        // An incomplete week has values of the first few instances only, which would distort a line
        // of the whole fleet.
        let value = values.first().copied().flatten();
        value.filter(|_| week.is_complete)
    };
    let mut lines = Vec::new();
    if series.by.is_none() {
        if series.weeks.iter().any(|week| week.all.is_some()) {
            let all = |week: &SeriesWeek| first(week, week.all.as_deref().unwrap_or_default());
            lines.push(Line {
                name: "all instances, including untrusted".to_owned(),
                kind: Kind::All,
                values: series.weeks.iter().map(all).collect(),
            });
        }
        if let (Some((main, _)), false) = (series.measures.first(), shown.estimates.is_empty()) {
            let estimate = |week: &SeriesWeek| {
                let estimate = shown.estimate(main, week)?.as_ref().ok()?;
                Some(estimate.value)
            };
            lines.push(Line {
                name: "all instances, estimated".to_owned(),
                kind: Kind::All,
                values: series.weeks.iter().map(estimate).collect(),
            });
        }
        lines.push(Line {
            name: "trusted instances".to_owned(),
            kind: Kind::Trusted,
            values: series
                .weeks
                .iter()
                .map(|it| first(it, &it.values))
                .collect(),
        });
        return lines;
    }
    for (place, group) in groups::shown(series).into_iter().enumerate() {
        let of_week = |week: &SeriesWeek| {
            let found = week.groups.iter().find(|it| it.value == group);
            found.and_then(|it| first(week, &it.values))
        };
        lines.push(Line {
            name: groups::name(&group),
            kind: Kind::Group(place),
            values: series.weeks.iter().map(of_week).collect(),
        });
    }
    lines
}
