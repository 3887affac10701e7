//! Files of events: those of this process, and of processes that died.

use std::sync::PoisonError;

use super::Writer;
use crate::event_log::row::{OwnedRow, Row};
use crate::recorder::Rejected;
use crate::recorder::counters::SharedCounters;
use crate::recorder::spill::{Damage, Spill};
use crate::recorder::store::{Batch, Written};

/// The maximum number of messages about damaged files.
const DAMAGES: usize = 16;

impl Writer {
    /// Writes the batches that wait in files to the database, if it answers.
    pub(super) async fn read_back(&mut self) {
        if self.end.is_some() && self.database.timed_out() {
            // The last failure was a time limit for events in memory. These events are now in the
            // file, for which the limit is longer.
            self.database = self.database.tried_again();
        }
        if self.database.is_paused() {
            return;
        }
        while let Some(mut spill) = self.adopted.pop() {
            match self.read_back_file(&mut spill).await {
                // If the file cannot be removed, it is at least empty.
                Ok(true) => drop(spill.remove()),
                Ok(false) => return self.adopted.push(spill),
                // The next recorder that starts retries this file, so that other files do not wait
                // for it.
                Err(error) => {
                    let file = spill.path().display();
                    self.note_damage(format!("cannot read the events in {file}: {error}"));
                }
            }
        }
        if let Some(mut spill) = self.spill.take() {
            if !spill.is_empty()
                && let Err(error) = self.read_back_file(&mut spill).await
            {
                self.failed(error.to_string(), self.database.timed_out());
            }
            self.spill = Some(spill);
        }
    }

    /// Writes the batches of a file to the database. Returns true if every batch was written.
    async fn read_back_file(&mut self, spill: &mut Spill) -> std::io::Result<bool> {
        let recorder = spill.recorder.clone();
        while let Some(block) = spill.next_block()? {
            let rows: Vec<Row<'_>> = block.rows.iter().map(OwnedRow::row).collect();
            let batch = Batch {
                recorder: &recorder,
                number: block.batch,
                rows: &rows,
                durable: 0,
                is_spilled: true,
            };
            let Ok(written) = self.log_batch(batch).await else {
                return Ok(false);
            };
            self.rejected(written, recorder == self.recorder);
            spill.written(&block);
        }
        if let Some(damage) = spill.clear()? {
            self.damaged(&damage);
        }
        Ok(true)
    }

    /// Notes events of a file that the database refuses.
    fn rejected(&self, written: Written, is_own: bool) {
        let events = written.refused.len();
        let (Some((_, reason)), Some(file)) =
            (written.refused.into_iter().next_back(), written.file)
        else {
            return;
        };
        let rejected = self.shared.rejected.lock();
        let mut rejected = rejected.unwrap_or_else(PoisonError::into_inner);
        match rejected
            .iter_mut()
            .find(|it| it.file == file && it.is_own == is_own)
        {
            Some(known) => {
                known.events += events;
                known.reason = reason;
            }
            None => rejected.push(Rejected {
                events,
                file,
                reason,
                is_own,
            }),
        }
    }

    /// Counts events that cannot be read, and reports where they are kept.
    fn damaged(&mut self, damage: &Damage) {
        SharedCounters::add(&self.shared.counters.damaged, damage.events);
        self.note_damage(format!(
            "{} is damaged; about {} of its events were not logged\n\
             help: check the disk; the damaged part is kept in {}",
            damage.file.display(),
            damage.events,
            damage.kept.display()
        ));
    }

    /// Stores a message about a spill file, which also becomes the last error.
    fn note_damage(&self, message: String) {
        let damages = self.shared.damages.lock();
        let mut damages = damages.unwrap_or_else(PoisonError::into_inner);
        tracing::warn!("{message}");
        if damages.len() < DAMAGES {
            damages.push(message.clone());
        }
        drop(damages);
        self.note(message);
    }

    /// Takes over the files of processes that died.
    pub(super) fn adopt(&mut self) {
        if let Some(folder) = &self.folder {
            let adopted = Spill::adopt(folder);
            self.adopted = adopted.files;
            self.adopted.reverse();
            for failure in adopted.failures {
                let help = "help: let this user read and write the file, or move it away";
                self.note_damage(format!("{failure}\n{help}"));
            }
        }
    }
}
