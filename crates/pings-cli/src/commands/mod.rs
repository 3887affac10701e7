//! The commands, with a file for each.

mod argument_faults;
pub(crate) mod capture;
pub(crate) mod check;
pub(crate) mod completions;
pub(crate) mod consent;
pub(crate) mod convert;
pub(crate) mod delivery;
pub(crate) mod diff;
pub(crate) mod explain;
pub(crate) mod generate;
pub(crate) mod import;
pub(crate) mod init;
pub(crate) mod inputs;
pub(crate) mod man;
pub(crate) mod new;
pub(crate) mod prune;
pub(crate) mod record;
pub(crate) mod report;
pub(crate) mod scan;
pub(crate) mod serve;
pub(crate) mod set;
mod signals;
pub(crate) mod sql;
pub(crate) mod store;
pub(crate) mod tail;
pub(crate) mod text_file;
