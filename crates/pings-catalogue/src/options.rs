//! The contents of a catalogue beside the registry.

use pings_diff::Change;
use pings_model::Version;

/// The contents of a catalogue beside the registry. The default is nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options<'o> {
    /// The address at which the site will be published, for its sitemap.
    pub base: Option<&'o str>,
    /// What each release changed in the registry.
    pub history: Option<&'o History>,
    /// The places in the source code that fire the events.
    pub call_sites: Option<&'o CallSites>,
}

/// What each release changed in the registry.
#[derive(Clone, Debug, Default)]
pub struct History {
    /// The releases that have a registry, oldest first.
    pub releases: Vec<Released>,
    /// What changed since the newest of these releases.
    pub unreleased: Vec<Change>,
    /// The tags whose registry cannot be read, each with the reason.
    pub unread: Vec<(String, String)>,
}

/// A release that has a registry.
#[derive(Clone, Debug)]
pub struct Released {
    /// The tag.
    pub tag: String,
    /// The version.
    pub version: Version,
    /// The date of the tag, such as `2026-11-30`.
    pub date: String,
    /// The number of pings in its registry.
    pub pings: usize,
    /// What changed since the release before, or `None` for the first release.
    pub changes: Option<Vec<Change>>,
}

/// The places in the source code that fire the events.
#[derive(Clone, Debug, Default)]
pub struct CallSites {
    /// The places in the scanned folder, for each event in the order of the registry.
    pub events: Vec<Vec<CallSite>>,
    /// The number of places in each release, oldest first, if releases were scanned.
    pub releases: Vec<(Version, Vec<usize>)>,
    /// The address of a place, with the placeholders `{path}` and `{line}`.
    pub source_url: Option<String>,
}

/// A place in the source code that fires an event.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CallSite {
    /// The path of the file, from the root of its repository.
    pub path: String,
    /// The line, from 1.
    pub line: usize,
}

impl CallSites {
    /// Returns the places that fire an event today.
    pub(crate) fn of(&self, event: usize) -> &[CallSite] {
        self.events.get(event).map_or(&[], Vec::as_slice)
    }
}
