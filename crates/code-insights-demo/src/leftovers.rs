//! Files of an earlier demo in the same folder.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::Path;

/// The databases that a demo creates.
const DATABASES: [&str; 3] = ["pings.db", "product.db", "store.db"];

/// The suffixes of a database and of the files that SQLite creates next to it.
const BESIDE: [&str; 4] = ["", "-wal", "-shm", "-journal"];

/// The folder for events that `pings.db` has not taken yet. Events of an earlier demo must not
/// enter a new one.
const SPILL: &str = "pings.db-spill";

/// The folder of the fleet's instances.
pub(crate) const FLEET: &str = "fleet";

/// Creates the folder if necessary, and removes only the files of an earlier demo.
pub(crate) fn clear(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    for database in DATABASES {
        for end in BESIDE {
            gone(fs::remove_file(folder.join(format!("{database}{end}"))))?;
        }
    }
    gone(fs::remove_dir_all(folder.join(SPILL)))?;
    gone(fs::remove_dir_all(folder.join(FLEET)))?;
    // Users may have exported events from the demo to this file for an import.
    gone(fs::remove_file(folder.join("events.ndjson")))
}

/// Ignores the error for a file that does not exist.
fn gone(removed: io::Result<()>) -> io::Result<()> {
    removed.or_else(|error| match error.kind() {
        ErrorKind::NotFound => Ok(()),
        _ => Err(error),
    })
}
