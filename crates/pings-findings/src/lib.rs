#![doc = include_str!("../README.md")]

mod accept;
pub mod check;
pub mod diff;
pub mod failure;
mod github;
mod markdown;

pub use github::{data as github_data, property as github_property};
