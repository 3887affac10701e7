//! Writes files that survive a power failure: their content and their directory entry are flushed
//! to the disk.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

use pings_database::private;

/// Opens a file for appending, or creates it. The directory entry of a new file is flushed.
pub(super) fn open_to_append(path: &Path) -> io::Result<File> {
    let open = |is_new| {
        let mut options = private::file_options();
        options
            .read(true)
            .append(true)
            .create_new(is_new)
            .open(path)
    };
    match open(false) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        opened => return opened,
    }
    match open(true) {
        // Another process created the file in the meantime and flushes the folder.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => open(false),
        created => {
            let file = created?;
            sync_folder_of(path)?;
            Ok(file)
        }
    }
}

/// Flushes the content of a file to the disk.
pub(super) fn sync(file: &File, path: &Path) -> io::Result<()> {
    file.sync_data()?;
    note(path, Some(file));
    Ok(())
}

/// Flushes the entries of the folder that contains a file. Systems other than Unix do this
/// themselves.
pub(super) fn sync_folder_of(path: &Path) -> io::Result<()> {
    let Some(folder) = path.parent() else {
        return Ok(());
    };
    #[cfg(unix)]
    {
        let is_here = folder.as_os_str().is_empty();
        let folder = if is_here { Path::new(".") } else { folder };
        File::open(folder)?.sync_all()?;
    }
    note(folder, None);
    Ok(())
}

/// Appends lines to a file, and returns once they are on the disk. If an earlier attempt left an
/// incomplete line at the end, the new lines start on a line of their own.
pub(super) fn append_lines(path: &Path, lines: &[u8]) -> io::Result<()> {
    let mut file = open_to_append(path)?;
    let mut last = [b'\n'];
    if file.metadata()?.len() > 0 {
        file.seek(SeekFrom::End(-1))?;
        file.read_exact(&mut last)?;
    }
    if last != *b"\n" {
        file.write_all(b"\n")?;
    }
    file.write_all(lines)?;
    sync(&file, path)
}

#[cfg(not(test))]
fn note(_: &Path, _: Option<&File>) {}

#[cfg(test)]
use journal::note;
#[cfg(test)]
pub(super) use journal::survivors;

/// Records the flushes, for tests that simulate a power failure.
#[cfg(test)]
mod journal {
    use std::cell::RefCell;
    use std::collections::BTreeMap;
    use std::fs::File;
    use std::path::{Path, PathBuf};

    type Synced = BTreeMap<PathBuf, Option<u64>>;

    thread_local! {
        static SYNCED: RefCell<Synced> = const { RefCell::new(Synced::new()) };
    }

    /// Records the flushed length of a file, or that a folder was flushed.
    pub(super) fn note(path: &Path, file: Option<&File>) {
        let length = file.map(|file| file.metadata().unwrap().len());
        let entries = || std::fs::read_dir(path).into_iter().flatten().flatten();
        SYNCED.with_borrow_mut(|synced| match length {
            Some(length) => drop(synced.insert(path.to_owned(), Some(length))),
            // From now on each entry of the folder survives, with the content that was flushed.
            None => entries().for_each(|entry| {
                synced.entry(entry.path().join("entry")).or_insert(None);
            }),
        });
    }

    /// Copies the files of a folder as a power failure would leave them: the files whose directory
    /// entry was flushed, up to the flushed length.
    pub(in super::super) fn survivors(folder: &Path, into: &Path) {
        SYNCED.with_borrow(|synced| {
            if !synced.contains_key(&folder.join("entry")) {
                return;
            }
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if synced.contains_key(&path.join("entry")) {
                    let length = synced.get(&path).copied().flatten().unwrap_or(0);
                    let mut content = std::fs::read(&path).unwrap();
                    content.truncate(length as usize);
                    std::fs::write(into.join(path.file_name().unwrap()), content).unwrap();
                }
            }
        });
    }
}
