//! The result of a rebuild.

/// The maximum number of unreadable payloads that are listed.
const TOLD: usize = 20;

/// The result of a rebuild.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rebuilt {
    /// The number of payloads that were read.
    pub payloads: u64,
    /// The number of values that were written.
    pub numbers: u64,
    /// The number of payloads that cannot be read, because a program with other limits stored them.
    pub unreadable: u64,
    /// The first unreadable payloads.
    pub first_unreadable: Vec<Unreadable>,
}

/// A payload that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// The id of the payload.
    pub payload: i64,
    /// The reason why the payload cannot be read.
    pub reason: String,
}

impl Rebuilt {
    /// Adds a payload that cannot be read.
    pub(crate) fn note_unreadable(&mut self, payload: i64, reason: String) {
        self.unreadable += 1;
        if self.first_unreadable.len() < TOLD {
            self.first_unreadable.push(Unreadable { payload, reason });
        }
    }
}
