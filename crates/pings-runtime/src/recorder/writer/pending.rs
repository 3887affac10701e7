//! Events whose callers wait until they survive the end of the process.

use std::path::Path;

use tokio::sync::oneshot;

use crate::event_log::row::{OwnedRow, Row};
use crate::recorder::entry::Entry;
use crate::recorder::received::Receipt;
use crate::recorder::shared::Durability;
use crate::recorder::store::Written;
use pings_database::{Error, Result};

pub(super) type Done = oneshot::Sender<Result<Durability>>;

type Receipts = oneshot::Sender<Result<Vec<Receipt>>>;

/// Events whose callers wait for an acknowledgement.
#[derive(Default)]
pub(super) struct Pending {
    durable: Vec<(Entry, Done)>,
    received: Vec<(Vec<OwnedRow>, Receipts)>,
}

impl Pending {
    pub(super) fn record(&mut self, entry: Entry, done: Done) {
        self.durable.push((entry, done));
    }

    pub(super) fn receive(&mut self, rows: Vec<OwnedRow>, receipts: Receipts) {
        self.received.push((rows, receipts));
    }

    pub(super) fn is_empty(&self) -> bool {
        self.durable.is_empty() && self.received.is_empty()
    }

    /// Returns the number of rows.
    pub(super) fn len(&self) -> usize {
        let received = self.received.iter().map(|(rows, _)| rows.len());
        self.durable.len() + received.sum::<usize>()
    }

    /// Returns the rows, with this version of the product for events of the product itself.
    pub(super) fn rows<'a>(&'a self, version: &'a str) -> impl Iterator<Item = Row<'a>> {
        let durable = self.durable.iter().map(|(entry, _)| entry.row(version));
        let received = self.received.iter().flat_map(|(rows, _)| rows);
        durable.chain(received.map(OwnedRow::row))
    }

    /// Answers all callers. `first` is the place of the first row in the batch.
    pub(super) fn answer(self, first: usize, kept: &Result<Durability>, mut written: Written) {
        let mut place = first;
        for (_, done) in self.durable {
            match written.refused.remove(&place) {
                Some(reason) => {
                    // The receiver may be gone, which is not an error.
                    let _ = done.send(Err(refusal(&reason, written.file.as_deref())));
                }
                None => answer(done, kept.as_ref().copied().map_err(ToString::to_string)),
            }
            place += 1;
        }
        for (rows, receipts) in self.received {
            let places = place..place + rows.len();
            place = places.end;
            let all = match kept {
                Err(error) => Err(Error::failure(error.to_string())),
                Ok(kept) => Ok(places.map(|at| receipt(at, *kept, &mut written)).collect()),
            };
            let _ = receipts.send(all);
        }
    }
}

/// Sends an answer. The receiver may be gone, which is not an error.
pub(super) fn answer(done: Done, kept: std::result::Result<Durability, String>) {
    let _ = done.send(kept.map_err(Error::failure));
}

fn receipt(place: usize, kept: Durability, written: &mut Written) -> Receipt {
    if let Some(reason) = written.refused.remove(&place) {
        return Receipt::Rejected(reason);
    }
    match kept {
        _ if written.skipped.off.contains(&place) => Receipt::SwitchedOff,
        _ if written.skipped.duplicates.contains(&place) => Receipt::Duplicate,
        Durability::Logged => Receipt::Logged,
        Durability::Spilled => Receipt::Spilled,
        Durability::SwitchedOff => Receipt::SwitchedOff,
    }
}

/// Returns the error for a durable event that the database refuses and that a file may keep.
fn refusal(reason: &str, file: Option<&Path>) -> Error {
    let help = match file {
        Some(file) => format!(
            "\nhelp: change the constraint or trigger; the event is kept in {}",
            file.display()
        ),
        None => String::new(),
    };
    Error::input(format!("the database rejects the event: {reason}{help}"))
}
