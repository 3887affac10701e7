//! The format of a batch in a spill file: a header line, then one line per event.
//!
//! The header is `batch.3 NUMBER LENGTH CHECKSUM SEAL`: the number of the batch, the length of its
//! event lines in bytes, their CRC-32, and the CRC-32 of the header up to this point. Event lines
//! are JSON, which escapes line breaks, so that no text in an event looks like a header.

use crate::event_log::row::{OwnedRow, Row};

/// The first word of a header.
const WORD: &str = "batch.3";

/// The first words of earlier formats, which have no seal. In the first format, all user ids were
/// numbers.
const UNSEALED: [&str; 2] = ["batch", "batch.2"];

/// The maximum length of a header line in bytes.
pub(super) const LONGEST_HEADER: u64 = 96;

/// The header line of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) batch: i64,
    /// The length of the event lines in bytes.
    pub(super) length: u64,
    checksum: u32,
    /// The length of the header itself in bytes.
    pub(super) own: u64,
}

impl Header {
    /// Parses a header at the beginning of `bytes`.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let end = bytes.iter().position(|byte| *byte == b'\n')?;
        let line = std::str::from_utf8(&bytes[..end]).ok()?;
        let (word, _) = line.split_once(' ')?;
        let told = if UNSEALED.contains(&word) {
            line
        } else {
            let (told, seal) = line.rsplit_once(' ')?;
            let is_sealed = word == WORD && seal == checksum_of(told.as_bytes());
            is_sealed.then_some(told)?
        };
        let mut words = told.split(' ').skip(1);
        let batch = words.next()?.parse().ok()?;
        let length = words.next()?.parse().ok()?;
        let checksum = u32::from_str_radix(words.next()?, 16).ok()?;
        let own = end as u64 + 1;
        words.next().is_none().then_some(Self {
            batch,
            length,
            checksum,
            own,
        })
    }

    /// Returns whether `lines` are the event lines that belong to this header.
    pub(super) fn fits(&self, lines: &[u8]) -> bool {
        lines.len() as u64 == self.length && crc32fast::hash(lines) == self.checksum
    }
}

/// Encodes a batch.
pub(super) fn encode(batch: i64, rows: &[Row<'_>]) -> serde_json::Result<Vec<u8>> {
    let mut lines = Vec::with_capacity(rows.len() * 200);
    for row in rows {
        serde_json::to_writer(&mut lines, &OwnedRow::from(row))?;
        lines.push(b'\n');
    }
    let told = format!("{WORD} {batch} {} {}", lines.len(), checksum_of(&lines));
    let mut block = format!("{told} {}\n", checksum_of(told.as_bytes())).into_bytes();
    block.append(&mut lines);
    Ok(block)
}

/// Decodes the event lines of a batch.
pub(super) fn decode(lines: &[u8]) -> serde_json::Result<Vec<OwnedRow>> {
    lines
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty())
        .map(serde_json::from_slice)
        .collect()
}

/// Returns the positions at which a header may begin.
pub(super) fn candidates(bytes: &[u8]) -> impl Iterator<Item = usize> {
    let words = bytes.windows(UNSEALED[0].len()).enumerate();
    let words = words.filter(|(_, word)| *word == UNSEALED[0].as_bytes());
    words.map(|(place, _)| place)
}

/// Estimates the number of events in a damaged piece: the lines that look like an event.
pub(super) fn events_in(damaged: &[u8]) -> usize {
    let lines = damaged.split(|byte| *byte == b'\n');
    lines.filter(|line| line.starts_with(b"{")).count().max(1)
}

fn checksum_of(bytes: &[u8]) -> String {
    format!("{:08x}", crc32fast::hash(bytes))
}
