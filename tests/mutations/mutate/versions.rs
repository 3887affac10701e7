//! Changes versions, and the start and end of version ranges.

use pings_model::schema::Shape;

use crate::mutation::Mutation;
use crate::part::{Part, Parts};

const NUMBERS: [&str; 3] = ["major", "minor", "patch"];

pub fn all(parts: &Parts<'_>) -> Vec<Mutation> {
    parts
        .scalars()
        .flat_map(|part| match part.shape {
            Shape::Version => version(parts, part),
            Shape::VersionOrDate => version(parts, part),
            Shape::Date => date(parts, part),
            Shape::VersionRange => range(parts, part),
            _ => Vec::new(),
        })
        .collect()
}

fn version(parts: &Parts<'_>, part: &Part) -> Vec<Mutation> {
    let inner = parts.inner(part);
    let shifted = shifted(parts.slice(inner)).into_iter();
    shifted
        .map(|(how, version)| {
            Mutation::new(format!("shift version: {how}"), part).edit(inner, version)
        })
        .collect()
}

/// Moves a date by a year.
fn date(parts: &Parts<'_>, part: &Part) -> Vec<Mutation> {
    let inner = parts.inner(part);
    let (year, rest) = parts.slice(inner).split_once('-').expect("a date");
    let year: u32 = year.parse().expect("a year");
    [year - 1, year + 1]
        .map(|year| Mutation::new("shift date", part).edit(inner, format!("{year}-{rest}")))
        .into()
}

fn range(parts: &Parts<'_>, part: &Part) -> Vec<Mutation> {
    let inner = parts.inner(part);
    let text = parts.slice(inner);
    let mut all = Vec::new();
    let mut add = |operator: String, text: String| {
        all.push(Mutation::new(operator, part).edit(inner, text));
    };
    let (first, last) = match text.split_once('-') {
        Some((first, last)) => (first, Some(last)),
        None => (text.trim_end_matches('+'), None),
    };
    let end = last.map_or_else(|| text[first.len()..].to_owned(), |last| format!("-{last}"));
    for (how, version) in shifted(first) {
        add(
            format!("shift range's start: {how}"),
            format!("{version}{end}"),
        );
    }
    for (how, version) in last.map(shifted).unwrap_or_default() {
        add(
            format!("shift range's end: {how}"),
            format!("{first}-{version}"),
        );
    }
    if let Some(last) = last {
        for (how, start) in shifted(first) {
            let (_, end) = shifted(last)
                .into_iter()
                .find(|(other, _)| *other == how)
                .unwrap_or((how.clone(), last.to_owned()));
            add(format!("move range: {how}"), format!("{start}-{end}"));
        }
        add("turn range around".to_owned(), format!("{last}-{first}"));
    }
    add("open range".to_owned(), format!("{first}+"));
    add("shrink range to its start".to_owned(), first.to_owned());
    all
}

/// Returns variants of a version with a description of each. Each variant increments or decrements
/// one number. A missing number counts as 0.
fn shifted(version: &str) -> Vec<(String, String)> {
    let numbers: Vec<u32> = version
        .split('.')
        .map(|number| number.parse().expect("a version"))
        .collect();
    let mut all = Vec::new();
    for (at, name) in NUMBERS.iter().enumerate() {
        for (way, step) in [("up", 1), ("down", -1)] {
            let mut numbers = numbers.clone();
            numbers.resize(numbers.len().max(at + 1), 0);
            if let Some(number) = numbers[at].checked_add_signed(step) {
                numbers[at] = number;
                let numbers: Vec<String> = numbers.iter().map(u32::to_string).collect();
                all.push((format!("{name} {way}"), numbers.join(".")));
            }
        }
    }
    all
}
