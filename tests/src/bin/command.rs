//! The `pings` program for the tests of this package. Cargo only provides tests with the paths of
//! programs in the same package.

use std::process::ExitCode;

use mimalloc::MiMalloc;

/// Large registries allocate millions of small texts, for which the allocator of the system takes a
/// third of the time.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    pings_cli::main()
}
