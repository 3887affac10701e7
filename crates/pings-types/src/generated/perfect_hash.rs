//! A perfect hash, which gives each of the known names a separate slot.

/// The tables of a perfect hash.
///
/// The hash of a name selects a bucket, and the displacement of the bucket moves its names to slots
/// that no other name uses.
#[derive(Clone, Copy, Debug)]
pub struct PerfectHash<'a> {
    /// The seed of the hash.
    pub seed: u64,
    /// The displacement of each bucket.
    pub displacements: &'a [u32],
    /// The index of the name in each slot. There are as many slots as names.
    pub slots: &'a [u32],
}

impl PerfectHash<'_> {
    /// Returns the index of the only name that can be equal, or `None` if there are no names.
    ///
    /// For an unknown name, the index is arbitrary, so the caller must compare the names.
    pub fn index(&self, name: &str) -> Option<usize> {
        let hash = hash(self.seed, name);
        let displacement = self.displacements.get(self.bucket(hash))?;
        let index = self.slots.get(self.slot(hash, *displacement))?;
        Some(*index as usize)
    }

    /// Returns the bucket of a name with this hash.
    pub fn bucket(&self, hash: u64) -> usize {
        scaled(hash & 0xffff_ffff, self.displacements.len())
    }

    /// Returns the slot of a name with this hash, in a bucket with this displacement.
    pub fn slot(&self, hash: u64, displacement: u32) -> usize {
        let moved = hash ^ u64::from(displacement).wrapping_mul(0xd6e8_feb8_6659_fd93);
        scaled(moved.wrapping_mul(MULTIPLIER) >> 32, self.slots.len())
    }
}

/// The golden ratio as a fraction of 2^64, rounded to an odd number.
const MULTIPLIER: u64 = 0x9e37_79b9_7f4a_7c15;

/// Hashes a name, eight bytes at a time.
pub fn hash(seed: u64, name: &str) -> u64 {
    let mix = |hash: u64, word: [u8; 8]| {
        let hash = (hash ^ u64::from_le_bytes(word)).wrapping_mul(MULTIPLIER);
        hash ^ (hash >> 32)
    };
    let (words, rest) = name.as_bytes().as_chunks::<8>();
    let mut last = [0; 8];
    last[..rest.len()].copy_from_slice(rest);
    let start = (seed ^ name.len() as u64).wrapping_mul(MULTIPLIER);
    mix(words.iter().copied().fold(start, mix), last)
}

/// Scales a fraction of 2^32 to a fraction of `len`.
fn scaled(fraction: u64, len: usize) -> usize {
    ((u128::from(fraction) * len as u128) >> 32) as usize
}
