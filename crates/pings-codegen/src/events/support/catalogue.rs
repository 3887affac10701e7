//! The pings of the registry, with functions to find them.
//!
//! The pings are parsed from JSON on first use, because constants would slow down each build of
//! this crate.

use std::sync::LazyLock;

use super::ping::{Code, Ping, Trust, read};
use super::tables::{CODES, PING_IDS};
use super::version::Version;

static PINGS: LazyLock<Vec<Ping>> =
    LazyLock::new(|| read(include_str!("pings.json")).unwrap_or_default());

impl Ping {
    /// Returns all pings, in page order.
    #[must_use]
    pub fn all() -> &'static [Self] {
        &PINGS
    }

    /// Returns the ping with this id.
    #[must_use]
    pub fn find(id: &str) -> Option<&'static Self> {
        PINGS.get(PING_IDS.find(id)? as usize)
    }
}

impl Code {
    /// Returns the metric or funnel with this code.
    #[must_use]
    pub fn find(code: &str) -> Option<&'static Self> {
        let ping = PINGS.get(CODES.find(code)? as usize)?;
        ping.codes.iter().find(|other| other.code == code)
    }

    /// Returns the ping that contains this code.
    #[must_use]
    pub fn ping(&self) -> &'static Ping {
        &PINGS[self.ping]
    }
}

/// Returns whether the value of a code is trusted if an instance with this version sends it.
///
/// Returns `None` if the registry does not have the code.
#[must_use]
pub fn trust(code: &str, version: Version) -> Option<Trust<'static>> {
    Some(Code::find(code)?.ping().trust(version))
}

#[cfg(test)]
mod tests {
    use super::super::ping::read;

    #[test]
    fn the_pings_can_be_read() {
        assert!(read(include_str!("pings.json")).is_some());
    }
}
