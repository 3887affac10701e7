//! Aliases for enums of events and for their variants in a file.

use std::collections::BTreeSet;
use std::ops::Range;

use memchr::memmem;

use crate::language::rule::Family;
use crate::lexer::{all_words, is_word, last_word};
use crate::lines::Lines;
use crate::ranges::is_within;

/// The names that a file gives to enums of events and to their variants in imports.
#[derive(Clone, Debug, Default)]
pub(super) struct Imports {
    /// Aliases for the enums: `use Event as E`.
    enums: BTreeSet<Vec<u8>>,
    /// Variants that can be used without the enum, as after `use Event::{A, B as C}`.
    variants: BTreeSet<Vec<u8>>,
    /// Variants with an alias.
    renamed: BTreeSet<(Vec<u8>, Vec<u8>)>,
    /// Whether all variants can be used without the name of the enum.
    is_all: bool,
    /// Names that the file defines or imports from elsewhere. They take precedence over
    /// `use Event::*`.
    taken: BTreeSet<Vec<u8>>,
    /// The positions of imports in Rust, which do not fire events, in order.
    places: Vec<Range<usize>>,
}

/// Keywords before a new name for a type.
const NAMING: &[&[u8]] = &[
    b"type",
    b"using",
    b"typealias",
    b"alias",
    b"const",
    b"let",
    b"var",
    b"val",
    b"import",
];

/// The maximum length in bytes of the path of an enum.
const LONGEST_PATH: usize = 500;

/// Keywords of Rust before the name of a definition.
const DEFINING: &[&[u8]] = &[
    b"const", b"enum", b"fn", b"mod", b"static", b"struct", b"trait", b"type", b"union",
];

impl Imports {
    pub(super) fn new(text: &[u8], lines: &Lines, enums: &[String], family: Family) -> Self {
        let mut imports = Self::default();
        for name in enums {
            for at in words(text, name.as_bytes()) {
                if let Some(alias) = alias_of(text, at, at + name.len()) {
                    imports.enums.insert(alias.to_owned());
                }
            }
        }
        if family == Family::Rust {
            imports.read_uses(text, lines, enums);
            if imports.is_all {
                imports.read_definitions(text);
            }
        }
        imports
    }

    /// Returns whether a word is an alias for an enum.
    pub(super) fn is_enum(&self, word: &[u8]) -> bool {
        self.enums.contains(word)
    }

    /// Returns whether a variant can be used without the name of the enum.
    pub(super) fn is_bare(&self, variant: &[u8]) -> bool {
        self.variants.contains(variant) || (self.is_all && !self.taken.contains(variant))
    }

    /// Returns whether a position is in an import.
    pub(super) fn is_inside(&self, at: usize) -> bool {
        is_within(&self.places, at)
    }

    /// Returns the alias that an import gives to the variant at a position.
    pub(super) fn alias(&self, text: &[u8], place: Range<usize>) -> Option<Vec<u8>> {
        if !self.is_inside(place.start) {
            return None;
        }
        let alias = word_after(&text[place.end..], b"as")?;
        let renamed = (text[place].to_owned(), alias.to_owned());
        self.renamed.contains(&renamed).then_some(renamed.1)
    }

    /// Reads each `use …;`.
    fn read_uses(&mut self, text: &[u8], lines: &Lines, enums: &[String]) {
        let mut read_to = 0;
        for at in words(text, b"use") {
            if at < read_to {
                continue;
            }
            let before = text[lines.of(at).start..at].trim_ascii();
            let is_statement = before.is_empty()
                || before.starts_with(b"pub")
                || b";{}".contains(&before[before.len() - 1]);
            if !is_statement {
                continue;
            }
            let Some(length) = memchr::memchr(b';', &text[at..]) else {
                break;
            };
            read_to = at + length + 1;
            let range = at..read_to;
            self.read_use(&text[range.clone()], enums);
            self.places.push(range);
        }
    }

    /// Reads the variants that a statement `use` imports, or its other names.
    fn read_use(&mut self, statement: &[u8], enums: &[String]) {
        let mut is_of_enum = false;
        let mut read_to = 0;
        for (at, word) in all_words(statement) {
            let is_enum = || self.is_enum(word) || enums.iter().any(|it| it.as_bytes() == word);
            if at < read_to || !is_enum() {
                continue;
            }
            let behind = &statement[at + word.len()..];
            if let Some(rest) = behind.trim_ascii_start().strip_prefix(b"::") {
                is_of_enum = true;
                let rest = rest.trim_ascii_start();
                read_to = statement.len() - rest.len() + self.read_variants(rest);
            }
        }
        if !is_of_enum {
            let ends = |item: &[u8]| last_word(item.trim_ascii_end()).to_owned();
            let items = statement.split(|byte| b",{};".contains(byte));
            self.taken.extend(items.map(ends));
        }
    }

    /// Reads the names that the file defines.
    fn read_definitions(&mut self, text: &[u8]) {
        for keyword in DEFINING {
            for at in words(text, keyword) {
                let rest = text[at + keyword.len()..].trim_ascii_start();
                let length = rest.iter().take_while(|byte| is_word(**byte)).count();
                self.taken.insert(rest[..length].to_owned());
            }
        }
    }

    /// Reads the part after `Event::` in an import. Returns its length.
    fn read_variants(&mut self, rest: &[u8]) -> usize {
        if rest.starts_with(b"*") {
            self.is_all = true;
        }
        let list = match rest.strip_prefix(b"{") {
            Some(list) => &list[..memchr::memchr(b'}', list).unwrap_or(list.len())],
            None => {
                let ends = |byte: &u8| b",;}".contains(byte);
                &rest[..rest.iter().position(ends).unwrap_or(rest.len())]
            }
        };
        for item in list.split(|byte| *byte == b',') {
            let item = item.trim_ascii();
            let length = item.iter().take_while(|byte| is_word(**byte)).count();
            let (variant, behind) = item.split_at(length);
            match word_after(behind, b"as") {
                Some(alias) if variant == b"self" => {
                    self.enums.insert(alias.to_owned());
                }
                Some(alias) => {
                    self.renamed.insert((variant.to_owned(), alias.to_owned()));
                }
                None if item == b"*" => self.is_all = true,
                None => {
                    self.variants.insert(variant.to_owned());
                }
            }
        }
        list.len()
    }
}

/// Returns the positions of a whole word.
pub(super) fn words<'t>(text: &'t [u8], word: &'t [u8]) -> impl Iterator<Item = usize> + 't {
    memmem::find_iter(text, word).filter(move |at| {
        let before = at.checked_sub(1).map(|at| text[at]);
        let after = text.get(at + word.len()).copied();
        !before.is_some_and(is_word) && !after.is_some_and(is_word)
    })
}

/// Returns the word after a keyword, such as `E` in ` as E;`.
fn word_after<'t>(text: &'t [u8], word: &[u8]) -> Option<&'t [u8]> {
    let trimmed = text.trim_ascii_start();
    let rest = trimmed.strip_prefix(word)?;
    let name = rest.trim_ascii_start();
    let is_apart = trimmed.len() < text.len() && name.len() < rest.len();
    let length = name.iter().take_while(|byte| is_word(**byte)).count();
    (is_apart && length > 0).then(|| &name[..length])
}

/// Returns the alias for the enum between these positions.
fn alias_of(text: &[u8], start: usize, end: usize) -> Option<&[u8]> {
    let after = &text[end..];
    // `use Event as E`, `import { Event as E }`, `from events import Event as E`
    if let Some(alias) = word_after(after, b"as") {
        return Some(alias);
    }
    // `import shop.{Event => E}`
    let is_selected = matches!(text[..start].trim_ascii_end().last(), Some(b'{' | b','));
    if let Some(alias) = word_after(after, b"=>").filter(|_| is_selected) {
        return Some(alias);
    }
    // `type E = shop.Event;`
    let ends = !matches!(
        after.trim_ascii_start().first(),
        Some(b'.' | b':' | b'(' | b'<' | b'{')
    );
    let path = |byte: &u8| is_word(*byte) || b".:".contains(byte);
    let nearest = start.saturating_sub(LONGEST_PATH);
    let begin = text[nearest..start]
        .iter()
        .rposition(|byte| !path(byte))
        .map_or(nearest, |at| nearest + at + 1);
    let before = text[..begin]
        .trim_ascii_end()
        .strip_suffix(b"=")?
        .trim_ascii_end();
    let name = last_word(before);
    let naming = last_word(before[..before.len() - name.len()].trim_ascii_end());
    (ends && !name.is_empty() && NAMING.contains(&naming)).then_some(name)
}
