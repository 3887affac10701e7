//! A simulated year: 52 weeks of an instance and a store, whose numbers are equal to those that are
//! counted without a database.
//!
//! An earlier program logs the first weeks. Then the instance and the store are upgraded; a version
//! breaks a metric; the store is away for five weeks; the product adds a metric; the instance is
//! restored from a backup and moves to another database; the store is restored from a backup, too; and
//! another instance is erased.

mod events;
mod kept;
mod truth;

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicI64, Ordering};

use pings_model::Registry;
use pings_payload::Uuid;
use pings_runtime::{Consent, Entry, EventLog, Import, Instance, NewMetrics, Reporter, State};
use pings_sql::Dialect;
use pings_store::{Series, SeriesOptions};
use pings_tests::place::Place;
use serde_json::json;
use time::OffsetDateTime;

use crate::moved::{migrate, other};
use crate::on_both;
use crate::support::{Clock, Desk, Vendor, week};
use events::{Event, UPGRADE, WEEKS, events, name, start};
use kept::{assert_same, in_report, in_store, trust_in_store};
use truth::{KEPT, Truth, is_pruning, trust};

/// The weeks that an earlier program logs.
const OLD: usize = 8;
/// The weeks in which the store does not answer.
const AWAY: std::ops::Range<usize> = 14..19;
/// The instance loses what it did since the backup before this week was assembled.
const INSTANCE_LOST: usize = 24;
const MOVE: usize = 32;
/// The store loses the weeks after the first of these weeks up to the last.
const STORE_LOST: [usize; 2] = [36, 39];
/// Another instance reports these weeks, and is then erased.
const GUEST: std::ops::Range<usize> = 42..46;

const FIRST_RELEASE: &str = r#"
format: 1
name: forum
title: Forum
events:
  Post: { args: { length: integer, board: { enum: [news, help, talk] } } }
  Read: {}
pings:
  - id: posts
    section: Forum
    title: Posts
    type: fe_event
    aggregation: weekly
    added: "1.0"
    metrics:
      - { code: Posts, of: Post, by: [board], measure: [count, unique_users] }
      - { code: Lengths, of: Post, measure: stats, value: length }
      - { code: NewWriters, of: Post, measure: first_time_users }
  - id: readers
    title: Readers
    type: fe_event
    aggregation: weekly
    added: "1.0"
    metrics:
      - { code: Readers, of: Read, measure: unique_users, window: [week, days_28] }
      - { code: PostsEver, of: Post, measure: [count, unique_users], window: all_time }
  - id: writers
    title: From reading to writing
    type: fe_event
    aggregation: weekly
    added: "1.0"
    funnels:
      - { code: ReadThenPost, title: posting, steps: [Read, Post] }
"#;

/// Returns the registry of 2.0.0, which knows what was broken and adds a metric.
fn second_release() -> Registry {
    let broken = "broken: [{ versions: \"1.1\", reason: counts twice, fix: 7 }]\n    metrics:\n      - { code: Posts,";
    let text = FIRST_RELEASE.replacen("metrics:\n      - { code: Posts,", broken, 1);
    let text = text.replace(
        "  Read: {}",
        "  Read: {}\n  Search: { args: { hits: integer } }",
    );
    let search = r#"  - id: searches
    title: Searches
    type: fe_event
    aggregation: weekly
    added: "2.0"
    metrics:
      - { code: Hits, of: Search, measure: sum, value: hits }
"#;
    registry(&(text + search))
}

fn registry(text: &str) -> Registry {
    pings_registry::parse(text).unwrap_or_else(|mistakes| panic!("{mistakes:?}"))
}

/// The clocks of the two simulations, in Unix seconds.
static CLOCKS: [AtomicI64; 2] = [AtomicI64::new(0), AtomicI64::new(0)];

fn read(clock: &AtomicI64) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(clock.load(Ordering::Relaxed)).unwrap()
}

fn clock(dialect: Dialect) -> (Clock, &'static AtomicI64) {
    match dialect {
        Dialect::Sqlite => (|| read(&CLOCKS[0]), &CLOCKS[0]),
        Dialect::Postgres => (|| read(&CLOCKS[1]), &CLOCKS[1]),
    }
}

/// The instance and the store.
struct Life {
    events: Vec<Event>,
    desk: Desk,
    vendor: Vendor,
    id: Uuid,
    clock: Clock,
    /// The time of the clock.
    time: &'static AtomicI64,
    /// The payloads of another registry that the store had before the year.
    other_registry: Series,
}

impl Life {
    /// Returns an instance and a store in databases of an earlier program, which logged the first weeks.
    async fn of_earlier_program(dialect: Dialect) -> Option<Self> {
        let place = Place::of_dump(dialect, "instance").await?;
        let events = events(20);
        kept::log_with_earlier_program(&place, events.iter().filter(|it| it.logged < OLD)).await;
        let log = EventLog::open(&place.url()).await.unwrap();
        assert!(log.migrated().is_upgrade());
        let vendor = Vendor::of(Place::of_dump(dialect, "store").await?).await;
        assert!(vendor.store.migrated().is_upgrade());
        let desk = Desk {
            place,
            log,
            registry: registry(FIRST_RELEASE),
            consent: Consent {
                new_metrics: NewMetrics::Allow,
                ..Consent::default()
            },
        };
        let (clock, time) = clock(dialect);
        time.store(start(OLD) / 1_000, Ordering::Relaxed);
        let learned = vendor.store.learn(&desk.registry, clock()).await;
        assert!(learned.is_ok(), "{learned:?}");
        Some(Self {
            events,
            id: Instance::of(&desk.log).await.unwrap().id,
            clock,
            time,
            other_registry: kept::other_registry(&vendor.store).await,
            desk,
            vendor,
        })
    }

    fn is_logged_in(week: usize) -> impl Fn(&&Event) -> bool {
        move |event| event.logged == week
    }

    /// Assembles and sends what is due an hour after the end of a week.
    async fn send(&self, week: usize) -> Vec<Entry> {
        self.desk.queue((self.clock)()).await;
        let address = match AWAY.contains(&week) {
            // No server listens there.
            true => "http://127.0.0.1:9",
            false => &self.vendor.address,
        };
        self.desk.send(address, self.clock).await
    }

    /// Sends the weeks up to a week again. The weeks that the store lost were revised before it could ask
    /// for them, so that it does not know that it lost other revisions, too.
    async fn send_again(&self, last: usize) {
        let weeks: Vec<_> = (last - 20..=last).map(|it| week(&name(it))).collect();
        Entry::ask_again(&self.desk.log, &weeks).await.unwrap();
        let sent = self.desk.send(&self.vendor.address, self.clock).await;
        assert_eq!(sent.len(), weeks.len());
    }

    /// Compares the report of a week.
    async fn check_report(&self, week: usize, of: usize) {
        let reporter = Reporter::new(&self.desk.log, &self.desk.registry);
        let week_of = name(of).parse().unwrap();
        let report = reporter.report(week_of, (self.clock)(), &mut |_| {}).await;
        let found = in_report(&report.unwrap());
        let truth = Truth::new(&self.events, week).week(of);
        assert_same(
            &found,
            &truth,
            &format!("the report of {} in week {week}", name(of)),
        );
    }

    /// Compares everything that the store has.
    async fn check_store(&self, week: usize, why: &str) {
        let truth = Truth::new(&self.events, week);
        let truth = (0..=week).flat_map(|week| truth.week(week)).collect();
        let found = in_store(&self.vendor.store, Some(self.id)).await;
        assert_same(&found, &truth, &format!("{why}, in week {week}"));
        assert_eq!(
            kept::other_registry(&self.vendor.store).await,
            self.other_registry
        );
        assert!(self.desk.has_sent_all().await, "{why}");
    }

    /// Logs the events of a week, sends, and prunes.
    async fn live(&mut self, week: usize) {
        let end = start(week + 1) / 1_000;
        self.time.store(end + 3_600, Ordering::Relaxed);
        if week == UPGRADE {
            self.desk.registry = second_release();
            let now = (self.clock)();
            self.vendor
                .store
                .learn(&self.desk.registry, now)
                .await
                .unwrap();
        }
        match week {
            MOVE => self.move_to_other_database().await,
            _ => {
                log(
                    &self.desk,
                    self.events.iter().filter(Self::is_logged_in(week)),
                )
                .await
            }
        }
        let backup = match week {
            INSTANCE_LOST => Some(self.desk.place.restored_backup().await),
            _ => None,
        };
        let sent = self.send(week).await;
        let states: BTreeSet<&str> = sent.iter().map(|it| it.state.name()).collect();
        let expected: &[&str] = match week {
            _ if AWAY.contains(&week) => &["waiting"],
            // The store has other contents under the revisions that were lost.
            _ if week == INSTANCE_LOST + 1 => &["sent", "replaced"],
            _ => &["sent"],
        };
        assert_eq!(states, expected.iter().copied().collect(), "{}", name(week));
        let is_sent = sent.iter().any(|it| it.week.to_string() == name(week));
        assert!(is_sent, "{}", name(week));
        self.check_report(week, week).await;
        if let Some(backup) = backup {
            self.lose_instance(backup).await;
        }
        if is_pruning(week) {
            let before = OffsetDateTime::from_unix_timestamp(start(week - KEPT) / 1_000).unwrap();
            let reporter = Reporter::new(&self.desk.log, &self.desk.registry);
            assert!(reporter.prune(before, |_| {}).await.unwrap().rows > 0);
            self.check_report(week, week - 2).await;
        }
    }

    /// Events are logged to the old database until the product was restarted.
    async fn move_to_other_database(&mut self) {
        let of_week = self.events.iter().filter(Self::is_logged_in(MOVE));
        let of_week: Vec<&Event> = of_week.collect();
        let (before, after) = of_week.split_at(of_week.len() / 3);
        let (between, after) = after.split_at(of_week.len() / 3);
        log(&self.desk, before.iter().copied()).await;
        let new = Desk::new(other(self.desk.log.dialect())).await.unwrap();
        migrate(&self.desk.log, &new.log).await.unwrap();
        log(&self.desk, between.iter().copied()).await;
        let fetched = migrate(&self.desk.log, &new.log).await;
        assert_eq!(fetched, Ok(between.len() as u64));
        (self.desk.place, self.desk.log) = (new.place, new.log);
        log(&self.desk, after.iter().copied()).await;
    }

    /// Continues with a backup. Events since then are lost, and a week is sent a second time.
    async fn lose_instance(&mut self, backup: Place) {
        let lost = events(7);
        log(
            &self.desk,
            lost.iter().filter(Self::is_logged_in(INSTANCE_LOST + 1)),
        )
        .await;
        self.desk.log.close().await;
        self.desk.log = EventLog::open(&backup.url()).await.unwrap();
        self.desk.place = backup;
        assert_eq!(Instance::of(&self.desk.log).await.unwrap().id, self.id);
    }

    /// Another instance reports some weeks and is erased. It does not come back.
    async fn erase_guest(&self, dialect: Dialect) {
        let mut guest = Desk::new(dialect).await.unwrap();
        guest.registry = second_release();
        let of_guest = events(5);
        log(
            &guest,
            of_guest.iter().filter(|it| GUEST.contains(&it.logged)),
        )
        .await;
        guest.queue((self.clock)()).await;
        let sent = guest.send(&self.vendor.address, self.clock).await;
        assert!(sent.len() >= GUEST.len(), "{sent:?}");
        let id = Instance::of(&guest.log).await.unwrap().id;
        assert!(!in_store(&self.vendor.store, Some(id)).await.is_empty());
        guest.consent.send = false;
        let receipt = self.vendor.store.forget(id, (self.clock)()).await.unwrap();
        assert_eq!(receipt.payloads, sent.len() as u64);
        log(
            &guest,
            of_guest.iter().filter(Self::is_logged_in(GUEST.end)),
        )
        .await;
        guest.queue((self.clock)()).await;
        assert_eq!(guest.send(&self.vendor.address, self.clock).await, []);
        assert_eq!(in_store(&self.vendor.store, Some(id)).await.len(), 0);
        let all = in_store(&self.vendor.store, None).await;
        assert_same(
            &all,
            &in_store(&self.vendor.store, Some(self.id)).await,
            "all but the guest",
        );
    }
}

/// Logs events with an import.
async fn log<'e>(desk: &Desk, events: impl Iterator<Item = &'e Event>) {
    let mut lines = String::new();
    let mut count = 0;
    for event in events {
        let line = json!({ "name": event.name, "user_id": event.user,
            "anonymous_user_id": event.visitor, "timestamp": kept::time(event.at),
            "version": event.version, "argument": event.argument() });
        lines += &format!("{line}\n");
        count += 1;
    }
    let done = Import::new(&desk.log).read(lines.as_bytes(), |_| {}).await;
    assert_eq!(done.unwrap().imported, count);
}

async fn a_year_adds_up(dialect: Dialect) {
    let Some(mut life) = Life::of_earlier_program(dialect).await else {
        return;
    };
    if Place::new(other(dialect)).await.is_none() {
        return;
    }
    let mut backup = None;
    for week in OLD..WEEKS {
        if week == STORE_LOST[1] + 1 {
            life.vendor = Vendor::of(backup.take().unwrap()).await;
        }
        life.live(week).await;
        match week {
            OLD => life.check_store(week, "after the upgrade").await,
            _ if week == AWAY.start - 1 => {
                life.check_store(week, "before the store was away").await
            }
            _ if week == AWAY.end => {
                life.check_store(week, "after the store was away").await;
                let sent = Entry::all(&life.desk.log).await.unwrap();
                let sent = sent.iter().filter(|it| it.state == State::Sent).count();
                assert_eq!(kept::payloads(&life.vendor.store, life.id).await, sent);
            }
            UPGRADE => life.check_store(week, "after the product's upgrade").await,
            INSTANCE_LOST => {}
            _ if week == INSTANCE_LOST + 1 => life.check_store(week, "after a restore").await,
            MOVE => life.check_store(week, "after the move").await,
            _ if week == STORE_LOST[0] => {
                backup = Some(life.vendor.place.restored_backup().await);
            }
            _ if week == STORE_LOST[1] + 1 => {
                life.send_again(STORE_LOST[1]).await;
                life.check_store(week, "after the restore of the store")
                    .await;
            }
            _ if week == GUEST.end => {
                life.erase_guest(dialect).await;
                life.check_store(week, "after a removal").await;
            }
            _ => {}
        }
    }
    let last = WEEKS - 1;
    life.check_store(last, "at the end").await;
    for past in last - KEPT + 3..last {
        life.check_report(last, past).await;
    }
    let judged = trust_in_store(&life.vendor.store, "Posts").await;
    let expected = (0..WEEKS).map(|week| (name(week), trust(week).to_owned()));
    assert_eq!(judged, expected.collect());
    let options = SeriesOptions {
        weeks: WEEKS as u32,
        until: Some(week(&name(last))),
        ..SeriesOptions::default()
    };
    let series = life
        .vendor
        .store
        .series(&life.desk.registry, "Posts", &options);
    let truth = Truth::new(&life.events, last);
    for (at, found) in series.await.unwrap().weeks.iter().enumerate() {
        let posts = truth.week(at);
        let posts = posts
            .iter()
            .filter(|(key, _)| key[1] == "Posts" && key[3] == "count");
        let posts: f64 = posts.filter_map(|(_, count)| *count).sum();
        let expected = (trust(at) == "trusted").then_some(posts);
        assert_eq!(
            (found.week.to_string(), found.values[0]),
            (name(at), expected)
        );
    }
    let all = in_store(&life.vendor.store, None).await;
    life.vendor.store.rebuild(|_, _| {}).await.unwrap();
    assert_same(
        &in_store(&life.vendor.store, None).await,
        &all,
        "rebuilt rows",
    );
}

on_both!(a_year_adds_up);
