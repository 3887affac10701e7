#![doc = include_str!("../README.md")]

mod admin;
mod change;
mod form;
mod frame;
mod host;
mod indent;
mod leaving;
mod link;
mod loopback;
mod pages;
mod router;
mod state;
mod text;
mod value;
mod view;
mod weeks;

pub use admin::Admin;
pub use host::{Host, Opening};
pub use loopback::Loopback;
