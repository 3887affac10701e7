#![doc = include_str!("../README.md")]

mod query;

pub use query::{Column, Dialect, Parameters, Query, Role, columns, query};
