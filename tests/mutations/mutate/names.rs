//! Misspells names, both in declarations and in references.

use pings_model::schema::Shape;
use pings_registry::Span;

use super::one_of_each_field;
use super::tokens::{Kind, of_part};
use crate::mutation::Mutation;
use crate::part::{Part, Parts, Role, unquoted};

pub fn all(parts: &Parts<'_>) -> Vec<Mutation> {
    let keys = parts.all.iter().filter(|part| part.role == Role::Key);
    let known = one_of_each_field(keys);
    let chosen = parts
        .all
        .iter()
        .filter(|part| matches!(part.role, Role::Name(_)));
    let mut all = Vec::new();
    for part in known.into_iter().chain(chosen) {
        let key = part.key.map(|key| unquoted(parts.text, key));
        all.extend(key.into_iter().flat_map(|key| misspelt(parts, part, key)));
    }
    // The words that the format defines, once for each key that accepts them.
    let is_word = |part: &&Part| matches!(part.shape, Shape::Choice(_));
    let words = one_of_each_field(parts.scalars().filter(is_word));
    let others = parts.scalars().filter(|part| !is_word(part));
    for part in words.into_iter().chain(others) {
        for name in written_in(parts, part) {
            all.extend(misspelt(parts, part, name));
        }
    }
    all
}

/// Returns the spans of the names in a scalar.
fn written_in(parts: &Parts<'_>, part: &Part) -> Vec<Span> {
    let inner = parts.inner(part);
    let is_name = !parts.slice(inner).contains(char::is_whitespace);
    match part.shape {
        Shape::Text | Shape::Heading | Shape::NonBlank | Shape::Scalar | Shape::Choice(_)
            if is_name =>
        {
            vec![inner]
        }
        _ => of_part(parts, part)
            .into_iter()
            .filter(|token| matches!(token.kind, Kind::Word | Kind::String))
            .map(|token| token.span)
            .collect(),
    }
}

/// Swaps two adjacent letters of a name, and drops a letter of the name.
fn misspelt(parts: &Parts<'_>, part: &Part, span: Span) -> Vec<Mutation> {
    let name = parts.slice(span);
    let letters: Vec<char> = name.chars().collect();
    let middle = letters.len() / 2;
    let is_letter = |at: &usize| letters[*at].is_alphabetic();
    let mut all = Vec::new();
    if letters.len() < 3 {
        return all;
    }
    let differ =
        |at: &usize| letters[*at] != letters[*at + 1] && is_letter(at) && is_letter(&(*at + 1));
    if let Some(at) = (middle..letters.len() - 1).chain(0..middle).find(differ) {
        let mut letters = letters.clone();
        letters.swap(at, at + 1);
        let swapped: String = letters.into_iter().collect();
        all.push(Mutation::new("swap letters", part).edit(span, swapped));
    }
    if let Some(at) = (middle..letters.len()).chain(0..middle).find(is_letter) {
        let mut letters = letters.clone();
        letters.remove(at);
        let shorter: String = letters.into_iter().collect();
        all.push(Mutation::new("drop letter", part).edit(span, shorter));
    }
    all
}
