//! Work on two cores.

use std::panic::resume_unwind;

/// Runs two functions at the same time.
pub(crate) fn both<A, B: Send>(
    one: impl FnOnce() -> A,
    other: impl FnOnce() -> B + Send,
) -> (A, B) {
    std::thread::scope(|scope| {
        let other = scope.spawn(other);
        let one = one();
        // A panic of the function is the caller's.
        let other = other.join().unwrap_or_else(|panic| resume_unwind(panic));
        (one, other)
    })
}
