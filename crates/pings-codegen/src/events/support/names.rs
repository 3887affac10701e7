//! Names, and what they are the names of.

use super::perfect_hash::PerfectHash;

/// The names of events or pings.
///
/// They are one text, as compilers take longer for thousands of texts.
pub(crate) struct Names {
    /// The names, one after another.
    pub(crate) text: &'static str,
    /// Where each name begins, and where the last one ends.
    pub(crate) starts: &'static [u32],
    /// The place in the registry of what has each name.
    pub(crate) owners: &'static [u32],
    /// Finds a name among them.
    pub(crate) hash: PerfectHash<'static>,
}

impl Names {
    /// The name at that place.
    pub(crate) fn get(&self, place: usize) -> &'static str {
        &self.text[self.starts[place] as usize..self.starts[place + 1] as usize]
    }

    /// The place in the registry of what has that name.
    pub(crate) fn find(&self, name: &str) -> Option<u32> {
        let place = self.hash.index(name)?;
        (self.get(place) == name).then(|| self.owners[place])
    }
}
