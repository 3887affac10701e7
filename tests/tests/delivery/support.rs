//! Helpers for an instance and a store on real databases.

use std::sync::Arc;

use pings_model::{Registry, ValueType};
use pings_payload::{Uuid, Week};
use pings_runtime::{Consent, Delivery, Entry, EventLog, Import, State, StoreAddress, send_next};
use pings_sql::Dialect;
use pings_store::server::{Options, Quotas, serve};
use pings_store::{Bind, Cell, Mode, Store};
use pings_tests::place::Place;
use serde_json::json;
use time::OffsetDateTime;
use tokio::net::TcpListener;

const REGISTRY: &str = r#"
format: 1
name: forum
title: Forum
events:
  Post: { args: { length: integer } }
pings:
  - id: posts
    section: Forum
    title: Posts
    type: fe_event
    aggregation: weekly
    added: "1.0"
    metrics:
      - { code: Posts, of: Post }
      - { code: Lengths, of: Post, measure: stats, value: length }
"#;

pub(crate) type Clock = fn() -> OffsetDateTime;

/// An instance with its event log.
pub(crate) struct Desk {
    pub(crate) place: Place,
    pub(crate) log: EventLog,
    pub(crate) registry: Registry,
    pub(crate) consent: Consent,
}

impl Desk {
    /// Creates an instance. Returns `None` if PostgreSQL is not available.
    pub(crate) async fn new(dialect: Dialect) -> Option<Self> {
        let place = Place::new(dialect).await?;
        let (log, _) = EventLog::init(&place.url()).await.unwrap();
        let registry = pings_registry::parse(REGISTRY).ok().unwrap();
        Some(Self {
            place,
            log,
            registry,
            consent: Consent::default(),
        })
    }

    pub(crate) fn home(&self) -> Delivery<'_> {
        Delivery {
            log: &self.log,
            registry: &self.registry,
            consent: self.consent,
            version: None,
        }
    }

    /// Logs an event for each length.
    pub(crate) async fn posts(&self, at: &str, lengths: &[i64]) {
        let line = |length: &i64| {
            let line = json!({ "name": "Post", "user_id": 1, "timestamp": at, "version": "1.2.0",
                               "argument": { "length": length } });
            format!("{line}\n")
        };
        let lines: String = lengths.iter().map(line).collect();
        let done = Import::new(&self.log).read(lines.as_bytes(), |_| {}).await;
        assert_eq!(done.unwrap().imported, lengths.len() as u64);
    }

    /// Assembles the weeks that are over. Returns them in the form `2021-W04/1`.
    pub(crate) async fn queue(&self, now: OffsetDateTime) -> Vec<String> {
        let home = self.home();
        let queued = home.queue(time::Duration::ZERO, now, &mut |_| {}).await;
        let queued = queued.unwrap();
        queued
            .iter()
            .map(|it| format!("{}/{}", it.week, it.revision))
            .collect()
    }

    /// Sends payloads that are due or requested again, as `pings send --once` does.
    pub(crate) async fn send(&self, store: &str, clock: Clock) -> Vec<Entry> {
        let store = StoreAddress::new(store, None).unwrap();
        let mut tried = Vec::new();
        loop {
            while let Some(entry) = send_next(&self.log, &store, clock).await.unwrap() {
                tried.push(entry);
                assert!(tried.len() < 200, "it sends for ever");
            }
            if self.home().send_again(clock()).await.unwrap().is_empty() {
                return tried;
            }
        }
    }

    /// Sends the first payload that is due.
    pub(crate) async fn send_first(&self, store: &str, clock: Clock) -> Option<Entry> {
        let store = StoreAddress::new(store, None).unwrap();
        send_next(&self.log, &store, clock).await.unwrap()
    }

    /// Returns the entries of the outbox in the form `2021-W04/1 sent`.
    pub(crate) async fn outbox(&self) -> Vec<String> {
        let all = Entry::all(&self.log).await.unwrap();
        all.iter()
            .map(|it| format!("{}/{} {}", it.week, it.revision, it.state.name()))
            .collect()
    }

    pub(crate) async fn has_sent_all(&self) -> bool {
        let all = Entry::all(&self.log).await.unwrap();
        all.iter()
            .all(|it| matches!(it.state, State::Sent | State::Replaced))
    }

    /// Changes the database, for example to simulate a restored backup.
    pub(crate) async fn sql(&self, sql: &str) {
        let mut tx = self.log.database().begin(Mode::Write).await.unwrap();
        tx.run(sql, &[]).await.unwrap();
        tx.commit().await.unwrap();
    }
}

/// A running store with its own database.
pub(crate) struct Vendor {
    pub(crate) store: Arc<Store>,
    pub(crate) address: String,
    pub(crate) place: Place,
}

impl Vendor {
    /// Creates a store. Returns `None` if PostgreSQL is not available.
    pub(crate) async fn new(dialect: Dialect) -> Option<Self> {
        Some(Self::of(Place::new(dialect).await?).await)
    }

    /// Starts a store with a database, which is created if it is empty.
    pub(crate) async fn of(place: Place) -> Self {
        let store = Arc::new(Store::open(&place.url(), true).await.unwrap());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let serving = serve(
            listener,
            Arc::clone(&store),
            // A year of payloads is sent in a minute.
            Options {
                quotas: Quotas::unlimited(),
                ..Options::default()
            },
            std::future::pending(),
        );
        tokio::spawn(serving);
        Self {
            store,
            address,
            place,
        }
    }

    /// Returns the number of posts that the store has for a week, over all instances or for a
    /// single one.
    pub(crate) async fn posts(&self, week: &str, instance: Option<Uuid>) -> f64 {
        let sql = "SELECT CAST(coalesce(sum(measurements.value), 0) AS double precision) \
            FROM measurements \
            JOIN series ON series.id = measurements.series JOIN codes ON codes.id = series.code \
            JOIN instances ON instances.id = measurements.instance \
            WHERE codes.code = 'Posts' AND week = $1 AND ($2 = '' OR instances.uuid = $2)";
        let instance = instance.map(|id| id.to_string()).unwrap_or_default();
        let binds = [Bind::Text(week), Bind::Text(&instance)];
        let mut tx = self.store.read().await.unwrap();
        match tx.value(sql, &binds, ValueType::Number).await.unwrap() {
            Some(Cell::Number(sum)) => sum,
            other => panic!("{other:?}"),
        }
    }

    /// Deletes all payloads from a week on, as in a store that was restored from a backup.
    pub(crate) async fn lose_from(&self, week: &str) {
        let mut tx = self
            .store
            .database()
            .expect("a database with transactions")
            .begin(Mode::Write)
            .await
            .unwrap();
        for sql in [
            "DELETE FROM payload_versions WHERE payload IN (SELECT id FROM payloads WHERE week >= $1)",
            "DELETE FROM payloads WHERE week >= $1",
            "DELETE FROM measurements WHERE week >= $1",
            "DELETE FROM reports WHERE week >= $1",
        ] {
            tx.run(sql, &[Bind::Text(week)]).await.unwrap();
        }
        tx.commit().await.unwrap();
    }
}

pub(crate) fn week(text: &str) -> Week {
    text.parse().unwrap()
}
