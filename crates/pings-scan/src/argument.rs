//! The arguments of a logging call that can be the name of an event.

mod passed;
mod reader;

use crate::language::Syntax;
use crate::language::rule::Family;
pub(crate) use passed::is_passed_over;
pub(crate) use reader::Argument;
use reader::Reader;

/// The keywords that pass a name: `log_event(name="…")`.
const KEYWORDS: &[&[u8]] = &[b"name", b"event", b"event_name", b"eventName"];

/// The arguments that can be the name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Position {
    /// Only the argument at this index.
    Only(usize),
    /// The first string argument, after arguments such as a context.
    Any,
}

/// Returns the names among the arguments that begin at `at`, after the opening bracket: no name,
/// one name, or one name for each branch of a conditional.
///
/// Arguments after the name, such as messages and the data of the event, are not names.
pub(crate) fn names(text: &[u8], at: usize, syntax: Syntax, position: Position) -> Vec<Argument> {
    let mut reader = Reader::new(text, at, syntax);
    let mut may_stand = true;
    for index in 0.. {
        reader.skip_blanks();
        let begin = reader.at;
        let keyword = keyword(&mut reader);
        let stands = match position {
            Position::Any => may_stand,
            Position::Only(wanted) => index == wanted,
        };
        if keyword.map_or(stands, |word| KEYWORDS.contains(&word)) {
            let mut found = Vec::new();
            let end = alternatives(&mut reader, &mut found);
            let is_one = index == 0
                || keyword.is_some()
                || position != Position::Any
                || found.iter().all(is_one_word);
            match end {
                Some(b',' | b')') if !found.is_empty() && is_one => return found,
                Some(_) => {}
                None => break,
            }
        }
        if reader.skip_to(b",") != Some(b',') {
            break;
        }
        may_stand &= keyword.is_none() && is_passed_over(&text[begin..reader.at]);
        let goes_on = match position {
            Position::Any => may_stand,
            Position::Only(wanted) => index < wanted,
        };
        if !goes_on && !has_keywords(syntax.family()) {
            break;
        }
        reader.at += 1;
    }
    Vec::new()
}

/// Returns whether an argument is a single word. Messages contain whitespace.
pub(crate) fn is_one_word(argument: &Argument) -> bool {
    let is_word = |text: &String| !text.contains(char::is_whitespace);
    match argument {
        Argument::Constant { text, .. } => is_word(text),
        Argument::Dynamic { prefix, suffix, .. } => is_word(prefix) && is_word(suffix),
    }
}

/// Returns whether arguments can be passed by keyword. In JavaScript, the same syntax declares a
/// parameter.
fn has_keywords(family: Family) -> bool {
    matches!(family, Family::Script | Family::C)
}

/// Reads the keyword in `name=` or `name:`.
fn keyword<'t>(reader: &mut Reader<'t>) -> Option<&'t [u8]> {
    let rest = reader.rest();
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    let (word, behind) = rest.split_at(rest.iter().take_while(|byte| is_word(byte)).count());
    let blanks = behind.len() - behind.trim_ascii_start().len();
    let is_keyword = match &behind[blanks..] {
        [b'=', next, ..] => !b"=>~".contains(next),
        [b':', next, ..] => *next != b':',
        _ => false,
    };
    if !is_keyword || word.is_empty() || !has_keywords(reader.family) {
        return None;
    }
    reader.at += word.len() + blanks + 1;
    reader.skip_blanks();
    Some(word)
}

/// Reads an argument or a branch of a conditional. Adds the strings that it can be to `found`, and
/// returns the byte that ends it.
///
/// The function understands `'a'`, `c ? 'a' : 'b'` and `'a' if c else 'b'`, and ignores other
/// alternatives.
fn alternatives(reader: &mut Reader<'_>, found: &mut Vec<Argument>) -> Option<u8> {
    reader.skip_blanks();
    let begin = reader.at;
    if let Some(string) = reader.string() {
        match reader.peek() {
            Some(end @ (b',' | b')' | b':')) => {
                found.push(string);
                return Some(end);
            }
            _ if reader.family == Family::Script && is_next(reader, b"if") => {
                found.push(string);
                return or_else(reader, found);
            }
            _ => reader.at = begin,
        }
    }
    loop {
        let end = reader.skip_to(b",:?")?;
        if end != b'?' {
            return Some(end);
        }
        let question = reader.at;
        reader.at += 1;
        if is_ternary(reader, question) {
            break;
        }
        // The second `?` of `??` is not a conditional either.
        reader.at += usize::from(reader.peek() == Some(b'?'));
    }
    if alternatives(reader, found)? != b':' {
        return reader.peek();
    }
    reader.at += 1;
    alternatives(reader, found)
}

/// Returns whether a question mark begins a conditional, unlike in `a?.b`, `a ?? b`, `a ?: b` and
/// `a?`.
fn is_ternary(reader: &Reader<'_>, question: usize) -> bool {
    let is_asked = !matches!(reader.peek(), None | Some(b'.' | b'?' | b':' | b',' | b')'));
    // In Ruby, a question mark can end the name of a method.
    let is_apart = reader.is_blank_before(question);
    is_asked && reader.family != Family::Rust && (reader.family != Family::Script || is_apart)
}

/// Reads `if c else 'b'`.
fn or_else(reader: &mut Reader<'_>, found: &mut Vec<Argument>) -> Option<u8> {
    loop {
        let end = reader.skip_to(b",e")?;
        if end != b'e' {
            return Some(end);
        }
        if reader.is_blank_before(reader.at) && is_next(reader, b"else") {
            reader.at += b"else".len();
            return alternatives(reader, found);
        }
        reader.at += 1;
    }
}

/// Returns whether the next word is `word`.
fn is_next(reader: &Reader<'_>, word: &[u8]) -> bool {
    let behind = reader.rest().strip_prefix(word);
    behind.is_some_and(|rest| rest.first().is_some_and(u8::is_ascii_whitespace))
}

#[cfg(test)]
mod tests;
