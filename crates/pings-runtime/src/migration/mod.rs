//! Moves an instance to another database: its event log, and all related tables.
//!
//! Rows of the event log are copied a few thousand at a time while the product continues to log
//! events. Then the source is locked, later rows and all other tables are copied in one
//! transaction, and both databases are compared. An interrupted migration continues where it
//! stopped.

mod check;
mod columns;
mod events;
mod mark;
mod tables;

use std::collections::BTreeSet;

use pings_database::{Bind, Cell, Error, Mode, Result};
use pings_model::ValueType;
use pings_payload::Uuid;
use pings_sql::Dialect;

use crate::delivery::Instance;
use crate::event_log::{EventLog, forget_daily_totals};
use columns::Columns;
use mark::{Mark, read_mark};

/// Moves an instance from one database to another.
#[derive(Clone, Copy, Debug)]
pub struct Migration<'a> {
    /// The database with the instance.
    pub from: &'a EventLog,
    /// The address of that database, without its password.
    pub source: &'a str,
    /// The database that it moves to.
    pub to: &'a EventLog,
    /// The address of that database, without its password.
    pub target: &'a str,
    /// Columns that the product added to `event_logs` and that are not copied.
    pub without: &'a [String],
}

/// A step of a migration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moving<'a> {
    /// Events are being copied.
    Events {
        /// The number of events copied so far.
        done: u64,
        /// The total number of events.
        total: u64,
    },
    /// A table other than the event log is being copied.
    Table(&'a str),
    /// Both databases are being compared.
    Comparing,
}

/// The result of a migration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Migrated {
    /// The instance.
    pub instance: Uuid,
    /// How many events were copied by this run.
    pub events: u64,
    /// How many rows of other tables were copied by this run.
    pub rows: u64,
    /// Whether an earlier run had moved everything, so that only events that were logged in the
    /// source since were copied.
    pub was_complete: bool,
}

impl Migration<'_> {
    /// Moves the instance. Afterwards nothing is sent from the source any more.
    ///
    /// # Errors
    ///
    /// Returns an error if the target already has events or an instance, if `event_logs` has
    /// columns that the target does not have, if the target refuses a row, or if a database fails.
    /// The source is then unchanged, and the migration can be run again.
    pub async fn run(&self, progress: &mut (dyn FnMut(Moving<'_>) + Send)) -> Result<Migrated> {
        let instance = Instance::kept(self.from).await?;
        if let Some(to) = instance.moved_to.as_deref().filter(|to| *to != self.target) {
            return Err(Error::input(format!(
                "{} was already migrated to {to}\nhelp: migrate from {to} instead",
                self.source
            )));
        }
        let columns = Columns::shared(self.from, self.to, self.without).await?;
        let mark = self.mark(instance.id).await?;
        let mut copied = 0;
        if !mark.is_complete {
            let total = events::count(self.from).await?;
            loop {
                let some = events::copy(self.from, self.to, &columns, true).await?;
                copied += some;
                if some == 0 {
                    break;
                }
                progress(Moving::Events {
                    done: copied,
                    total: total.max(copied),
                });
            }
        }
        self.finish(&columns, instance.id, copied, mark.is_complete, progress)
            .await
    }

    /// Locks the source, copies the remaining rows, compares both databases, and marks the source.
    async fn finish(
        &self,
        columns: &Columns,
        instance: Uuid,
        mut copied: u64,
        was_complete: bool,
        progress: &mut (dyn FnMut(Moving<'_>) + Send),
    ) -> Result<Migrated> {
        let mut source = self.from.begin(Mode::Write).await?;
        let names = tables::names(&mut source).await?;
        if source.dialect() == Dialect::Postgres {
            let all = names.join(", ");
            let lock = format!("LOCK TABLE event_logs, {all} IN SHARE ROW EXCLUSIVE MODE");
            source.run(&lock, &[]).await?;
        }
        let mut target = self.to.begin(Mode::Write).await?;
        loop {
            let some = events::copy_some(&mut source, &mut target, columns, !was_complete).await?;
            if some == 0 {
                break;
            }
            copied += some;
        }
        let mut rows = 0;
        if !was_complete {
            copied += events::copy_passed_over(&mut source, &mut target, columns).await?;
            let known: BTreeSet<String> = tables::names(&mut target).await?.into_iter().collect();
            for name in names.iter().filter(|name| known.contains(*name)) {
                progress(Moving::Table(name));
                rows += tables::copy(&mut source, &mut target, name).await?;
            }
            events::set_next_id(&mut target).await?;
            progress(Moving::Comparing);
            check::compare(&mut source, &mut target).await?;
            // The databases keep long ids of users differently.
            forget_daily_totals(&mut target).await?;
            let done = "UPDATE pings_migrated SET is_complete = 1";
            target.run(done, &[]).await?;
        }
        target.commit().await?;
        let moved = "UPDATE pings_instance SET moved_to = $1";
        source.run(moved, &[Bind::Text(self.target)]).await?;
        let withdraw =
            "UPDATE pings_outbox SET state = 'replaced' WHERE state IN ('waiting', 'parked')";
        source.run(withdraw, &[]).await?;
        source.commit().await?;
        Ok(Migrated {
            instance,
            events: copied,
            rows,
            was_complete,
        })
    }

    /// Returns the progress of the migration, and starts the migration if the target is empty.
    async fn mark(&self, instance: Uuid) -> Result<Mark> {
        let id = instance.to_string();
        let mut tx = self.to.begin(Mode::Write).await?;
        if let Some((of, mark)) = read_mark(&mut tx).await? {
            tx.rollback().await?;
            if of != id {
                return Err(Error::input(format!(
                    "another instance, {of}, is being migrated to {}\n\
                     help: use a separate target database",
                    self.target
                )));
            }
            return Ok(mark);
        }
        for (table, what) in [
            ("event_logs", "has events"),
            ("pings_outbox", "has an outbox"),
            ("pings_instance", "has another instance"),
        ] {
            let sql = format!("SELECT count(*) FROM (SELECT 1 FROM {table} LIMIT 1) AS first");
            let is_filled = tx.value(&sql, &[], ValueType::Integer).await?;
            if is_filled != Some(Cell::Integer(0)) {
                return Err(Error::input(format!(
                    "{} already {what}, which would be mixed with the migrated data\n\
                     help: migrate to an empty database; to add events to a database in use, import them",
                    self.target
                )));
            }
        }
        let sql = "INSERT INTO pings_migrated (singleton, instance, source, read_to, is_complete) \
                   VALUES (1, $1, $2, 0, 0)";
        tx.run(sql, &[Bind::Text(&id), Bind::Text(self.source)])
            .await?;
        tx.commit().await?;
        Ok(Mark {
            read_to: 0,
            is_complete: false,
        })
    }
}
