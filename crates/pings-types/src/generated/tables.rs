//! The tables of a registry's events.

use super::names::Names;

/// The tables of a registry's events.
#[derive(Debug)]
pub struct Tables {
    /// The number of events.
    pub events: u32,
    /// The name of each event, followed by the previous names of events.
    pub names: &'static Names,
    /// Keys of arguments, in registry order.
    pub keys: &'static [&'static [&'static str]],
    /// For each event, the index of its keys.
    pub keys_of_events: &'static [u32],
    /// Previous keys of arguments: the index of the event, the index of the argument, the key.
    pub old_keys: &'static [(u32, u32, &'static str)],
}

impl Tables {
    /// Returns the keys of an event's arguments, in registry order.
    #[must_use]
    pub fn keys(&self, event: u32) -> &'static [&'static str] {
        self.keys[self.keys_of_events[event as usize] as usize]
    }

    /// Returns the previous keys of an event's arguments.
    pub(super) fn old_keys(&self, event: u32) -> &'static [(u32, u32, &'static str)] {
        let start = self.old_keys.partition_point(|(other, ..)| *other < event);
        let end = self.old_keys.partition_point(|(other, ..)| *other <= event);
        &self.old_keys[start..end]
    }
}
