//! Writes files that survive a loss of power: their content and their entry in the folder are
//! flushed to the disk.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

use pings_database::private;

/// Opens a file to append to, or creates it. A file that is created has a lasting entry in its
/// folder.
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
        // Another process was faster, and flushes the folder.
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

/// Flushes the entries of the folder of a file to the disk. Other systems than Unix do that
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

/// Adds lines to a file, and returns once they are on the disk. Part of a line that an earlier
/// attempt left at the end does not run into them.
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

/// A record of the flushes, for the tests of a loss of power.
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

    /// Notes the length up to which a file was flushed, or that a folder was.
    pub(super) fn note(path: &Path, file: Option<&File>) {
        let length = file.map(|file| file.metadata().unwrap().len());
        let entries = || std::fs::read_dir(path).into_iter().flatten().flatten();
        SYNCED.with_borrow_mut(|synced| match length {
            Some(length) => drop(synced.insert(path.to_owned(), Some(length))),
            // Each entry of the folder lasts from now on, with the content that was flushed.
            None => entries().for_each(|entry| {
                synced.entry(entry.path().join("entry")).or_insert(None);
            }),
        });
    }

    /// Copies the files of a folder as a loss of power would leave them: those with a lasting
    /// entry, up to the length that was flushed.
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
