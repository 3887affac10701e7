//! `src/names.rs`: the names of the events, and the perfect hash that finds them.

use std::collections::{HashMap, HashSet};

use pings_model::Event;

use super::layout::table;
use super::support::perfect_hash::{PerfectHash, hash};
use crate::{Origin, header, rust};

pub(super) fn module(events: &[Event], origin: &Origin<'_>) -> String {
    let mut names: Vec<&str> = events.iter().map(|event| event.name.as_str()).collect();
    let mut renamed = Vec::new();
    // In a checked registry no name is used twice; here the first that has it keeps it.
    let mut taken: HashSet<&str> = names.iter().copied().collect();
    for (place, event) in events.iter().enumerate() {
        for old in &event.renamed_from {
            if taken.insert(old) {
                names.push(old);
                renamed.push(place.to_string());
            }
        }
    }
    // Of each list of keys one, and where the list of each event stands.
    let mut keys = Vec::new();
    let mut places = HashMap::new();
    let keys_of: Vec<String> = events
        .iter()
        .map(|event| {
            let list: Vec<String> = event
                .args
                .iter()
                .map(|arg| rust::string(&arg.name))
                .collect();
            let place = places
                .entry(format!("&[{}]", list.join(", ")))
                .or_insert_with_key(|list| {
                    keys.push(list.clone());
                    keys.len() - 1
                });
            place.to_string()
        })
        .collect();
    let found = Tables::new(&names);
    let literals: Vec<String> = names.iter().map(|name| rust::string(name)).collect();
    let numbers =
        |numbers: &[u32]| -> Vec<String> { numbers.iter().map(ToString::to_string).collect() };
    format!(
        "{header}
//! The names of the events, and the perfect hash that finds them.

use super::perfect_hash::PerfectHash;

/// How many events there are.
pub(crate) const EVENTS: u32 = {events};

{names}
{renamed}
/// Finds a name in [`NAMES`].
pub(crate) static HASH: PerfectHash<'_> = PerfectHash {{
    seed: {seed},
    displacements: &DISPLACEMENTS,
    slots: &SLOTS,
}};

{displacements}
{slots}
{keys}
{keys_of}",
        header = header::rust(origin),
        events = events.len(),
        names = table(
            "/// The name of each event, and behind them the names that events had before.\n",
            "NAMES",
            "&str",
            &literals,
            1
        ),
        renamed = table(
            "/// The event that had each of the names before.\n",
            "RENAMED",
            "u32",
            &renamed,
            16
        ),
        seed = found.seed,
        displacements = table(
            "",
            "DISPLACEMENTS",
            "u32",
            &numbers(&found.displacements),
            16
        ),
        keys = table(
            "/// Keys of arguments, in the order of the registry.\n",
            "KEYS",
            "&[&str]",
            &keys,
            1
        ),
        keys_of = table(
            "/// The keys of the arguments of each event.\n",
            "KEYS_OF",
            "u32",
            &keys_of,
            16
        ),
        slots = table("", "SLOTS", "u32", &numbers(&found.slots), 16),
    )
}

/// The tables of a perfect hash, on their way into a file.
struct Tables {
    seed: u64,
    displacements: Vec<u32>,
    slots: Vec<u32>,
}

/// How often a bucket may be moved before another seed is tried.
const PATIENCE: u32 = 1 << 20;

impl Tables {
    /// The tables for names of which no two are alike.
    fn new(names: &[&str]) -> Self {
        // With the first seed almost always.
        let mut seeds = (0..).filter_map(|seed| Self::with_seed(names, seed));
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

    /// Moves bucket after bucket, the fullest first, to where all its names have free slots.
    fn with_seed(names: &[&str], seed: u64) -> Option<Self> {
        let mut tables = Self::empty(seed, names.len());
        let mut buckets = vec![Vec::new(); tables.displacements.len()];
        for (index, name) in (0..).zip(names) {
            let hash = hash(seed, name);
            buckets[tables.view().bucket(hash)].push((hash, index));
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

/// The least displacement that brings the names of a bucket to free slots, and these slots.
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
    fn any_other_name_leads_somewhere() {
        let names = ["a", "b", "c"];
        let tables = Tables::new(&names);
        for other in ["", "d", "aa", "a much longer name than those"] {
            assert!(tables.view().index(other).is_some_and(|index| index < 3));
        }
        assert_eq!(Tables::new(&[]).view().index("a"), None);
    }
}
