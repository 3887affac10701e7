//! Reads the arguments of a row with their declared types.

use std::collections::{BTreeMap, BTreeSet};

use pings_model::{ArgumentType, Condition, EventArgument, Filter, LikePiece, Scalar, Version};
use serde_json::value::RawValue;

use super::number;

/// The members of a row's argument in their original notation. An argument that is not a JSON
/// object has no members.
pub type Members = BTreeMap<String, Box<RawValue>>;

/// Parses the argument of a row.
pub fn members(argument: Option<&str>) -> Members {
    argument
        .and_then(|text| serde_json::from_str(text).ok())
        .unwrap_or_default()
}

/// The result of reading an argument.
#[derive(Clone, Debug, PartialEq)]
pub enum Reading {
    /// The argument is missing or `null`.
    Missing,
    /// The value does not have the declared type.
    Other,
    /// A value of the declared type.
    Value(Scalar),
}

/// Returns the JSON of an argument, unless it is missing or `null`.
fn written(members: &Members, argument: &EventArgument) -> Option<String> {
    if let [outer, rest @ ..] = argument.within.as_slice() {
        let object = members.get(outer).map(|value| value.get());
        let inner = EventArgument {
            name: argument.name[outer.len() + 1..].to_owned(),
            within: rest.to_vec(),
            ..argument.clone()
        };
        return written(&self::members(object), &inner);
    }
    argument
        .keys()
        .filter_map(|key| members.get(key).map(|value| value.get()))
        .find(|written| *written != "null")
        .map(str::to_owned)
}

/// Reads an argument.
pub fn read(members: &Members, argument: &EventArgument) -> Reading {
    let Some(written) = written(members, argument) else {
        return Reading::Missing;
    };
    let value = match &argument.ty {
        ArgumentType::String => text(&written).map(Scalar::Text),
        ArgumentType::Enum(values) => text(&written)
            .filter(|text| values.contains(text))
            .map(Scalar::Text),
        // A list has several groups.
        ArgumentType::Object(_) | ArgumentType::List(_) => None,
        ArgumentType::Version => text(&written)
            .and_then(|text| Version::reduced(&text))
            .map(Scalar::Text),
        ArgumentType::Boolean => serde_json::from_str(&written).ok().map(Scalar::Boolean),
        ArgumentType::Integer => number::integer(&written).map(Scalar::Integer),
        ArgumentType::Number => number::number(&written).map(Scalar::Number),
    };
    value.map_or(Reading::Other, Reading::Value)
}

fn text(written: &str) -> Option<String> {
    serde_json::from_str(written).ok()
}

/// Returns the groups of a row by an argument that is a list: one for each distinct value.
pub fn groups(
    members: &Members,
    argument: &EventArgument,
    values: &[String],
) -> Vec<Option<String>> {
    let Some(written) = written(members, argument) else {
        return vec![None];
    };
    let other = || Some("@other".to_owned());
    let Ok(items) = serde_json::from_str::<Vec<Box<RawValue>>>(&written) else {
        return vec![other()];
    };
    let groups = items.iter().map(|item| match item.get() {
        "null" => None,
        item => text(item)
            .filter(|text| values.contains(text))
            .or_else(other),
    });
    let groups: BTreeSet<Option<String>> = groups.collect();
    groups.into_iter().collect()
}

/// Returns the group of a row by an argument, or `None` if the argument is missing.
pub fn group(members: &Members, argument: &EventArgument) -> Option<String> {
    match read(members, argument) {
        Reading::Missing | Reading::Value(Scalar::Missing) => None,
        Reading::Other => Some("@other".to_owned()),
        Reading::Value(Scalar::Text(text)) => Some(text),
        Reading::Value(Scalar::Integer(number)) => Some(number.to_string()),
        Reading::Value(Scalar::Number(number)) => Some(number::text(number)),
        Reading::Value(Scalar::Boolean(value)) => Some(value.to_string()),
    }
}

/// Returns whether a row passes a filter.
pub fn passes(members: &Members, filter: &Filter) -> bool {
    if let ArgumentType::List(values) = &filter.argument.ty {
        let contained = groups(members, &filter.argument, values);
        let is_missing = written(members, &filter.argument).is_none();
        let has = |wanted: &Scalar| match wanted {
            Scalar::Missing => is_missing,
            Scalar::Text(text) => contained.contains(&Some(text.clone())),
            other => panic!("{other:?} is in no list of texts"),
        };
        return match &filter.condition {
            Condition::OneOf(wanted) => wanted.iter().any(has),
            Condition::NoneOf(wanted) => !wanted.iter().any(has),
            other => panic!("{other:?} of a list"),
        };
    }
    let reading = read(members, &filter.argument);
    let is_one_of = |values: &[Scalar]| match &reading {
        Reading::Missing => values.contains(&Scalar::Missing),
        Reading::Other => false,
        Reading::Value(value) => values.contains(value),
    };
    match &filter.condition {
        Condition::OneOf(values) => is_one_of(values),
        Condition::NoneOf(values) => !is_one_of(values),
        Condition::Like(pattern) => {
            matches!(&reading, Reading::Value(Scalar::Text(text)) if is_like(pattern, text))
        }
        Condition::Within { min, max } => {
            let number = |value: &Scalar| match value {
                Scalar::Integer(number) => *number as f64,
                Scalar::Number(number) => *number,
                other => panic!("{other:?} is not a number"),
            };
            let Reading::Value(value) = &reading else {
                return false;
            };
            min.iter().all(|min| number(min) <= number(value))
                && max.iter().all(|max| number(value) <= number(max))
        }
    }
}

/// Returns whether a text matches a pattern, by trying all ways to divide the text.
fn is_like(pattern: &[LikePiece], text: &str) -> bool {
    let Some((first, rest)) = pattern.split_first() else {
        return text.is_empty();
    };
    let mut ends = (0..=text.len()).filter(|end| text.is_char_boundary(*end));
    ends.any(|end| {
        let (head, tail) = text.split_at(end);
        let fits = match first {
            LikePiece::AnyText => true,
            LikePiece::AnyCharacter => head.chars().count() == 1,
            LikePiece::Text(text) => head == text,
        };
        fits && is_like(rest, tail)
    })
}

#[cfg(test)]
mod tests {
    use pings_model::{ArgumentType, Condition, EventArgument, Filter, Scalar};

    use super::{Reading, group, members, passes, read};

    fn argument(ty: ArgumentType) -> EventArgument {
        let name = "x".to_owned();
        EventArgument {
            name,
            within: Vec::new(),
            renamed_from: Vec::new(),
            ty,
        }
    }

    #[test]
    fn what_is_no_object_has_no_members() {
        for text in [
            None,
            Some(""),
            Some("null"),
            Some("5"),
            Some(r#"[{"x":1}]"#),
            Some(r#""{\"x\":1}""#),
            Some(r#"{"x":1"#),
            Some("{x:1}"),
            Some(r#"{"X":1,"y":{"x":1}}"#),
        ] {
            let members = members(text);
            let integer = argument(ArgumentType::Integer);
            assert_eq!(read(&members, &integer), Reading::Missing, "{text:?}");
        }
    }

    #[test]
    fn values_are_of_their_type_or_other() {
        let declared = ArgumentType::Enum(vec!["a".to_owned(), "é".to_owned()]);
        for (ty, value, expected) in [
            (ArgumentType::String, r#""""#, Some("")),
            (ArgumentType::String, r#""\u00e9""#, Some("é")),
            (ArgumentType::String, "null", None),
            (ArgumentType::String, "7", Some("@other")),
            (ArgumentType::String, r#"["a"]"#, Some("@other")),
            (declared.clone(), r#""\u00e9""#, Some("é")),
            (declared.clone(), r#""A""#, Some("@other")),
            (declared.clone(), "null", None),
            (declared, "{}", Some("@other")),
            (ArgumentType::Boolean, "true", Some("true")),
            (ArgumentType::Boolean, r#""true""#, Some("@other")),
            (ArgumentType::Boolean, "1", Some("@other")),
            (ArgumentType::Integer, "2.0", Some("2")),
            (ArgumentType::Integer, "-1e2", Some("-100")),
            (ArgumentType::Integer, "2.5", Some("@other")),
            (ArgumentType::Integer, r#""2""#, Some("@other")),
            (ArgumentType::Integer, "9007199254740992", Some("@other")),
            (ArgumentType::Integer, "true", Some("@other")),
            (ArgumentType::Number, "0.10", Some("0.1")),
            (ArgumentType::Number, "1e400", Some("@other")),
        ] {
            let members = members(Some(&format!(r#" {{ "x" : {value} }} "#)));
            let group = group(&members, &argument(ty.clone()));
            assert_eq!(group.as_deref(), expected, "{ty:?} {value}");
        }
    }

    #[test]
    fn filters_tell_missing_from_other() {
        let filter = |values| Filter {
            argument: argument(ArgumentType::Integer),
            condition: Condition::OneOf(values),
        };
        let missing = filter(vec![Scalar::Missing]);
        let two_or_missing = filter(vec![Scalar::Integer(2), Scalar::Missing]);
        let two = filter(vec![Scalar::Integer(2)]);
        for (text, expected) in [
            ("{}", [true, true, false]),
            (r#"{"x":null}"#, [true, true, false]),
            (r#"{"x":"2"}"#, [false, false, false]),
            (r#"{"x":2.0}"#, [false, true, true]),
            (r#"{"x":3}"#, [false, false, false]),
        ] {
            let members = members(Some(text));
            let passed = [&missing, &two_or_missing, &two].map(|filter| passes(&members, filter));
            assert_eq!(passed, expected, "{text}");
        }
    }
}
