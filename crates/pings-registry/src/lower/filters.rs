//! Conditions on the arguments of events: `where`.

use pings_model::{
    ArgumentType, Condition, EventArgument, EventId, Filter, LikePiece, Scalar, Version,
};

use crate::context::Context;
use crate::diagnostic::{Diagnostic, Rule};
use crate::lower::args::{argument, is_numeric};
use crate::lower::expr::like;
use crate::lower::names::Names;
use crate::nearest::with_suggestion;
use crate::tree::{Content, Node};

/// Returns the conditions on arguments in `where`.
pub(super) fn filters(
    node: &Node<'_>,
    of: &[EventId],
    names: &Names<'_>,
    cx: &mut Context<'_>,
) -> Option<Vec<Filter>> {
    let mut filters = Vec::new();
    let mut sound = true;
    for entry in node.entries() {
        let Some(argument) = argument(&entry.key, entry.key_span, of, names, cx) else {
            sound = false;
            continue;
        };
        let condition = match entry.value.content {
            Content::Mapping(_) => condition(&entry.value, &argument, cx),
            _ => scalars(&entry.value, &argument, cx).map(Condition::OneOf),
        };
        match condition {
            Some(condition) => filters.push(Filter {
                argument,
                condition,
            }),
            None => sound = false,
        }
    }
    sound.then_some(filters)
}

/// Returns a condition that is written as a mapping.
fn condition(node: &Node<'_>, argument: &EventArgument, cx: &mut Context<'_>) -> Option<Condition> {
    let get = |key| node.get(key);
    match (
        get("not"),
        get("like"),
        get("starts_with"),
        get("min"),
        get("max"),
    ) {
        (Some(not), None, None, None, None) => scalars(not, argument, cx).map(Condition::NoneOf),
        (None, Some(pattern), None, None, None) => {
            text_like(pattern, like(pattern.text()?), argument, cx)
        }
        (None, None, Some(start), None, None) => {
            let pattern = vec![
                LikePiece::Text(start.text()?.to_owned()),
                LikePiece::AnyText,
            ];
            text_like(start, pattern, argument, cx)
        }
        (None, None, None, None, None) => {
            let help = "write `not`, `like`, `starts_with`, `min` or `max`, or a list of values";
            cx.error(
                Rule::MissingKey,
                node.head(),
                "a condition without a key",
                help,
            );
            None
        }
        (None, None, None, min, max) => within(node, min, max, argument, cx),
        _ => {
            let help = "keep one of them; only `min` and `max` can be combined";
            let message = "these keys cannot be combined in a condition";
            cx.error(Rule::MisplacedKey, node.head(), message, help);
            None
        }
    }
}

/// Returns the condition that a text matches a pattern. For an enum, these are its matching values.
fn text_like(
    node: &Node<'_>,
    pattern: Vec<LikePiece>,
    argument: &EventArgument,
    cx: &mut Context<'_>,
) -> Option<Condition> {
    let name = &argument.name;
    match &argument.ty {
        ArgumentType::String => Some(Condition::Like(pattern)),
        ArgumentType::Enum(values) | ArgumentType::List(values) => {
            let matching = values.iter().filter(|it| LikePiece::matches(&pattern, it));
            let matching: Vec<Scalar> = matching.cloned().map(Scalar::Text).collect();
            if matching.is_empty() {
                let message = format!("no value of `{name}` matches this pattern");
                let help = format!("its values are {}", values.join(", "));
                cx.error(Rule::UnknownEnumValue, node.span, message, help);
                return None;
            }
            Some(Condition::OneOf(matching))
        }
        _ => {
            let message = format!("`{name}` is not a text");
            let help = "use a list of values, or `min` and `max` for a number";
            cx.error(Rule::TypeMismatch, node.span, message, help);
            None
        }
    }
}

/// Returns the condition that a number is in a range.
fn within(
    node: &Node<'_>,
    min: Option<&Node<'_>>,
    max: Option<&Node<'_>>,
    argument: &EventArgument,
    cx: &mut Context<'_>,
) -> Option<Condition> {
    if !is_numeric(argument) {
        let message = format!("`{}` is not a number", argument.name);
        let help = "use a list of values, or `like` and `starts_with` for a text";
        cx.error(Rule::TypeMismatch, node.head(), message, help);
        return None;
    }
    let mut bound = |node: Option<&Node<'_>>| match node {
        Some(node) => bound(node, argument, cx).map(Some),
        None => Some(None),
    };
    let (min, max) = (bound(min), bound(max));
    let (min, max) = (min?, max?);
    if let (Some(min), Some(max)) = (&min, &max)
        && number(min) > number(max)
    {
        let help = "exchange `min` and `max`";
        cx.error(
            Rule::ReversedRange,
            node.head(),
            "`min` is greater than `max`",
            help,
        );
        return None;
    }
    Some(Condition::Within { min, max })
}

fn bound(node: &Node<'_>, argument: &EventArgument, cx: &mut Context<'_>) -> Option<Scalar> {
    if node.is_null() {
        let message = format!("a bound of `{}` is a number", argument.name);
        let help = "remove the key, or write a number";
        cx.error(Rule::TypeMismatch, node.span, message, help);
        return None;
    }
    scalar(node, argument, cx)
}

fn number(scalar: &Scalar) -> Option<f64> {
    match scalar {
        Scalar::Integer(number) => Some(*number as f64),
        Scalar::Number(number) => Some(*number),
        Scalar::Missing | Scalar::Text(_) | Scalar::Boolean(_) => None,
    }
}

fn scalars(node: &Node<'_>, argument: &EventArgument, cx: &mut Context<'_>) -> Option<Vec<Scalar>> {
    let values = node.one_or_many().iter();
    values.map(|node| scalar(node, argument, cx)).collect()
}

/// Returns a value that the argument accepts.
fn scalar(node: &Node<'_>, argument: &EventArgument, cx: &mut Context<'_>) -> Option<Scalar> {
    let Some(text) = node.text() else {
        return Some(Scalar::Missing);
    };
    let (scalar, expected) = match &argument.ty {
        ArgumentType::String => (Some(Scalar::Text(text.to_owned())), "text"),
        ArgumentType::Integer => (integer(text).map(Scalar::Integer), "an integer"),
        ArgumentType::Number => {
            let number = text.parse::<f64>().ok().filter(|number| number.is_finite());
            (number.map(Scalar::Number), "a number")
        }
        ArgumentType::Boolean => (text.parse().ok().map(Scalar::Boolean), "`true` or `false`"),
        // No metric names an object.
        ArgumentType::Object(_) => (None, "an object"),
        ArgumentType::Version => {
            let is_reduced = Version::reduced(text).is_some_and(|reduced| reduced == text);
            (
                is_reduced.then(|| Scalar::Text(text.to_owned())),
                "a version of three numbers, such as `5.2.0`",
            )
        }
        ArgumentType::Enum(values) | ArgumentType::List(values)
            if values.iter().any(|value| value == text) =>
        {
            (Some(Scalar::Text(text.to_owned())), "")
        }
        ArgumentType::Enum(values) | ArgumentType::List(values) => {
            let message = match argument.ty {
                ArgumentType::List(_) => format!("`{}` never contains `{text}`", argument.name),
                _ => format!("`{}` is never `{text}`", argument.name),
            };
            let unknown = Diagnostic::new(Rule::UnknownEnumValue, node.span, message);
            let known = values.iter().map(String::as_str);
            cx.report(with_suggestion(unknown, text, "its values are", known));
            return None;
        }
    };
    if scalar.is_none() {
        let message = format!("`{}` is {expected}, but this is `{text}`", argument.name);
        cx.error(
            Rule::TypeMismatch,
            node.span,
            message,
            "write a value of the argument's type",
        );
    }
    scalar
}

/// Parses a whole number that JSON represents exactly.
fn integer(text: &str) -> Option<i64> {
    const LIMIT: i64 = (1 << 53) - 1;
    text.parse()
        .ok()
        .filter(|number| (-LIMIT..=LIMIT).contains(number))
}
