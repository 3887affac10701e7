#![doc = include_str!("../README.md")]

mod chart;
mod draw;
mod error;
mod legend;
mod lines;
mod style;

pub use chart::{Chart, Instances, Kind, Line, Week};
pub use error::Error;
pub use style::GROUPS;
