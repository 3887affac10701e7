//! The mutation operators. Each operator is a function from the parts of a registry to mutations of
//! the registry.

mod deletions;
mod events;
mod items;
mod layout;
mod names;
mod numbers;
mod renames;
mod sql;
mod swaps;
mod tokens;
mod values;
mod versions;
mod words;

use std::collections::BTreeSet;

use crate::mutation::Mutation;
use crate::part::{Part, Parts};

const OPERATORS: &[fn(&Parts<'_>) -> Vec<Mutation>] = &[
    deletions::all,
    items::all,
    names::all,
    versions::all,
    numbers::all,
    words::all,
    swaps::all,
    events::all,
    renames::all,
    sql::all,
    values::all,
    layout::all,
];

/// Returns all mutations of a registry, without those that change nothing or produce the same text
/// as an earlier one.
pub fn all(parts: &Parts<'_>) -> Vec<Mutation> {
    let mut texts = BTreeSet::from([parts.text.to_owned()]);
    let mut all: Vec<Mutation> = OPERATORS.iter().flat_map(|of| of(parts)).collect();
    all.retain(|mutation| texts.insert(mutation.apply(parts.text)));
    all
}

/// Returns the first part of each field. This is enough for mistakes whose effect depends only on
/// the format, and so is the same at every location.
fn one_of_each_field<'p>(parts: impl Iterator<Item = &'p Part>) -> Vec<&'p Part> {
    let mut fields = BTreeSet::new();
    parts
        .filter(|part| fields.insert(part.field.clone()))
        .collect()
}
