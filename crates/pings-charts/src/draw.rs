//! A series as a picture: the values, and below them the number of instances.

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use crate::chart::{Chart, Instances, Kind, Line, Week};
use crate::error::Error;
use crate::legend::{self, Mark};
use crate::lines::{dashes, runs};
use crate::spans;
use crate::style::{
    Area, COLOURS, Drawn, FAINT, GROUPS, INK, MARGIN, PALE, SIZE, TRUSTED, UNTRUSTED,
};

/// The height of the chart of instances.
const BELOW: i32 = 210;

/// The width of the labels of an axis.
const LABELS: i32 = 72;

/// The colour of an interval.
const BAND: RGBAColor = RGBAColor(0, 114, 178, 0.15);

/// The height of the names of weeks, if there is no chart of instances.
const NAMES: i32 = 34;

/// The height of the title and the subtitle.
const HEAD: i32 = 66;

impl Chart<'_> {
    /// Draws the picture as SVG.
    ///
    /// # Errors
    ///
    /// Returns an error if the drawing library fails.
    pub fn svg(&self) -> Result<String, Error> {
        let mut svg = String::new();
        {
            let area = SVGBackend::with_string(&mut svg, SIZE).into_drawing_area();
            picture(&area, self)?;
            area.present().map_err(Error::of)?;
        }
        Ok(svg)
    }
}

fn colour(line: &Line) -> RGBColor {
    match line.kind {
        Kind::Trusted => TRUSTED,
        Kind::All => PALE,
        Kind::Group(place) => COLOURS[place % GROUPS],
    }
}

fn picture(area: &Area<'_>, chart: &Chart<'_>) -> Drawn {
    area.fill(&WHITE).map_err(Error::of)?;
    let write = |text: &str, at: (i32, i32), size: i32, colour: &RGBColor| {
        let style = ("sans-serif", size).into_font().color(colour);
        area.draw_text(text, &style, at).map_err(Error::of)
    };
    write(chart.title, (24, 16), 21, &INK)?;
    write(chart.subtitle, (24, 43), 14, &PALE)?;
    let named = chart
        .lines
        .iter()
        .map(|it| (Mark::Line(colour(it).mix(1.0)), it.name.clone()));
    let bands = chart.bands.iter();
    let bands = bands.map(|it| (Mark::Area(BAND), it.name.clone()));
    let notes = chart.notes.iter().map(|it| (Mark::None, it.clone()));
    let legend = legend::placed(named.chain(bands).chain(notes));
    legend::draw(area, &legend, HEAD + legend::ROW / 2)?;
    let (_, rest) = area.split_vertically(HEAD + legend::height(&legend));
    let (_, high) = rest.dim_in_pixel();
    let marks = spans::height(&chart.spans);
    let has_instances = chart
        .weeks
        .iter()
        .any(|it| it.instances != Instances::default());
    let bottom = if has_instances { BELOW } else { NAMES };
    let (above, below) = rest.split_vertically(high as i32 - bottom - marks);
    let (middle, below) = below.split_vertically(marks);
    values(&above, chart)?;
    spans::draw(&middle, chart)?;
    match has_instances {
        true => instances(&below, chart),
        false => names(&below, &chart.weeks),
    }
}

/// Draws the chart of values.
fn values(area: &Area<'_>, data: &Chart<'_>) -> Drawn {
    let weeks = data.weeks.len() as f64;
    let numbers = data
        .lines
        .iter()
        .flat_map(|line| line.values.iter().flatten());
    let ends = data
        .bands
        .iter()
        .flat_map(|band| band.values.iter().flatten());
    let numbers = numbers.copied().chain(ends.map(|(_, high)| *high));
    let highest = numbers.fold(0.0, f64::max);
    let highest = if highest > 0.0 { highest * 1.08 } else { 1.0 };
    let mut chart = ChartBuilder::on(area)
        .margin_left(MARGIN.0 - LABELS)
        .margin_right(MARGIN.1)
        .margin_top(8)
        .x_label_area_size(10)
        .y_label_area_size(LABELS)
        .build_cartesian_2d(-0.5..weeks - 0.5, 0.0..highest)
        .map_err(Error::of)?;
    // Untrusted weeks are shaded first, so that the shading is behind everything else.
    for (place, week) in data.weeks.iter().enumerate() {
        let share = week.untrusted_share;
        if share > 0.0 {
            let (left, right) = (place as f64 - 0.5, place as f64 + 0.5);
            let shade = UNTRUSTED.mix(0.10 + 0.25 * share).filled();
            let shade = Rectangle::new([(left, 0.0), (right, highest)], shade);
            chart.draw_series([shade]).map_err(Error::of)?;
            if share >= 0.5 {
                let hatch = hatch(left, right, highest);
                chart.draw_series(hatch).map_err(Error::of)?;
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
        .y_desc(data.measure)
        .axis_desc_style(("sans-serif", 13).into_font().color(&PALE))
        .label_style(("sans-serif", 12).into_font().color(&INK))
        .y_label_formatter(&|value| (data.number)(*value))
        .draw()
        .map_err(Error::of)?;
    for band in &data.bands {
        for run in areas(&band.values) {
            chart
                .draw_series([Polygon::new(run, BAND)])
                .map_err(Error::of)?;
        }
    }
    for (place, note) in notes(&data.weeks) {
        let place = place as f64;
        let ends = [(place, 0.0), (place, highest)];
        let dashes = dashes_within(ends).map(|dash| PathElement::new(dash, INK.mix(0.5)));
        chart.draw_series(dashes).map_err(Error::of)?;
        let (x, y) = chart.backend_coord(&(place, highest));
        let (left, top) = area.get_base_pixel();
        // A note in the right half is written to the left of its line.
        let is_late = place > weeks * 0.6;
        let (side, gap) = if is_late {
            (HPos::Right, -5)
        } else {
            (HPos::Left, 5)
        };
        let pos = Pos::new(side, VPos::Top);
        let style = ("sans-serif", 12).into_font().color(&INK).pos(pos);
        area.draw_text(&note, &style, (x - left + gap, y - top + 2))
            .map_err(Error::of)?;
    }
    for line in &data.lines {
        let colour = colour(line);
        for run in runs(&line.values) {
            let style = colour.stroke_width(2);
            if line.kind == Kind::All {
                let dashes = run.windows(2).flat_map(|pair| dashes(pair[0], pair[1]));
                let dashes = dashes.map(|dash| PathElement::new(dash, colour.stroke_width(1)));
                chart.draw_series(dashes).map_err(Error::of)?;
            } else {
                let dots = run.iter().map(|at| Circle::new(*at, 3, colour.filled()));
                let dots: Vec<_> = dots.collect();
                chart
                    .draw_series([PathElement::new(run, style)])
                    .map_err(Error::of)?;
                chart.draw_series(dots).map_err(Error::of)?;
            }
        }
    }
    Ok(())
}

/// Returns the outline of each uninterrupted section of a band.
fn areas(values: &[Option<(f64, f64)>]) -> impl Iterator<Item = Vec<(f64, f64)>> {
    let low: Vec<Option<f64>> = values.iter().map(|it| it.map(|(low, _)| low)).collect();
    let high: Vec<Option<f64>> = values.iter().map(|it| it.map(|(_, high)| high)).collect();
    let runs = runs(&low).into_iter().zip(runs(&high));
    runs.map(|(low, high)| low.into_iter().chain(high.into_iter().rev()).collect())
}

/// The maximum number of characters of a note in a picture.
const NOTE: usize = 48;

/// Returns the notes, with the places of their weeks.
fn notes(weeks: &[Week]) -> Vec<(usize, String)> {
    let notes = weeks.iter().enumerate().filter_map(|(place, week)| {
        let note = week.note.as_deref()?;
        let short: String = note.chars().take(NOTE).collect();
        let rest = if short.len() < note.len() { "…" } else { "" };
        Some((place, format!("{short}{rest}")))
    });
    notes.collect()
}

/// Returns the dashes of a line across the chart.
fn dashes_within([from, to]: [(f64, f64); 2]) -> impl Iterator<Item = Vec<(f64, f64)>> {
    const PARTS: u32 = 12;
    let at = move |part: f64| (from.0, from.1 + (to.1 - from.1) * part);
    let parts = f64::from(PARTS);
    (0..PARTS).map(move |part| {
        let begin = f64::from(part) / parts;
        vec![at(begin), at(begin + 0.5 / parts)]
    })
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
fn kinds(of: Instances) -> [u64; 3] {
    [of.trusted, of.untrusted, of.rest]
}

/// Draws the chart of instances with its legend above.
fn instances(area: &Area<'_>, data: &Chart<'_>) -> Drawn {
    let occurs = |place: usize| {
        let mut counts = data.weeks.iter().map(|week| kinds(week.instances));
        counts.any(|counts| counts.get(place).is_some_and(|count| *count > 0))
    };
    let shown = KINDS.into_iter().enumerate();
    let shown = shown.filter(|(place, _)| *place == 0 || occurs(*place));
    let named =
        shown.map(|(_, (name, colour, part))| (Mark::Area(colour.mix(part)), name.to_owned()));
    let legend = legend::placed(named);
    legend::draw(area, &legend, legend::ROW / 2)?;
    let (_, area) = area.split_vertically(legend::height(&legend));
    bars(&area, data)
}

/// Writes the names of the weeks: only as many as there is room for.
fn names(area: &Area<'_>, weeks: &[Week]) -> Drawn {
    let (wide, _) = area.dim_in_pixel();
    let start = f64::from(MARGIN.0);
    let step = (f64::from(wide) - start - f64::from(MARGIN.1)) / weeks.len().max(1) as f64;
    let pos = Pos::new(HPos::Center, VPos::Top);
    let style = ("sans-serif", 12).into_font().color(&INK).pos(pos);
    let every = weeks.len().div_ceil(13).max(1);
    for (place, week) in weeks.iter().enumerate().step_by(every) {
        let x = start + step * (place as f64 + 0.5);
        area.draw_text(&week.name, &style, (x as i32, 8))
            .map_err(Error::of)?;
    }
    Ok(())
}

/// Formats a number of instances, which the axis of the values may format as a share.
fn whole(count: f64) -> String {
    if count.fract() != 0.0 {
        return String::new();
    }
    let digits = format!("{count:.0}");
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn bars(area: &Area<'_>, data: &Chart<'_>) -> Drawn {
    let weeks: &[Week] = &data.weeks;
    let all = weeks.iter().map(|week| kinds(week.instances));
    let most = all.map(|kinds| kinds.iter().sum::<u64>()).max();
    let most = (most.unwrap_or_default() as f64).max(1.0) * 1.05;
    let count = weeks.len();
    let mut chart = ChartBuilder::on(area)
        .margin_left(MARGIN.0 - LABELS)
        .margin_right(MARGIN.1)
        .margin_top(6)
        .margin_bottom(14)
        .x_label_area_size(28)
        .y_label_area_size(LABELS)
        .build_cartesian_2d(-0.5..count as f64 - 0.5, 0.0..most)
        .map_err(Error::of)?;
    for (place, week) in weeks.iter().enumerate() {
        let mut low = 0.0;
        for (count, (_, colour, part)) in kinds(week.instances).into_iter().zip(KINDS) {
            let high = low + count as f64;
            let corners = [(place as f64 - 0.4, low), (place as f64 + 0.4, high)];
            if count > 0 {
                let bar = Rectangle::new(corners, colour.mix(part).filled());
                chart.draw_series([bar]).map_err(Error::of)?;
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
        .y_label_formatter(&|count| whole(*count))
        .draw()
        .map_err(Error::of)?;
    // Only as many weeks are labelled as there is room for.
    let every = count.div_ceil(13).max(1);
    let pos = Pos::new(HPos::Center, VPos::Top);
    let style = ("sans-serif", 12).into_font().color(&INK).pos(pos);
    for (place, week) in weeks.iter().enumerate().step_by(every) {
        let (x, y) = chart.backend_coord(&(place as f64, 0.0));
        let (left, top) = area.get_base_pixel();
        let at = (x - left, y - top + 8);
        area.draw_text(&week.name, &style, at).map_err(Error::of)?;
    }
    Ok(())
}
