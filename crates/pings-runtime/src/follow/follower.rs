//! Follows the rows of an event log.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use pings_database::{Mode, Result, Transaction};
use pings_model::{Event, EventId, Registry, Source};
use pings_payload::Week;
use pings_sql::Dialect;
use time::OffsetDateTime;

use super::arrival::Arrival;
use super::assessment::{Assessment, Assessor};
use super::gaps::Gaps;
use super::rows::{PAGE, Rows, has_cached_ids, ids, snapshot};
use super::values::{Change, Values, is_measured};
use crate::event_log::{EventLog, has_pruned_table};
use crate::report::Reporter;

/// The time limit of each query.
const LIMIT: Duration = Duration::from_secs(30);

/// The number of ids before the newest one that may belong to open transactions.
const OPEN: i64 = 10_000;

/// How long a gap is kept at least.
const HOLD: Duration = Duration::from_secs(2);

/// The same if sessions reserve ids, which they may use much later.
const HOLD_OF_CACHED: Duration = Duration::from_secs(600);

/// What to follow.
#[derive(Clone, Debug, Default)]
pub struct Follow<'r> {
    /// The number of existing events to begin with.
    pub last: u32,
    /// The events to follow; empty for all rows, including those that the registry does not have.
    pub events: Vec<&'r Event>,
    /// Whether the follower is polled after its first batch. If it is, the values of all metrics
    /// are measured at the start, so that the first change has a value before it.
    pub continues: bool,
}

/// Follows the rows of an event log, without writing to the database.
///
/// In SQLite, rows appear in the order of their ids. In PostgreSQL, a transaction that commits late
/// adds rows with lower ids, which the follower finds as well.
pub struct Follower<'a> {
    log: &'a EventLog,
    registry: &'a Registry,
    reporter: Reporter<'a>,
    assessor: Assessor<'a>,
    rows: Rows,
    /// The names of the events to follow; `None` for all.
    names: Option<Vec<String>>,
    position: Position,
    values: Values<'a>,
    running: Week,
}

/// The rows that were read.
#[derive(Clone, Debug)]
struct Position {
    newest: i64,
    gaps: Gaps,
}

/// What arrived since the last batch.
#[derive(Clone, Debug, Default)]
pub struct Batch<'r> {
    /// The events, in the order of their ids.
    pub events: Vec<Followed<'r>>,
    /// The values that were measured again.
    pub changes: Vec<Change<'r>>,
    /// Whether more events are waiting.
    pub has_more: bool,
    /// The id of the newest row, if rows with higher ids were removed from the log.
    pub reset_to: Option<i64>,
}

/// An event with what the registry says about it.
#[derive(Clone, Debug, PartialEq)]
pub struct Followed<'r> {
    /// The event.
    pub arrival: Arrival,
    /// The judgement of the registry about the event.
    pub assessment: Assessment<'r>,
}

impl<'a> Follower<'a> {
    /// Starts at the newest row, and returns the last events before it.
    ///
    /// # Errors
    ///
    /// Returns an error if the database fails.
    pub async fn start(
        log: &'a EventLog,
        registry: &'a Registry,
        follow: &Follow<'a>,
        now: OffsetDateTime,
    ) -> Result<(Self, Batch<'a>)> {
        let mut tx = log.begin_within(Mode::Read, LIMIT).await?;
        let rows = Rows::of(log);
        let names = follow.events.iter().flat_map(|event| event.wire_names());
        let names: Vec<String> = names.map(str::to_owned).collect();
        let names = (!names.is_empty()).then_some(names);
        let newest = rows.newest(&mut tx).await?;
        let mut gaps = Gaps::new(HOLD);
        if tx.dialect() == Dialect::Postgres {
            if has_cached_ids(&mut tx).await? {
                gaps = Gaps::new(HOLD_OF_CACHED);
            }
            let after = newest.saturating_sub(OPEN).max(0);
            let found = ids(&mut tx, after, newest).await?.into_iter();
            gaps.note(after, found, Instant::now());
        }
        let arrivals = rows.last(&mut tx, newest, follow.last, names.as_deref());
        let arrivals = arrivals.await?;
        let has_pruned_table = has_pruned_table(&mut tx).await?;
        let mut follower = Self {
            log,
            registry,
            reporter: Reporter::new(log, registry),
            assessor: Assessor::new(registry),
            rows,
            names,
            position: Position { newest, gaps },
            values: Values::new(registry, has_pruned_table, Instant::now()),
            running: registry.week().week_containing(now),
        };
        let events = follower.assessed(arrivals);
        follower.touch(&events);
        let now = Instant::now();
        let mut wanted = follower.values.due(now, follower.running);
        if follow.continues {
            wanted.extend(follower.movable(follower.running));
        }
        let values = &follower.values;
        let measured = values.measure(&follower.reporter, &mut tx, &wanted).await?;
        end(tx).await;
        let changes = follower.values.accept(measured, now);
        follower.values.hurry(Instant::now());
        let batch = Batch {
            events,
            changes,
            ..Batch::default()
        };
        Ok((follower, batch))
    }

    /// Returns what arrived since the last call. After an error, the next call returns the same
    /// events.
    ///
    /// # Errors
    ///
    /// Returns an error if the database fails.
    pub async fn poll(&mut self, now: OffsetDateTime) -> Result<Batch<'a>> {
        let mut tx = self.log.begin_within(Mode::Read, LIMIT).await?;
        let running = self.registry.week().week_containing(now);
        let mut position = self.position.clone();
        let (arrivals, reset_to) = self.arrivals(&mut tx, &mut position).await?;
        let has_more = arrivals.len() >= PAGE;
        let events = self.assessed(arrivals);
        self.touch(&events);
        let now = Instant::now();
        let mut wanted = BTreeSet::new();
        // A value counts all rows, so it is shown after the last of them.
        if !has_more {
            wanted = self.values.due(now, running);
            if running != self.running {
                wanted.extend(self.movable(running));
            }
        }
        let mut changes = Vec::new();
        if !wanted.is_empty() {
            let measured = self.values.measure(&self.reporter, &mut tx, &wanted);
            let measured = measured.await?;
            changes = self.values.accept(measured, now);
        }
        end(tx).await;
        self.position = position;
        if !has_more {
            self.running = running;
        }
        Ok(Batch {
            events,
            changes,
            has_more,
            reset_to,
        })
    }

    /// Returns the running week.
    #[must_use]
    pub fn running(&self) -> Week {
        self.running
    }

    /// Reads the rows that were not read yet, and the newest id if it decreased.
    async fn arrivals(
        &self,
        tx: &mut Transaction,
        position: &mut Position,
    ) -> Result<(Vec<Arrival>, Option<i64>)> {
        let newest = self.rows.newest(tx).await?;
        let reset_to = (newest < position.newest).then_some(newest);
        position.newest = position.newest.min(newest);
        let mut arrivals = Vec::new();
        if !position.gaps.is_empty() {
            let snapshot = snapshot(tx).await?;
            let late = self.rows.within(tx, position.gaps.ranges()).await?;
            late.iter().for_each(|row| position.gaps.fill(row.id));
            if late.len() < PAGE {
                position.gaps.settle(snapshot, Instant::now());
            }
            arrivals.extend(late);
        }
        if newest > position.newest {
            let rows = self.rows.after(tx, position.newest).await?;
            if tx.dialect() == Dialect::Postgres {
                let ids = rows.iter().map(|row| row.id);
                position.gaps.note(position.newest, ids, Instant::now());
            }
            position.newest = rows.last().map_or(position.newest, |row| row.id);
            arrivals.extend(rows);
        }
        Ok((arrivals, reset_to))
    }

    /// Judges the events to follow.
    fn assessed(&self, arrivals: Vec<Arrival>) -> Vec<Followed<'a>> {
        let is_followed = |arrival: &Arrival| match &self.names {
            Some(names) => names.contains(&arrival.name),
            None => true,
        };
        let followed = arrivals.into_iter().filter(is_followed);
        followed
            .map(|arrival| Followed {
                assessment: self.assessor.assess(&arrival),
                arrival,
            })
            .collect()
    }

    /// Notes the metrics that events moved.
    fn touch(&mut self, events: &[Followed<'a>]) {
        let keys = events.iter().flat_map(|event| {
            let week = event.assessment.week;
            let moved = event.assessment.metrics.iter();
            let measured = moved.filter(|moved| is_measured(moved.metric));
            measured.filter_map(move |moved| Some((week?, moved.metric.code.as_str())))
        });
        self.values.touch(keys);
    }

    /// Returns the metrics of a week that the followed events can move.
    fn movable(&self, week: Week) -> impl Iterator<Item = (Week, &'a str)> {
        let registry = self.registry;
        let names = self.names.clone();
        let is_followed = move |id: &EventId| match &names {
            Some(names) => names.contains(&registry.event(*id).name),
            None => true,
        };
        let metrics = registry.metrics().map(|(_, metric)| metric);
        let movable = metrics.filter(move |metric| match &metric.source {
            Source::Events(events) => {
                let is_any = events.selection.any_name;
                (is_any || events.of.iter().any(&is_followed)) && is_measured(metric)
            }
            Source::Funnel(funnel) => funnel.steps.iter().flatten().any(&is_followed),
            Source::Capture(_) | Source::Sql(_) | Source::Value(_) => false,
        });
        movable.map(move |metric| (week, metric.code.as_str()))
    }
}

/// Ends a transaction that only read. Its results are complete, whatever the answer is.
async fn end(tx: Transaction) {
    let _ = tx.rollback().await;
}
