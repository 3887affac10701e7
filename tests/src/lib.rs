#![doc = include_str!("../README.md")]
/// Runs the examples of the README.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
pub struct Readme;

#[doc = include_str!("../../docs/front-end.md")]
#[cfg(doctest)]
pub struct FrontEnd;

pub mod answer;
pub mod bombs;
pub mod clickhouse;
pub mod databases;
pub mod figures;
pub mod fixture;
pub mod flaky;
pub mod fleet;
pub mod http;
pub mod keys;
pub mod oracle;
pub mod packages;
pub mod parts;
pub mod peer;
pub mod pgbouncer;
pub mod place;
pub mod postgres;
pub mod random;
pub mod report;
pub mod same;
pub mod server;
pub mod skipped;
pub mod stalling;
pub mod synthetic;
pub mod vendor;
pub mod web;
