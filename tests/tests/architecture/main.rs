//! The architecture of ARCHITECTURE.md: which crate depends on which, which files of a crate use
//! each other, and which crates do no I/O.

mod circles;
mod crates;
mod outside;
mod resolve;
mod source;
