#![doc = include_str!("../README.md")]

mod argument;
mod binding;
mod capture;
mod dialect;
mod events;
mod expr;
mod funnel;
mod layout;
mod log;
mod measure;
mod names;
mod query;
mod rank;
mod sql_capture;
mod window;

pub use dialect::Dialect;
pub use query::{Column, Parameters, Query, Role, columns, query};

#[cfg(test)]
mod tests;
