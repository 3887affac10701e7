//! Aliases for enums of events and for their variants in a file.

use std::ops::Range;

use memchr::memmem;

use crate::language::rule::Family;
use crate::lexer::{is_word, last_word};

/// The names that a file gives to enums of events and to their variants in imports.
#[derive(Clone, Debug, Default)]
pub(super) struct Imports {
    /// Aliases for the enums: `use Event as E`.
    enums: Vec<Vec<u8>>,
    /// Variants that can be used without the enum, as after `use Event::{A, B as C}`.
    variants: Vec<Vec<u8>>,
    /// Variants with an alias.
    renamed: Vec<(Vec<u8>, Vec<u8>)>,
    /// Whether all variants can be used without the name of the enum.
    is_all: bool,
    /// Names that the file defines or imports from elsewhere. They take precedence over
    /// `use Event::*`.
    taken: Vec<Vec<u8>>,
    /// The positions of imports in Rust, which do not fire events.
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

/// Keywords of Rust before the name of a definition.
const DEFINING: &[&[u8]] = &[
    b"const", b"enum", b"fn", b"mod", b"static", b"struct", b"trait", b"type", b"union",
];

impl Imports {
    pub(super) fn new(text: &[u8], enums: &[String], family: Family) -> Self {
        let mut imports = Self::default();
        for name in enums {
            for at in words(text, name.as_bytes()) {
                if let Some(alias) = alias_of(text, at, at + name.len()) {
                    imports.enums.push(alias.to_owned());
                }
            }
        }
        if family == Family::Rust {
            imports.read_uses(text, enums);
            if imports.is_all {
                imports.read_definitions(text);
            }
        }
        imports
    }

    /// Returns whether a word is an alias for an enum.
    pub(super) fn is_enum(&self, word: &[u8]) -> bool {
        self.enums.iter().any(|known| known == word)
    }

    /// Returns whether a variant can be used without the name of the enum.
    pub(super) fn is_bare(&self, variant: &[u8]) -> bool {
        let has = |names: &[Vec<u8>]| names.iter().any(|known| known == variant);
        has(&self.variants) || (self.is_all && !has(&self.taken))
    }

    /// Returns whether a position is in an import.
    pub(super) fn is_inside(&self, at: usize) -> bool {
        self.places.iter().any(|place| place.contains(&at))
    }

    /// Returns the alias that an import gives to the variant at a position.
    pub(super) fn alias(&self, text: &[u8], place: Range<usize>) -> Option<Vec<u8>> {
        if !self.is_inside(place.start) {
            return None;
        }
        let after = word_after(&text[place.end..], b"as")?;
        let known = self.renamed.iter();
        let mut known = known.filter(|(variant, _)| variant.as_slice() == &text[place.clone()]);
        known
            .find(|(_, alias)| alias == after)
            .map(|(_, alias)| alias.clone())
    }

    /// Reads each `use …;`.
    fn read_uses(&mut self, text: &[u8], enums: &[String]) {
        for at in words(text, b"use") {
            let line_start = memchr::memrchr(b'\n', &text[..at]).map_or(0, |at| at + 1);
            let before = text[line_start..at].trim_ascii();
            let is_statement = before.is_empty()
                || before.starts_with(b"pub")
                || b";{}".contains(&before[before.len() - 1]);
            let Some(length) = memchr::memchr(b';', &text[at..]).filter(|_| is_statement) else {
                continue;
            };
            let range = at..at + length + 1;
            let statement = &text[range.clone()];
            let given = enums.iter().map(|name| name.as_bytes().to_owned());
            let known: Vec<Vec<u8>> = given.chain(self.enums.clone()).collect();
            let mut is_of_enum = false;
            for name in known {
                for found in words(statement, &name) {
                    let rest = statement[found + name.len()..].trim_ascii_start();
                    if let Some(rest) = rest.strip_prefix(b"::") {
                        is_of_enum = true;
                        self.read_variants(rest.trim_ascii_start());
                    }
                }
            }
            if !is_of_enum {
                let ends = |item: &[u8]| last_word(item.trim_ascii_end()).to_owned();
                let items = statement.split(|byte| b",{};".contains(byte));
                self.taken.extend(items.map(ends));
            }
            self.places.push(range);
        }
    }

    /// Reads the names that the file defines.
    fn read_definitions(&mut self, text: &[u8]) {
        for keyword in DEFINING {
            for at in words(text, keyword) {
                let rest = text[at + keyword.len()..].trim_ascii_start();
                let length = rest.iter().take_while(|byte| is_word(**byte)).count();
                self.taken.push(rest[..length].to_owned());
            }
        }
    }

    /// Reads the part after `Event::` in an import.
    fn read_variants(&mut self, rest: &[u8]) {
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
                Some(alias) if variant == b"self" => self.enums.push(alias.to_owned()),
                Some(alias) => self.renamed.push((variant.to_owned(), alias.to_owned())),
                None if item == b"*" => self.is_all = true,
                None => self.variants.push(variant.to_owned()),
            }
        }
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
    let begin = text[..start]
        .iter()
        .rposition(|byte| !path(byte))
        .map_or(0, |at| at + 1);
    let before = text[..begin]
        .trim_ascii_end()
        .strip_suffix(b"=")?
        .trim_ascii_end();
    let name = last_word(before);
    let naming = last_word(before[..before.len() - name.len()].trim_ascii_end());
    (ends && !name.is_empty() && NAMING.contains(&naming)).then_some(name)
}
