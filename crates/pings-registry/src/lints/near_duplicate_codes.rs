//! Two codes that differ in one letter, or have the same words in another order.
//!
//! Not every pair is compared. Each code is listed under itself, under itself
//! without each of its letters, and under its words in alphabetical order:
//! two codes that are near have one of these in common, and once all are
//! sorted they stand side by side.

use pings_model::Lint;

use super::{Found, Site, Subject};
use crate::diagnostic::Diagnostic;

/// Shorter codes are too often near to others.
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
            .help("name them by what they do not share; a code that a release has sent stays as it is");
        let sites = [second.at, first.at].map(|(ping, metric)| Site::Metric(ping, metric));
        found.add_at_either(sites, diagnostic);
    }
}

/// A code, and what is compared of it.
struct Code<'a> {
    code: &'a str,
    at: (usize, usize),
    /// Its words in lower case, each without a mark between them.
    words: Vec<String>,
}

fn codes<'a>(subject: &Subject<'a>) -> Vec<Code<'a>> {
    let mut codes = Vec::new();
    for (ping, of) in subject.registry.pings.iter().enumerate() {
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

/// The words of a name in lower case: a number is one, and so is each part that begins with a capital.
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
    /// Its letters and digits, and for each whether it may differ: not in a number, nor in a word of one letter.
    fn letters(&self) -> impl Iterator<Item = (char, bool)> + Clone {
        self.words.iter().flat_map(|word| {
            let is_series = word.chars().count() == 1 || word.starts_with(char::is_numeric);
            word.chars().map(move |c| (c, !is_series))
        })
    }

    /// What it is listed under.
    fn keys(&self) -> impl Iterator<Item = u64> {
        let letters: Vec<(char, bool)> = self.letters().collect();
        let mut keys = Vec::with_capacity(letters.len() + 2);
        keys.push(hash(letters.iter().map(|(c, _)| *c)));
        for skipped in 0..letters.len() {
            // Of two equal letters side by side it does not matter which goes.
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

    /// Its words in alphabetical order, singular.
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

    /// In what two codes are near, if they are.
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
        (self.ordered() == other.ordered()).then_some("are made of the same words")
    }
}

/// FNV-1a over characters.
fn hash(text: impl Iterator<Item = char>) -> u64 {
    text.fold(0xcbf2_9ce4_8422_2325, |hash, c| {
        (hash ^ u64::from(u32::from(c))).wrapping_mul(0x0000_0100_0000_01b3)
    })
}
