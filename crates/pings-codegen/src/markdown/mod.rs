//! Registry text as Markdown that cannot affect the text outside its own block.
//!
//! There are three ways to insert text: names are shown verbatim ([`plain`], [`code`]), prose keeps
//! its inline Markdown ([`inline`]), and text in a table or at the beginning of a line is escaped
//! once more ([`cell`], [`guarded`]).
//!
//! Pages look the same on GitHub, in MkDocs, mdBook and MDX. MDX interprets `{` as code and does
//! not support HTML comments, and MkDocs recognizes a backslash only before a few characters, so
//! all others are written as entities. Tables are aligned in the style of formatters, so that a
//! formatter does not change a page.

mod inline;
mod spans;

pub use inline::inline;
pub(crate) use spans::{Span, spans};

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use unicode_width::UnicodeWidthStr;

use crate::text::one_line;

/// Returns text that is shown verbatim, as Markdown.
#[must_use]
pub fn plain(text: &str) -> String {
    escaped(&one_line(text))
}

/// Escapes a piece of a line, so that it is shown verbatim.
pub(crate) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut before = None;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let after = chars.peek().copied();
        let is_markup = match c {
            '\\' | '`' | '*' | '[' | ']' | '<' | '~' | '$' | '{' | '}' => true,
            // Within a word, an underscore is not markup.
            '_' => !(is_word(before) && is_word(after)),
            // An ampersand begins an entity.
            '&' => after.is_some_and(|after| after == '#' || after.is_ascii_alphabetic()),
            // A colon before a slash can turn an address into a link.
            ':' => after == Some('/'),
            _ => false,
        };
        match is_markup {
            true => literal(c, &mut out),
            false => out.push(c),
        }
        before = Some(c);
    }
    out
}

/// Writes a character verbatim: after a backslash, or as an entity where some Markdown parsers do
/// not recognize the backslash.
fn literal(c: char, out: &mut String) {
    match c {
        '<' | '&' | '$' | '~' | ':' | '=' | '{' | '}' => out.push_str(&entity(c)),
        c => out.extend(['\\', c]),
    }
}

/// Returns a character as an HTML entity.
fn entity(c: char) -> String {
    match c {
        '<' => "&lt;".to_owned(),
        '&' => "&amp;".to_owned(),
        c => format!("&#{};", u32::from(c)),
    }
}

fn is_word(c: Option<char>) -> bool {
    c.is_some_and(char::is_alphanumeric)
}

/// Returns text as code.
pub(crate) fn code(text: &str) -> String {
    let text = one_line(text);
    if text.is_empty() {
        return text;
    }
    // mdBook and Jekyll also expand templates inside backticks.
    if ["{{", "{%", "{#"].iter().any(|open| text.contains(open)) {
        return format!("<code>{}</code>", html(&text));
    }
    let ticks = "`".repeat(longest_run(&text, '`') + 1);
    let pad = if text.starts_with('`') || text.ends_with('`') {
        " "
    } else {
        ""
    };
    format!("{ticks}{pad}{text}{pad}{ticks}")
}

/// Escapes text inside an HTML or JSX element.
pub(crate) fn html(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in one_line(text).chars() {
        match c {
            '&' | '<' | '>' | '{' | '}' | '`' | '*' | '_' | '[' | ']' | '\\' | '|' | '~' | '$'
            | '#' | '!' | ':' => out.push_str(&entity(c)),
            c => out.push(c),
        }
    }
    out
}

/// Returns a code block.
pub(crate) fn code_block(language: &str, text: &str) -> String {
    let fence = "`".repeat((longest_run(text, '`') + 1).max(3));
    format!("{fence}{language}\n{}\n{fence}\n", text.trim_end())
}

fn longest_run(text: &str, of: char) -> usize {
    text.split(|c| c != of).map(str::len).max().unwrap_or(0)
}

/// Returns a link, or only its label if the address is missing or unsafe.
pub(crate) fn link(label: &str, address: Option<&str>) -> String {
    match address.and_then(safe_address) {
        Some(address) => format!("[{label}]({address})"),
        None => label.to_owned(),
    }
}

/// Returns an address for use between the parentheses of a link. Only web addresses, mail addresses
/// and relative paths are allowed, so that a link cannot run a script.
fn safe_address(address: &str) -> Option<String> {
    let address = one_line(address);
    let scheme = address
        .split_once(':')
        .map(|(scheme, _)| scheme)
        .filter(|scheme| !scheme.contains(['/', '?', '#']));
    let is_safe = scheme.is_none_or(|scheme| {
        ["http", "https", "mailto"]
            .iter()
            .any(|safe| scheme.eq_ignore_ascii_case(safe))
    });
    if !is_safe || address.is_empty() {
        return None;
    }
    let mut out = String::with_capacity(address.len());
    for c in address.chars() {
        match c {
            ' ' | '"' | '<' | '>' | '(' | ')' | '\\' | '`' | '|' | '{' | '}' | '^' => {
                out.extend(utf8_percent_encode(
                    c.encode_utf8(&mut [0; 4]),
                    NON_ALPHANUMERIC,
                ));
            }
            c => out.push(c),
        }
    }
    Some(out)
}

/// Escapes Markdown for use in a table cell.
pub(crate) fn cell(markdown: &str) -> String {
    let mut out = String::with_capacity(markdown.len());
    let mut before = None;
    for c in markdown.chars() {
        match (c, before) {
            // Parsers differ on whether the second backslash of `\\|` escapes the bar.
            ('|', Some('\\')) => out.push_str("&#124;"),
            ('|', _) => out.push_str("\\|"),
            _ => out.push(c),
        }
        before = Some(c);
    }
    out
}

/// Returns a table with a head and rows. Columns without content are omitted.
///
/// Columns are as wide as their widest cell, in the style of formatters.
pub(crate) fn table<const N: usize>(head: [&str; N], rows: &[[String; N]]) -> String {
    let columns: Vec<usize> = (0..N)
        .filter(|column| rows.iter().any(|row| !row[*column].is_empty()))
        .collect();
    let head = columns.iter().map(|column| head[*column].to_owned());
    let mut lines: Vec<Vec<String>> = vec![head.collect()];
    lines.extend(rows.iter().map(|row| {
        let cells = columns.iter().map(|column| cell(&row[*column]));
        cells.collect()
    }));
    let widths: Vec<usize> = (0..columns.len())
        .map(|column| {
            let cells = lines.iter().map(|line| line[column].width());
            cells.max().unwrap_or(0).max(RULE.len())
        })
        .collect();
    let rule = widths.iter().map(|width| "-".repeat(*width));
    lines.insert(1, rule.collect());
    let mut out = String::new();
    for line in &lines {
        for (cell, width) in line.iter().zip(&widths) {
            let space = " ".repeat(width - cell.width());
            out.push_str(&format!("| {cell}{space} "));
        }
        out.push_str("|\n");
    }
    out
}

/// The shortest delimiter below a column's head.
const RULE: &str = "---";

/// Escapes a line of Markdown at the beginning of a block, so that it begins a paragraph.
pub(crate) fn guarded(markdown: &str) -> String {
    let is_rule = |mark: char| markdown.chars().all(|c| c == mark || c == ' ');
    let mut chars = markdown.chars();
    let begins_block = match (chars.next(), chars.next()) {
        (Some('#' | '>' | '+' | '-' | '='), _) => true,
        (Some('*'), second) => second.is_none_or(|c| c == ' ') || is_rule('*'),
        (Some('_'), _) => is_rule('_'),
        (Some('~'), _) => markdown.starts_with("~~~"),
        _ => false,
    };
    if begins_block {
        let mut rest = markdown.chars();
        let mut out = String::with_capacity(markdown.len() + 1);
        if let Some(first) = rest.next() {
            literal(first, &mut out);
        }
        return out + rest.as_str();
    }
    let digits = markdown.chars().take_while(char::is_ascii_digit).count();
    match markdown.split_at(digits) {
        (number, rest) if digits > 0 && rest.starts_with(['.', ')']) => format!("{number}\\{rest}"),
        _ => markdown.to_owned(),
    }
}

/// Returns a name as the text of a heading.
pub(crate) fn heading(text: &str) -> String {
    let text = guarded(&plain(text));
    match text.strip_suffix('#') {
        // Without the backslash, the `#` would close the heading and disappear.
        Some(rest) => format!("{rest}\\#"),
        None => text,
    }
}

#[cfg(test)]
mod tests;
#[cfg(test)]
pub(crate) use tests::HOSTILE;
