//! Files and folders that only their owner can read.
//!
//! The mode is set when a file is created, so that no other user can open the file in between.
//! Existing files and folders keep their mode.

use std::fs::{DirBuilder, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

/// Returns options that create files with mode 0600 on Unix.
#[must_use]
pub fn file_options() -> OpenOptions {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Writes a whole file, with mode 0600 on Unix if the file is new.
///
/// # Errors
///
/// Returns an error if the file cannot be written.
pub fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut options = file_options();
    let mut file = options.write(true).create(true).truncate(true).open(path)?;
    file.write_all(bytes)
}

/// Creates a folder and its missing parents, with mode 0700 on Unix.
///
/// # Errors
///
/// Returns an error if a folder cannot be created.
pub fn create_folder(path: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}
