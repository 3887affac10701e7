//! The legend of a picture, in rows.

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use crate::error::Error;
use crate::style::{Area, Drawn, INK, PALE, SIZE};

/// The height of a row.
pub(crate) const ROW: i32 = 20;

/// The left and right ends of a row.
const LEFT: i32 = 24;
const RIGHT: i32 = SIZE.0 as i32 - 24;

/// The width of a mark, including the space before its text.
const MARK: i32 = 22;

/// The space between two entries.
const BETWEEN: i32 = 20;

/// The maximum length of a name. Longer names are shortened.
const LONGEST: usize = 48;

/// The mark of an entry.
#[derive(Clone, Copy)]
pub(crate) enum Mark {
    /// A line in a colour.
    Line(RGBAColor),
    /// An area in a colour.
    Area(RGBAColor),
    /// No mark.
    None,
}

/// A mark and its text, with the position in a row.
pub(crate) struct Entry {
    mark: Mark,
    text: String,
    row: i32,
    left: i32,
}

/// Places entries side by side, in as many rows as necessary.
pub(crate) fn placed(entries: impl IntoIterator<Item = (Mark, String)>) -> Vec<Entry> {
    let (mut row, mut left) = (0, LEFT);
    let mut placed = Vec::new();
    for (mark, text) in entries {
        let text = shortened(&text);
        let width = width(&text)
            + match mark {
                Mark::None => 0,
                Mark::Line(_) | Mark::Area(_) => MARK,
            };
        if left > LEFT && left + width > RIGHT {
            (row, left) = (row + 1, LEFT);
        }
        placed.push(Entry {
            mark,
            text,
            row,
            left,
        });
        left += width + BETWEEN;
    }
    placed
}

/// Returns the height of the placed entries.
pub(crate) fn height(placed: &[Entry]) -> i32 {
    placed.last().map_or(0, |last| (last.row + 1) * ROW)
}

/// Draws entries, with the first row centered at the height `middle`.
pub(crate) fn draw(area: &Area<'_>, placed: &[Entry], middle: i32) -> Drawn {
    let pos = Pos::new(HPos::Left, VPos::Center);
    for entry in placed {
        let (mut left, middle) = (entry.left, middle + entry.row * ROW);
        let mut ink = &INK;
        let mut mark = |colour: RGBAColor, high: i32| {
            let corners = [(left, middle - high), (left + 16, middle + high)];
            left += MARK;
            area.draw(&Rectangle::new(corners, colour.filled()))
        };
        match entry.mark {
            Mark::Line(colour) => mark(colour, 1).map_err(Error::of)?,
            Mark::Area(colour) => mark(colour, 6).map_err(Error::of)?,
            Mark::None => ink = &PALE,
        }
        let style = ("sans-serif", 13).into_font().color(ink).pos(pos);
        area.draw_text(&entry.text, &style, (left, middle))
            .map_err(Error::of)?;
    }
    Ok(())
}

/// Returns a text that is at most as long as a name in the legend.
pub(crate) fn shortened(text: &str) -> String {
    match text.chars().count() {
        0..=LONGEST => text.to_owned(),
        _ => text.chars().take(LONGEST - 1).chain(['…']).collect(),
    }
}

/// Estimates the width of a text for a wide font, because the viewer's font is unknown.
pub(crate) fn width(text: &str) -> i32 {
    let width = |c: char| match c {
        'i' | 'j' | 'l' | '.' | ',' | ':' | ';' | '\'' | '|' | '!' | ' ' => 3.8,
        'f' | 't' | 'r' | 'I' | '(' | ')' | '[' | ']' | '/' | '-' => 4.8,
        'm' | 'w' | 'M' | 'W' | '@' | '%' => 11.2,
        '+' | '=' | '<' | '>' | '~' | '#' | 'A'..='Z' => 9.4,
        c if c.is_ascii() => 7.2,
        _ => 13.0,
    };
    text.chars().map(width).sum::<f64>().ceil() as i32
}

#[cfg(test)]
mod tests {
    use plotters::prelude::*;

    use super::{Mark, RIGHT, height, placed, width};

    #[test]
    fn nothing_lies_over_anything() {
        let names = ["c++", "@me", "WWWW", "(none)", "searchInsights", "漢字"];
        let many = names.iter().cycle().take(40);
        let entry = |name: &&str| (Mark::Line(RED.mix(1.0)), (*name).to_owned());
        let entries = placed(many.map(entry));
        assert!(height(&entries) > height(&entries[..1]), "they wrap");
        for pair in entries.windows(2) {
            let end = pair[0].left + super::MARK + width(&pair[0].text);
            let is_beside = pair[1].row == pair[0].row && pair[1].left > end;
            assert!(is_beside || pair[1].row == pair[0].row + 1);
            assert!(end <= RIGHT, "{} ends at {end}", pair[0].text);
        }
    }

    #[test]
    fn a_long_name_is_cut() {
        let entries = placed([(Mark::None, "long ".repeat(99))]);
        assert!(
            entries[0].text.ends_with('…') && entries[0].left + width(&entries[0].text) < RIGHT
        );
    }
}
