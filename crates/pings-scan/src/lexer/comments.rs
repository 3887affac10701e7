//! Reads comments.

use memchr::memmem;

use super::{Found, Kind, Lexer, Scope, is_word};
use crate::language::rule::Rule;

impl Lexer<'_> {
    /// Returns the comment that begins here according to a rule.
    pub(super) fn comment(&self, rule: &Rule, scope: Scope) -> Option<Found> {
        if let Some(open) = rule.opening()
            && !self.rest().starts_with(open.as_bytes())
        {
            return None;
        }
        let last = self.before().last().copied();
        let stands_behind = |bytes: &[u8]| {
            last.is_none_or(|last| last.is_ascii_whitespace() || bytes.contains(&last))
        };
        let line = |condition: bool| condition.then(|| Found::comment(self.end_of_line(scope)));
        match rule {
            Rule::Line(_) => line(true),
            Rule::Spliced(_) => Some(Found::comment(self.end_of_spliced())),
            Rule::Unless(open, others) => {
                let next = self.rest().get(open.len());
                line(!next.is_some_and(|next| others.as_bytes().contains(next)))
            }
            Rule::Word(_) => line(stands_behind(b";&|")),
            Rule::Apart(_) => line(stands_behind(b";)}],\"'")),
            Rule::First(_) => line(self.is_first()),
            Rule::Keyword(word) => line(self.is_first() && self.is_keyword(word)),
            Rule::Column(column, letters) => line(self.is_comment_line(*column, letters)),
            Rule::Block(open, close) => Some(self.block(open, close)),
            Rule::Closed(open, close) => {
                let block = || self.block(open, close);
                self.find_close(close, || {
                    Some(block()).filter(|it| it.kind == Kind::Comment)
                })
            }
            Rule::FirstBlock(open, close) => self.is_first().then(|| self.block(open, close)),
            Rule::Nested(open, close) => Some(self.nested(open, close)),
            Rule::Lines(open, close) => self.lines(open, close),
            Rule::Alone(open, close) => self.alone(open, close),
            Rule::Indented(_) => self
                .is_first()
                .then(|| Found::comment(self.end_of_indented())),
            Rule::Rest(marker) => {
                let is_alone = self.begins_line() && self.line().trim_ascii() == marker.as_bytes();
                is_alone.then(|| Found::comment(self.end))
            }
            Rule::Pod => self.pod(),
            Rule::Form(open) => {
                let end = self.end_of_form(self.at + open.len());
                Some(end.map_or_else(|| Found::unclosed(self.end), Found::comment))
            }
            Rule::Ignored(open) => {
                let is_whole = !self.rest().get(open.len()).copied().is_some_and(is_word);
                let end = || self.end_of_form(self.at);
                is_whole.then(|| end().map_or_else(|| Found::unclosed(self.end), Found::comment))
            }
            Rule::HereDocument => self.here_document(),
            Rule::Tag(begin, end) => self.tag(begin, end),
            Rule::Long(prefix) if !prefix.is_empty() => self
                .long(prefix.len())
                .map(|end| end.map_or_else(|| Found::unclosed(self.end), Found::comment)),
            _ => None,
        }
    }

    /// Returns the rest of the line.
    pub(super) fn line(&self) -> &[u8] {
        let rest = self.rest();
        &rest[..memchr::memchr(b'\n', rest).unwrap_or(rest.len())]
    }

    /// Returns the end of the line, or the end of the embedded code on that line.
    fn end_of_line(&self, scope: Scope) -> usize {
        let rest = self.rest();
        let close = scope.close.unwrap_or("\n").as_bytes();
        let ends = |at: &usize| rest[*at] == b'\n' || rest[*at..].starts_with(close);
        let found = memchr::memchr2_iter(b'\n', close[0], rest).find(ends);
        self.at + found.unwrap_or(rest.len())
    }

    /// Returns the end of a line that backslashes continue.
    fn end_of_spliced(&self) -> usize {
        let mut end = self.at;
        loop {
            let rest = &self.text[end..self.end];
            let line = &rest[..memchr::memchr(b'\n', rest).unwrap_or(rest.len())];
            end += line.len();
            if end == self.end || !line.trim_ascii_end().ends_with(b"\\") {
                return end;
            }
            end += 1;
        }
    }

    /// Returns the part of the line before the current position.
    fn line_before(&self) -> &[u8] {
        &self.before()[self.line_start()..]
    }

    pub(super) fn begins_line(&self) -> bool {
        self.line_before().is_empty()
    }

    pub(super) fn is_first(&self) -> bool {
        self.line_before().trim_ascii_end().is_empty()
    }

    fn is_keyword(&self, word: &str) -> bool {
        let rest = self.rest();
        let head = rest.get(..word.len());
        head.is_some_and(|head| head.eq_ignore_ascii_case(word.as_bytes()))
            && !rest.get(word.len()).copied().is_some_and(is_word)
    }

    /// Returns whether a letter in this column makes the line a comment.
    fn is_comment_line(&self, column: usize, letters: &str) -> bool {
        let byte = self.text[self.at];
        let next = self.text.get(self.at + 1).copied();
        // In free-form source, `CALL f` can begin in the first column.
        let is_word =
            byte.is_ascii_alphabetic() && next.is_some_and(|it| it.is_ascii_alphanumeric());
        self.line_before().len() == column && letters.as_bytes().contains(&byte) && !is_word
    }

    fn block(&self, open: &str, close: &str) -> Found {
        let rest = self.rest();
        memmem::find(&rest[open.len()..], close.as_bytes()).map_or_else(
            || Found::unclosed(self.end),
            |at| Found::comment(self.at + open.len() + at + close.len()),
        )
    }

    fn nested(&self, open: &str, close: &str) -> Found {
        let (open, close) = (open.as_bytes(), close.as_bytes());
        let mut at = self.at;
        let mut depth = 0_usize;
        while at < self.end {
            let rest = &self.text[at..self.end];
            if rest.starts_with(open) {
                depth += 1;
                at += open.len();
            } else if rest.starts_with(close) {
                depth -= 1;
                at += close.len();
                if depth == 0 {
                    return Found::comment(at);
                }
            } else {
                at += 1;
            }
        }
        Found::unclosed(self.end)
    }

    /// Reads from a line that begins with `open` to the end of a line that begins with `close`.
    fn lines(&self, open: &str, close: &str) -> Option<Found> {
        if !self.begins_line() || self.rest().get(open.len()).copied().is_some_and(is_word) {
            return None;
        }
        let close = format!("\n{close}");
        Some(match memmem::find(self.rest(), close.as_bytes()) {
            Some(found) => {
                let from = self.at + found + 1;
                let line = memchr::memchr(b'\n', &self.text[from..self.end]);
                Found::comment(line.map_or(self.end, |line| from + line))
            }
            None => Found::unclosed(self.end),
        })
    }

    /// Reads a block whose marks are on lines of their own.
    fn alone(&self, open: &str, close: &str) -> Option<Found> {
        if !self.is_first() || self.line().trim_ascii() != open.as_bytes() {
            return None;
        }
        let (mut at, mut depth) = (self.at, 0_usize);
        for line in self.rest().split_inclusive(|byte| *byte == b'\n') {
            at += line.len();
            let line = line.trim_ascii();
            if line == open.as_bytes() {
                depth += 1;
            } else if line == close.as_bytes() {
                depth -= 1;
                if depth == 0 {
                    return Some(Found::comment(at));
                }
            }
        }
        Some(Found::unclosed(self.end))
    }

    /// Returns the end of the lines that are blank or indented deeper than this one.
    fn end_of_indented(&self) -> usize {
        let indent = self.line_before().len();
        let mut lines = self.rest().split_inclusive(|byte| *byte == b'\n');
        let mut end = self.at + lines.next().map_or(0, <[u8]>::len);
        let mut at = end;
        for line in lines {
            at += line.len();
            let blanks = line.iter().take_while(|byte| b" \t".contains(byte)).count();
            if line.trim_ascii().is_empty() {
                continue;
            }
            if blanks <= indent {
                break;
            }
            end = at;
        }
        end
    }

    /// Reads Perl documentation, which may continue to the end of the file.
    fn pod(&self) -> Option<Found> {
        let begins = self.begins_line() && self.rest().get(1).is_some_and(u8::is_ascii_alphabetic);
        begins.then(|| {
            let Some(found) = memmem::find(self.rest(), b"\n=cut") else {
                return Found::comment(self.end);
            };
            let from = self.at + found + 1;
            let line = memchr::memchr(b'\n', &self.text[from..self.end]);
            Found::comment(line.map_or(self.end, |line| from + line))
        })
    }

    /// Returns the position after a Lisp form, or `None` if the form does not end.
    fn end_of_form(&self, from: usize) -> Option<usize> {
        let mut at = from;
        let mut depth = 0_usize;
        // A repeated mark comments out one form more: `#_ #_ a b`.
        let mut forms = 1_usize;
        while forms > 0 && at < self.end {
            match self.text[at] {
                b';' => {
                    at += memchr::memchr(b'\n', &self.text[at..self.end])?;
                }
                b'\\' => at += 2,
                b'"' => {
                    at = self.end_of_quoted(at + 1)?;
                    forms -= usize::from(depth == 0);
                }
                b'(' | b'[' | b'{' => {
                    depth += 1;
                    at += 1;
                }
                b')' | b']' | b'}' => {
                    if depth == 0 {
                        return Some(at);
                    }
                    depth -= 1;
                    at += 1;
                    forms -= usize::from(depth == 0);
                }
                b'#' if depth == 0 && matches!(self.text.get(at + 1), Some(b'_' | b';')) => {
                    forms += 1;
                    at += 2;
                }
                byte if byte.is_ascii_whitespace() || b"'`,@^#".contains(&byte) => at += 1,
                _ => {
                    let ends =
                        |byte: &u8| byte.is_ascii_whitespace() || b"()[]{}\";".contains(byte);
                    let rest = &self.text[at..self.end];
                    at += rest.iter().position(ends).unwrap_or(rest.len());
                    forms -= usize::from(depth == 0);
                }
            }
        }
        (forms == 0).then_some(at)
    }

    fn end_of_quoted(&self, from: usize) -> Option<usize> {
        let mut at = from;
        while at < self.end {
            match self.text[at] {
                b'\\' => at += 2,
                b'"' => return Some(at + 1),
                _ => at += 1,
            }
        }
        None
    }

    /// Reads `: <<'END'` up to the line `END`.
    fn here_document(&self) -> Option<Found> {
        if !self.is_first() {
            return None;
        }
        let line = self.line();
        let mark = line.get(1..)?.trim_ascii().strip_prefix(b"<<")?;
        let mark = mark.strip_prefix(b"-").unwrap_or(mark).trim_ascii();
        let mark: Vec<u8> = mark.iter().copied().filter(|byte| is_word(*byte)).collect();
        if mark.is_empty() {
            return None;
        }
        let mut at = self.at;
        for line in self.rest().split_inclusive(|byte| *byte == b'\n') {
            at += line.len();
            if line.trim_ascii() == mark {
                return Some(Found::comment(at));
            }
        }
        Some(Found::unclosed(self.end))
    }

    /// Reads `{% comment %} … {% endcomment %}`, or a single tag if there is no end tag.
    fn tag(&self, begin: &str, end: &str) -> Option<Found> {
        self.tag_word(self.at, begin)?;
        if end.is_empty() {
            return Some(self.block("{%", "%}"));
        }
        let mut at = self.at + 2;
        while let Some(found) = memmem::find(&self.text[at..self.end], b"{%") {
            at += found;
            if self.tag_word(at, end).is_some() {
                let close = memmem::find(&self.text[at..self.end], b"%}");
                return Some(Found::comment(
                    close.map_or(self.end, |close| at + close + 2),
                ));
            }
            at += 2;
        }
        Some(Found::unclosed(self.end))
    }

    /// Returns `Some` if the tag at a position has that name.
    fn tag_word(&self, at: usize, word: &str) -> Option<()> {
        let rest = self.text[at..self.end].strip_prefix(b"{%")?;
        let rest = rest.strip_prefix(b"-").unwrap_or(rest).trim_ascii_start();
        let rest = rest.strip_prefix(word.as_bytes())?;
        let is_whole = word == "#" || !rest.first().copied().is_some_and(is_word);
        is_whole.then_some(())
    }

    /// Returns the end of `[==[ … ]==]` after a prefix. The inner value is `None` if there is no
    /// closing bracket.
    pub(super) fn long(&self, prefix: usize) -> Option<Option<usize>> {
        let rest = self.rest().get(prefix..)?;
        let level = rest
            .strip_prefix(b"[")?
            .iter()
            .take_while(|byte| **byte == b'=')
            .count();
        if rest.get(level + 1) != Some(&b'[') {
            return None;
        }
        let close = format!("]{}]", "=".repeat(level));
        let found = memmem::find(rest, close.as_bytes());
        Some(found.map(|found| self.at + prefix + found + close.len()))
    }
}
