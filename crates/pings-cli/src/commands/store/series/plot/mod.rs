//! A series as a picture: the values, and below them the number of instances.

mod legend;
mod lines;

use std::path::Path;

use pings_runtime::private;
use pings_store::{Instances, SeriesWeek};
use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::{Shown, groups, written};
use crate::look;
use legend::Mark;
use lines::{Line, dashes, lines, runs};

const SIZE: (u32, u32) = (1100, 620);

/// The height of the chart of instances.
const BELOW: i32 = 210;

/// The height of the title and the subtitle.
const HEAD: i32 = 66;

const INK: RGBColor = RGBColor(40, 44, 52);
const FAINT: RGBColor = RGBColor(225, 228, 232);
const PALE: RGBColor = RGBColor(128, 134, 142);
const UNTRUSTED: RGBColor = RGBColor(150, 150, 150);
const TRUSTED: RGBColor = RGBColor(0, 114, 178);

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type Drawn = Result<(), String>;

/// Draws a series to a file.
///
/// # Errors
///
/// Returns an error if the file cannot be written.
pub(super) fn draw(path: &Path, shown: &Shown<'_>) -> Drawn {
    let mut svg = String::new();
    {
        let area = SVGBackend::with_string(&mut svg, SIZE).into_drawing_area();
        picture(&area, shown)?;
        area.present().map_err(said)?;
    }
    private::write(path, svg.as_bytes()).map_err(|error| error.to_string())
}

fn picture(area: &Area<'_>, shown: &Shown<'_>) -> Drawn {
    area.fill(&WHITE).map_err(said)?;
    let write = |text: &str, at: (i32, i32), size: i32, colour: &RGBColor| {
        let style = ("sans-serif", size).into_font().color(colour);
        area.draw_text(text, &style, at).map_err(said)
    };
    let series = &shown.series;
    let title = format!("{}: {}", series.code, shown.title);
    write(&title, (24, 16), 21, &INK)?;
    let over = shown.over(shown.main().1, "trusted ");
    let what = format!("{} per week, {over}", shown.main_by());
    write(&what, (24, 43), 14, &PALE)?;
    let lines = lines(series);
    let named = lines
        .iter()
        .map(|it| (Mark::Line(it.colour.mix(1.0)), it.name.clone()));
    let more = groups::more(series).map(|it| (Mark::None, format!("and {it}, not drawn")));
    let mut incomplete = series.weeks.iter().filter(|week| !week.is_complete);
    let incomplete = incomplete.next().map(|week| {
        (
            Mark::None,
            format!("incomplete from {}, not drawn", week.week),
        )
    });
    let legend = legend::placed(named.chain(more).chain(incomplete));
    legend::draw(area, &legend, HEAD + legend::ROW / 2)?;
    let (_, rest) = area.split_vertically(HEAD + legend::height(&legend));
    let (_, high) = rest.dim_in_pixel();
    let (above, below) = rest.split_vertically(high as i32 - BELOW);
    values(&above, shown, &lines)?;
    instances(&below, &series.weeks)
}

/// Draws the chart of values.
fn values(area: &Area<'_>, shown: &Shown<'_>, lines: &[Line]) -> Drawn {
    let series = &shown.series;
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
    // Untrusted weeks are shaded first, so that the shading is behind everything else.
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
        .y_desc(shown.main().0)
        .axis_desc_style(("sans-serif", 13).into_font().color(&PALE))
        .label_style(("sans-serif", 12).into_font().color(&INK))
        .y_label_formatter(&|value| look::number(&written::number(*value)))
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

/// Returns slanted strokes over a week.
fn hatch(left: f64, right: f64, highest: f64) -> impl Iterator<Item = PathElement<(f64, f64)>> {
    const STROKES: usize = 14;
    let step = highest / STROKES as f64;
    (0..STROKES).map(move |stroke| {
        let low = stroke as f64 * step;
        let style = UNTRUSTED.mix(0.6).stroke_width(1);
        PathElement::new(vec![(left, low), (right, low + step)], style)
    })
}

/// The kinds of instances, from bottom to top.
const KINDS: [(&str, RGBColor, f64); 3] = [
    ("trusted", TRUSTED, 0.75),
    ("not trusted", UNTRUSTED, 0.75),
    ("not reporting, or nothing measured", FAINT, 1.0),
];

/// Returns the number of instances of each kind.
fn kinds(of: &Instances) -> [u64; 3] {
    let untrusted = of.all_broken()
        + of.all_partly_broken()
        + of.unreleased
        + of.unknown_version
        + of.unknown_registry;
    let rest = of.known() - of.trusted - untrusted;
    [of.trusted, untrusted, rest]
}

/// Draws the chart of instances with its legend above.
fn instances(area: &Area<'_>, weeks: &[SeriesWeek]) -> Drawn {
    let named = KINDS.map(|(name, colour, part)| (Mark::Area(colour.mix(part)), name.to_owned()));
    let legend = legend::placed(named);
    legend::draw(area, &legend, legend::ROW / 2)?;
    let (_, area) = area.split_vertically(legend::height(&legend));
    bars(&area, weeks)
}

fn bars(area: &Area<'_>, weeks: &[SeriesWeek]) -> Drawn {
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
        for (count, (_, colour, part)) in kinds(&week.instances).into_iter().zip(KINDS) {
            let high = low + count as f64;
            let corners = [(place as f64 - 0.4, low), (place as f64 + 0.4, high)];
            if count > 0 {
                let bar = Rectangle::new(corners, colour.mix(part).filled());
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
        .y_label_formatter(&|value| look::number(&written::number(*value)))
        .draw()
        .map_err(said)?;
    // Only as many weeks are labelled as there is room for.
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

fn said(error: impl std::fmt::Display) -> String {
    error.to_string()
}
