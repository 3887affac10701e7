#![doc = include_str!("../README.md")]

mod chart;
mod draw;
mod error;
mod legend;
mod lines;
mod spans;
mod style;

pub use chart::{Band, Chart, Instances, Kind, Line, Span, Week};
pub use error::Error;
pub use style::GROUPS;
