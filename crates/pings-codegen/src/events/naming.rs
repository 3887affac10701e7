//! The Rust names of everything in the crate.

use std::collections::{BTreeMap, BTreeSet};

use pings_model::{Argument, ArgumentType, Event, EventArgument, ident};

use crate::names::unique_names;

/// The events with their Rust names, and the types of their arguments.
#[derive(Debug)]
pub(crate) struct Plan<'a> {
    pub(crate) events: Vec<PlannedEvent<'a>>,
    pub(crate) choices: Vec<Choices<'a>>,
}

/// An event and its variant.
#[derive(Debug)]
pub(crate) struct PlannedEvent<'a> {
    pub(crate) event: &'a Event,
    pub(crate) variant: String,
    pub(crate) fields: Vec<Field<'a>>,
}

/// An argument, or a member of an argument that is an object, and its field.
#[derive(Debug)]
pub(crate) struct Field<'a> {
    pub(crate) argument: &'a Argument,
    /// The key, or the path `object.member`.
    pub(crate) path: String,
    pub(crate) name: String,
    /// The type without `Option`.
    pub(crate) ty: FieldType,
}

/// The type of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum FieldType {
    Text,
    Integer,
    Number,
    Boolean,
    /// An index into [`Plan::choices`].
    Choice(usize),
    /// A list of these values.
    List(usize),
}

/// The type of arguments with declared values.
///
/// Arguments with the same name and the same values share a type.
#[derive(Debug)]
pub(crate) struct Choices<'a> {
    pub(crate) name: String,
    pub(crate) argument: String,
    pub(crate) values: &'a [String],
    /// The names of the values, unless a file lists them.
    pub(crate) variants: Vec<String>,
    /// The file that lists the values.
    pub(crate) file: Option<&'a str>,
}

impl Choices<'_> {
    /// Returns the Rust expression for the first value, after the path of the module.
    pub(crate) fn first(&self) -> String {
        match self.variants.first() {
            Some(variant) => format!("{}::{variant}", self.name),
            None => format!("{}::ALL[0]", self.name),
        }
    }
}

/// Names that a type of arguments cannot have, because the crate or Rust uses them.
const TAKEN: &[&str] = &[
    "Absence",
    "ArgumentError",
    "Arguments",
    "Box",
    "Broken",
    "Code",
    "Err",
    "Event",
    "EventName",
    "Generated",
    "None",
    "Ok",
    "Option",
    "ParseError",
    "Ping",
    "PingType",
    "Pings",
    "Reader",
    "Result",
    "Sensitivity",
    "Some",
    "String",
    "Tables",
    "Trust",
    "UnknownValue",
    "Vec",
    "Version",
    "VersionError",
    "VersionRange",
    "VersionRangeError",
    "Aggregation",
];

impl<'a> Plan<'a> {
    pub(crate) fn new(events: &'a [Event]) -> Self {
        Self::avoiding(events, &[])
    }

    /// Creates a plan in which no type of arguments has one of these names.
    pub(crate) fn avoiding(events: &'a [Event], names: &[&str]) -> Self {
        let variants = ident::type_names(events.iter().map(|event| event.name.as_str()));
        let choices = choices(events, &variants, Names::with(&[TAKEN, names].concat()));
        let places: BTreeMap<_, _> = choices
            .iter()
            .enumerate()
            .map(|(place, choices)| ((base(&choices.argument), choices.values), place))
            .collect();
        let field = |((argument, path), name): ((&'a Argument, String), String)| Field {
            ty: match &argument.ty {
                ArgumentType::Integer => FieldType::Integer,
                ArgumentType::Number => FieldType::Number,
                ArgumentType::Boolean => FieldType::Boolean,
                // The fields of an object are those of its members.
                ArgumentType::String | ArgumentType::Version | ArgumentType::Object(_) => {
                    FieldType::Text
                }
                ArgumentType::Enum(values) => places
                    .get(&(base(&path), values.as_slice()))
                    .map_or(FieldType::Text, |place| FieldType::Choice(*place)),
                ArgumentType::List(values) => places
                    .get(&(base(&path), values.as_slice()))
                    .map_or(FieldType::Text, |place| FieldType::List(*place)),
            },
            argument,
            path,
            name,
        };
        let events = events
            .iter()
            .zip(variants)
            .map(|(event, variant)| {
                let leaves = event.leaves().into_iter();
                let leaves: Vec<_> = leaves.map(|leaf| (leaf.argument, leaf.path())).collect();
                let names = unique_names(leaves.iter().map(|(_, path)| path.as_str()));
                PlannedEvent {
                    event,
                    variant,
                    fields: leaves.into_iter().zip(names).map(field).collect(),
                }
            })
            .collect();
        Self { events, choices }
    }

    /// Returns the type of a metric's argument if the argument has declared values.
    ///
    /// Events may declare different values for the argument of a metric. The type then exists only
    /// if one event declares all values.
    pub(crate) fn choices_of(&self, argument: &EventArgument) -> Option<&str> {
        let (ArgumentType::Enum(values) | ArgumentType::List(values)) = &argument.ty else {
            return None;
        };
        let base = base(&argument.name);
        self.choices
            .iter()
            .find(|choices| base == self::base(&choices.argument) && choices.values == values)
            .map(|choices| choices.name.as_str())
    }
}

/// Returns the types of all arguments with declared values, in registry order.
///
/// A type has the name of its argument. If arguments with the same name have different values, the
/// name begins with the first event that uses the type.
fn choices<'a>(events: &'a [Event], variants: &[String], mut names: Names) -> Vec<Choices<'a>> {
    struct Found<'a, 'v> {
        base: String,
        argument: String,
        values: &'a [String],
        file: Option<&'a str>,
        variant: &'v str,
    }
    let mut found: Vec<Found<'_, '_>> = Vec::new();
    let mut seen = BTreeSet::new();
    let mut of_name: BTreeMap<String, usize> = BTreeMap::new();
    for (event, variant) in events.iter().zip(variants) {
        for leaf in event.leaves() {
            let (argument, path) = (leaf.argument, leaf.path());
            let (ArgumentType::Enum(values) | ArgumentType::List(values)) = &argument.ty else {
                continue;
            };
            let base = base(&path);
            if !values.is_empty() && seen.insert((base.clone(), values)) {
                *of_name.entry(base.clone()).or_default() += 1;
                found.push(Found {
                    base,
                    argument: path,
                    values,
                    file: argument.values_file.as_deref(),
                    variant,
                });
            }
        }
    }

    found
        .into_iter()
        .map(|found| {
            let name = if of_name.get(&found.base) == Some(&1) {
                found.base
            } else {
                format!("{}{}", found.variant, found.base)
            };
            Choices {
                name: names.free(name, "Value"),
                argument: found.argument,
                values: found.values,
                variants: match found.file {
                    Some(_) => Vec::new(),
                    None => ident::type_names(found.values.iter().map(String::as_str)),
                },
                file: found.file,
            }
        })
        .collect()
}

fn base(name: &str) -> String {
    ident::type_name(name).unwrap_or_else(|| "Unnamed".to_owned())
}

/// The names that are in use.
struct Names(BTreeSet<String>);

impl Names {
    fn with(taken: &[&str]) -> Self {
        Self(taken.iter().map(ToString::to_string).collect())
    }

    /// Returns the name if it is free, and otherwise the first free name with the suffix and a
    /// number.
    fn free(&mut self, name: String, suffix: &str) -> String {
        let plain = [name.clone(), format!("{name}{suffix}")];
        let numbered = (2..).map(|number| format!("{name}{suffix}{number}"));
        let mut free = plain
            .into_iter()
            .chain(numbered)
            .filter(|name| !self.0.contains(name));
        let name = free.next().unwrap_or_default();
        self.0.insert(name.clone());
        name
    }
}
