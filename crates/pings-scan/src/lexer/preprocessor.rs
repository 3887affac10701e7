//! Code that the preprocessor skips: after `#if 0`, and after the `#else` of `#if 1`.

use super::{Found, Lexer};

/// A conditional directive.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Directive {
    /// `#if 0`
    Never,
    /// `#if 1`
    Always,
    /// `#if x`, `#ifdef x`
    Sometimes,
    /// `#else`, `#elif`
    Else,
    End,
}

impl Lexer<'_> {
    /// Reads a directive and the code that it disables. Returns whether a directive is here.
    pub(super) fn directive(&mut self) -> bool {
        if !self.is_first() {
            return false;
        }
        let rest = self.rest();
        let line = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
        let Some(directive) = directive(&rest[..line]) else {
            return false;
        };
        let is_always = self.conditions.last() == Some(&true);
        match directive {
            Directive::Never => {
                self.conditions.push(false);
                self.leave_out(line, false);
                return true;
            }
            Directive::Else if is_always => {
                self.leave_out(line, true);
                return true;
            }
            Directive::Always => self.conditions.push(true),
            Directive::Sometimes => self.conditions.push(false),
            Directive::Else => {}
            Directive::End => {
                self.conditions.pop();
            }
        }
        self.at += 1;
        true
    }

    /// Marks the following lines as a comment, up to the next branch or the end of the condition.
    fn leave_out(&mut self, line: usize, all_branches: bool) {
        let mut at = self.at + line;
        let mut depth = 0_usize;
        let lines = self.text[at..self.end].split_inclusive(|byte| *byte == b'\n');
        for text in lines {
            match directive(text.trim_ascii_start()) {
                Some(Directive::End) if depth == 0 => {
                    return self.push(Found::comment(at));
                }
                Some(Directive::Else) if depth == 0 && !all_branches => {
                    return self.push(Found::comment(at));
                }
                Some(Directive::End) => depth -= 1,
                Some(Directive::Never | Directive::Always | Directive::Sometimes) => depth += 1,
                Some(Directive::Else) | None => {}
            }
            at += text.len();
        }
        self.push(Found::unclosed(self.end));
    }
}

/// Reads the conditional directive on a line.
fn directive(line: &[u8]) -> Option<Directive> {
    let line = std::str::from_utf8(line).ok()?;
    let line = line.strip_prefix('#')?.trim_start();
    let end = line
        .find(|c: char| !c.is_ascii_alphabetic())
        .unwrap_or(line.len());
    let (word, rest) = line.split_at(end);
    let rest = rest.split("//").next().unwrap_or(rest);
    let rest = rest.split("/*").next().unwrap_or(rest);
    let condition = rest.trim().trim_matches(['(', ')']).trim();
    Some(match (word, condition) {
        ("if", "0" | "false" | "FALSE" | "NO" | "never") => Directive::Never,
        ("if", "1" | "true" | "TRUE" | "YES") => Directive::Always,
        ("if" | "ifdef" | "ifndef", _) => Directive::Sometimes,
        ("else" | "elif" | "elseif" | "elsif" | "elifdef" | "elifndef", _) => Directive::Else,
        ("endif", _) => Directive::End,
        _ => return None,
    })
}
