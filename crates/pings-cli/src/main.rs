//! The `pings` command. The code is in the library, so that the tests of the whole system can use
//! it.

use std::process::ExitCode;

use mimalloc::MiMalloc;

/// Large registries allocate millions of small texts, for which the allocator of the system takes a
/// third of the time.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    pings_cli::main()
}
