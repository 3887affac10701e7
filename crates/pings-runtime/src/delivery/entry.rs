//! An entry of the outbox: a payload, its state, and what the store answered.

use pings_database::{Bind, Cell, Error, Mode, Result, Transaction};
use pings_model::ValueType;
use pings_payload::{Payload, Week, rfc3339};
use time::OffsetDateTime;

#[cfg(feature = "delivery")]
use super::client::StoreAddress;
use crate::event_log::EventLog;

/// A payload in the outbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The week of the payload.
    pub week: Week,
    /// The revision of the payload.
    pub revision: u32,
    /// The delivery state of the payload.
    pub state: State,
    /// The JSON that is sent.
    pub body: String,
    /// When the payload was assembled.
    pub made_at: String,
    /// The number of attempts to send the payload.
    pub attempts: u64,
    /// When the payload may be tried again.
    pub due_at: String,
    /// When the payload was last tried.
    pub tried_at: Option<String>,
    /// The HTTP status of the last answer.
    pub status: Option<u16>,
    /// The last answer, or the reason why there was none.
    pub answer: Option<String>,
    /// The origin of a request to send the payload again.
    pub(super) asks: Option<Asks>,
    /// Whether the payload must be assembled again.
    pub(super) is_stale: bool,
}

/// The delivery state of a payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// The payload waits to be sent, perhaps again.
    Waiting,
    /// The store has the payload.
    Sent,
    /// The store rejects the payload, which is kept.
    Parked,
    /// A newer revision was made before a store had this payload, or counts instead of it.
    Replaced,
    /// Sending was not agreed to when the week began. The payload is kept, and never sent.
    Withheld,
}

impl State {
    const ALL: [Self; 5] = [
        Self::Waiting,
        Self::Sent,
        Self::Parked,
        Self::Replaced,
        Self::Withheld,
    ];

    /// Returns the name of the state.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Sent => "sent",
            Self::Parked => "parked",
            Self::Replaced => "replaced",
            Self::Withheld => "withheld",
        }
    }
}

const COLUMNS: &str = "week, revision, state, body, made_at, attempts, due_at, tried_at, status, answer, again, is_stale";

const TYPES: [ValueType; 12] = [
    ValueType::Text,
    ValueType::Integer,
    ValueType::Text,
    ValueType::Text,
    ValueType::Text,
    ValueType::Integer,
    ValueType::Text,
    ValueType::Text,
    ValueType::Integer,
    ValueType::Text,
    ValueType::Integer,
    ValueType::Integer,
];

impl Entry {
    /// Returns all payloads of an event log, ordered by week and revision.
    ///
    /// # Errors
    ///
    /// Returns an error if the database fails.
    pub async fn all(log: &EventLog) -> Result<Vec<Self>> {
        let mut tx = log.begin(Mode::Read).await?;
        let all = select(&mut tx, "ORDER BY week, revision", &[]).await?;
        tx.rollback().await?;
        Ok(all)
    }

    /// Returns whether the week is over at the time `now`. A clock that was ahead may have left
    /// weeks that are not over. These weeks are not sent, and are assembled again once they are
    /// over.
    #[must_use]
    pub fn is_over(&self, now: OffsetDateTime) -> bool {
        self.week.is_complete(now)
    }

    /// Lets payloads that the store rejected wait again, due now.
    ///
    /// # Errors
    ///
    /// Returns an error if the database fails.
    pub async fn release_parked(log: &EventLog, now: OffsetDateTime) -> Result<()> {
        let mut tx = log.begin(Mode::Write).await?;
        let sql = "UPDATE pings_outbox SET state = 'waiting', due_at = $1 \
                   WHERE state = 'parked' AND week <= $2";
        let over = Week::last_complete(now).to_string();
        tx.run(sql, &[Bind::Text(&rfc3339(now)), Bind::Text(&over)])
            .await?;
        tx.commit().await?;
        Ok(())
    }

    /// Lets payloads wait again that were rejected under another address or token of the store.
    /// Returns their number.
    ///
    /// # Errors
    ///
    /// Returns an error if the database fails.
    #[cfg(feature = "delivery")]
    pub async fn release_changed(
        log: &EventLog,
        store: &StoreAddress,
        now: OffsetDateTime,
    ) -> Result<u64> {
        let mut tx = log.begin(Mode::Write).await?;
        let sql = "UPDATE pings_outbox SET state = 'waiting', due_at = $1 \
                   WHERE state = 'parked' AND week <= $2 AND coalesce(parked_by, '') <> $3";
        let over = Week::last_complete(now).to_string();
        let (now, current) = (rfc3339(now), store.fingerprint());
        let binds = [&now, &over, &current].map(|text| Bind::Text(text));
        let released = tx.run(sql, &binds).await?;
        tx.commit().await?;
        Ok(released)
    }

    /// Parses the body as a payload.
    ///
    /// # Errors
    ///
    /// Returns an error if the body is damaged.
    pub fn payload(&self) -> Result<Payload> {
        Payload::read(self.body.as_bytes())
            .map_err(|malformed| Error::failure(format!("the outbox is damaged: {malformed}")))
    }

    /// Whether a store refused it because it has more versions than stores take. Earlier programs
    /// did not fold them.
    pub(super) fn has_too_many_versions(&self) -> bool {
        let has_too_many = |payload: Payload| payload.versions.len() > Payload::VERSIONS;
        self.state == State::Parked && self.payload().is_ok_and(has_too_many)
    }

    fn of(row: Vec<Cell>) -> Result<Self> {
        let damaged = || Error::failure("a row of pings_outbox is damaged");
        let [
            Cell::Text(week),
            Cell::Integer(revision),
            Cell::Text(state),
            Cell::Text(body),
            Cell::Text(made_at),
            Cell::Integer(attempts),
            Cell::Text(due_at),
            tried_at,
            status,
            answer,
            Cell::Integer(again),
            Cell::Integer(is_stale),
        ] = <[Cell; 12]>::try_from(row).map_err(|_| damaged())?
        else {
            return Err(damaged());
        };
        let text = |cell: Cell| cell.text().map(str::to_owned);
        Ok(Self {
            week: week.parse().map_err(|_| damaged())?,
            revision: u32::try_from(revision).map_err(|_| damaged())?,
            state: State::ALL
                .into_iter()
                .find(|known| known.name() == state)
                .ok_or_else(damaged)?,
            body,
            made_at,
            attempts: attempts.unsigned_abs(),
            due_at,
            tried_at: text(tried_at),
            status: status.integer().and_then(|it| u16::try_from(it).ok()),
            answer: text(answer),
            asks: [Asks::Store, Asks::Person]
                .into_iter()
                .find(|asks| *asks as i64 == again),
            is_stale: is_stale != 0,
        })
    }
}

pub(super) async fn select(
    tx: &mut Transaction,
    rest: &str,
    binds: &[Bind<'_>],
) -> Result<Vec<Entry>> {
    let sql = format!("SELECT {COLUMNS} FROM pings_outbox {rest}");
    let rows = tx.rows(&sql, binds, &TYPES).await?;
    rows.into_iter().map(Entry::of).collect()
}

/// Adds a payload in a given state. Returns `None` if another process was faster.
pub(super) async fn add_as(
    log: &EventLog,
    payload: &Payload,
    state: State,
    now: OffsetDateTime,
) -> Result<Option<Entry>> {
    let week = payload.week.to_string();
    let revision = Bind::Integer(payload.revision.into());
    let body = payload.json();
    let now = rfc3339(now);
    let mut tx = log.begin(Mode::Write).await?;
    let sql = "INSERT INTO pings_outbox (week, revision, state, body, made_at, due_at) \
               VALUES ($1, $2, $5, $3, $4, $4) ON CONFLICT DO NOTHING";
    let binds = [
        Bind::Text(&week),
        revision,
        Bind::Text(&body),
        Bind::Text(&now),
        Bind::Text(state.name()),
    ];
    if tx.run(sql, &binds).await? == 0 {
        tx.rollback().await?;
        return Ok(None);
    }
    let older = "UPDATE pings_outbox SET state = 'replaced' WHERE week = $1 AND revision < $2 \
                 AND state IN ('waiting', 'parked', 'withheld')";
    tx.run(older, &[Bind::Text(&week), revision]).await?;
    let rest = "WHERE week = $1 AND revision = $2";
    let added = select(&mut tx, rest, &[Bind::Text(&week), revision]).await?;
    tx.commit().await?;
    Ok(added.into_iter().next())
}

/// Returns the highest revision of a week.
#[cfg(feature = "delivery")]
pub(super) async fn highest_revision(log: &EventLog, week: Week) -> Result<u32> {
    let mut tx = log.begin(Mode::Read).await?;
    let sql = "SELECT max(revision) FROM pings_outbox WHERE week = $1";
    let week = week.to_string();
    let highest = tx
        .value(sql, &[Bind::Text(&week)], ValueType::Integer)
        .await?;
    tx.rollback().await?;
    let highest = highest.and_then(|cell| cell.integer()).unwrap_or(0);
    Ok(u32::try_from(highest).unwrap_or(u32::MAX))
}

/// The origin of a request to send a week again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asks {
    /// The store, which does not have the week.
    Store = 1,
    /// A person. The content of this database then counts.
    Person = 2,
}
