#![doc = include_str!("../README.md")]

mod argument;
mod call;
mod client;
mod doubt;
mod exclude;
mod finding;
mod git;
mod history;
mod javascript;
mod language;
mod lexer;
mod lines;
mod link;
mod module;
mod modules;
mod names;
mod ranges;
mod report;
mod site;
mod tags;
mod test_modules;
mod text;
mod tree;
mod types;

pub use call::{CALLS, Call};
pub use exclude::Exclude;
pub use finding::{Finding, FindingKind};
pub use history::{Gap, History, Presence, Tags, Unclear, history};
pub use language::Languages;
pub use names::{ENUMS, Names};
pub use report::{EventSites, Report, report};
pub use site::{Doubt, DynamicName, ExportedFunction, NameForm, Role, Site, UnregisteredCall};
pub use tags::{Release, Releases, releases};
pub use tree::{Counts, Scan, Scanned, scan};
