//! Tests that need a service that is missing.

use std::env;
use std::io::{self, Write};

use xtask::services::OFFLINE;

/// Prints that a test is skipped.
///
/// # Panics
///
/// Panics unless the variable [`OFFLINE`] allows to skip tests: a missing service is a failure.
pub fn skip(service: &str, help: &str) {
    let is_allowed = env::var_os(OFFLINE).is_some_and(|value| !value.is_empty());
    assert!(
        is_allowed,
        "{service} is missing\nhelp: {help}, or run `cargo xtask test --offline` to skip its tests"
    );
    // The test harness hides the output of passing tests, but this message must be seen.
    let notice = format!("\nSKIPPED: {service} is missing\nhelp: {help}\n\n");
    let _ = io::stderr().write_all(notice.as_bytes());
}
