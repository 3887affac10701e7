//! The code that all generated crates share.
//!
//! A generated crate has the enum of events, two matches over it, and tables. Everything else is
//! here, so that it is compiled once. The module changes with the generator.

mod arguments;
mod check;
pub(crate) mod event;
mod methods;
pub(crate) mod names;
mod perfect_hash;
mod reader;
mod tables;
mod text;
mod value;
mod wire;

pub use serde;

pub use arguments::Arguments;
pub use check::check;
pub use event::Generated;
pub use names::Names;
pub use perfect_hash::{PerfectHash, hash};
pub use reader::Reader;
pub use tables::{Keys, Tables};
pub use text::{Texts, deserialize_text, parse_text};
pub use value::{Argument, Value};
pub use wire::{argument, clone, debug, equal, from_wire, name, serialize};

pub use crate::__event_methods as event_methods;
pub use crate::__text_enum as text_enum;
