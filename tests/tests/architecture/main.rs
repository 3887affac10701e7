//! The architecture of ARCHITECTURE.md: which crate depends on which, which files of a crate use
//! each other, which crates do no I/O, and which makes a `Registry`.

mod checked;
mod circles;
mod crates;
mod outside;
mod resolve;
mod source;
