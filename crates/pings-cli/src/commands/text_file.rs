//! Reading of small text files that an operator names.

use std::fs::{self, File};
use std::io::Read;
use std::path::Path;

use crate::failure::Failure;

/// Reads a UTF-8 text file of at most `most` bytes. This blocks the thread.
///
/// # Errors
///
/// Returns an error if the file is not a regular file, too large or not UTF-8, or if it cannot be
/// read. A named pipe is refused before it is opened, because opening it waits for a writer.
pub(crate) fn read(path: &Path, most: u64) -> Result<String, Failure> {
    let name = path.display();
    let failed = |error| Failure::Input(format!("cannot read {name}: {error}"));
    if !fs::metadata(path).map_err(failed)?.is_file() {
        return Err(Failure::Input(format!("{name} is not a regular file")));
    }
    let mut text = String::new();
    let file = File::open(path).map_err(failed)?;
    let size = file.take(most + 1).read_to_string(&mut text);
    if size.map_err(failed)? as u64 > most {
        return Err(Failure::Input(format!(
            "{name} is larger than {most} bytes"
        )));
    }
    Ok(text)
}
