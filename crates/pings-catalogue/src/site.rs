//! The registry with what its pages link to: names of files, and who uses an event or a table.

use std::collections::{BTreeMap, BTreeSet};

use pings_codegen::{Origin, file_names, rust_events, web_calls, words};
use pings_model::{EventId, Metric, Ping, Registry, Source, SqlPiece, TableId, Version};
use pings_sql::columns_read;

use crate::changes::Changes;
use crate::lifecycle;
use crate::options::{Options, Released};

/// A metric with its ping.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Use<'r> {
    pub(crate) ping: &'r Ping,
    pub(crate) metric: &'r Metric,
}

/// A table with the metrics that read it.
#[derive(Debug, Default)]
pub(crate) struct TableUse<'r> {
    /// The metrics that read the table, in page order.
    pub(crate) metrics: Vec<Use<'r>>,
    /// The metrics that read a column, by the column's name.
    pub(crate) columns: BTreeMap<&'r str, Vec<Use<'r>>>,
    /// The metrics whose hand-written SQL contains the name of the table.
    pub(crate) sql: Vec<Use<'r>>,
}

/// The input of all pages.
pub(crate) struct Site<'r> {
    pub(crate) registry: &'r Registry,
    pub(crate) origin: &'r Origin<'r>,
    events: Vec<String>,
    tables: Vec<String>,
    /// The file of each owner's page, and the owner's pings.
    pub(crate) owners: BTreeMap<&'r str, (String, Vec<&'r Ping>)>,
    /// The metrics that count an event, by its id.
    counted: Vec<Vec<Use<'r>>>,
    read: Vec<TableUse<'r>>,
    /// The call of each event in Rust and in TypeScript.
    pub(crate) calls: Vec<(String, String)>,
    pub(crate) options: Options<'r>,
    pub(crate) changes: Changes<'r>,
    /// All releases: the versions that the registry names, and those of the history.
    pub(crate) releases: BTreeMap<Version, Vec<lifecycle::Event<'r>>>,
    /// The ids of the pings.
    pub(crate) pings: BTreeSet<&'r str>,
}

impl<'r> Site<'r> {
    pub(crate) fn new(
        registry: &'r Registry,
        origin: &'r Origin<'r>,
        options: &Options<'r>,
    ) -> Self {
        let events = registry.events().iter().map(|event| event.name.as_str());
        let tables = registry.tables().iter().map(|table| table.name.as_str());
        let calls = rust_events(registry).into_iter().zip(web_calls(registry));
        let mut site = Self {
            registry,
            origin,
            events: file_names(events),
            tables: file_names(tables),
            owners: owners(registry),
            counted: vec![Vec::new(); registry.events().len()],
            read: registry
                .tables()
                .iter()
                .map(|_| TableUse::default())
                .collect(),
            calls: calls.collect(),
            options: *options,
            changes: options.history.map(Changes::new).unwrap_or_default(),
            releases: lifecycle::by_version(registry),
            pings: registry.pings().iter().map(|it| it.id.as_str()).collect(),
        };
        let history = options.history.into_iter();
        for release in history.flat_map(|it| &it.releases) {
            site.releases.entry(release.version).or_default();
        }
        for (ping, metric) in registry.metrics() {
            site.note(Use { ping, metric });
        }
        site
    }

    fn note(&mut self, metric: Use<'r>) {
        for event in events_of(metric.metric) {
            if let Some(uses) = self.counted.get_mut(event.0) {
                uses.push(metric);
            }
        }
        match &metric.metric.source {
            Source::Capture(capture) => {
                let mut tables: Vec<TableId> = capture.tables().iter().map(|it| it.table).collect();
                tables.sort_unstable();
                tables.dedup();
                for table in tables {
                    if let Some(read) = self.read.get_mut(table.0) {
                        read.metrics.push(metric);
                    }
                }
                for (table, column) in columns_read(self.registry, capture) {
                    if let Some(read) = self.read.get_mut(table.0) {
                        read.columns.entry(&column.name).or_default().push(metric);
                    }
                }
            }
            Source::Sql(sql) => {
                let text: String = sql.texts().flat_map(|it| &it.0).map(text).collect();
                let words: Vec<&str> = text
                    .split(|c: char| c != '_' && !c.is_alphanumeric())
                    .collect();
                for (read, table) in self.read.iter_mut().zip(self.registry.tables()) {
                    if words.contains(&table.bare_name()) {
                        read.sql.push(metric);
                    }
                }
            }
            Source::Events(_) | Source::Funnel(_) | Source::Value(_) => {}
        }
    }

    /// Returns the metrics that count an event.
    pub(crate) fn counted(&self, event: EventId) -> &[Use<'r>] {
        self.counted.get(event.0).map_or(&[], Vec::as_slice)
    }

    /// Returns the metrics that read a table.
    pub(crate) fn read(&self, table: TableId) -> Option<&TableUse<'r>> {
        self.read.get(table.0)
    }

    /// Returns the path of a page from the root of the site, without its extension.
    pub(crate) fn event(&self, event: EventId) -> String {
        format!(
            "events/{}",
            self.events.get(event.0).map_or("", String::as_str)
        )
    }

    /// Returns the path of the page of a release from the root of the site, without its extension.
    pub(crate) fn release(&self, version: Version) -> String {
        // The same version may be written as 3.25 and as 3.25.0, and has one page.
        let known = self.releases.get_key_value(&version);
        format!("releases/{}", known.map_or(version, |(known, _)| *known))
    }

    /// Returns the release of a version in the history.
    pub(crate) fn released(&self, version: Version) -> Option<&'r Released> {
        let mut releases = self.options.history?.releases.iter();
        releases.find(|it| it.version == version)
    }

    /// Returns the date of the first release whose version begins with these numbers.
    pub(crate) fn date(&self, version: Version) -> Option<&'r str> {
        let mut releases = self.options.history?.releases.iter();
        let of_version = |it: &&'r Released| {
            version.key() <= it.version.key() && it.version.key() < version.key_after()
        };
        Some(releases.find(of_version)?.date.as_str())
    }

    /// Returns the path of a page from the root of the site, without its extension.
    pub(crate) fn table(&self, table: TableId) -> String {
        format!(
            "tables/{}",
            self.tables.get(table.0).map_or("", String::as_str)
        )
    }
}

fn text(piece: &SqlPiece) -> &str {
    match piece {
        SqlPiece::Text(text) => text,
        SqlPiece::WeekStart | SqlPiece::WeekEnd | SqlPiece::Now => " ",
    }
}

fn owners(registry: &Registry) -> BTreeMap<&str, (String, Vec<&Ping>)> {
    let mut owners: BTreeMap<&str, Vec<&Ping>> = BTreeMap::new();
    for ping in registry.pings() {
        for owner in &ping.owners {
            owners.entry(owner).or_default().push(ping);
        }
    }
    let files = file_names(owners.keys().copied());
    let owners = owners.into_iter().zip(files);
    owners
        .map(|((owner, pings), file)| (owner, (format!("owners/{file}"), pings)))
        .collect()
}

/// Returns the events that a metric counts, without duplicates.
pub(crate) fn events_of(metric: &Metric) -> Vec<EventId> {
    let mut events = Vec::new();
    for event in words::events_of(metric) {
        if !events.contains(&event) {
            events.push(event);
        }
    }
    events
}
