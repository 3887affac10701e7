//! The commands, with a file for each.

pub(crate) mod capture;
pub(crate) mod check;
pub(crate) mod completions;
pub(crate) mod consent;
pub(crate) mod diff;
pub(crate) mod explain;
pub(crate) mod home;
pub(crate) mod import;
pub(crate) mod init;
pub(crate) mod man;
pub(crate) mod new;
pub(crate) mod prune;
pub(crate) mod record;
pub(crate) mod report;
pub(crate) mod scan;
mod signals;
pub(crate) mod sql;
pub(crate) mod store;
pub(crate) mod text_file;

use std::str::FromStr;

use pings_model::{Metric, Ping, Registry, Version};
use pings_registry::nearest;
use pings_runtime::{Access, Database, EventLog, Url, Week};
use time::OffsetDateTime;

use crate::arguments::{Command, Common, Format};
use crate::failure::Failure;
use crate::look;

/// The version that is logged if the version of the product is unknown.
pub(crate) const UNKNOWN: &str = "unknown";

/// Checks that the command supports the requested format.
pub(crate) fn check_format(common: &Common, command: &Command) -> Result<(), Failure> {
    use Format::{Csv, Github, Human, Json, Markdown, Sarif};
    let written: &[Format] = match command {
        Command::Check(check) if check::live::is_wanted(common, &check.live) => {
            &[Human, Json, Github]
        }
        Command::Check(_) => &[Human, Json, Github, Sarif],
        Command::Scan(_) => &[Human, Json, Github],
        Command::Diff(_) => &[Human, Json, Markdown, Github],
        Command::Store(store) if store.is_series() => &[Human, Json, Csv],
        Command::Completions(_) | Command::Man(_) => &[Human],
        _ => &[Human, Json],
    };
    if written.contains(&common.format) {
        return Ok(());
    }
    let names: Vec<&str> = written.iter().map(|format| format.name()).collect();
    Err(Failure::Input(format!(
        "this command does not support `--format {}`\nhelp: use one of {}",
        common.format.name(),
        names.join(", ")
    )))
}

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
    look::warn_of(log.database());
    Ok(log)
}

/// Opens the product's database for reading.
pub(crate) async fn product(url: &Url) -> Result<Database, Failure> {
    let product = Database::open(url, Access::Read)
        .await
        .map_err(capture::no_product)?;
    look::warn_of(&product);
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
    let name = look::plain(name);
    Failure::Input(format!("the registry has no {what} `{name}`\nhelp: {help}"))
}

/// Parses a version from the command line.
pub(crate) fn version(text: &str) -> Result<Version, Failure> {
    Version::from_str(text).map_err(|_| not_a_version(text))
}

fn not_a_version(text: &str) -> Failure {
    Failure::Input(format!(
        "`{}` is not a version\nhelp: use a version such as 3.36.0",
        look::plain(text)
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
            look::plain(text)
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

/// Returns a number with its noun: `1 row`, `2 rows`.
pub(crate) fn counted(count: u64, one: &str, many: &str) -> String {
    let number = look::number(&count.into());
    match count {
        1 => format!("1 {one}"),
        _ => format!("{number} {many}"),
    }
}
