//! `pings`, for the tests of this package: Cargo tells them the path of their own programs only.

use std::process::ExitCode;

fn main() -> ExitCode {
    pings::main()
}
