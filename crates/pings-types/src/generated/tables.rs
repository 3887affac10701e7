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
    /// Objects that contain arguments, outermost first: the index of the event, the index of the
    /// argument, the key of the object. The key of such an argument is the path `object.member`.
    pub objects: &'static [(u32, u32, &'static str)],
}

/// The keys of an event's arguments.
#[derive(Clone, Copy, Debug, Default)]
pub struct Keys<'a> {
    /// The keys in registry order. The key of a member of an object is the path `object.member`.
    pub paths: &'a [&'a str],
    /// Previous keys: the index of the event, the index of the argument, the key.
    pub old: &'a [(u32, u32, &'a str)],
    /// Objects that contain arguments, outermost first, in the form of `old`.
    pub objects: &'a [(u32, u32, &'a str)],
}

impl<'a> Keys<'a> {
    /// Returns the keys of the objects that contain the argument at an index, and its own key.
    pub(super) fn of(&self, place: u32) -> (Vec<&'a str>, &'a str) {
        let path = self.paths.get(place as usize).copied().unwrap_or_default();
        let objects = self.objects.iter().filter(|(_, of, _)| *of == place);
        let objects: Vec<&str> = objects.map(|(.., key)| *key).collect();
        let before = objects.iter().map(|key| key.len() + 1).sum();
        (objects, path.get(before..).unwrap_or(path))
    }
}

impl Tables {
    /// Returns the keys of an event's arguments, in registry order.
    #[must_use]
    pub fn keys(&self, event: u32) -> &'static [&'static str] {
        self.keys[self.keys_of_events[event as usize] as usize]
    }

    /// Returns the keys with which the arguments of an event are written: without previous keys.
    pub(super) fn written_keys(&self, event: u32) -> Keys<'static> {
        Keys {
            paths: self.keys(event),
            old: &[],
            objects: of_event(self.objects, event),
        }
    }

    /// Returns the keys by which the arguments of an event are read.
    pub(super) fn read_keys(&self, event: u32) -> Keys<'static> {
        Keys {
            old: of_event(self.old_keys, event),
            ..self.written_keys(event)
        }
    }
}

fn of_event<'a>(rows: &'a [(u32, u32, &'a str)], event: u32) -> &'a [(u32, u32, &'a str)] {
    // Each recorded event looks for its objects, and most registries have none.
    if rows.is_empty() {
        return rows;
    }
    let start = rows.partition_point(|(other, ..)| *other < event);
    let end = rows.partition_point(|(other, ..)| *other <= event);
    &rows[start..end]
}
