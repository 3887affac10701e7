//! The pings of a generated crate, with functions to find them.

use std::sync::OnceLock;

use serde::Deserialize;

use crate::generated::names::Names;
use crate::ping::Ping;
use crate::trust::Trust;
use crate::version::Version;

/// The pings of a generated crate, in page order.
///
/// The pings are parsed from JSON on first use, because constants would slow down each build of the
/// generated crate.
#[derive(Debug)]
pub struct Pings {
    json: &'static str,
    ids: &'static Names,
    codes: &'static Names,
    parsed: OnceLock<Vec<Ping>>,
}

impl Pings {
    /// Creates the pings from the JSON of a generated crate, and the tables of their ids and codes.
    #[doc(hidden)]
    #[must_use]
    pub const fn new(json: &'static str, ids: &'static Names, codes: &'static Names) -> Self {
        Self {
            json,
            ids,
            codes,
            parsed: OnceLock::new(),
        }
    }

    /// Returns all pings, in page order.
    #[must_use]
    pub fn all(&self) -> &[Ping] {
        self.parsed
            .get_or_init(|| parse(self.json).unwrap_or_default())
    }

    /// Returns the ping with this id.
    #[must_use]
    pub fn find(&self, id: &str) -> Option<&Ping> {
        self.all().get(self.ids.find(id)? as usize)
    }

    /// Returns the ping that contains the metric or funnel with this code.
    #[must_use]
    pub fn with_code(&self, code: &str) -> Option<&Ping> {
        self.all().get(self.codes.find(code)? as usize)
    }

    /// Returns whether the value of a code is trusted if an instance with this version sends it.
    ///
    /// Returns `None` if the registry does not have the code.
    #[must_use]
    pub fn trust(&self, code: &str, version: Version) -> Option<Trust<'_>> {
        self.with_code(code)?.trust(code, version)
    }

    /// Checks that the JSON can be read, and that every id and code finds its ping.
    pub(crate) fn check(&self) -> Result<(), String> {
        let pings = parse(self.json).map_err(|error| error.to_string())?;
        for ping in &pings {
            if self.find(&ping.id) != Some(ping) {
                return Err(format!("the id {:?} does not find its ping", ping.id));
            }
            for code in &ping.codes {
                if self.with_code(&code.code) != Some(ping) {
                    return Err(format!("the code {:?} does not find its ping", code.code));
                }
            }
        }
        Ok(())
    }
}

/// The file of a generated crate.
#[derive(Deserialize)]
struct File {
    pings: Vec<Ping>,
}

fn parse(json: &str) -> serde_json::Result<Vec<Ping>> {
    serde_json::from_str::<File>(json).map(|file| file.pings)
}
