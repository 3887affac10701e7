//! The registries in which mistakes are made, with the event logs and tables of their products.

use std::fs;
use std::path::Path;

use pings_model::Registry;
use pings_sql::Dialect;
use pings_tests::databases::LogLine;
use pings_tests::fixture::Fixture;

/// The weeks of the queries: a week with events, and the week after it.
pub const WEEKS: [&str; 2] = ["2021-W04", "2021-W05"];

/// A registry without mistakes, and data for it.
pub struct Subject {
    /// The name of the registry on the page.
    pub name: &'static str,
    pub text: String,
    pub registry: Registry,
    /// The statements that create and fill the product's tables.
    pub tables: String,
    pub log: Vec<LogLine>,
}

impl Subject {
    /// Returns the registry of this project, and two registries with the features that it does not
    /// use.
    pub fn all() -> [Self; 3] {
        [code_insights(), own("desk"), own("shop")]
    }

    fn new(name: &'static str, text: String, tables: String, log: Vec<LogLine>) -> Self {
        let registry = pings_registry::parse(&text).expect("a registry without mistakes");
        Self {
            name,
            text,
            registry,
            tables,
            log,
        }
    }
}

fn code_insights() -> Subject {
    let fixture = Fixture::all()
        .into_iter()
        .find(|fixture| fixture.name == "code-insights")
        .expect("the fixture");
    let tables = fixture.schema(Dialect::Sqlite) + &fixture.data(Dialect::Sqlite);
    Subject::new("pings.yaml", fixture.registry(), tables, fixture.events())
}

/// Returns a registry of these tests: `desk` has raw SQL, filters, old names, percentiles and a
/// removed ping, `shop` the keys for windows, values, objects, versions and selections of events.
fn own(name: &'static str) -> Subject {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("mutations")
        .join(name);
    let read = |file: &str| {
        let path = folder.join(file);
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    };
    let log = serde_yaml::from_str(&read("events.yaml")).expect("an event log");
    Subject::new(name, read("pings.yaml"), read("tables.sql"), log)
}
