//! Names, with the indices of the events or pings that they belong to.

use super::perfect_hash::PerfectHash;

/// The names of events or pings.
///
/// All names are stored in a single text, because thousands of texts slow down compilation.
#[derive(Debug)]
pub struct Names {
    /// The concatenated names.
    pub text: &'static str,
    /// The start of each name, and the end of the last name.
    pub starts: &'static [u32],
    /// For each of the last names, the index of its event or ping in the registry. A name before
    /// them has the index of its event or ping.
    pub owners: &'static [u32],
    /// The perfect hash of the names.
    pub hash: PerfectHash<'static>,
}

impl Names {
    /// Returns the name at this index.
    pub fn get(&self, place: usize) -> &'static str {
        &self.text[self.starts[place] as usize..self.starts[place + 1] as usize]
    }

    /// Returns the registry index of the event or ping with this name.
    pub fn find(&self, name: &str) -> Option<u32> {
        let place = self.hash.index(name)?;
        (self.get(place) == name).then(|| self.owner(place))
    }

    fn owner(&self, place: usize) -> u32 {
        let first = self.starts.len() - 1 - self.owners.len();
        match place.checked_sub(first) {
            Some(place) => self.owners[place],
            None => place as u32,
        }
    }
}
