//! A small fleet of instances on three versions, each with its own event log, that send eight weeks
//! to a store.

use std::cell::{Cell, RefCell};
use std::error::Error;
use std::fs;
use std::path::Path;

use code_insights_events::Event;
use pings_model::Registry;
use pings_runtime::{
    Access, Captures, Consent, Database, Delivery, EventLog, Import, State, StoreAddress, Week,
    send_next,
};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, Connection, SqliteConnection};
use time::{Duration, OffsetDateTime};

use crate::events::{Lines, Who, insight_type, working_hours};
use crate::product::Product;
use crate::random::Random;
use crate::{NOW, WEEKS, now};

/// The number of instances.
const INSTANCES: u64 = 12;

/// The number of instances that run concurrently, so that their databases work in parallel.
const AT_ONCE: usize = 4;

/// The versions of the product. The second version counts no changes of back-end insights.
const VERSIONS: [&str; 3] = ["3.29.1", "3.34.2", "3.36.0"];

/// The percentage of changes that concern back-end insights.
const BACKEND: u64 = 70;

/// The totals of what was sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sent {
    /// The number of instances that sent payloads.
    pub instances: u64,
    /// The number of payloads.
    pub payloads: u64,
    /// The number of events that users caused on all instances.
    pub events: u64,
}

/// Returns the registry as it was before a version was known to be broken.
///
/// # Errors
///
/// Returns an error if the registry no longer contains the expected text.
pub fn registry_before() -> Result<String, Box<dyn Error>> {
    const DECLARED: &str = "    broken:
      - versions: \"3.31-3.35.0\"
        reason: does not count backend insights
        fix: 25317
";
    let before = code_insights_events::REGISTRY.replacen(DECLARED, "", 1);
    if before == code_insights_events::REGISTRY {
        return Err("the registry does not declare what the demo takes out of it".into());
    }
    Ok(before)
}

/// Creates the fleet in a folder and sends its weeks to a store. `sent` is called after each
/// instance.
///
/// # Errors
///
/// Returns an error if the folder cannot be written, a database fails, or the store refuses a week.
pub async fn send_fleet(
    folder: &Path,
    until: OffsetDateTime,
    store: &StoreAddress,
    sent: impl FnMut(Sent),
) -> Result<Sent, Box<dyn Error>> {
    let folder = folder.join(crate::leftovers::FLEET);
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let registry = pings_registry::parse(code_insights_events::REGISTRY)
        .map_err(|_| "the registry in code-insights-events has mistakes")?;
    let (all, sent) = (Cell::new(Sent::default()), RefCell::new(sent));
    let (registry, all, sent) = (&registry, &all, &sent);
    let some = |first: u64| {
        let folder = &folder;
        async move {
            for number in (first..INSTANCES).step_by(AT_ONCE) {
                let instance = Instance::new(number, Week::last_complete(until));
                let path = folder.join(format!("{number}"));
                let (log, events) = instance.live(&path, registry).await?;
                let payloads = send(&log, registry, instance.end(), store).await?;
                log.close().await;
                let before = all.get();
                all.set(Sent {
                    instances: before.instances + 1,
                    payloads: before.payloads + payloads,
                    events: before.events + events,
                });
                sent.borrow_mut()(all.get());
            }
            Ok::<_, Box<dyn Error>>(())
        }
    };
    tokio::try_join!(some(0), some(1), some(2), some(3))?;
    Ok(all.get())
}

/// An instance of the fleet.
struct Instance {
    number: u64,
    users: u64,
    first: Week,
    /// The number of weeks for which the instance runs.
    weeks: u32,
    versions: Vec<(OffsetDateTime, &'static str)>,
}

impl Instance {
    fn new(number: u64, last: Week) -> Self {
        let mut random = Random::new(1000 + number);
        let first = last.back(WEEKS - 1);
        let mut upgrade = |from: u32, weeks: u64| {
            let week = first.forward(from + random.below(weeks) as u32);
            week.start() + Duration::hours(random.below(5 * 24) as i64)
        };
        let versions = vec![
            (first.start(), VERSIONS[0]),
            (upgrade(2, 1), VERSIONS[1]),
            (upgrade(if number < 9 { 5 } else { 6 }, 1), VERSIONS[2]),
        ];
        Self {
            number,
            users: 4 + random.below(12),
            first,
            // One instance is switched off permanently.
            weeks: if number == 7 { WEEKS - 3 } else { WEEKS },
            versions,
        }
    }

    /// Returns the end of the instance's last week.
    fn end(&self) -> OffsetDateTime {
        self.first.forward(self.weeks).start()
    }

    /// Creates the event log for all weeks, and returns it with the number of events that users
    /// caused.
    async fn live(
        &self,
        folder: &Path,
        registry: &Registry,
    ) -> Result<(EventLog, u64), Box<dyn Error>> {
        crate::leftovers::clear(folder)?;
        let address = |file: &str| format!("sqlite://{}", folder.join(file).display());
        let (log, _) = EventLog::init(&address("pings.db").parse()?).await?;
        self.be_the_same_each_time(&address("pings.db")).await?;
        let mut product = Product::create(&address("product.db")).await?;
        let reader = Database::open(&address("product.db").parse()?, Access::Read).await?;
        let mut events = 0;
        for number in 0..self.weeks {
            let week = self.first.forward(number);
            let lines = self.week(number);
            let imported = Import::new(&log).read(lines.as_slice(), |_| {}).await?;
            events += imported.imported;
            product.grow(number).await?;
            let evening = week.end() - Duration::hours(4);
            let version = self.version(evening);
            let captures = Captures {
                version: Some(version.parse()?),
                ..Captures::new(&reader, registry, evening)
            };
            NOW.scope(evening, captures.take(&log, version, now, |_| {}))
                .await?;
        }
        reader.close().await;
        Ok((log, events))
    }

    /// Returns the events of a week, counted from 0.
    fn week(&self, number: u32) -> Vec<u8> {
        let mut random = Random::new(self.number * 100 + u64::from(number));
        let mut out = Lines::of_version(VERSIONS[0]);
        let start = self.first.forward(number).start();
        for user in 1..=self.users {
            for _ in 0..1 + random.below(5) {
                let day = Duration::days(random.below(5) as i64);
                let at = start + day + working_hours(&mut random);
                self.visit(&mut out, &mut random, Who::User(user), at);
            }
        }
        out.text
    }

    fn visit(&self, out: &mut Lines, random: &mut Random, who: Who, at: OffsetDateTime) {
        let version = self.version(at);
        version.clone_into(&mut out.version);
        out.log(&Event::InsightsPageView, who, at);
        let insight_type = insight_type(random);
        let later = at + Duration::minutes(1);
        let looks = [
            (60, Event::InsightHover { insight_type }),
            (50, Event::InsightDataPointClick { insight_type }),
            (40, Event::InsightUiCustomization { insight_type }),
        ];
        for (percent, event) in looks {
            if random.percent(percent) {
                out.log(&event, who, later);
            }
        }
        let changes = [
            (50, Event::InsightAddition { insight_type }),
            (40, Event::InsightEdit { insight_type }),
            (15, Event::InsightRemoval { insight_type }),
        ];
        for (percent, event) in changes {
            let is_done = random.percent(percent);
            let is_lost = random.percent(BACKEND) && version == VERSIONS[1];
            if is_done && !is_lost {
                out.log(&event, who, later);
            }
        }
    }

    /// Returns the version that runs at a point in time.
    fn version(&self, at: OffsetDateTime) -> &'static str {
        let running = self.versions.iter().rev().find(|(from, _)| *from <= at);
        running.map_or(VERSIONS[0], |(_, version)| version)
    }

    /// Replaces the random id and key of the instance, so that the demo is reproducible.
    async fn be_the_same_each_time(&self, address: &str) -> sqlx::Result<()> {
        let options: SqliteConnectOptions = address.parse()?;
        let mut database = SqliteConnection::connect_with(&options).await?;
        let number = self.number + 1;
        let sql = format!(
            "INSERT INTO pings_instance (singleton, id, seed) VALUES (1, '{number:08x}-0000-4000-8000-000000000000', '{number:064x}')"
        );
        sqlx::query(AssertSqlSafe(sql))
            .execute(&mut database)
            .await?;
        database.close().await
    }
}

/// Sends every week that is complete at `until`, and returns the number of payloads.
async fn send(
    log: &EventLog,
    registry: &Registry,
    until: OffsetDateTime,
    store: &StoreAddress,
) -> Result<u64, Box<dyn Error>> {
    let home = Delivery {
        log,
        registry,
        consent: Consent::default(),
        version: None,
    };
    home.queue(Duration::ZERO, until, &mut |_| {}).await?;
    let mut count = 0;
    while let Some(entry) = send_next(log, store, OffsetDateTime::now_utc).await? {
        if entry.state != State::Sent {
            let answer = entry.answer.unwrap_or_default();
            return Err(format!("the store does not take {}: {answer}", entry.week).into());
        }
        count += 1;
    }
    Ok(count)
}
