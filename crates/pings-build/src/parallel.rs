//! Work on all cores.

use std::num::NonZero;
use std::panic::resume_unwind;
use std::thread;

/// The smallest number of items that is worth a thread.
const FEW: usize = 100;

/// Applies a function to each item on all cores, and returns the results in the order of the items.
pub(crate) fn map<T: Sync, R: Send>(items: &[T], run: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    let part = items.len().div_ceil(cores).max(FEW);
    if items.len() <= part {
        return items.iter().map(run).collect();
    }
    thread::scope(|scope| {
        let run = &run;
        let start = |part| scope.spawn(move || Iterator::map(<[T]>::iter(part), run).collect());
        let threads: Vec<_> = items.chunks(part).map(start).collect();
        let results = threads.into_iter().map(|thread| -> Vec<R> {
            // A panic of the function is the caller's.
            thread.join().unwrap_or_else(|panic| resume_unwind(panic))
        });
        results.flatten().collect()
    })
}
