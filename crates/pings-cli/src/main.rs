//! `pings`. All of it is in the library, so that the tests of the whole system run it as well.

use std::process::ExitCode;

fn main() -> ExitCode {
    pings::main()
}
