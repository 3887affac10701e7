//! Imports payloads from files: signed bundles, files with a payload per line, and files with a
//! single payload.

use std::io::{self, BufRead, Read};

use pings_database::{Error, Result};
use pings_payload::{Bundle, Payload};
use serde::de::IgnoredAny;
use time::OffsetDateTime;

use crate::ingest::accept::Disposition;
use crate::ingest::incoming::{BYTE_ORDER_MARK, Incoming};
use crate::ingest::received::{Proof, Received};
use crate::store::Store;

/// The maximum length of a payload in bytes.
const LONGEST: usize = 8 << 20;

/// The maximum length of a bundle in bytes.
const LONGEST_BUNDLE: usize = 256 << 20;

/// The maximum number of payloads that are written at once, and the maximum of their total size.
const AT_ONCE: usize = 256;
const HELD: usize = 16 << 20;

/// The maximum number of mistakes that are listed.
const TOLD: usize = 1_000;

/// The result of an import.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// The number of payloads that were new and are kept.
    pub kept: u64,
    /// The number of payloads that the store already had.
    pub repeated: u64,
    /// The number of payloads whose content differs from the stored content of the same revision.
    pub conflicts: u64,
    /// The number of payloads that were rejected.
    pub bad: u64,
    /// The first of the rejected payloads.
    pub mistakes: Vec<Mistake>,
}

/// A line that was rejected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// The line number, starting at 1.
    pub line: u64,
    /// The reason for the rejection.
    pub reason: String,
}

/// An import in progress.
struct Import<'s> {
    store: &'s Store,
    now: OffsetDateTime,
    imported: Imported,
    held: Vec<Received>,
    /// The line numbers of the held payloads.
    lines: Vec<u64>,
    size: usize,
}

impl Store {
    /// Imports a file: a bundle, a payload per line, or a single payload over several lines.
    ///
    /// Lines that are rejected are listed, and all other lines are kept. The signature of a bundle
    /// is verified, and its key is pinned to the instance once a payload is kept. `progress`
    /// receives the number of bytes read so far.
    ///
    /// # Errors
    ///
    /// Returns an error if the file cannot be read, or if the database fails.
    pub async fn import(
        &self,
        mut input: impl BufRead,
        now: OffsetDateTime,
        mut progress: impl FnMut(u64),
    ) -> Result<Imported> {
        let mut import = Import {
            store: self,
            now,
            imported: Imported::default(),
            held: Vec::new(),
            lines: Vec::new(),
            size: 0,
        };
        let mut lines = Lines::new(&mut input);
        let mut first = lines.next_filled()?;
        match &first {
            Some(Line {
                bytes: Some(bytes),
                number,
            }) if Bundle::is_one(bytes) => {
                let mut text = bytes.clone();
                let before = number - 1;
                lines.rest(&mut text)?;
                import.bundle(&text, before).await?;
            }
            _ => {
                let second = lines.next_filled()?;
                match (&mut first, second) {
                    (Some(first), Some(second)) if !second.begins_object() && !first.is_whole() => {
                        lines.whole(first, second)?;
                        import.line(first.number, first.bytes.take()).await?;
                    }
                    (_, second) => {
                        let mut next = first.into_iter().chain(second);
                        while let Some(line) = match next.next() {
                            Some(line) => Some(line),
                            None => lines.next_filled()?,
                        } {
                            import.line(line.number, line.bytes).await?;
                            progress(lines.read);
                        }
                    }
                }
            }
        }
        import.flush().await?;
        progress(lines.read);
        Ok(import.imported)
    }
}

impl Import<'_> {
    async fn bundle(&mut self, text: &[u8], lines_before: u64) -> Result<()> {
        let first = lines_before + 1;
        if text.len() > LONGEST_BUNDLE {
            let reason = format!("the bundle is larger than {LONGEST_BUNDLE} bytes");
            self.mistake(first, &reason);
            return Ok(());
        }
        let Ok(text) = std::str::from_utf8(text) else {
            self.mistake(first, "the bundle is damaged: it is not UTF-8");
            return Ok(());
        };
        let bundle = match Bundle::read(text) {
            Ok(bundle) => bundle,
            Err(error) => {
                self.mistake(first, &error.to_string());
                return Ok(());
            }
        };
        for (number, payload) in (first + 1..).zip(bundle.payloads) {
            match Incoming::read(payload.as_bytes().to_vec(), self.now, Payload::MEMORY) {
                Ok(incoming) if incoming.instance() != bundle.instance => {
                    let reason = format!(
                        "the payload belongs to {}, but is signed by {}",
                        incoming.instance(),
                        bundle.instance
                    );
                    self.mistake(number, &reason);
                }
                Ok(incoming) => {
                    let proof = Proof::Signature(bundle.key);
                    self.incoming(number, incoming, proof).await?;
                }
                Err(malformed) => self.mistake(number, &malformed.to_string()),
            }
        }
        Ok(())
    }

    /// Imports a line; `bytes` is `None` if the line is too long.
    async fn line(&mut self, number: u64, bytes: Option<Vec<u8>>) -> Result<()> {
        let Some(bytes) = bytes else {
            let reason = format!("the line is longer than {LONGEST} bytes");
            self.mistake(number, &reason);
            return Ok(());
        };
        if Bundle::is_part(&bytes) {
            self.mistake(
                number,
                "this line is part of a bundle, which can only be imported as a whole, with its signed first line",
            );
            return Ok(());
        }
        match Incoming::read(bytes, self.now, Payload::MEMORY) {
            Ok(incoming) => self.incoming(number, incoming, Proof::Nothing).await,
            Err(malformed) => {
                self.mistake(number, &malformed.to_string());
                Ok(())
            }
        }
    }

    async fn incoming(&mut self, number: u64, incoming: Incoming, proof: Proof) -> Result<()> {
        let declared = self.store.declarations(incoming.payload()).await?;
        match Received::new(incoming, &declared) {
            Ok(received) => self.hold(number, received.with_proof(proof)).await,
            Err(malformed) => {
                self.mistake(number, &malformed.to_string());
                Ok(())
            }
        }
    }

    async fn hold(&mut self, line: u64, received: Received) -> Result<()> {
        self.size += received.size();
        self.held.push(received);
        self.lines.push(line);
        if self.held.len() >= AT_ONCE || self.size >= HELD {
            self.flush().await?;
        }
        Ok(())
    }

    async fn flush(&mut self) -> Result<()> {
        let held = std::mem::take(&mut self.held);
        let lines = std::mem::take(&mut self.lines);
        self.size = 0;
        for (line, accepted) in lines.into_iter().zip(self.store.accept(&held).await?) {
            match accepted.how {
                Disposition::New | Disposition::Late => self.imported.kept += 1,
                Disposition::Repeated => self.imported.repeated += 1,
                Disposition::Conflict => self.imported.conflicts += 1,
                Disposition::Unsigned | Disposition::OtherKey => {
                    let reason = accepted.how.refusal().unwrap_or_default();
                    self.mistake(line, &format!("{}: {reason}", accepted.instance));
                }
            }
        }
        Ok(())
    }

    fn mistake(&mut self, line: u64, reason: &str) {
        self.imported.bad += 1;
        if self.imported.mistakes.len() < TOLD {
            self.imported.mistakes.push(Mistake {
                line,
                reason: reason.to_owned(),
            });
        }
    }
}

/// A line without its line break; `bytes` is `None` if the line is too long.
struct Line {
    number: u64,
    bytes: Option<Vec<u8>>,
}

impl Line {
    /// Returns whether the line is JSON by itself.
    fn is_whole(&self) -> bool {
        let bytes = self.bytes.as_deref().unwrap_or_default();
        serde_json::from_slice::<IgnoredAny>(bytes).is_ok()
    }

    fn begins_object(&self) -> bool {
        let bytes = self.bytes.as_deref().unwrap_or(b"{");
        bytes.trim_ascii_start().starts_with(b"{")
    }
}

/// The lines of a file.
struct Lines<R> {
    input: R,
    number: u64,
    read: u64,
}

impl<R: BufRead> Lines<R> {
    fn new(input: R) -> Self {
        Self {
            input,
            number: 0,
            read: 0,
        }
    }

    /// Returns the next line that is not empty.
    fn next_filled(&mut self) -> Result<Option<Line>> {
        loop {
            let mut bytes = Vec::new();
            let mut part = (&mut self.input).take(LONGEST as u64 + 2);
            let read = part.read_until(b'\n', &mut bytes).map_err(unreadable)?;
            if read == 0 {
                return Ok(None);
            }
            self.read += read as u64;
            self.number += 1;
            if bytes.len() > LONGEST + 1 && bytes.last() != Some(&b'\n') {
                self.skip_line()?;
                return Ok(Some(Line {
                    number: self.number,
                    bytes: None,
                }));
            }
            while let Some(b'\n' | b'\r') = bytes.last() {
                bytes.pop();
            }
            // A file that was concatenated from several files may contain byte order marks.
            if bytes.starts_with(BYTE_ORDER_MARK) {
                bytes.drain(..BYTE_ORDER_MARK.len());
            }
            if !bytes.trim_ascii().is_empty() {
                return Ok(Some(Line {
                    number: self.number,
                    bytes: Some(bytes),
                }));
            }
        }
    }

    fn skip_line(&mut self) -> Result<()> {
        loop {
            let some = self.input.fill_buf().map_err(unreadable)?;
            if some.is_empty() {
                return Ok(());
            }
            let end = some.iter().position(|byte| *byte == b'\n');
            let length = end.map_or(some.len(), |end| end + 1);
            self.input.consume(length);
            self.read += length as u64;
            if end.is_some() {
                return Ok(());
            }
        }
    }

    /// Appends the rest of the file to its first line.
    fn rest(&mut self, text: &mut Vec<u8>) -> Result<()> {
        text.push(b'\n');
        let mut part = (&mut self.input).take(LONGEST_BUNDLE as u64);
        let read = part.read_to_end(text).map_err(unreadable)?;
        self.read += read as u64;
        Ok(())
    }

    /// Reads the whole file as a single payload that starts with the given two lines.
    fn whole(&mut self, first: &mut Line, second: Line) -> Result<()> {
        let (Some(bytes), Some(more)) = (&mut first.bytes, second.bytes) else {
            first.bytes = None;
            return Ok(());
        };
        bytes.push(b'\n');
        bytes.extend_from_slice(&more);
        bytes.push(b'\n');
        let left = (LONGEST + 1).saturating_sub(bytes.len()) as u64;
        let read = (&mut self.input).take(left).read_to_end(bytes);
        self.read += read.map_err(unreadable)? as u64;
        if bytes.len() > LONGEST {
            first.bytes = None;
        }
        Ok(())
    }
}

fn unreadable(error: io::Error) -> Error {
    Error::failure(format!("cannot continue reading: {error}")).caused_by(error)
}
