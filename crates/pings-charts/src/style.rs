//! Sizes and colours.

use plotters::coord::Shift;
use plotters::prelude::*;

use crate::error::Error;

/// The number of groups that colours can distinguish.
pub const GROUPS: usize = 6;

/// Colours that can be distinguished without red and green (Okabe and Ito).
pub(crate) const COLOURS: [RGBColor; GROUPS] = [
    RGBColor(0, 114, 178),
    RGBColor(213, 94, 0),
    RGBColor(0, 158, 115),
    RGBColor(204, 121, 167),
    RGBColor(230, 159, 0),
    RGBColor(86, 180, 233),
];

pub(crate) const SIZE: (u32, u32) = (1100, 620);

/// The space to the left and to the right of the weeks.
pub(crate) const MARGIN: (i32, i32) = (86, 24);

pub(crate) const INK: RGBColor = RGBColor(40, 44, 52);
pub(crate) const FAINT: RGBColor = RGBColor(225, 228, 232);
pub(crate) const PALE: RGBColor = RGBColor(128, 134, 142);
pub(crate) const UNTRUSTED: RGBColor = RGBColor(150, 150, 150);
pub(crate) const TRUSTED: RGBColor = RGBColor(0, 114, 178);

pub(crate) type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
pub(crate) type Drawn = Result<(), Error>;
