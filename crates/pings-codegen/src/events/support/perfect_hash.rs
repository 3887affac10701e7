//! A perfect hash: of names known beforehand, each has a slot of its own.

/// The tables of a perfect hash.
///
/// A name's hash tells its bucket, and the bucket's displacement moves the
/// names in it to slots that no other name has.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PerfectHash<'a> {
    /// What the hash of every name begins with.
    pub(crate) seed: u64,
    /// Of each bucket.
    pub(crate) displacements: &'a [u32],
    /// Of each slot the index of its name; as many as there are names.
    pub(crate) slots: &'a [u32],
}

impl PerfectHash<'_> {
    /// The index of the one name that this can be; None where there are no names.
    ///
    /// Of another name it is the index of any: whoever asks compares them.
    pub(crate) fn index(&self, name: &str) -> Option<usize> {
        let hash = hash(self.seed, name);
        let displacement = self.displacements.get(self.bucket(hash))?;
        let index = self.slots.get(self.slot(hash, *displacement))?;
        Some(*index as usize)
    }

    /// The bucket of a name with that hash.
    pub(crate) fn bucket(&self, hash: u64) -> usize {
        scaled(hash & 0xffff_ffff, self.displacements.len())
    }

    /// The slot of a name with that hash, in a bucket of that displacement.
    pub(crate) fn slot(&self, hash: u64, displacement: u32) -> usize {
        let moved = hash ^ u64::from(displacement).wrapping_mul(0xd6e8_feb8_6659_fd93);
        scaled(moved.wrapping_mul(MULTIPLIER) >> 32, self.slots.len())
    }
}

/// The golden ratio as a fraction of 2^64, which is odd.
const MULTIPLIER: u64 = 0x9e37_79b9_7f4a_7c15;

/// The name's hash, eight bytes at a time.
pub(crate) fn hash(seed: u64, name: &str) -> u64 {
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

/// A fraction of 2^32 as a fraction of `len`.
fn scaled(fraction: u64, len: usize) -> usize {
    ((u128::from(fraction) * len as u128) >> 32) as usize
}
