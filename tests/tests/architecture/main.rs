//! Checks the rules of ARCHITECTURE.md: the dependencies between crates and between the files of a
//! crate, the crates that do no I/O, and the crate that constructs a `Registry`.

mod checked;
mod circles;
mod counted;
mod crates;
mod outside;
mod resolve;
mod source;
