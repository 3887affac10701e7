//! The versions of a metric, in the order of time: when it was sent, and when it was wrong.

use pings_model::{Broken, Life, Ping, Version};

/// A version as numbers, which sort like versions.
pub(crate) type Key = [u32; Version::PARTS];

/// The state of the versions of a segment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum State<'r> {
    NotYetAdded,
    Trusted,
    Broken(&'r Broken),
    Removed,
}

impl State<'_> {
    pub(crate) fn word(&self) -> &'static str {
        match self {
            Self::NotYetAdded => "not sent yet",
            Self::Trusted => "trusted",
            Self::Broken(_) => "broken",
            Self::Removed => "removed",
        }
    }

    pub(crate) fn class(&self) -> &'static str {
        match self {
            Self::NotYetAdded | Self::Removed => "absent",
            Self::Trusted => "trusted",
            Self::Broken(_) => "broken",
        }
    }
}

/// Consecutive versions with the same state.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Segment<'r> {
    /// The key of the first version, or `None` for those before the first.
    pub(crate) key: Option<Key>,
    /// The first versions: `3.31`, or `after 3.35.0`.
    pub(crate) from: String,
    /// All versions: `3.31-3.35.0`, or `after 3.35.0`.
    pub(crate) versions: String,
    pub(crate) state: State<'r>,
}

/// The versions that decide what can be trusted.
#[derive(Clone, Debug)]
pub(crate) struct Versions<'r> {
    pub(crate) added: Version,
    pub(crate) removed: Option<Version>,
    pub(crate) broken: Vec<&'r Broken>,
}

impl<'r> Versions<'r> {
    pub(crate) fn of_ping(ping: &'r Ping) -> Self {
        Self {
            added: ping.added,
            removed: ping.removed,
            broken: ping.broken.iter().collect(),
        }
    }

    pub(crate) fn of_metric(life: Life<'r>) -> Self {
        Self {
            added: life.added(),
            removed: life.removed(),
            broken: life.broken().collect(),
        }
    }

    /// Returns the segments, oldest first.
    pub(crate) fn segments(&self) -> Vec<Segment<'r>> {
        let mut starts: Vec<(Key, String)> = vec![(self.added.key(), self.added.to_string())];
        for broken in &self.broken {
            let range = broken.versions;
            starts.push((range.first().key(), range.first().to_string()));
            if let (Some(after), Some(last)) = (range.key_after(), range.last()) {
                starts.push((after, format!("after {last}")));
            }
        }
        if let Some(removed) = self.removed {
            starts.push((removed.key(), removed.to_string()));
        }
        // The name of a version comes before `after …` of the version before it.
        starts.sort_by_key(|(key, name)| (*key, name.starts_with("after ")));
        starts.dedup_by_key(|(key, _)| *key);
        let before = Segment {
            key: None,
            from: String::new(),
            versions: format!("before {}", self.added),
            state: State::NotYetAdded,
        };
        let mut segments = vec![before];
        for (place, (key, from)) in starts.iter().enumerate() {
            let state = self.state(*key);
            if state == State::NotYetAdded || segments.last().is_some_and(|it| it.state == state) {
                continue;
            }
            let next = starts[place + 1..]
                .iter()
                .find(|(key, _)| self.state(*key) != state)
                .map(|(_, name)| name.as_str());
            segments.push(Segment {
                key: Some(*key),
                from: from.clone(),
                versions: named(from, next, state),
                state,
            });
        }
        segments
    }

    fn state(&self, key: Key) -> State<'r> {
        if key < self.added.key() {
            return State::NotYetAdded;
        }
        if self.removed.is_some_and(|removed| key >= removed.key()) {
            return State::Removed;
        }
        let broken = self.broken.iter().find(|broken| {
            let range = broken.versions;
            range.first().key() <= key && range.key_after().is_none_or(|after| key < after)
        });
        broken.map_or(State::Trusted, |broken| State::Broken(broken))
    }
}

/// Returns a name for all versions of a segment.
fn named(from: &str, next: Option<&str>, state: State<'_>) -> String {
    if let State::Broken(broken) = state
        && broken.versions.first().to_string() == from
    {
        return broken.versions.to_string();
    }
    let first = match from.starts_with("after ") {
        true => from.to_owned(),
        false => format!("from {from}"),
    };
    match next.map(|next| (next, next.strip_prefix("after "))) {
        None => first,
        Some((_, Some(last))) => format!("{first}, to {last}"),
        Some((next, None)) => format!("{first}, before {next}"),
    }
}
