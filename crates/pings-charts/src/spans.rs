//! Ranges of weeks, marked below the axis.

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use crate::chart::{Chart, Span};
use crate::error::Error;
use crate::legend::{shortened, width};
use crate::style::{Area, Drawn, INK, MARGIN, UNTRUSTED};

/// The height of a range.
const ROW: i32 = 22;

/// The maximum number of ranges that are marked.
const MOST: usize = 6;

/// Returns the height of the marks.
pub(crate) fn height(spans: &[Span]) -> i32 {
    spans.len().min(MOST) as i32 * ROW
}

/// Draws a bar and a text for each range.
pub(crate) fn draw(area: &Area<'_>, chart: &Chart<'_>) -> Drawn {
    let (wide, _) = area.dim_in_pixel();
    let (start, end) = (f64::from(MARGIN.0), f64::from(wide) - f64::from(MARGIN.1));
    let step = (end - start) / (chart.weeks.len().max(1) as f64);
    for (row, span) in chart.spans.iter().take(MOST).enumerate() {
        let top = row as i32 * ROW + 4;
        let (first, last) = span.weeks;
        let left = (start + step * first as f64) as i32;
        let right = (start + step * (last + 1) as f64) as i32;
        let bar = Rectangle::new([(left, top), (right, top + 5)], UNTRUSTED.filled());
        area.draw(&bar).map_err(Error::of)?;
        // A text that does not fit to the right of its bar ends with the bar.
        let text = shortened(&span.name);
        let fits = left + width(&text) <= end as i32;
        let (side, at) = match fits {
            true => (HPos::Left, left),
            false => (HPos::Right, right),
        };
        let style = ("sans-serif", 12).into_font().color(&INK);
        let style = style.pos(Pos::new(side, VPos::Top));
        area.draw_text(&text, &style, (at, top + 6))
            .map_err(Error::of)?;
    }
    Ok(())
}
