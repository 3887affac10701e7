//! The mistakes and findings of one registry, in formats for other programs.

mod fingerprint;
mod github;
mod item;
mod json;
mod sarif;

pub use github::annotations;
pub use item::{Described, Item, Places};
pub use json::items;
pub use sarif::{failed_log, log, unreadable_log};
