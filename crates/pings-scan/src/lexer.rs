//! Finds the comments and strings in a source file.
//!
//! The lexer reads a text according to the rules of its language. If it misinterprets a quote, it
//! recovers at the end of the line.

mod comments;
mod preprocessor;
mod regex;
mod strings;
mod template;

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::ops::Range;

use memchr::memmem;

use crate::language::Syntax;
use crate::language::rule::Rule;

/// A part of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A comment, or a string that serves as a comment.
    Comment,
    /// A regular expression.
    Regex,
    /// Text that code does not read: the text of an element, or the module of an import.
    Prose,
    /// A string, with the position of its content.
    String { content: usize },
    /// A comment or a string that does not end, so its kind is unknown.
    Unclosed,
}

/// The length in bytes up to which the tag of a script is read.
const LONGEST_TAG: usize = 4_000;

/// The comments and strings of a text, in order.
pub(crate) fn tokens(text: &[u8], syntax: Syntax) -> Vec<Token> {
    let mut lexer = Lexer {
        text,
        at: 0,
        end: text.len(),
        tokens: Vec::new(),
        templates: Vec::new(),
        conditions: Vec::new(),
        open: 0,
        line: Cell::new((0, 0)),
        unclosed: RefCell::new(BTreeSet::new()),
    };
    let own = syntax.language.rules;
    let scope = match syntax.host {
        // PHP snippets often omit the opening tag.
        Some(_)
            if let [Rule::Code(open, _, code)] = own
                && memmem::find(text, open.as_bytes()).is_none() =>
        {
            Scope::of(code.rules)
        }
        Some(host) => Scope {
            rules: host.rules,
            overlay: own,
            close: None,
        },
        None => Scope::of(own),
    };
    lexer.code(scope);
    lexer.tokens
}

/// Returns the token that contains a position.
pub(crate) fn token_at(tokens: &[Token], place: usize) -> Option<Token> {
    let after = tokens.partition_point(|token| token.start <= place);
    let token = tokens.get(after.checked_sub(1)?)?;
    (place < token.end).then_some(*token)
}

/// Returns the position after the comment that begins at the end of a range according to these
/// rules. The range begins in the same line or in a line before.
pub(crate) fn comment_end(
    text: &[u8],
    range: Range<usize>,
    rules: &'static [Rule],
) -> Option<usize> {
    let Range { start, end: at } = range;
    let comments = Lexer {
        text,
        at,
        end: text.len(),
        tokens: Vec::new(),
        templates: Vec::new(),
        conditions: Vec::new(),
        open: 0,
        line: Cell::new((start, start)),
        unclosed: RefCell::new(BTreeSet::new()),
    };
    let found = rules
        .iter()
        .find_map(|rule| comments.comment(rule, Scope::of(rules)))?;
    (found.end > at).then_some(found.end)
}

/// The rules for a section of a text.
#[derive(Clone, Copy)]
struct Scope {
    rules: &'static [Rule],
    /// The rules of a template, which take precedence everywhere.
    overlay: &'static [Rule],
    /// The mark that ends the section.
    close: Option<&'static str>,
}

impl Scope {
    fn of(rules: &'static [Rule]) -> Self {
        Self {
            rules,
            overlay: &[],
            close: None,
        }
    }

    fn all(self) -> impl Iterator<Item = &'static Rule> {
        self.overlay.iter().chain(self.rules)
    }

    /// Returns the set of bytes that a rule may begin with.
    fn openings(self) -> [bool; 256] {
        let mut openings = [false; 256];
        for rule in self.all() {
            match rule.opening() {
                Some(open) => openings[usize::from(open.as_bytes()[0])] = true,
                None => match rule {
                    Rule::Keyword(word) => {
                        let first = word.as_bytes()[0];
                        openings[usize::from(first.to_ascii_lowercase())] = true;
                        openings[usize::from(first.to_ascii_uppercase())] = true;
                    }
                    Rule::Column(_, letters) => {
                        for letter in letters.bytes() {
                            openings[usize::from(letter)] = true;
                        }
                    }
                    _ => {
                        for letter in *b"rbc" {
                            openings[usize::from(letter)] = true;
                        }
                    }
                },
            }
        }
        for bracket in *b"()[]{}" {
            openings[usize::from(bracket)] = true;
        }
        if let Some(close) = self.close {
            openings[usize::from(close.as_bytes()[0])] = true;
        }
        openings
    }
}

/// The end and the kind of a token.
struct Found {
    end: usize,
    kind: Kind,
}

impl Found {
    fn comment(end: usize) -> Self {
        let kind = Kind::Comment;
        Self { end, kind }
    }

    fn unclosed(end: usize) -> Self {
        let kind = Kind::Unclosed;
        Self { end, kind }
    }
}

struct Lexer<'t> {
    text: &'t [u8],
    at: usize,
    /// The end of the current section.
    end: usize,
    tokens: Vec<Token>,
    /// The number of open braces in each `${` of a template.
    templates: Vec<usize>,
    /// For each open `#if`, whether its condition is always true.
    conditions: Vec<bool>,
    /// The number of open brackets, inside which a line break does not end a statement.
    open: usize,
    /// The start of the last known line, and the position up to which there is no other line.
    line: Cell<(usize, usize)>,
    /// Closing marks that do not follow, with the end of the section.
    unclosed: RefCell<BTreeSet<(&'static str, usize)>>,
}

impl Lexer<'_> {
    /// Reads a section of code.
    fn code(&mut self, scope: Scope) {
        let openings = scope.openings();
        while self.at < self.end {
            if !openings[usize::from(self.text[self.at])] {
                self.at += 1;
                continue;
            }
            if let Some(close) = scope.close
                && self.rest().starts_with(close.as_bytes())
            {
                return;
            }
            if !scope.all().any(|rule| self.apply(rule, scope)) {
                self.bracket();
            }
        }
    }

    /// Returns the rest of the section.
    fn rest(&self) -> &[u8] {
        &self.text[self.at..self.end]
    }

    /// Returns the start of the current line.
    fn line_start(&self) -> usize {
        let known = self.line.get();
        let (mut start, read_to) = if known.1 > self.at { (0, 0) } else { known };
        if let Some(found) = memchr::memrchr(b'\n', &self.text[read_to..self.at]) {
            start = read_to + found + 1;
        }
        self.line.set((start, self.at));
        start
    }

    /// Returns the result of a search for a closing mark from the current position on, unless an
    /// earlier search in this section found no such mark.
    fn find_close<T>(&self, close: &'static str, find: impl FnOnce() -> Option<T>) -> Option<T> {
        let key = (close, self.end);
        if self.unclosed.borrow().contains(&key) {
            return None;
        }
        let found = find();
        if found.is_none() {
            self.unclosed.borrow_mut().insert(key);
        }
        found
    }

    /// Returns the text before the current position.
    fn before(&self) -> &[u8] {
        &self.text[..self.at]
    }

    /// Reads the token that a rule describes, if it begins here.
    fn apply(&mut self, rule: &'static Rule, scope: Scope) -> bool {
        if let Some(open) = rule.opening()
            && !self.rest().starts_with(open.as_bytes())
        {
            return false;
        }
        if let Some(found) = self.comment(rule, scope) {
            self.push(found);
            return true;
        }
        match rule {
            Rule::Skip(text) => {
                self.at += text.len();
                true
            }
            Rule::Preprocessor => self.directive(),
            Rule::Doc(word) => self.doc(word, scope),
            Rule::Text(open, close, how) => {
                let found = self.text(open, close, *how);
                self.push(found);
                true
            }
            Rule::Char => self.character(),
            Rule::Transpose => self.transpose(),
            Rule::Long("") => self.long_string(),
            Rule::RustRaw => self.rust_raw(),
            Rule::CppRaw => self.cpp_raw(),
            Rule::Template => self.template(),
            Rule::Regex => self.regex(),
            Rule::Vim => self.vim(),
            Rule::Region(open, close, language) => {
                self.at += open.len();
                let end =
                    memmem::find(self.rest(), close.as_bytes()).map_or(self.end, |at| self.at + at);
                self.within(end, Scope::of(language.rules));
                self.at = (end + close.len()).min(self.end);
                true
            }
            Rule::Code(open, close, language) => {
                self.at += open.len();
                let scope = Scope {
                    close: Some(close),
                    ..Scope::of(language.rules)
                };
                self.within(self.end, scope);
                self.at = (self.at + close.len()).min(self.end);
                true
            }
            Rule::Element(name, language) => self.element(name, language.rules, scope),
            Rule::FrontMatter(language) => self.front_matter(language.rules),
            _ => false,
        }
    }

    /// Reads code of another language up to a position.
    fn within(&mut self, end: usize, scope: Scope) {
        let end = end.min(self.end);
        let outer = std::mem::replace(&mut self.end, end);
        let templates = std::mem::take(&mut self.templates);
        self.code(scope);
        self.templates = templates;
        self.end = outer;
    }

    /// Reads `<script …> … </script>`, unless the element contains a template.
    fn element(&mut self, name: &'static str, rules: &'static [Rule], scope: Scope) -> bool {
        let rest = self.rest();
        let begins = |text: &[u8], mark: &str| {
            let behind = text.get(mark.len()..).unwrap_or_default();
            let head = text.get(..mark.len()).unwrap_or_default();
            head == mark.as_bytes()
                && behind
                    .get(..name.len())
                    .is_some_and(|it| it.eq_ignore_ascii_case(name.as_bytes()))
                && !behind.get(name.len()).copied().is_some_and(is_word)
        };
        if !begins(rest, "<") {
            return false;
        }
        let Some(tag) = self.find_close(">", || memchr::memchr(b'>', rest)) else {
            return false;
        };
        let head = rest[..tag.min(LONGEST_TAG)].to_ascii_lowercase();
        let is_template = [
            "text/x-",
            "template",
            "text/html",
            "text/ng",
            "handlebars",
            "mustache",
        ]
        .iter()
        .any(|kind| memmem::find(&head, kind.as_bytes()).is_some());
        if is_template || rest[..tag].ends_with(b"/") {
            return false;
        }
        let closes = |at: &usize| begins(&rest[*at..], "</");
        let find = || memchr::memchr_iter(b'<', rest).find(closes);
        let Some(end) = self.find_close(name, find) else {
            return false;
        };
        let end = self.at + end;
        // Attributes of the tag may also contain code.
        self.at += tag + 1;
        let scope = Scope { rules, ..scope };
        self.within(end, scope);
        self.at = end;
        true
    }

    /// Reads code between two lines `---` at the beginning of the file.
    fn front_matter(&mut self, rules: &'static [Rule]) -> bool {
        let is_first = self.before().trim_ascii().is_empty();
        if !is_first || !self.rest().starts_with(b"---") {
            return false;
        }
        let Some(end) = memmem::find(&self.rest()[3..], b"\n---") else {
            return false;
        };
        let end = self.at + 3 + end;
        self.at += 3;
        self.within(end, Scope::of(rules));
        self.at = (end + 4).min(self.end);
        true
    }

    /// Advances over a byte that begins no token, and counts brackets.
    fn bracket(&mut self) {
        match self.text[self.at] {
            b'(' | b'[' => self.open += 1,
            b')' | b']' => self.open = self.open.saturating_sub(1),
            b'{' => {
                self.open += 1;
                if let Some(open) = self.templates.last_mut() {
                    *open += 1;
                }
            }
            b'}' => {
                self.open = self.open.saturating_sub(1);
                if self.closes_template() {
                    return;
                }
            }
            _ => {}
        }
        self.at += 1;
    }

    fn push(&mut self, found: Found) {
        let start = self.at;
        self.at = found.end.max(start + 1).min(self.end);
        self.tokens.push(Token {
            start,
            end: self.at,
            kind: found.kind,
        });
    }
}

/// Returns whether a byte can be part of an identifier.
pub(crate) fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'$' || byte >= 0x80
}

/// Returns the word at the end of a text.
pub(crate) fn last_word(text: &[u8]) -> &[u8] {
    let start = text.iter().rposition(|byte| !is_word(*byte));
    &text[start.map_or(0, |at| at + 1)..]
}

/// Returns the words of a text, with their positions.
pub(crate) fn all_words(text: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = &text[at..];
        let start = at + rest.iter().position(|byte| is_word(*byte))?;
        let length = text[start..].iter().take_while(|byte| is_word(**byte));
        at = start + length.count();
        Some((start, &text[start..at]))
    })
}

#[cfg(test)]
mod tests;
