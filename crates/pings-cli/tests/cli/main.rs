//! The `pings` command, as people and programs call it.

mod catalogue;
mod command;
mod consent;
mod convert;
mod delivery;
mod demo;
mod diff;
mod first_steps;
mod lints;
mod live;
mod new;
mod objects;
#[cfg(unix)]
mod operations;
mod reading;
mod reference;
#[cfg(unix)]
mod runbooks;
mod scan;
mod serve;
#[cfg(unix)]
mod services;
mod store;
mod tail;
mod terminal;
mod trust;
mod view;
mod windows;
