#![doc = include_str!("../README.md")]

pub mod diff;
mod github;
mod markdown;

/// `1 code`, `2 codes`
fn counted(count: usize, one: &str) -> String {
    match count {
        1 => format!("1 {one}"),
        more => format!("{more} {one}s"),
    }
}
