//! Checks a registry against the schema and reports all problems in one pass.

mod instead;
mod names;

use pings_model::schema::{OWN_KEYS, REGISTRY, Record, Shape};
use pings_model::{Lint, Version, VersionRange, VersionRangeError, is_date};

use crate::diagnostic::{Diagnostic, Rule};
use crate::nearest::nearest;
use crate::tree::{Content, Node};
use instead::instead;
use names::{duplicates, not_blank};

/// Checks the whole registry, and sets the `sound` flag of the parts that are read separately: the
/// top-level values, and each event, table and ping.
pub(crate) fn check(root: &mut Node<'_>, diagnostics: &mut Vec<Diagnostic>) {
    root.sound = record(root, &REGISTRY, diagnostics);
    let Content::Mapping(entries) = &mut root.content else {
        return;
    };
    for entry in entries {
        let key = REGISTRY.keys.iter().find(|key| key.name == entry.key);
        entry.value.sound = match key {
            Some(key) => parts(&mut entry.value, key.shape, diagnostics)
                .unwrap_or_else(|| value(&entry.value, key.shape, key.doc, diagnostics)),
            None => false,
        };
    }
}

/// Checks the parts of a top-level value that are read separately, and sets the `sound` flag of
/// each. Returns `None` if the value is read as a whole, or is not a list or mapping as required.
fn parts(node: &mut Node<'_>, shape: Shape, out: &mut Vec<Diagnostic>) -> Option<bool> {
    let unique = match shape {
        Shape::Map(what, _) => duplicates(node, out) & not_blank(node, what, out),
        _ => true,
    };
    let mut check = |part: &mut Node<'_>, shape: Shape| {
        part.sound = value(part, shape, "", out);
    };
    match (&mut node.content, shape) {
        (Content::List(items), Shape::List(item)) if !items.is_empty() => {
            items.iter_mut().for_each(|part| check(part, *item));
        }
        (Content::List(items), Shape::Items(item)) => {
            items.iter_mut().for_each(|part| check(part, *item));
        }
        (Content::Mapping(entries), Shape::Map(_, shape)) => {
            entries
                .iter_mut()
                .for_each(|entry| check(&mut entry.value, *shape));
        }
        _ => return None,
    }
    Some(unique)
}

/// Checks a value. Returns whether serde can read it. Missing and unknown keys do not prevent this,
/// so that the rest of the part is still checked.
fn value(node: &Node<'_>, shape: Shape, doc: &str, out: &mut Vec<Diagnostic>) -> bool {
    match shape {
        Shape::Text | Shape::Sql => text(node, "text", doc, out).is_some(),
        Shape::Reason => {
            let help = "explain why the lint does not apply here, for future readers";
            saying(node, "a reason", help, out)
        }
        Shape::Heading => saying(node, "a heading", doc, out),
        Shape::NonBlank => saying(node, "a non-blank text", doc, out),
        Shape::FormatVersion => format_version(node, out),
        Shape::Integer | Shape::GroupSize => whole_number(node, doc, out),
        Shape::Percentile => percentile(node, out),
        Shape::Date => {
            node.text().is_some_and(is_date) || wrong(node, "a date such as 2027-01-01", doc, out)
        }
        Shape::VersionOrDate => node.text().is_some_and(is_date) || version(node, out),
        Shape::Boolean => boolean(node, doc, out),
        Shape::Version => version(node, out),
        Shape::VersionRange => version_range(node, out),
        Shape::Scalar => {
            matches!(node.content, Content::Scalar { .. }) || wrong(node, "one value", doc, out)
        }
        Shape::Choice(words) => choice(node, words, out),
        Shape::List(item) => list(node, *item, doc, out),
        Shape::Items(_) if node.is_null() || is_empty_list(node) => true,
        Shape::Items(item) => list(node, *item, doc, out),
        Shape::OneOrMany(item) => match node.content {
            Content::List(_) => list(node, *item, doc, out),
            _ => value(node, *item, doc, out),
        },
        Shape::Map(what, shape) => map(node, what, *shape, doc, out),
        Shape::Record(fields) => record(node, fields, out),
        Shape::Either(first, second) => either(node, *first, *second, doc, out),
    }
}

fn record(node: &Node<'_>, record: &Record, out: &mut Vec<Diagnostic>) -> bool {
    let all_optional = record.keys.iter().all(|key| !key.required);
    if node.is_null() && all_optional {
        return true;
    }
    let Content::Mapping(entries) = &node.content else {
        return wrong(
            node,
            &format!("a mapping: the keys of {}", a(record.name)),
            "",
            out,
        );
    };
    let mut sound = duplicates(node, out);
    let top_level = std::ptr::eq(record, &REGISTRY);
    for entry in entries {
        match record.keys.iter().find(|key| key.name == entry.key) {
            // The top-level values are checked part by part.
            Some(key) => sound &= top_level || value(&entry.value, key.shape, key.doc, out),
            None if entry.key.starts_with(OWN_KEYS) => {}
            None => {
                let known = || record.keys.iter().map(|key| key.name);
                let is_of_lints = known().all(|name| Lint::named(name).is_some());
                let (message, all) = match is_of_lints {
                    true => (format!("there is no lint `{}`", entry.key), "the lints are"),
                    false => (
                        format!("{} has no key `{}`", a(record.name), entry.key),
                        "its keys are",
                    ),
                };
                let diagnostic = Diagnostic::new(Rule::UnknownKey, entry.key_span, message);
                let is_on = entry.key == "true" && known().any(|key| key == "on");
                if let Some(help) = instead(record.name, &entry.key) {
                    out.push(diagnostic.help(help));
                    continue;
                }
                out.push(match nearest(&entry.key, known()).filter(|_| !is_on) {
                    None if is_on => diagnostic
                        .help("tools for YAML 1.1 read the key `on` as true: use `condition`"),
                    Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
                    None => {
                        let known = known().collect::<Vec<_>>().join(", ");
                        diagnostic.help(format!("{all} {known}"))
                    }
                });
            }
        }
    }
    for key in record.keys.iter().filter(|key| key.required) {
        if node.entry(key.name).is_none() {
            let missing = Diagnostic::new(
                Rule::MissingKey,
                node.head(),
                format!("{} needs `{}`", a(record.name), key.name),
            );
            out.push(
                missing
                    .label("missing here")
                    .help(format!("`{}`: {}", key.name, key.doc)),
            );
        }
    }
    sound
}

fn map(node: &Node<'_>, what: &str, shape: Shape, doc: &str, out: &mut Vec<Diagnostic>) -> bool {
    if node.is_null() {
        return true;
    }
    let Content::Mapping(entries) = &node.content else {
        return wrong(
            node,
            &format!("a mapping: each {what} by its name"),
            doc,
            out,
        );
    };
    let mut sound = duplicates(node, out) & not_blank(node, what, out);
    for entry in entries {
        sound &= value(&entry.value, shape, "", out);
    }
    sound
}

fn list(node: &Node<'_>, item: Shape, doc: &str, out: &mut Vec<Diagnostic>) -> bool {
    let Content::List(items) = &node.content else {
        return wrong(node, "a list", doc, out);
    };
    if items.is_empty() {
        let empty = Diagnostic::new(Rule::WrongType, node.span, "the list is empty");
        out.push(empty.help("remove the key, or list at least one item"));
        return false;
    }
    let mut sound = true;
    for node in items {
        sound &= value(node, item, doc, out);
    }
    sound
}

fn is_empty_list(node: &Node<'_>) -> bool {
    matches!(&node.content, Content::List(items) if items.is_empty())
}

/// Checks a value against one of two shapes, chosen by the kind of the value.
fn either(
    node: &Node<'_>,
    first: Shape,
    second: Shape,
    doc: &str,
    out: &mut Vec<Diagnostic>,
) -> bool {
    let fits = |shape: Shape| match (&node.content, shape) {
        (Content::Scalar { .. }, Shape::Text | Shape::Sql | Shape::Choice(_) | Shape::Scalar) => {
            !node.is_null()
        }
        (Content::List(_), Shape::List(_)) => true,
        (Content::Scalar { .. } | Content::List(_), Shape::OneOrMany(_)) => true,
        (Content::Mapping(_), Shape::Map(..) | Shape::Record(_)) => true,
        _ => false,
    };
    if fits(first) {
        value(node, first, doc, out)
    } else if fits(second) {
        value(node, second, doc, out)
    } else {
        let expected = format!("{} or {}", kind(first), kind(second));
        wrong(node, &expected, doc, out)
    }
}

fn kind(shape: Shape) -> &'static str {
    match shape {
        Shape::List(_) => "a list",
        Shape::Map(..) | Shape::Record(_) => "a mapping",
        Shape::Choice(_) => "a word",
        Shape::OneOrMany(_) => "values",
        _ => "text",
    }
}

fn text<'n>(
    node: &'n Node<'_>,
    expected: &str,
    doc: &str,
    out: &mut Vec<Diagnostic>,
) -> Option<&'n str> {
    let Some(text) = node.text() else {
        wrong(node, expected, doc, out);
        return None;
    };
    if let Some(control) = text
        .chars()
        .find(|c| c.is_control() && !matches!(c, '\n' | '\t'))
    {
        let message = format!(
            "the text contains a control character, {}",
            control.escape_unicode()
        );
        out.push(Diagnostic::new(Rule::WrongType, node.span, message).help("remove it"));
        return None;
    }
    Some(text)
}

/// Checks a text that must not be blank.
fn saying(node: &Node<'_>, expected: &str, doc: &str, out: &mut Vec<Diagnostic>) -> bool {
    match text(node, expected, doc, out) {
        Some(said) if said.trim().is_empty() => wrong(node, expected, doc, out),
        said => said.is_some(),
    }
}

fn format_version(node: &Node<'_>, out: &mut Vec<Diagnostic>) -> bool {
    if node.text() == Some("1") {
        return true;
    }
    let unknown = Diagnostic::new(Rule::WrongType, node.span, "this format is not supported");
    out.push(unknown.help("this tool reads `format: 1`"));
    false
}

fn whole_number(node: &Node<'_>, doc: &str, out: &mut Vec<Diagnostic>) -> bool {
    let text = node.text().filter(|_| node.is_plain()).unwrap_or_default();
    match text.parse::<u64>() {
        Ok(number) if number.to_string() == text => true,
        // YAML parsers disagree on whether `010` is text or 8, and on `+10`.
        Ok(number) => {
            let help = format!("write `{number}`");
            wrong(
                node,
                "an integer without a sign or leading zeros",
                &help,
                out,
            )
        }
        Err(_) => wrong(node, "an integer", doc, out),
    }
}

fn boolean(node: &Node<'_>, doc: &str, out: &mut Vec<Diagnostic>) -> bool {
    let right = node.is_plain() && matches!(node.text(), Some("true" | "false"));
    right || wrong(node, "`true` or `false`", doc, out)
}

fn percentile(node: &Node<'_>, out: &mut Vec<Diagnostic>) -> bool {
    let right = node.text().and_then(crate::syntax::percentile).is_some();
    right
        || wrong(
            node,
            "a percentile from 0 to 100 with at most three decimals",
            "",
            out,
        )
}

fn choice(node: &Node<'_>, words: &[(&str, &str)], out: &mut Vec<Diagnostic>) -> bool {
    let known = || words.iter().map(|(word, _)| *word);
    let expected = known().collect::<Vec<_>>().join(", ");
    let Some(word) = text(node, &format!("one of {expected}"), "", out) else {
        return false;
    };
    if known().any(|known| known == word) {
        return true;
    }
    let unknown = Diagnostic::new(
        Rule::UnknownWord,
        node.span,
        format!("`{word}` is not one of {expected}"),
    );
    let help = synonym(word, words)
        .or_else(|| nearest(word, known()))
        .map(|near| format!("did you mean `{near}`?"))
        .unwrap_or_else(|| {
            words
                .iter()
                .map(|(word, doc)| format!("`{word}`: {doc}"))
                .collect::<Vec<_>>()
                .join("\n")
        });
    out.push(unknown.help(help));
    false
}

/// Returns the type that a database or language type name corresponds to.
fn synonym(word: &str, words: &[(&str, &str)]) -> Option<&'static str> {
    let plain = word
        .split(['(', '[', ' '])
        .next()
        .unwrap_or(word)
        .to_ascii_lowercase();
    let meant: &[&str] = match plain.as_str() {
        "int" | "int2" | "int4" | "int8" | "bigint" | "smallint" | "serial" | "bigserial"
        | "long" => &["integer"],
        "float" | "float4" | "float8" | "double" | "real" | "numeric" | "decimal" => &["number"],
        "varchar" | "char" | "character" | "citext" | "uuid" | "str" | "text" | "string"
        | "array" => &["text", "string"],
        "bool" => &["boolean"],
        "timestamptz" | "datetime" | "date" | "time" => &["timestamp"],
        "jsonb" | "object" => &["json"],
        _ => &[],
    };
    meant
        .iter()
        .find(|meant| words.iter().any(|(word, _)| word == *meant))
        .copied()
}

fn version(node: &Node<'_>, out: &mut Vec<Diagnostic>) -> bool {
    let Some(text) = text(node, "a version", "", out) else {
        return false;
    };
    if unquoted(node, text, out) {
        return true;
    }
    match text.parse::<Version>() {
        Ok(_) => true,
        Err(error) => {
            let invalid = format!("`{text}` is not a version: {error}");
            out.push(
                Diagnostic::new(Rule::InvalidVersion, node.span, invalid).help(
                    "a version is one to four numbers separated by dots: \"3.30\" or \"3.35.0\"",
                ),
            );
            true
        }
    }
}

fn version_range(node: &Node<'_>, out: &mut Vec<Diagnostic>) -> bool {
    let Some(text) = text(node, "a range of versions", "", out) else {
        return false;
    };
    if unquoted(node, text, out) {
        return true;
    }
    match text.parse::<VersionRange>() {
        Ok(_) => true,
        Err(VersionRangeError::Reversed { first, last }) => {
            out.push(
                Diagnostic::new(
                    Rule::ReversedRange,
                    node.span,
                    "this range ends before it begins",
                )
                .label(format!("{last} is older than {first}"))
                .help(format!("write the older version first: \"{last}-{first}\"")),
            );
            true
        }
        Err(error) => {
            let invalid = format!("`{text}` is not a range of versions: {error}");
            out.push(Diagnostic::new(Rule::InvalidVersion, node.span, invalid).help(
                "write \"3.30\" for all of 3.30.x, \"3.25-3.26\" for a range, or \"3.31+\" if it is not fixed yet",
            ));
            true
        }
    }
}

/// Reports a version without quotes if YAML reads it as a number.
fn unquoted(node: &Node<'_>, text: &str, out: &mut Vec<Diagnostic>) -> bool {
    let number = node.is_plain() && text.parse::<f64>().is_ok();
    if number {
        out.push(
            Diagnostic::new(Rule::UnquotedVersion, node.span, "a version without quotes")
                .label("YAML reads this as a number")
                .help(format!(
                    "put it in quotes: \"{text}\"; without them 3.30 and 3.3 are the same"
                )),
        );
    }
    number
}

/// Returns a word with its article.
fn a(word: &str) -> String {
    let article = if word.starts_with(['a', 'e', 'i', 'o', 'u']) {
        "an"
    } else {
        "a"
    };
    format!("{article} {word}")
}

/// Reports a value of the wrong type.
fn wrong(node: &Node<'_>, expected: &str, doc: &str, out: &mut Vec<Diagnostic>) -> bool {
    let found = match &node.content {
        _ if node.is_null() => "nothing".to_owned(),
        Content::Scalar { text, .. } if text.is_empty() => "an empty text".to_owned(),
        Content::Scalar { text, .. } if text.len() <= 40 => format!("`{}`", text.escape_debug()),
        Content::Scalar { .. } => "text".to_owned(),
        Content::List(_) => "a list".to_owned(),
        Content::Mapping(_) => "a mapping".to_owned(),
    };
    let mut diagnostic = Diagnostic::new(
        Rule::WrongType,
        node.head(),
        format!("expected {expected}, found {found}"),
    );
    if !doc.is_empty() {
        diagnostic = diagnostic.help(doc);
    }
    out.push(diagnostic);
    false
}
