#![doc = include_str!("../README.md")]

mod findings;
mod load;
mod persist;
mod relative;
mod revision;
mod root;
mod script;

pub use findings::{contents, is_denied, summary};
pub use load::{Failure, Linted, Loaded, file_beside, lint, load, read, read_with};
pub use persist::{Change, ChangeKind, Foreign, WriteError, changes, write};
pub use relative::relative;
pub use revision::{at_revision, file_at_revision, is_missing_at_revision};
pub use root::from_root;
pub use script::{generate, generate_web};
