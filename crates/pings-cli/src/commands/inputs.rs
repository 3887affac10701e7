//! What several commands read: the registry, databases, and values from the command line.

use std::str::FromStr;

use pings_model::{Metric, Ping, Registry, Version};
use pings_registry::nearest;
use pings_runtime::{Access, Database, EventLog, Url, Week};
use time::OffsetDateTime;

use crate::arguments::Common;
use crate::failure::Failure;
use crate::output;

/// The version that is logged if the version of the product is unknown.
pub(crate) const UNKNOWN: &str = "unknown";

/// Loads the registry, or returns all of its errors.
pub(crate) fn registry(common: &Common) -> Result<Registry, Failure> {
    match pings_build::load(&common.registry) {
        Ok(loaded) => Ok(loaded.registry),
        Err(failure) => Err(Failure::of_registry(failure)),
    }
}

/// Returns the address of the event log's database.
pub(crate) fn url(common: &Common) -> Result<Url, Failure> {
    Ok(common.database.database()?)
}

/// Opens the event log, which must exist.
pub(crate) async fn event_log(common: &Common) -> Result<EventLog, Failure> {
    let log = EventLog::open(&url(common)?).await?;
    output::warn_of(log.database());
    output::note_migration(log.database(), log.migrated());
    Ok(log)
}

/// Opens the product's database for reading.
pub(crate) async fn product(url: &Url) -> Result<Database, Failure> {
    let product = Database::open(url, Access::Read)
        .await
        .map_err(no_product)?;
    output::warn_of(&product);
    Ok(product)
}

/// Returns the metric with a code. The error suggests the most similar code.
pub(crate) fn metric<'r>(
    registry: &'r Registry,
    code: &str,
) -> Result<(&'r Ping, &'r Metric), Failure> {
    registry.metric(code).ok_or_else(|| {
        let codes = registry.metrics().map(|(_, metric)| metric.code.as_str());
        unknown("metric", code, codes)
    })
}

/// Returns the failure for an unknown name.
pub(crate) fn unknown<'n>(
    what: &str,
    name: &str,
    known: impl Iterator<Item = &'n str> + Clone,
) -> Failure {
    let help = match nearest(name, known.clone()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => {
            let some: Vec<&str> = known.clone().take(10).collect();
            let rest = match known.count() - some.len() {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            match some.as_slice() {
                [] => "the registry has none".to_owned(),
                some => format!("use one of {}{rest}", some.join(", ")),
            }
        }
    };
    let name = output::plain(name);
    Failure::Input(format!("the registry has no {what} `{name}`\nhelp: {help}"))
}

/// Parses a version from the command line.
pub(crate) fn version(text: &str) -> Result<Version, Failure> {
    Version::from_str(text).map_err(|_| not_a_version(text))
}

fn not_a_version(text: &str) -> Failure {
    Failure::Input(format!(
        "`{}` is not a version\nhelp: use a version such as 1.4.0",
        output::plain(text)
    ))
}

/// Parses the version of the product, if it was given.
pub(crate) fn optional_version(text: Option<&str>) -> Result<Option<Version>, Failure> {
    // An empty environment variable counts as unset.
    let text = text.filter(|text| !text.is_empty());
    let read = |text| Version::of_build(text).map_err(|_| not_a_version(text));
    text.map(read).transpose()
}

/// Checks that a token is not empty. An empty token would have the effect of no token.
pub(crate) fn filled(token: &str) -> Result<&str, Failure> {
    // Surrounding spaces are not part of a token.
    if token.trim().is_empty() {
        return Err(Failure::Input(
            "the token is empty\nhelp: set it to the token, or leave out the flag and unset its variable".to_owned(),
        ));
    }
    Ok(token)
}

/// Parses a time from the command line.
pub(crate) fn moment(text: &str) -> Result<OffsetDateTime, Failure> {
    pings_runtime::parse_time(text).ok_or_else(|| {
        Failure::Input(format!(
            "`{}` is not a time\nhelp: use a time such as 2021-01-25T12:00:00Z, or 2021-01-25 for midnight, in UTC",
            output::plain(text)
        ))
    })
}

/// Returns the requested week, or by default the running week or the last complete week.
pub(crate) fn week(
    text: Option<&str>,
    running: bool,
    now: OffsetDateTime,
) -> Result<Week, Failure> {
    match text {
        Some(text) => Ok(text.parse()?),
        None if running => Ok(Week::containing(now)),
        None => Ok(Week::last_complete(now)),
    }
}

/// Converts an error of the product's database, which `pings init` does not create.
pub(crate) fn no_product(error: pings_runtime::Error) -> Failure {
    match Failure::with_help(
        error,
        "check the address; the product creates this database",
    ) {
        Failure::Input(message) => Failure::Input(format!("the product's database: {message}")),
        Failure::Ours(message) => Failure::Ours(format!("the product's database: {message}")),
        other => other,
    }
}
