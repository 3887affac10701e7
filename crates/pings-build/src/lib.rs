#![doc = include_str!("../README.md")]

mod change;
mod findings;
mod load;
mod parallel;
mod persist;
mod relative;
mod revision;
mod root;
mod script;

pub use change::{Change, ChangeKind, Foreign, WriteError};
pub use findings::{contents, is_denied, summary};
pub use load::{Failure, Linted, Loaded, file_beside, lint, load, read, read_with};
pub use persist::{changes, write};
pub use relative::relative;
pub use revision::{at_revision, file_at_revision, is_missing_at_revision};
pub use root::from_root;
pub use script::{generate, generate_web};
