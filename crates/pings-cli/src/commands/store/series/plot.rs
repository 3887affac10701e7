//! A series as a picture: values above, and below them how many instances they are of.

use std::path::Path;

use pings_store::{Instances, Series, SeriesWeek, Together};
use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use crate::look;

const SIZE: (u32, u32) = (1100, 620);

/// How high the part is that shows instances.
const BELOW: i32 = 190;

/// How many groups are told apart.
const GROUPS: usize = 6;

/// Colours that are told apart without red and green (Okabe and Ito).
const COLOURS: [RGBColor; GROUPS] = [
    RGBColor(0, 114, 178),
    RGBColor(213, 94, 0),
    RGBColor(0, 158, 115),
    RGBColor(204, 121, 167),
    RGBColor(230, 159, 0),
    RGBColor(86, 180, 233),
];

const INK: RGBColor = RGBColor(40, 44, 52);
const FAINT: RGBColor = RGBColor(225, 228, 232);
const PALE: RGBColor = RGBColor(128, 134, 142);
const UNTRUSTED: RGBColor = RGBColor(150, 150, 150);
const TRUSTED: RGBColor = RGBColor(0, 114, 178);

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type Drawn = Result<(), String>;

/// A line of the picture.
struct Line {
    name: String,
    colour: RGBColor,
    values: Vec<Option<f64>>,
    is_dashed: bool,
}

/// Draws a series into a file.
///
/// # Errors
///
/// Where the file cannot be written.
pub(super) fn draw(path: &Path, series: &Series, title: &str) -> Drawn {
    let area = SVGBackend::new(path, SIZE).into_drawing_area();
    picture(&area, series, title)?;
    area.present().map_err(|error| error.to_string())
}

fn picture(area: &Area<'_>, series: &Series, title: &str) -> Drawn {
    area.fill(&WHITE).map_err(said)?;
    let write = |text: &str, at: (i32, i32), size: i32, colour: &RGBColor| {
        let style = ("sans-serif", size).into_font().color(colour);
        area.draw_text(text, &style, at).map_err(said)
    };
    write(&format!("{}: {title}", series.code), (24, 16), 21, &INK)?;
    let (measure, together) = main(series);
    let over = match together {
        Together::Sum => "added up over trusted instances",
        Together::Mean => "mean over trusted instances",
        Together::Smallest => "the least of all trusted instances",
        Together::Largest => "the most of all trusted instances",
    };
    let by = series.by.as_deref().map(|by| format!(" by {by}"));
    let by = by.unwrap_or_default();
    write(
        &format!("{measure}{by} per week, {over}"),
        (24, 43),
        14,
        &PALE,
    )?;
    let (_, rest) = area.split_vertically(66);
    let (above, below) = rest.split_vertically(SIZE.1 as i32 - 66 - BELOW);
    let lines = lines(series);
    values(&above, series, &lines)?;
    instances(&below, &series.weeks)?;
    legend(area, &lines)
}

fn main(series: &Series) -> (&str, Together) {
    let main = series.measures.first();
    main.map_or(("", Together::Sum), |(name, together)| (name, *together))
}

/// The lines: of everything, or of each group; and of all instances where that was asked for.
fn lines(series: &Series) -> Vec<Line> {
    let first = |values: &[Option<f64>]| values.first().copied().flatten();
    let mut lines = Vec::new();
    if series.by.is_none() {
        if series.weeks.iter().any(|week| week.all.is_some()) {
            let all = |week: &SeriesWeek| first(week.all.as_deref().unwrap_or_default());
            lines.push(Line {
                name: "all instances, trusted or not".to_owned(),
                colour: PALE,
                values: series.weeks.iter().map(all).collect(),
                is_dashed: true,
            });
        }
        lines.push(Line {
            name: "trusted instances".to_owned(),
            colour: TRUSTED,
            values: series.weeks.iter().map(|it| first(&it.values)).collect(),
            is_dashed: false,
        });
        return lines;
    }
    let mut groups: Vec<&serde_json::Value> = Vec::new();
    for group in series.weeks.iter().flat_map(|week| &week.groups) {
        if !groups.contains(&&group.value) {
            groups.push(&group.value);
        }
    }
    for (group, colour) in groups.into_iter().zip(COLOURS) {
        let of_week = |week: &SeriesWeek| {
            let found = week.groups.iter().find(|it| it.value == *group);
            found.and_then(|it| first(&it.values))
        };
        lines.push(Line {
            name: super::table::name(group),
            colour,
            values: series.weeks.iter().map(of_week).collect(),
            is_dashed: false,
        });
    }
    lines
}

/// The chart of values.
fn values(area: &Area<'_>, series: &Series, lines: &[Line]) -> Drawn {
    let weeks = series.weeks.len() as f64;
    let numbers = lines.iter().flat_map(|line| line.values.iter().flatten());
    let highest = numbers.copied().fold(0.0, f64::max);
    let highest = if highest > 0.0 { highest * 1.08 } else { 1.0 };
    let mut chart = ChartBuilder::on(area)
        .margin_left(14)
        .margin_right(24)
        .margin_top(8)
        .x_label_area_size(10)
        .y_label_area_size(72)
        .build_cartesian_2d(-0.5..weeks - 0.5, 0.0..highest)
        .map_err(said)?;
    // First what is not to be believed, so that it lies behind everything.
    for (place, week) in series.weeks.iter().enumerate() {
        let share = week.instances.untrusted_share();
        if share > 0.0 {
            let (left, right) = (place as f64 - 0.5, place as f64 + 0.5);
            let shade = UNTRUSTED.mix(0.10 + 0.25 * share).filled();
            let shade = Rectangle::new([(left, 0.0), (right, highest)], shade);
            chart.draw_series([shade]).map_err(said)?;
            if share >= 0.5 {
                let hatch = hatch(left, right, highest);
                chart.draw_series(hatch).map_err(said)?;
            }
        }
    }
    chart
        .configure_mesh()
        .disable_x_mesh()
        .disable_x_axis()
        .y_labels(6)
        .light_line_style(TRANSPARENT)
        .bold_line_style(FAINT)
        .axis_style(PALE)
        .y_desc(main(series).0)
        .axis_desc_style(("sans-serif", 13).into_font().color(&PALE))
        .label_style(("sans-serif", 12).into_font().color(&INK))
        .y_label_formatter(&|value| look::number(&super::written::number(*value)))
        .draw()
        .map_err(said)?;
    for line in lines {
        for run in runs(&line.values) {
            let style = line.colour.stroke_width(2);
            if line.is_dashed {
                let dashes = run.windows(2).flat_map(|pair| dashes(pair[0], pair[1]));
                let dashes = dashes.map(|dash| PathElement::new(dash, line.colour.stroke_width(1)));
                chart.draw_series(dashes).map_err(said)?;
            } else {
                let dots = run
                    .iter()
                    .map(|at| Circle::new(*at, 3, line.colour.filled()));
                let dots: Vec<_> = dots.collect();
                chart
                    .draw_series([PathElement::new(run, style)])
                    .map_err(said)?;
                chart.draw_series(dots).map_err(said)?;
            }
        }
    }
    Ok(())
}

/// The points without a gap between them.
fn runs(values: &[Option<f64>]) -> Vec<Vec<(f64, f64)>> {
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

/// Slanted strokes over a week.
fn hatch(left: f64, right: f64, highest: f64) -> impl Iterator<Item = PathElement<(f64, f64)>> {
    const STROKES: usize = 14;
    let step = highest / STROKES as f64;
    (0..STROKES).map(move |stroke| {
        let low = stroke as f64 * step;
        let style = UNTRUSTED.mix(0.6).stroke_width(1);
        PathElement::new(vec![(left, low), (right, low + step)], style)
    })
}

/// Every other part of the way between two points.
fn dashes(from: (f64, f64), to: (f64, f64)) -> impl Iterator<Item = Vec<(f64, f64)>> {
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

/// The kinds of instances, from the bottom up, and how they look.
fn kinds(of: &Instances) -> [(u64, RGBAColor); 3] {
    let untrusted =
        of.all_broken() + of.all_partly_broken() + of.unknown_version + of.unknown_registry;
    [
        (of.trusted, TRUSTED.mix(0.75)),
        (untrusted, UNTRUSTED.mix(0.75)),
        (of.known() - of.trusted - untrusted, FAINT.mix(1.0)),
    ]
}

/// The chart of instances.
fn instances(area: &Area<'_>, weeks: &[SeriesWeek]) -> Drawn {
    let most = weeks.iter().map(|week| week.instances.known()).max();
    let most = (most.unwrap_or_default() as f64).max(1.0) * 1.05;
    let count = weeks.len();
    let mut chart = ChartBuilder::on(area)
        .margin_left(14)
        .margin_right(24)
        .margin_top(6)
        .margin_bottom(14)
        .x_label_area_size(46)
        .y_label_area_size(72)
        .build_cartesian_2d(-0.5..count as f64 - 0.5, 0.0..most)
        .map_err(said)?;
    for (place, week) in weeks.iter().enumerate() {
        let mut low = 0.0;
        for (count, colour) in kinds(&week.instances) {
            let high = low + count as f64;
            let corners = [(place as f64 - 0.4, low), (place as f64 + 0.4, high)];
            if count > 0 {
                let bar = Rectangle::new(corners, colour.filled());
                chart.draw_series([bar]).map_err(said)?;
            }
            low = high;
        }
    }
    chart
        .configure_mesh()
        .disable_x_mesh()
        .disable_x_axis()
        .y_labels(4)
        .light_line_style(TRANSPARENT)
        .bold_line_style(TRANSPARENT)
        .axis_style(PALE)
        .y_desc("instances")
        .axis_desc_style(("sans-serif", 13).into_font().color(&PALE))
        .label_style(("sans-serif", 12).into_font().color(&INK))
        .y_label_formatter(&|value| look::number(&super::written::number(*value)))
        .draw()
        .map_err(said)?;
    // As many weeks are named as there is room for.
    let every = count.div_ceil(13).max(1);
    let pos = Pos::new(HPos::Center, VPos::Top);
    let style = ("sans-serif", 12).into_font().color(&INK).pos(pos);
    for (place, week) in weeks.iter().enumerate().step_by(every) {
        let (x, y) = chart.backend_coord(&(place as f64, 0.0));
        let (left, top) = area.get_base_pixel();
        let at = (x - left, y - top + 8);
        area.draw_text(&week.week.to_string(), &style, at)
            .map_err(said)?;
    }
    Ok(())
}

/// What the colours mean, at the upper right.
fn legend(area: &Area<'_>, lines: &[Line]) -> Drawn {
    let mut right = SIZE.0 as i32 - 24;
    let style = ("sans-serif", 13).into_font().color(&INK);
    let style = style.pos(Pos::new(HPos::Right, VPos::Center));
    let mut entries: Vec<(String, RGBAColor, bool)> = vec![
        ("not to be believed".to_owned(), UNTRUSTED.mix(0.75), true),
        (
            "silent, or nothing measured".to_owned(),
            FAINT.mix(1.0),
            true,
        ),
    ];
    entries.extend(
        lines
            .iter()
            .map(|it| (it.name.clone(), it.colour.mix(1.0), false)),
    );
    for (name, colour, is_area) in entries {
        area.draw_text(&name, &style, (right, 49)).map_err(said)?;
        // Wide enough for any sans-serif; nothing here knows the font that it will be.
        let width = (name.chars().count() as f64 * 6.0) as i32;
        let left = right - width - 22;
        let high = if is_area { 6 } else { 1 };
        let corners = [(left, 49 - high), (left + 16, 49 + high)];
        area.draw(&Rectangle::new(corners, colour.filled()))
            .map_err(said)?;
        right = left - 18;
    }
    Ok(())
}

fn said(error: impl std::fmt::Display) -> String {
    error.to_string()
}
