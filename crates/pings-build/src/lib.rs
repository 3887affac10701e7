#![doc = include_str!("../README.md")]

mod load;
mod persist;
mod script;

pub use load::{Failure, Loaded, load, read};
pub use persist::{Change, ChangeKind, Foreign, WriteError, changes, write};
pub use script::generate;
