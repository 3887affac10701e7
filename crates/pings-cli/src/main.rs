//! The `pings` command. The code is in the library, so that the tests of the whole system can use
//! it.

use std::process::ExitCode;

fn main() -> ExitCode {
    pings_cli::main()
}
