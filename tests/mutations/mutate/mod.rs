//! The mistakes: each operator is a function from the parts of a registry to mutations of it.

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

/// The operators.
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

/// Every mistake in a registry, each text once and none that changes nothing.
pub fn all(parts: &Parts<'_>) -> Vec<Mutation> {
    let mut texts = BTreeSet::from([parts.text.to_owned()]);
    let mut all: Vec<Mutation> = OPERATORS.iter().flat_map(|of| of(parts)).collect();
    all.retain(|mutation| texts.insert(mutation.apply(parts.text)));
    all
}

/// The first part of each field: what only the format decides is the same at every place.
fn one_of_each_field<'p>(parts: impl Iterator<Item = &'p Part>) -> Vec<&'p Part> {
    let mut fields = BTreeSet::new();
    parts
        .filter(|part| fields.insert(part.field.clone()))
        .collect()
}
