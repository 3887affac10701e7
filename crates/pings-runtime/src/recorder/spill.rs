//! The file in which events wait while the database does not take them.
//!
//! A recorder has a file of its own, which it keeps locked. It holds batches,
//! each with its number and a checksum, so that half a batch is seen to be
//! one; a batch is in the file for good before anybody is told that it is. A
//! file that nobody has locked is that of a process that died: whoever comes
//! next writes its batches to the database.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use crate::event_log::UserId;
use crate::event_log::row::{OwnedRow, Row};

/// What a file of a recorder ends with.
const EXTENSION: &str = "spill";

/// What the file ends with that keeps what cannot be read of one.
const DAMAGED: &str = "damaged";

/// What events end up in that the database refuses.
pub(super) const REJECTED: &str = "rejected.ndjson";

/// The first word of a batch whose users are all numbers: the first version of the format, which
/// each program reads.
const NUMBERED: &str = "batch";

/// The first word of a batch with users that are texts: the second version. A program that does
/// not know it keeps the batch in a `.damaged` file.
const TEXTUAL: &str = "batch.2";

/// The file of a recorder.
pub(super) struct Spill {
    /// Whose batches these are.
    pub(super) recorder: String,
    path: PathBuf,
    file: File,
    /// Where the first batch begins that is not in the database.
    start: u64,
    /// Up to where it holds whole batches.
    length: u64,
}

/// A batch of a file.
pub(super) struct Block {
    pub(super) batch: i64,
    pub(super) rows: Vec<OwnedRow>,
    /// Where the next one begins.
    end: u64,
}

impl Spill {
    /// A new file, locked.
    pub(super) fn create(folder: &Path, recorder: &str) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        let path = folder.join(format!("{recorder}.{EXTENSION}"));
        loop {
            let file = OpenOptions::new()
                .read(true)
                .append(true)
                .create(true)
                .open(&path)?;
            file.lock()?;
            // Before it was locked, another process may have taken it for one of the dead.
            if path.exists() {
                return Ok(Self {
                    recorder: recorder.to_owned(),
                    path,
                    file,
                    start: 0,
                    length: 0,
                });
            }
        }
    }

    /// The files of processes that died, now locked by this one.
    pub(super) fn adopt(folder: &Path) -> Vec<Self> {
        let Ok(entries) = fs::read_dir(folder) else {
            return Vec::new();
        };
        let mut paths: Vec<PathBuf> = entries
            .filter_map(|entry| Some(entry.ok()?.path()))
            .filter(|path| path.extension().is_some_and(|it| it == EXTENSION))
            .collect();
        paths.sort();
        paths
            .iter()
            .filter_map(|path| Self::adopted(path))
            .collect()
    }

    fn adopted(path: &Path) -> Option<Self> {
        let recorder = path.file_stem()?.to_str()?.to_owned();
        let file = OpenOptions::new().read(true).append(true).open(path).ok()?;
        file.try_lock().ok()?;
        // Another process may have emptied and removed it in the meantime.
        path.exists().then_some(())?;
        let length = file.metadata().ok()?.len();
        Some(Self {
            recorder,
            path: path.to_owned(),
            file,
            start: 0,
            length,
        })
    }

    /// Whether no batch waits in it.
    pub(super) fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// Adds a batch, and returns once it is on the disk.
    pub(super) fn append(&mut self, batch: i64, rows: &[Row<'_>]) -> io::Result<()> {
        let mut lines = Vec::with_capacity(rows.len() * 200);
        for row in rows {
            serde_json::to_writer(&mut lines, &OwnedRow::from(row))?;
            lines.push(b'\n');
        }
        let checksum = crc32fast::hash(&lines);
        let is_numbered = |row: &Row<'_>| matches!(row.user_id, UserId::Number(_));
        let word = if rows.iter().all(is_numbered) {
            NUMBERED
        } else {
            TEXTUAL
        };
        let mut block = format!("{word} {batch} {} {checksum:08x}\n", lines.len()).into_bytes();
        block.append(&mut lines);
        // What is left of one that could not be written goes first.
        self.file.set_len(self.length)?;
        let written = self
            .file
            .write_all(&block)
            .and_then(|()| self.file.sync_data());
        match written {
            Ok(()) => self.length += block.len() as u64,
            // The room is for others. Where that fails, it is tried again before the next.
            Err(_) => drop(self.file.set_len(self.length)),
        }
        written
    }

    /// The next batch; none at the end, or where what is left is no whole batch.
    pub(super) fn next_block(&self) -> io::Result<Option<Block>> {
        let mut reader = BufReader::new(&self.file);
        reader.seek(SeekFrom::Start(self.start))?;
        let mut header = String::new();
        if reader.read_line(&mut header).unwrap_or(0) == 0 {
            return Ok(None);
        }
        let Some((batch, length, checksum)) = parse_header(&header) else {
            return Ok(None);
        };
        let start = self.start + header.len() as u64;
        if start + length > self.length {
            return Ok(None);
        }
        let mut text = Vec::new();
        reader.take(length).read_to_end(&mut text)?;
        if crc32fast::hash(&text) != checksum {
            return Ok(None);
        }
        let rows = text
            .split(|byte| *byte == b'\n')
            .filter(|line| !line.is_empty())
            .map(serde_json::from_slice)
            .collect::<Result<_, _>>()?;
        Ok(Some(Block {
            batch,
            rows,
            end: start + length,
        }))
    }

    /// Notes that the batch is in the database.
    pub(super) fn written(&mut self, block: &Block) {
        self.start = block.end;
    }

    /// Empties the file, all batches of which are in the database. What is
    /// left of it is no batch, and is kept beside it for whoever can read it.
    pub(super) fn clear(&mut self) -> io::Result<()> {
        if self.start < self.length {
            let mut rest = Vec::new();
            (&self.file).seek(SeekFrom::Start(self.start))?;
            (&self.file).read_to_end(&mut rest)?;
            let mut damaged = OpenOptions::new()
                .append(true)
                .create(true)
                .open(self.path.with_extension(DAMAGED))?;
            damaged.write_all(&rest)?;
            damaged.sync_data()?;
        }
        self.file.set_len(0)?;
        self.start = 0;
        self.length = 0;
        Ok(())
    }

    /// Removes the file, in which no batch waits.
    pub(super) fn remove(self) -> io::Result<()> {
        fs::remove_file(&self.path)
    }

    /// Keeps events that the database refuses in a second file, each with the database's message,
    /// and returns once they are on the disk.
    pub(super) fn reject<'r>(
        folder: &Path,
        refused: impl IntoIterator<Item = (Row<'r>, &'r str)>,
    ) -> io::Result<()> {
        let mut lines = String::new();
        for (row, reason) in refused {
            let mut line = serde_json::to_value(OwnedRow::from(&row))?;
            line["reason"] = reason.into();
            lines.push_str(&format!("{line}\n"));
        }
        let mut file = OpenOptions::new()
            .append(true)
            .create(true)
            .open(folder.join(REJECTED))?;
        file.write_all(lines.as_bytes())?;
        file.sync_data()
    }
}

fn parse_header(line: &str) -> Option<(i64, u64, u32)> {
    let mut words = line.strip_suffix('\n')?.split(' ');
    let word = words.next()?;
    (word == NUMBERED || word == TEXTUAL).then_some(())?;
    let batch = words.next()?.parse().ok()?;
    let length = words.next()?.parse().ok()?;
    let checksum = u32::from_str_radix(words.next()?, 16).ok()?;
    words.next().is_none().then_some((batch, length, checksum))
}
