//! The spill file, in which events wait while the database does not accept them.
//!
//! Each recorder has its own file, which it keeps locked. The file holds batches, each with its
//! number and checksums, so that a damaged batch is detected and does not affect other batches. A
//! batch is flushed to the disk before it is acknowledged. A file that is not locked belongs to a
//! process that died: the next recorder writes its batches to the database.

mod block;
mod disk;

use std::fs::{self, File, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};

use pings_database::private;

use crate::event_log::row::{OwnedRow, Row};
use block::{Header, LONGEST_HEADER, decode, encode, events_in};
use disk::{append_lines, open_to_append, sync, sync_folder_of};

/// The extension of a spill file.
const EXTENSION: &str = "spill";

/// The extension of the file that keeps damaged batches.
const DAMAGED: &str = "damaged";

/// What events end up in that the database refuses.
const REJECTED: &str = "rejected.ndjson";

/// The number of bytes of a damaged file that are searched at once.
const PIECE: u64 = 1 << 16;

/// The spill file of a recorder.
pub(super) struct Spill {
    /// The id of the recorder that wrote the batches.
    pub(super) recorder: String,
    path: PathBuf,
    file: File,
    /// The position of the first batch that is not in the database.
    start: u64,
    /// The length of the file up to the end of its last complete batch.
    length: u64,
    /// Damaged pieces before `start`.
    damaged: Vec<Range<u64>>,
}

/// A batch in a spill file.
pub(super) struct Block {
    pub(super) batch: i64,
    pub(super) rows: Vec<OwnedRow>,
    /// The position after the batch.
    end: u64,
}

/// Damaged pieces of a file, which are kept in a second file.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Damage {
    /// The approximate number of damaged events.
    pub(super) events: usize,
    /// The damaged file.
    pub(super) file: PathBuf,
    /// The file that keeps the damaged pieces.
    pub(super) kept: PathBuf,
}

/// The files of processes that died.
#[derive(Default)]
pub(super) struct Adopted {
    /// The files that this process has now locked.
    pub(super) files: Vec<Spill>,
    /// Why other files could not be opened or locked.
    pub(super) failures: Vec<String>,
}

impl Spill {
    /// Creates a new file and locks it.
    pub(super) fn create(folder: &Path, recorder: &str) -> io::Result<Self> {
        let missing: Vec<&Path> = folder
            .ancestors()
            .take_while(|it| !it.as_os_str().is_empty() && !it.is_dir())
            .collect();
        private::create_folder(folder)?;
        for folder in missing {
            sync_folder_of(folder)?;
        }
        let path = folder.join(format!("{recorder}.{EXTENSION}"));
        loop {
            let file = open_to_append(&path)?;
            file.lock()?;
            // Before the file was locked, another process may have adopted and removed it.
            if path.exists() {
                return Ok(Self::new(recorder.to_owned(), path, file, 0));
            }
        }
    }

    fn new(recorder: String, path: PathBuf, file: File, length: u64) -> Self {
        Self {
            recorder,
            path,
            file,
            start: 0,
            length,
            damaged: Vec::new(),
        }
    }

    /// Locks and returns the files of processes that died.
    pub(super) fn adopt(folder: &Path) -> Adopted {
        let mut adopted = Adopted::default();
        let entries: io::Result<Vec<_>> = fs::read_dir(folder).and_then(Iterator::collect);
        let mut paths = match entries {
            Ok(entries) => entries.iter().map(fs::DirEntry::path).collect(),
            Err(error) => {
                let message = format!("cannot read {}: {error}", folder.display());
                adopted.failures.push(message);
                Vec::new()
            }
        };
        paths.retain(|path| path.extension().is_some_and(|it| it == EXTENSION));
        paths.sort();
        for path in paths {
            match Self::adopted(&path) {
                Ok(file) => adopted.files.extend(file),
                Err(error) => adopted.failures.push(format!(
                    "cannot read the events in {}: {error}",
                    path.display()
                )),
            }
        }
        adopted
    }

    /// Opens and locks a file. Returns `None` if the process that owns the file is alive, or has
    /// just removed it.
    fn adopted(path: &Path) -> io::Result<Option<Self>> {
        let Some(recorder) = path.file_stem().and_then(|stem| stem.to_str()) else {
            return Err(io::Error::other("the name of the file is not UTF-8"));
        };
        let file = match File::options().read(true).append(true).open(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            opened => opened?,
        };
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(None),
            Err(TryLockError::Error(error)) => return Err(error),
        }
        // Another process may have emptied and removed the file in the meantime.
        if !path.exists() {
            return Ok(None);
        }
        let length = file.metadata()?.len();
        let (recorder, path) = (recorder.to_owned(), path.to_owned());
        Ok(Some(Self::new(recorder, path, file, length)))
    }

    /// Returns the path of the file.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Returns whether the file holds no batches.
    pub(super) fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// Appends a batch, and returns once it is on the disk.
    pub(super) fn append(&mut self, batch: i64, rows: &[Row<'_>]) -> io::Result<()> {
        let block = encode(batch, rows)?;
        // Removes a partial batch that an earlier failed attempt may have left.
        self.file.set_len(self.length)?;
        let written = self
            .file
            .write_all(&block)
            .and_then(|()| sync(&self.file, &self.path));
        match written {
            Ok(()) => self.length += block.len() as u64,
            // Frees the disk space. If this fails, the next append tries again.
            Err(_) => drop(self.file.set_len(self.length)),
        }
        written
    }

    /// Returns the next batch, or `None` at the end. Batches before it that are damaged, or have
    /// events that cannot be read, are skipped.
    pub(super) fn next_block(&mut self) -> io::Result<Option<Block>> {
        while self.start < self.length {
            let header = self.header(self.start)?;
            let end = header.and_then(|it| self.start.checked_add(it.own)?.checked_add(it.length));
            let end = end.filter(|end| *end <= self.length);
            if let (Some(header), Some(end)) = (header, end) {
                let lines = self.read(self.start + header.own..end)?;
                // Another program may have written lines that this one cannot read.
                if header.fits(&lines)
                    && let Ok(rows) = decode(&lines)
                {
                    return Ok(Some(Block {
                        batch: header.batch,
                        rows,
                        end,
                    }));
                }
            }
            let next = match end {
                Some(end) if end == self.length || self.header(end)?.is_some() => end,
                _ => self.next_header(self.start)?,
            };
            self.damaged.push(self.start..next);
            self.start = next;
        }
        Ok(None)
    }

    /// Returns the header at this position, if there is one.
    fn header(&self, at: u64) -> io::Result<Option<Header>> {
        let bytes = self.read(at..self.length.min(at + LONGEST_HEADER))?;
        Ok(Header::read(&bytes))
    }

    /// Returns the position of the next header after `at`, or the end. An event line cannot contain
    /// a header, because a header ends with a line break, which JSON escapes.
    fn next_header(&self, at: u64) -> io::Result<u64> {
        let mut from = at + 1;
        while from < self.length {
            let piece = self.read(from..self.length.min(from + PIECE))?;
            for place in block::candidates(&piece) {
                let at = from + place as u64;
                if self.header(at)?.is_some() {
                    return Ok(at);
                }
            }
            // A header may begin in this piece and end in the next.
            from += PIECE - LONGEST_HEADER;
        }
        Ok(self.length)
    }

    fn read(&self, range: Range<u64>) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        let mut file = &self.file;
        file.seek(SeekFrom::Start(range.start))?;
        file.take(range.end - range.start).read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    /// Marks the batch as written to the database.
    pub(super) fn written(&mut self, block: &Block) {
        self.start = block.end;
    }

    /// Empties the file after all its batches were written to the database. Damaged pieces are kept
    /// in a second file.
    pub(super) fn clear(&mut self) -> io::Result<Option<Damage>> {
        let damage = self.keep_damaged()?;
        self.file.set_len(0)?;
        self.start = 0;
        self.length = 0;
        Ok(damage)
    }

    fn keep_damaged(&mut self) -> io::Result<Option<Damage>> {
        if self.damaged.is_empty() {
            return Ok(None);
        }
        let kept = self.path.with_extension(DAMAGED);
        let mut file = open_to_append(&kept)?;
        let mut events = 0;
        for range in &self.damaged {
            let bytes = self.read(range.clone())?;
            events += events_in(&bytes);
            file.write_all(&bytes)?;
        }
        sync(&file, &kept)?;
        self.damaged.clear();
        Ok(Some(Damage {
            events,
            file: self.path.clone(),
            kept,
        }))
    }

    /// Removes the file, which must be empty.
    pub(super) fn remove(self) -> io::Result<()> {
        fs::remove_file(&self.path)
    }

    /// Keeps events that the database refuses, beside the file, with what it says of each, and
    /// returns once they are on the disk. Where the file for them cannot be written, the
    /// recorder has one of its own. Returns the file; `None` if there are no such events.
    pub(super) fn reject<'r>(
        folder: &Path,
        recorder: &str,
        refused: impl IntoIterator<Item = (Row<'r>, &'r str)>,
    ) -> io::Result<Option<PathBuf>> {
        let mut lines = String::new();
        for (row, reason) in refused {
            let mut line = serde_json::to_value(OwnedRow::from(&row))?;
            line["reason"] = reason.into();
            lines.push_str(&format!("{line}\n"));
        }
        if lines.is_empty() {
            return Ok(None);
        }
        let shared = folder.join(REJECTED);
        if append_lines(&shared, lines.as_bytes()).is_ok() {
            return Ok(Some(shared));
        }
        let own = folder.join(format!("{recorder}.{REJECTED}"));
        append_lines(&own, lines.as_bytes())?;
        Ok(Some(own))
    }
}

#[cfg(test)]
mod tests;
