//! Construction of perfect hashes.

use std::collections::HashSet;

use pings_types::generated::{PerfectHash, hash};

/// The tables of a perfect hash.
pub(super) struct Tables {
    pub(super) seed: u64,
    pub(super) displacements: Vec<u32>,
    pub(super) slots: Vec<u32>,
}

/// The number of displacements to try for a bucket before the next seed.
const PATIENCE: u32 = 1 << 20;

impl Tables {
    /// Builds the tables for these names. Of duplicate names, the first is found.
    pub(super) fn new(names: &[&str]) -> Self {
        let mut taken = HashSet::new();
        let distinct: Vec<(u32, &str)> = (0..)
            .zip(names.iter().copied())
            .filter(|(_, name)| taken.insert(*name))
            .collect();
        // The first seed almost always succeeds.
        let mut seeds = (0..).filter_map(|seed| Self::with_seed(&distinct, seed));
        seeds.next().unwrap_or_else(|| Self::empty(0, 0))
    }

    fn empty(seed: u64, names: usize) -> Self {
        Self {
            seed,
            displacements: vec![0; names.div_ceil(4)],
            slots: vec![0; names],
        }
    }

    fn view(&self) -> PerfectHash<'_> {
        PerfectHash {
            seed: self.seed,
            displacements: &self.displacements,
            slots: &self.slots,
        }
    }

    /// Places the buckets, the fullest first, so that all their names get free slots.
    fn with_seed(names: &[(u32, &str)], seed: u64) -> Option<Self> {
        let mut tables = Self::empty(seed, names.len());
        let mut buckets = vec![Vec::new(); tables.displacements.len()];
        for (index, name) in names {
            let hash = hash(seed, name);
            buckets[tables.view().bucket(hash)].push((hash, *index));
        }
        let mut order: Vec<usize> = (0..buckets.len()).collect();
        order.sort_by_key(|bucket| std::cmp::Reverse(buckets[*bucket].len()));
        let mut is_taken = vec![false; names.len()];
        for bucket in order {
            let (displacement, slots) = place(&tables.view(), &buckets[bucket], &is_taken)?;
            tables.displacements[bucket] = displacement;
            for (slot, (_, index)) in slots.into_iter().zip(&buckets[bucket]) {
                is_taken[slot] = true;
                tables.slots[slot] = *index;
            }
        }
        Some(tables)
    }
}

/// Returns the smallest displacement that moves the names of a bucket to free slots, with these
/// slots.
fn place(
    tables: &PerfectHash<'_>,
    bucket: &[(u64, u32)],
    is_taken: &[bool],
) -> Option<(u32, Vec<usize>)> {
    let mut slots = Vec::new();
    (0..PATIENCE).find_map(|displacement| {
        slots.clear();
        for (hash, _) in bucket {
            let slot = tables.slot(*hash, displacement);
            if is_taken[slot] || slots.contains(&slot) {
                return None;
            }
            slots.push(slot);
        }
        Some((displacement, slots.clone()))
    })
}

#[cfg(test)]
mod tests {
    use super::Tables;

    fn check(names: &[&str]) {
        let tables = Tables::new(names);
        for (index, name) in names.iter().enumerate() {
            assert_eq!(tables.view().index(name), Some(index), "{name}");
        }
    }

    #[test]
    fn every_name_is_found_at_its_place() {
        for number in [0, 1, 2, 3, 10, 127, 1000, 20_000] {
            let names: Vec<String> = (0..number).map(|n| format!("Event{n}Happened")).collect();
            check(&names.iter().map(String::as_str).collect::<Vec<_>>());
        }
    }

    #[test]
    fn names_are_told_apart_by_all_they_consist_of() {
        check(&[
            "",
            "\0",
            "\0\0",
            "a",
            "a\0",
            "aaaaaaaa",
            "aaaaaaaa\0",
            "aaaaaaaab",
            "ab",
            "ba",
            "é",
        ]);
    }

    #[test]
    fn of_names_that_are_alike_the_first_is_found() {
        let tables = Tables::new(&["a", "b", "a"]);
        assert_eq!(tables.view().index("a"), Some(0));
        assert_eq!(tables.view().index("b"), Some(1));
    }

    #[test]
    fn any_other_name_leads_somewhere() {
        let names = ["a", "b", "c"];
        let tables = Tables::new(&names);
        for other in ["", "d", "aa", "a much longer name than those"] {
            assert!(tables.view().index(other).is_some_and(|index| index < 3));
        }
        assert_eq!(Tables::new(&[]).view().index("a"), None);
    }
}
