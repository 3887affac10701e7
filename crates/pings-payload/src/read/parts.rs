//! Parts that occur at several places of a payload: names, versions, counts.

use std::collections::BTreeMap;

use pings_model::Version;

use super::node::{Node, Read};
use crate::malformed::Malformed;

/// The maximum number of entries in a mapping by code and in the counters of the runtime.
const MEMBERS: usize = 20_000;

/// Reads a name that is valid in file names and labels.
pub(super) fn name(node: &Node<'_, '_>) -> Read<String> {
    let text = node.text()?;
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.:".contains(&byte);
    if text.is_empty() || text.len() > 200 || !text.bytes().all(fits) {
        return Err(node.is_not("a name of letters, digits, `_`, `-`, `.` and `:`"));
    }
    Ok(text.to_owned())
}

pub(super) fn texts<'a>(node: &Node<'a, '_>) -> Read<Vec<&'a str>> {
    let items = node.items()?;
    check_many(node, items.len())?;
    items.map(|item| item.text()).collect()
}

pub(super) fn check_many(node: &Node<'_, '_>, members: usize) -> Read<()> {
    if members > MEMBERS {
        let reason = format!("{members} members exceed the maximum of {MEMBERS}");
        return Err(Malformed::too_large(node.place.to_string(), reason));
    }
    Ok(())
}

pub(super) fn versions(node: &Node<'_, '_>) -> Read<BTreeMap<Version, u64>> {
    check_many(node, node.object()?.len())?;
    let mut versions = BTreeMap::new();
    for member in node.members()? {
        let (text, count) = member?;
        // 3.30 and 3.30.0 are the same version.
        *versions.entry(version(&count, text)?).or_default() += count.count()?;
    }
    Ok(versions)
}

pub(super) fn version(node: &Node<'_, '_>, text: &str) -> Read<Version> {
    Version::of_build(text)
        .map_err(|error| node.wrong(format!("{text:?} is not a version: {error}")))
}

pub(super) fn counts<'a>(node: &Node<'a, '_>) -> Read<BTreeMap<&'a str, u64>> {
    check_many(node, node.object()?.len())?;
    let counts = node.members()?.map(|member| {
        let (name, count) = member?;
        Ok((name, count.count()?))
    });
    counts.collect()
}
