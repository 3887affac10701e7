//! Assertions about recorded events, for the tests of a product.
//!
//! ```
//! use code_insights_events::{Event, InsightType, REGISTRY};
//! use pings::testing::Probe;
//! use pings::{Actor, Pings};
//!
//! /// The code under test.
//! fn hover(pings: &Pings, user: i64) {
//!     let event = Event::InsightHover { insight_type: InsightType::SearchInsights };
//!     pings.record(&event, Actor::user(user));
//! }
//!
//! let probe = Probe::new(REGISTRY)?;
//! hover(probe.pings(), 7);
//! probe.assert_recorded("InsightHover");
//! probe.assert_moved(&["InsightHover"]);
//! assert_eq!(probe.events()[0].argument["insightType"], "searchInsights");
//! # Ok::<(), pings::Error>(())
//! ```

use std::collections::BTreeSet;
use std::sync::Arc;

pub use crate::memory::Recorded;

use crate::error::Error;
use crate::handle::Pings;
use crate::memory::Memory;

/// A handle that keeps its events in memory, without a database.
#[derive(Debug)]
pub struct Probe {
    pings: Pings,
    memory: Arc<Memory>,
}

impl Probe {
    /// Creates a probe for a registry, given as the text of a `pings.yaml`.
    ///
    /// # Errors
    ///
    /// Returns an error if the registry is invalid.
    pub fn new(registry: &str) -> Result<Self, Error> {
        let memory = Arc::new(Memory::new(pings_registry::parse(registry)?));
        Ok(Self {
            pings: Pings::in_memory(Arc::clone(&memory)),
            memory,
        })
    }

    /// Returns the handle for the code under test.
    #[must_use]
    pub fn pings(&self) -> &Pings {
        &self.pings
    }

    /// Returns the recorded events, in order.
    #[must_use]
    pub fn events(&self) -> Vec<Recorded> {
        self.memory.all()
    }

    /// Returns the codes of all metrics and funnels that count any of the events.
    #[must_use]
    pub fn moved(&self) -> BTreeSet<String> {
        let events = self.memory.all();
        events.into_iter().flat_map(|event| event.metrics).collect()
    }

    /// Forgets all events.
    pub fn clear(&self) {
        self.memory.clear();
    }

    /// Checks that an event with this name was recorded.
    ///
    /// # Panics
    ///
    /// Panics if it was not, with the names of the events that were.
    #[track_caller]
    pub fn assert_recorded(&self, name: &str) {
        let events = self.memory.all();
        let names: Vec<&str> = events.iter().map(|event| event.name.as_str()).collect();
        let declared = self.memory.registry().events().iter();
        let is_declared = declared
            .map(|event| event.name.as_str())
            .any(|it| it == name);
        assert!(
            is_declared || names.contains(&name),
            "the registry declares no event `{name}`"
        );
        assert!(
            names.contains(&name),
            "`{name}` was not recorded; recorded events: {names:?}"
        );
    }

    /// Checks that the events move exactly these metrics and funnels, given by their codes.
    ///
    /// # Panics
    ///
    /// Panics if the events move others, with all codes that they move.
    #[track_caller]
    pub fn assert_moved(&self, codes: &[&str]) {
        let moved = self.moved();
        let wanted: BTreeSet<String> = codes.iter().map(ToString::to_string).collect();
        assert_eq!(
            moved, wanted,
            "the moved metrics differ from the expected ones"
        );
    }
}
