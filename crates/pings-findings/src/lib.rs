#![doc = include_str!("../README.md")]

mod accept;
pub mod check;
pub mod diff;
pub mod failure;
mod github;
mod markdown;

pub use github::{data as github_data, property as github_property};

/// Returns a number with its noun: `1 code`, `2 codes`.
fn counted(count: usize, one: &str) -> String {
    match count {
        1 => format!("1 {one}"),
        more => format!("{more} {one}s"),
    }
}
