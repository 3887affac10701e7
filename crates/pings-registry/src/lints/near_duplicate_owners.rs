//! Finds an owner of a single ping whose name differs in one letter from another owner, which is
//! probably a typo.

use std::collections::BTreeMap;

use pings_model::Lint;

use super::subject::{Found, Site, Subject};
use crate::diagnostic::Diagnostic;

/// Shorter words have too many accidental matches, for example `ui` and `ux`.
const SHORTEST: usize = 4;

pub(super) fn find(subject: &Subject<'_>, found: &mut Found) {
    let mut pings: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (at, ping) in subject.registry.pings().iter().enumerate() {
        for owner in &ping.owners {
            pings.entry(owner).or_default().push(at);
        }
    }
    for (owner, of) in &pings {
        let [at] = of.as_slice() else { continue };
        let near = pings
            .iter()
            .find(|(other, of)| of.len() > 1 && differ_in_a_letter(owner, other));
        if let Some((other, of)) = near {
            let message = format!("`{owner}` and `{other}` differ in one letter");
            let place = subject.in_ping(*at, subject.owners(*at));
            let diagnostic = Diagnostic::new(Lint::NearDuplicateOwners, place, message)
                .label("the owner of only this ping")
                .related(
                    subject.in_ping(of[0], subject.owners(of[0])),
                    format!("the owner of {} pings", of.len()),
                )
                .help(format!("did you mean `{other}`?"));
            found.add(Site::Ping(*at), diagnostic);
        }
    }
}

/// Returns whether two names differ in exactly one letter of one word.
fn differ_in_a_letter(one: &str, other: &str) -> bool {
    if one.len().abs_diff(other.len()) > char::MAX.len_utf8() {
        return false;
    }
    let words = |name: &'_ str| -> Vec<String> {
        let words = name.split(|c: char| !c.is_alphanumeric());
        words.map(str::to_lowercase).collect()
    };
    let (one, other) = (words(one), words(other));
    if one.len() != other.len() {
        return false;
    }
    let mut different = one.iter().zip(&other).filter(|(one, other)| one != other);
    match (different.next(), different.next()) {
        (Some((one, other)), None) => {
            let longest = one.chars().count().max(other.chars().count());
            let has_number = [one, other].iter().any(|it| it.contains(char::is_numeric));
            longest >= SHORTEST && !has_number && strsim::damerau_levenshtein(one, other) == 1
        }
        _ => false,
    }
}
