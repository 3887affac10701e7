//! The search in a single file.

mod attribute;
mod calls;
mod functions;
mod imports;
mod patterns;
mod template;
mod variant;

use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use memchr::memmem;
use pings_model::EventId;

use crate::doubt::{Marks, is_minified};
use crate::javascript::{self, Script, Wanted};
use crate::language::rule::Family;
use crate::language::{self, FileKind, Syntax};
use crate::lexer::{self, Kind, Token};
use crate::lines::Lines;
use crate::module::{Aliases, Export, Import, Loaded};
use crate::names::{Hit, Names};
use crate::ranges::is_within;
use crate::site::{Doubt, NameForm, Role};
use crate::test_modules::test_modules;
use crate::types::is_type;
use imports::Imports;
use patterns::Patterns;

/// The matches in a file, with their places.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) mentions: Vec<(Place, EventId, NameForm, Role)>,
    pub(crate) unregistered: Vec<(Place, String, String, Role)>,
    pub(crate) dynamic_names: Vec<(Place, String, String, Role)>,
    /// Uses of imported names that may be functions of the generated client.
    pub(crate) uses: Vec<(Place, Import, Role)>,
    /// Exports of such functions by name.
    pub(crate) exports: Vec<(Place, Export)>,
}

/// A line and a column, both from 1.
pub(crate) type Place = (usize, usize);

/// The kind of content of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Content {
    /// Source code, with the matches in it.
    Source(Found),
    /// A binary file.
    Binary,
    /// A file that `pings-codegen` generated.
    Generated,
    /// A Git LFS pointer, whose content is stored elsewhere.
    Pointer,
}

/// The number of bytes that determine whether a file is text.
const HEAD: usize = 8192;

/// The beginning of every Git LFS pointer.
const POINTER: &[u8] = b"version https://git-lfs.github.com/spec/";

/// Searches the bytes of a file. `path` is relative to the scanned folder.
pub(crate) fn search(names: &Names, kind: FileKind, path: &str, bytes: &[u8]) -> Content {
    if bytes.starts_with(POINTER) {
        return Content::Pointer;
    }
    let Some(text) = decoded(bytes) else {
        return Content::Binary;
    };
    // Most files contain no name and need no further work.
    if names.next(&text, 0).is_none() {
        return Content::Source(Found::default());
    }
    if is_generated(&text) {
        return Content::Generated;
    }
    let syntax = kind.syntax(&text, path).unwrap_or(Syntax::UNKNOWN);
    let functions = names.client().functions();
    let mut search = Search::new(names, functions, &text, syntax, path);
    search.run();
    search.functions();
    search.exports();
    Content::Source(placed(&text, search.raw))
}

/// Searches a file for the uses of functions that modules export under other names.
pub(crate) fn search_aliases(
    names: &Names,
    aliases: &Aliases,
    (kind, path): (FileKind, &str),
    bytes: &[u8],
) -> Found {
    let Some(text) = decoded(bytes) else {
        return Found::default();
    };
    let has = |word: &String| imports::words(&text, word.as_bytes()).next().is_some();
    let Some(syntax) = kind
        .syntax(&text, path)
        .filter(|_| aliases.words.iter().any(has))
    else {
        return Found::default();
    };
    let mut search = Search::new(names, &aliases.functions, &text, syntax, path);
    search.imported();
    search.exports();
    placed(&text, search.raw)
}

/// Reads a module to which an import leads. Returns `None` if the file does not contain code.
pub(crate) fn load(kind: FileKind, path: &str, bytes: &[u8]) -> Option<Loaded> {
    let text = decoded(bytes)?;
    if is_generated(&text) {
        return Some(Loaded::Client);
    }
    let syntax = kind.syntax(&text, path)?;
    let wanted = Wanted {
        functions: Some(&BTreeSet::new()),
        ..Wanted::default()
    };
    let script = javascript::read(&text, path, syntax, &wanted);
    Some(Loaded::Module(script.module.exports))
}

/// Returns the text in UTF-8 or an encoding that is compatible with ASCII, or `None` for binary
/// files.
fn decoded(bytes: &[u8]) -> Option<Cow<'_, [u8]>> {
    let utf_16 = |read: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = bytes[2..]
            .chunks_exact(2)
            .map(|it| read([it[0], it[1]]))
            .collect();
        Some(Cow::Owned(String::from_utf16_lossy(&units).into_bytes()))
    };
    match bytes {
        [0xff, 0xfe, ..] => utf_16(u16::from_le_bytes),
        [0xfe, 0xff, ..] => utf_16(u16::from_be_bytes),
        [0xef, 0xbb, 0xbf, rest @ ..] => Some(Cow::Borrowed(rest)),
        _ if memchr::memchr(0, &bytes[..bytes.len().min(HEAD)]).is_some() => None,
        _ => Some(Cow::Borrowed(bytes)),
    }
}

/// Returns whether `pings-codegen` generated the file. A generated file lists names without firing
/// them.
fn is_generated(text: &[u8]) -> bool {
    let head = &text[..text.len().min(512)];
    memmem::find(head, b"Generated by `").is_some_and(|at| {
        let line = &head[at..];
        let end = memchr::memchr(b'\n', line).unwrap_or(line.len());
        memmem::find(&line[..end], b"; not to be edited").is_some()
    })
}

/// A match, with the position of its first byte.
enum Raw {
    Mention(usize, EventId, NameForm, Role),
    Unregistered(usize, String, String, Role),
    Dynamic(usize, String, String, Role),
    Use(usize, Import, Role),
    Export(Export),
}

impl Raw {
    fn at(&self) -> usize {
        match self {
            Self::Mention(at, ..)
            | Self::Unregistered(at, ..)
            | Self::Dynamic(at, ..)
            | Self::Use(at, ..) => *at,
            Self::Export(export) => export.at,
        }
    }
}

struct Search<'s> {
    names: &'s Names,
    /// The names of functions whose uses are searched.
    functions: &'s BTreeSet<String>,
    text: &'s [u8],
    syntax: Syntax,
    /// All matches in the text, searched on first use.
    hits: OnceCell<Vec<Hit>>,
    /// The imports of enums of events, read on first use.
    imports: OnceCell<Imports>,
    /// The lines of the text, found on first use.
    lines: OnceCell<Lines>,
    /// The marks of comments, found on first use.
    marks: OnceCell<Marks<'s>>,
    /// The patterns of Rust, found on first use.
    patterns: OnceCell<Patterns>,
    /// The aliases of variants, with the events.
    renamed: BTreeMap<Vec<u8>, BTreeSet<EventId>>,
    tokens: Vec<Token>,
    /// The JavaScript that was parsed.
    script: Script,
    path: &'s str,
    /// Whether `tokens` and `script` are filled.
    is_read: bool,
    /// The places of test modules, found on first use.
    test_modules: Option<Vec<Range<usize>>>,
    is_test: bool,
    raw: Vec<Raw>,
}

impl<'s> Search<'s> {
    fn new(
        names: &'s Names,
        functions: &'s BTreeSet<String>,
        text: &'s [u8],
        syntax: Syntax,
        path: &'s str,
    ) -> Self {
        Self {
            names,
            functions,
            text,
            syntax,
            hits: OnceCell::new(),
            imports: OnceCell::new(),
            lines: OnceCell::new(),
            marks: OnceCell::new(),
            patterns: OnceCell::new(),
            renamed: BTreeMap::new(),
            tokens: Vec::new(),
            script: Script::default(),
            path,
            is_read: false,
            test_modules: None,
            is_test: language::is_test(path),
            raw: Vec::new(),
        }
    }
}

impl Search<'_> {
    fn run(&mut self) {
        let mut from = 0;
        while let Some(hit) = self.names.next(self.text, from) {
            from = if self.is_met(hit) {
                hit.end
            } else {
                hit.start + 1
            };
        }
        self.renamed();
    }

    /// Records the match. Returns whether the hit was a match.
    fn is_met(&mut self, hit: Hit) -> bool {
        if let Some(call) = hit.pattern.call {
            return self.is_call(hit, call);
        }
        if hit.pattern.is_attribute {
            return self.is_attribute(hit);
        }
        if let Some((event, form)) = hit.pattern.wire
            && self.is_quoted(hit)
        {
            self.literal(hit, event, form);
            return true;
        }
        if let Some(event) = hit.pattern.variant
            && let Some(alias) = self.imports().alias(self.text, hit.start..hit.end)
        {
            self.renamed.entry(alias).or_default().insert(event);
            return true;
        }
        if let Some(event) = hit.pattern.variant
            && self.is_variant(hit)
        {
            return self.constructed(hit.start..hit.end, event);
        }
        false
    }

    fn before(&self, at: usize) -> Option<u8> {
        self.text.get(at.checked_sub(1)?).copied()
    }

    fn is_quoted(&self, hit: Hit) -> bool {
        let quote = self.before(hit.start);
        quote.is_some_and(|quote| b"\"'`".contains(&quote))
            && quote == self.text.get(hit.end).copied()
    }

    fn literal(&mut self, hit: Hit, event: EventId, form: NameForm) {
        let token = self.token(hit.start);
        // A quoted name inside a longer string, such as SQL, does not fire the event. A call inside
        // the string was found before the name.
        if let Some(Kind::String { content }) = token.map(|token| token.kind)
            && content != hit.start
        {
            return;
        }
        let quoted = (hit.start - 1, hit.end + 1);
        let is_comment = token.is_some_and(|token| token.kind == Kind::Comment);
        let is_type = match self.script.covers(hit.start) {
            true => self.script.is_type(hit.start),
            false => is_type(self.text, &self.tokens, self.syntax.family(), quoted),
        };
        if !is_comment && is_type {
            return;
        }
        if let Some(role) = self.role(hit.start) {
            self.mention(hit.start, event, form, role);
        }
    }

    fn mention(&mut self, at: usize, event: EventId, form: NameForm, role: Role) {
        let is_known = self.raw.iter().rev().take(4).any(
            |raw| matches!(raw, Raw::Mention(there, known, ..) if (*there, *known) == (at, event)),
        );
        if !is_known {
            self.raw.push(Raw::Mention(at, event, form, role));
        }
    }

    /// Returns the kind of a place, or `None` if nothing can be fired there.
    fn role(&mut self, at: usize) -> Option<Role> {
        match self.token(at).map(|token| token.kind) {
            Some(Kind::Comment) if !self.syntax.is_unknown() => Some(Role::Comment),
            Some(Kind::Regex | Kind::Prose) => None,
            _ if self.is_test || self.is_in_test_module(at) => Some(Role::Test),
            kind => Some(self.doubt(kind, at).map_or(Role::Code, Role::Unclear)),
        }
    }

    /// Returns the reason why the scan cannot decide what a place is.
    fn doubt(&self, kind: Option<Kind>, at: usize) -> Option<Doubt> {
        if kind == Some(Kind::Unclosed) {
            Some(Doubt::Unclosed)
        } else if self.syntax.is_unknown()
            && (kind == Some(Kind::Comment) || self.may_be_comment(at))
        {
            Some(Doubt::Language)
        } else {
            is_minified(&self.lines().of(at)).then_some(Doubt::Minified)
        }
    }

    fn may_be_comment(&self, at: usize) -> bool {
        let marks = self.marks.get_or_init(|| Marks::new(self.text));
        marks.may_be_comment(&self.lines().of(at), at)
    }

    fn lines(&self) -> &Lines {
        self.lines.get_or_init(|| Lines::new(self.text))
    }

    fn is_in_test_module(&mut self, at: usize) -> bool {
        if self.syntax.family() != Family::Rust {
            return false;
        }
        let modules = self
            .test_modules
            .get_or_insert_with(|| test_modules(self.text, &self.tokens));
        is_within(modules, at)
    }

    fn token(&mut self, at: usize) -> Option<Token> {
        self.read();
        lexer::token_at(&self.tokens, at)
    }

    /// Reads the comments and strings of the whole file, because a file with one name usually
    /// contains more.
    fn read(&mut self) {
        if self.is_read {
            return;
        }
        self.is_read = true;
        let wanted = Wanted {
            calls: self.calls(),
            functions: self.may_use_functions().then_some(self.functions),
        };
        self.script = javascript::read(self.text, self.path, self.syntax, &wanted);
        let parsed = std::mem::take(&mut self.script.tokens);
        if self.script.is_whole(self.text) {
            self.tokens = parsed;
            return;
        }
        self.tokens = lexer::tokens(self.text, self.syntax);
        self.tokens.retain(|token| !self.script.covers(token.start));
        self.tokens.extend(parsed);
        self.tokens.sort_by_key(|token| token.start);
    }

    /// Returns all matches in the text, also those inside of others.
    fn hits(&self) -> &[Hit] {
        self.hits.get_or_init(|| {
            let mut from = 0;
            let next = || {
                let hit = self.names.next(self.text, from)?;
                from = hit.start + 1;
                Some(hit)
            };
            std::iter::from_fn(next).collect()
        })
    }
}

/// Converts byte positions to lines and columns.
fn placed(text: &[u8], mut raw: Vec<Raw>) -> Found {
    raw.sort_by_key(Raw::at);
    // Columns count characters, so UTF-8 continuation bytes are not counted.
    let goes_on = |byte: &&u8| (0x80..0xc0).contains(*byte);
    let length = |text: &[u8]| text.len() - text.iter().filter(goes_on).count();
    let (mut place, mut read_to) = ((1, 1), 0);
    let mut found = Found::default();
    for raw in raw {
        let between = &text[read_to..raw.at()];
        read_to = raw.at();
        match memchr::memrchr(b'\n', between) {
            Some(last) => {
                place.0 += memchr::memchr_iter(b'\n', between).count();
                place.1 = length(&between[last + 1..]) + 1;
            }
            None => place.1 += length(between),
        }
        match raw {
            Raw::Mention(_, event, form, role) => {
                found.mentions.push((place, event, form, role));
            }
            Raw::Unregistered(_, name, call, role) => {
                found.unregistered.push((place, name, call, role))
            }
            Raw::Dynamic(_, prefix, suffix, role) => {
                found.dynamic_names.push((place, prefix, suffix, role))
            }
            Raw::Use(_, import, role) => found.uses.push((place, import, role)),
            Raw::Export(export) => found.exports.push((place, export)),
        }
    }
    found
}

#[cfg(test)]
mod tests;
