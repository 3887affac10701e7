//! Values that a file lists.

use std::collections::HashMap;

use crate::context::Context;
use crate::diagnostic::Rule;
use crate::source::Span;
use crate::tree::Node;

/// The maximum number of values.
const MOST_VALUES: usize = 10_000;

/// Returns the values that `values` lists, and the path of the file that lists them.
pub(super) fn values(
    node: &Node<'_>,
    cx: &mut Context<'_>,
) -> Option<(Vec<String>, Option<String>)> {
    match (node.entry("file"), node.entry("list")) {
        (Some(file), None) => {
            let path = file.value.text()?;
            let values = of_file(path, file.value.span, cx)?;
            Some((values, Some(path.to_owned())))
        }
        (None, Some(list)) => {
            let texts = list.value.items().iter().filter_map(Node::text);
            Some((texts.map(str::to_owned).collect(), None))
        }
        (Some(_), Some(list)) => {
            let message = "`values` has both `file` and `list`";
            cx.error(Rule::MisplacedKey, list.key_span, message, "remove one");
            None
        }
        (None, None) => {
            let help = "name a file with one value per line: `values: { file: languages.txt }`";
            cx.error(
                Rule::MissingKey,
                node.head(),
                "`values` needs `file` or `list`",
                help,
            );
            None
        }
    }
}

/// Returns the texts of a column or a value, `what`, in its long form: those of `enum` or `values`.
pub(super) fn texts(what: &str, node: &Node<'_>, cx: &mut Context<'_>) -> Option<Vec<String>> {
    match (node.entry("enum"), node.entry("values")) {
        (Some(listed), None) => {
            let texts = listed.value.items().iter().filter_map(Node::text);
            Some(texts.map(str::to_owned).collect())
        }
        (None, Some(listed)) => Some(values(&listed.value, cx)?.0),
        (Some(_), Some(listed)) => {
            let message = format!("a {what} has both `enum` and `values`");
            cx.error(Rule::MisplacedKey, listed.key_span, message, "remove one");
            None
        }
        (None, None) => {
            let help = "list the known texts: `enum: [a, b]`";
            let message = format!("a {what} needs a type, `enum` or `values`");
            cx.error(Rule::MissingKey, node.head(), message, help);
            None
        }
    }
}

fn of_file(path: &str, span: Span, cx: &mut Context<'_>) -> Option<Vec<String>> {
    let files = cx.files;
    let mut fail = |message: String, help: &str| cx.error(Rule::ValuesFile, span, message, help);
    if path.starts_with('/') || path.contains(['\\', ':']) {
        let message = format!("`{path}` is not a relative path");
        fail(message, "name the file relative to the registry, with `/`");
        return None;
    }
    let text = match files(path) {
        Ok(text) => text,
        Err(reason) => {
            let help = "the path is relative to the registry";
            fail(format!("cannot read `{path}`: {reason}"), help);
            return None;
        }
    };
    let mut values = Vec::new();
    let mut seen: HashMap<&str, usize> = HashMap::new();
    let mut sound = true;
    for (line, value) in crate::files::values(&text) {
        if value.contains(|c: char| c.is_control()) {
            let message = format!("{path}:{line} has a control character");
            fail(message, "write one value per line, without tabs");
            sound = false;
        } else if let Some(first) = seen.insert(value, line) {
            let message = format!("{path}:{line} repeats `{value}` of line {first}");
            fail(message, "remove one");
            sound = false;
        }
        values.push(value.to_owned());
    }
    if values.is_empty() {
        let help = "write one value per line; lines that start with `#` are comments";
        fail(format!("`{path}` has no values"), help);
        return None;
    }
    if values.len() > MOST_VALUES {
        let message = format!("`{path}` has more than {MOST_VALUES} values");
        fail(
            message,
            "list the values that matter: others count as `@other`",
        );
        return None;
    }
    sound.then_some(values)
}
