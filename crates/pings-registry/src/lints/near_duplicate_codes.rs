//! Finds pairs of codes that differ in one letter or contain the same words in a different order.
//!
//! Not every pair is compared. Each code gets several hash keys: one for the whole code, one for
//! each omitted letter, and one for its words in alphabetical order. Two similar codes have a key
//! in common, so sorting all keys finds the pairs.

use pings_model::Lint;

use super::subject::{Found, Site, Subject};
use crate::diagnostic::Diagnostic;

/// Shorter codes have too many accidental matches.
const SHORTEST: usize = 6;

pub(super) fn find(subject: &Subject<'_>, found: &mut Found) {
    let codes = codes(subject);
    let mut keys: Vec<(u64, u32)> = Vec::with_capacity(codes.len() * 20);
    for (at, code) in (0..).zip(&codes) {
        keys.extend(code.keys().map(|key| (key, at)));
    }
    keys.sort_unstable();
    let mut pairs: Vec<(u32, u32)> = Vec::new();
    for listed in keys.chunk_by(|(a, _), (b, _)| a == b) {
        for (nth, (_, later)) in listed.iter().enumerate() {
            let earlier = listed[..nth].iter().map(|(_, earlier)| *earlier);
            pairs.extend(
                earlier
                    .filter(|earlier| earlier != later)
                    .map(|earlier| (earlier, *later)),
            );
        }
    }
    pairs.sort_unstable();
    pairs.dedup();
    for (first, second) in pairs {
        let (first, second) = (&codes[first as usize], &codes[second as usize]);
        let Some(how) = first.is_near(second) else {
            continue;
        };
        let (ping, metric) = second.at;
        let place = subject.in_metric(ping, metric, "code");
        let message = format!("`{}` and `{}` {how}", second.code, first.code);
        let diagnostic = Diagnostic::new(Lint::NearDuplicateCodes, place, message)
            .label("this one")
            .related(subject.in_metric(first.at.0, first.at.1, "code"), "and this one")
            .help("choose names that show the difference; a code that a release has sent must not change");
        let sites = [second.at, first.at].map(|(ping, metric)| Site::Metric(ping, metric));
        found.add_at_either(sites, diagnostic);
    }
}

/// A code with the data that is compared.
struct Code<'a> {
    code: &'a str,
    at: (usize, usize),
    /// The words in lower case, without the separators.
    words: Vec<String>,
}

fn codes<'a>(subject: &Subject<'a>) -> Vec<Code<'a>> {
    let mut codes = Vec::new();
    for (ping, of) in subject.registry.pings().iter().enumerate() {
        for (metric, of) in of.metrics.iter().enumerate() {
            if of.code.len() >= SHORTEST {
                codes.push(Code {
                    code: &of.code,
                    at: (ping, metric),
                    words: words(&of.code),
                });
            }
        }
    }
    codes
}

/// Splits a name into words in lower case. A number is a word, and each capital letter starts a
/// word.
fn words(name: &str) -> Vec<String> {
    let kind = |c: char| {
        if c.is_numeric() {
            Kind::Digit
        } else if c.is_uppercase() {
            Kind::Upper
        } else if c.is_alphabetic() {
            Kind::Lower
        } else {
            Kind::Mark
        }
    };
    let mut words: Vec<String> = Vec::new();
    let mut before = Kind::Mark;
    for c in name.chars() {
        let now = kind(c);
        match (before, now) {
            (_, Kind::Mark) => {}
            (Kind::Upper, Kind::Lower)
            | (Kind::Lower, Kind::Lower)
            | (Kind::Upper, Kind::Upper)
            | (Kind::Digit, Kind::Digit) => {
                if let Some(word) = words.last_mut() {
                    word.extend(c.to_lowercase());
                }
            }
            _ => words.push(c.to_lowercase().collect()),
        }
        before = now;
    }
    words
}

#[derive(Clone, Copy)]
enum Kind {
    Digit,
    Upper,
    Lower,
    Mark,
}

impl Code<'_> {
    /// Returns the letters and digits, each with a flag that says whether it may differ. Numbers
    /// and words of one letter must not differ.
    fn letters(&self) -> impl Iterator<Item = (char, bool)> + Clone {
        self.words.iter().flat_map(|word| {
            let is_series = word.chars().count() == 1 || word.starts_with(char::is_numeric);
            word.chars().map(move |c| (c, !is_series))
        })
    }

    /// Returns the hash keys of the code.
    fn keys(&self) -> impl Iterator<Item = u64> {
        let letters: Vec<(char, bool)> = self.letters().collect();
        let mut keys = Vec::with_capacity(letters.len() + 2);
        keys.push(hash(letters.iter().map(|(c, _)| *c)));
        for skipped in 0..letters.len() {
            // Omitting either of two equal adjacent letters has the same result.
            let is_again = skipped > 0 && letters[skipped - 1] == letters[skipped];
            if letters[skipped].1 && !is_again {
                let rest = letters[..skipped].iter().chain(&letters[skipped + 1..]);
                keys.push(hash(rest.map(|(c, _)| *c)));
            }
        }
        let ordered = self.ordered();
        keys.push(hash(
            ordered.iter().flat_map(|word| word.chars().chain([' '])),
        ));
        keys.into_iter()
    }

    /// Returns the words in singular form and alphabetical order.
    fn ordered(&self) -> Vec<&str> {
        let singular = |word: &'_ String| word.len() > 3 && word.ends_with('s');
        let mut words: Vec<&str> = self
            .words
            .iter()
            .map(|word| {
                if singular(word) {
                    &word[..word.len() - 1]
                } else {
                    word
                }
            })
            .collect();
        words.sort_unstable();
        words
    }

    /// Returns how two codes are similar, or `None` if they are not.
    fn is_near(&self, other: &Self) -> Option<&'static str> {
        let text = |code: &Self| code.letters().map(|(c, _)| c).collect::<String>();
        let numbers = |code: &Self| {
            let fixed = code.letters().filter(|(_, may_differ)| !may_differ);
            fixed.map(|(c, _)| c).collect::<String>()
        };
        let (ours, theirs) = (text(self), text(other));
        if numbers(self) == numbers(other) && strsim::damerau_levenshtein(&ours, &theirs) <= 1 {
            return Some("differ in one letter");
        }
        (self.ordered() == other.ordered()).then_some("consist of the same words")
    }
}

/// Computes an FNV-1a hash over characters.
fn hash(text: impl Iterator<Item = char>) -> u64 {
    text.fold(0xcbf2_9ce4_8422_2325, |hash, c| {
        (hash ^ u64::from(u32::from(c))).wrapping_mul(0x0000_0100_0000_01b3)
    })
}
