//! The pings of the registry, and how they are found.
//!
//! They are read from JSON when they are first asked for: as constants they
//! would cost everyone who builds this crate, and few ask for many of them.

use std::sync::LazyLock;

use super::ping::{Code, Ping, Trust, read};
use super::tables::{CODES, PING_IDS};
use super::version::Version;

static PINGS: LazyLock<Vec<Ping>> =
    LazyLock::new(|| read(include_str!("pings.json")).unwrap_or_default());

impl Ping {
    /// Every ping, in page order.
    #[must_use]
    pub fn all() -> &'static [Self] {
        &PINGS
    }

    /// The ping of that id.
    #[must_use]
    pub fn find(id: &str) -> Option<&'static Self> {
        PINGS.get(PING_IDS.find(id)? as usize)
    }
}

impl Code {
    /// The code of that name.
    #[must_use]
    pub fn find(code: &str) -> Option<&'static Self> {
        let ping = PINGS.get(CODES.find(code)? as usize)?;
        ping.codes.iter().find(|other| other.code == code)
    }

    /// The ping that it is a number of.
    #[must_use]
    pub fn ping(&self) -> &'static Ping {
        &PINGS[self.ping]
    }
}

/// Whether to believe the number of that code from an instance of that version.
///
/// None where the registry has no such code.
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
