#![doc = include_str!("../README.md")]
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "this crate is tests and what they share: what fails must stop them"
)]

/// The README's examples run.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
pub struct Readme;

pub mod answer;
pub mod databases;
pub mod fixture;
pub mod postgres;
pub mod synthetic;
