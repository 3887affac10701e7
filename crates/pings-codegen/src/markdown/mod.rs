//! Text of the registry as Markdown that cannot reach beyond its own block.
//!
//! Three kinds of text, three ways in: names are shown as they are ([`plain`],
//! [`code`]), prose keeps its inline Markdown ([`inline`]), and what stands in
//! a table or begins a line is guarded once more ([`cell`], [`guarded`]).
//!
//! Pages read the same on GitHub, in MkDocs, mdBook and MDX. MDX takes `{` for code and knows
//! no HTML comments, and MkDocs undoes a backslash before a few characters only, so the rest
//! are written as entities. Tables are aligned as formatters align them, so that a formatter
//! leaves a page as it is.

mod inline;
mod spans;

pub(crate) use inline::inline;
pub(crate) use spans::{Span, spans};

use unicode_width::UnicodeWidthStr;

use crate::text::one_line;

/// Text shown as it is: nothing in it is markup.
pub(crate) fn plain(text: &str) -> String {
    escaped(&one_line(text))
}

/// A piece of one line, shown as it is.
pub(crate) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut before = None;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let after = chars.peek().copied();
        let is_markup = match c {
            '\\' | '`' | '*' | '[' | ']' | '<' | '~' | '$' | '{' | '}' => true,
            // Within a word it is nothing but itself.
            '_' => !(is_word(before) && is_word(after)),
            // It begins an entity.
            '&' => after.is_some_and(|after| after == '#' || after.is_ascii_alphabetic()),
            // It makes a link of an address.
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

/// A character as itself, whatever it could mean: behind a backslash, or as an entity where
/// not every reader of Markdown knows the backslash.
fn literal(c: char, out: &mut String) {
    match c {
        '<' | '&' | '$' | '~' | ':' | '=' | '{' | '}' => out.push_str(&entity(c)),
        c => out.extend(['\\', c]),
    }
}

/// A character as an entity of HTML.
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

/// Text as code.
pub(crate) fn code(text: &str) -> String {
    let text = one_line(text);
    if text.is_empty() {
        return text;
    }
    // Templates of mdBook and Jekyll are obeyed within backticks, too.
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

/// Text within an element of HTML, or of JSX.
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

/// A block of code.
pub(crate) fn code_block(language: &str, text: &str) -> String {
    let fence = "`".repeat((longest_run(text, '`') + 1).max(3));
    format!("{fence}{language}\n{}\n{fence}\n", text.trim_end())
}

fn longest_run(text: &str, of: char) -> usize {
    text.split(|c| c != of).map(str::len).max().unwrap_or(0)
}

/// A link, or its label alone where the address is none that a page should lead to.
pub(crate) fn link(label: &str, address: Option<&str>) -> String {
    match address.and_then(safe_address) {
        Some(address) => format!("[{label}]({address})"),
        None => label.to_owned(),
    }
}

/// The address as it may stand between the parentheses of a link. Only the
/// web, mail and places near the page are addresses: nothing that runs.
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
                out.push_str(&format!("%{:02X}", u32::from(c)));
            }
            c => out.push(c),
        }
    }
    Some(out)
}

/// Markdown as a cell of a table.
pub(crate) fn cell(markdown: &str) -> String {
    let mut out = String::with_capacity(markdown.len());
    let mut before = None;
    for c in markdown.chars() {
        match (c, before) {
            // Parsers differ on whether the backslash of `\\|` is still free to escape.
            ('|', Some('\\')) => out.push_str("&#124;"),
            ('|', _) => out.push_str("\\|"),
            _ => out.push(c),
        }
        before = Some(c);
    }
    out
}

/// A table: its head, and rows of as many cells. A column with nothing in it is left out.
///
/// Columns are as wide as their widest cell, as formatters write them.
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

/// The shortest line below a column's head.
const RULE: &str = "---";

/// One line of Markdown where a block begins: it begins a paragraph and nothing else.
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

/// A name as a heading's text.
pub(crate) fn heading(text: &str) -> String {
    let text = guarded(&plain(text));
    match text.strip_suffix('#') {
        // Without the backslash it would close the heading and go.
        Some(rest) => format!("{rest}\\#"),
        None => text,
    }
}

#[cfg(test)]
mod tests;
#[cfg(test)]
pub(crate) use tests::HOSTILE;
