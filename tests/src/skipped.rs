//! Tests that need a service that is missing.

use std::env;
use std::io::{self, Write};

use xtask::services::OFFLINE;

/// Prints that a test is skipped.
///
/// # Panics
///
/// Panics unless the variable [`OFFLINE`] allows tests to be skipped, because a missing service is
/// a failure.
pub fn skip(service: &str, help: &str) {
    let is_allowed = env::var_os(OFFLINE).is_some_and(|value| !value.is_empty());
    match notice(service, help, is_allowed) {
        // The test harness hides the output of passing tests, but this message must be seen.
        Ok(notice) => drop(io::stderr().write_all(notice.as_bytes())),
        Err(failure) => panic!("{failure}"),
    }
}

/// Prints that a test is skipped whose service is large, and therefore only fetched by `cargo xtask
/// test`.
///
/// # Panics
///
/// Panics in CI unless the variable [`OFFLINE`] allows tests to be skipped.
pub fn skip_unless_in_ci(service: &str, help: &str) {
    let is_ci = env::var_os("CI").is_some_and(|value| !value.is_empty());
    match is_ci {
        true => skip(service, help),
        false => {
            let notice = format!("\nSKIPPED: {service} is missing\nhelp: {help}\n\n");
            drop(io::stderr().write_all(notice.as_bytes()));
        }
    }
}

/// Returns the notice of a skipped test, or the failure if the test must not be skipped.
fn notice(service: &str, help: &str, is_allowed: bool) -> Result<String, String> {
    match is_allowed {
        true => Ok(format!("\nSKIPPED: {service} is missing\nhelp: {help}\n\n")),
        false => Err(format!(
            "{service} is missing\nhelp: {help}, or skip the tests that need it with `cargo xtask test --offline`"
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::notice;

    #[test]
    fn a_missing_service_is_a_failure_unless_skipping_is_allowed() {
        let failure = notice("PostgreSQL", "install it", false).expect_err("a failure");
        assert!(failure.starts_with("PostgreSQL is missing\nhelp: install it, or "));
        let notice = notice("PostgreSQL", "install it", true).expect("a notice");
        assert!(
            notice.contains("SKIPPED: PostgreSQL is missing"),
            "{notice}"
        );
    }
}
