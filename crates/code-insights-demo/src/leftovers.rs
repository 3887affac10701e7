//! What an earlier demo left in its folder.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::Path;

/// The databases that a demo makes.
const DATABASES: [&str; 3] = ["pings.db", "product.db", "store.db"];

/// What SQLite keeps beside a database.
const BESIDE: [&str; 4] = ["", "-wal", "-shm", "-journal"];

/// Where recorders keep events that `pings.db` did not take yet: those of the
/// demo before are none of the new one's.
const SPILL: &str = "pings.db-spill";

/// Where the instances of the fleet are.
pub(crate) const FLEET: &str = "fleet";

/// Makes the folder where there is none, and removes what a demo leaves, nothing else.
pub(crate) fn clear(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    for database in DATABASES {
        for end in BESIDE {
            gone(fs::remove_file(folder.join(format!("{database}{end}"))))?;
        }
    }
    gone(fs::remove_dir_all(folder.join(SPILL)))?;
    gone(fs::remove_dir_all(folder.join(FLEET)))?;
    // Events that somebody took out of the demo, to import them.
    gone(fs::remove_file(folder.join("events.ndjson")))
}

/// What is not there need not be removed.
fn gone(removed: io::Result<()>) -> io::Result<()> {
    removed.or_else(|error| match error.kind() {
        ErrorKind::NotFound => Ok(()),
        _ => Err(error),
    })
}
