//! The lines of a picture.

use pings_store::{Series, SeriesWeek};
use plotters::prelude::*;

use super::super::groups::{self, GROUPS};
use super::{PALE, TRUSTED};

/// Colours that can be distinguished without red and green (Okabe and Ito).
const COLOURS: [RGBColor; GROUPS] = [
    RGBColor(0, 114, 178),
    RGBColor(213, 94, 0),
    RGBColor(0, 158, 115),
    RGBColor(204, 121, 167),
    RGBColor(230, 159, 0),
    RGBColor(86, 180, 233),
];

/// A line of the picture.
pub(super) struct Line {
    pub(super) name: String,
    pub(super) colour: RGBColor,
    pub(super) values: Vec<Option<f64>>,
    pub(super) is_dashed: bool,
}

/// Returns the lines: the total or each group, and the values of all instances if requested.
pub(super) fn lines(series: &Series) -> Vec<Line> {
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
                colour: PALE,
                values: series.weeks.iter().map(all).collect(),
                is_dashed: true,
            });
        }
        lines.push(Line {
            name: "trusted instances".to_owned(),
            colour: TRUSTED,
            values: series
                .weeks
                .iter()
                .map(|it| first(it, &it.values))
                .collect(),
            is_dashed: false,
        });
        return lines;
    }
    for (group, colour) in groups::shown(series).into_iter().zip(COLOURS) {
        let of_week = |week: &SeriesWeek| {
            let found = week.groups.iter().find(|it| it.value == group);
            found.and_then(|it| first(week, &it.values))
        };
        lines.push(Line {
            name: groups::name(&group),
            colour,
            values: series.weeks.iter().map(of_week).collect(),
            is_dashed: false,
        });
    }
    lines
}

/// Returns the uninterrupted sections of a line.
pub(super) fn runs(values: &[Option<f64>]) -> Vec<Vec<(f64, f64)>> {
    let mut runs = vec![Vec::new()];
    for (place, value) in values.iter().enumerate() {
        match (value, runs.last_mut()) {
            (Some(value), Some(run)) => run.push((place as f64, *value)),
            _ => runs.push(Vec::new()),
        }
    }
    runs.retain(|run| !run.is_empty());
    runs
}

/// Returns every other section of the segment between two points.
pub(super) fn dashes(from: (f64, f64), to: (f64, f64)) -> impl Iterator<Item = Vec<(f64, f64)>> {
    const PARTS: u32 = 3;
    let at = move |part: f64| {
        let mix = |from: f64, to: f64| from + (to - from) * part;
        (mix(from.0, to.0), mix(from.1, to.1))
    };
    (0..PARTS).map(move |part| {
        let begin = f64::from(part) / f64::from(PARTS);
        vec![at(begin), at(begin + 0.6 / f64::from(PARTS))]
    })
}
