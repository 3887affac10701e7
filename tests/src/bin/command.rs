//! The `pings` program for the tests of this package. Cargo only provides tests with the paths of
//! programs in the same package.

use std::process::ExitCode;

fn main() -> ExitCode {
    pings_cli::main()
}
