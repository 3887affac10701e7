//! The serde types of the registry as written, before names are resolved.
//!
//! The schema check runs first, so serde only reads values with the expected form. Other parts are
//! skipped and leave an empty entry. Missing keys were already reported and are read as empty.

use std::fmt;

use indexmap::IndexMap;
use pings_model::Percentile;
use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::from_tree::{Unreadable, read};
use crate::tree::{Entry, Node};

/// A part of the registry with its node. The value is `None` if the part failed the schema check.
#[derive(Debug)]
pub(crate) struct Part<'n, T> {
    pub(crate) name: &'n str,
    pub(crate) node: &'n Node<'n>,
    pub(crate) entry: Option<&'n Entry<'n>>,
    pub(crate) value: Option<T>,
}

/// The whole registry.
#[derive(Debug)]
pub(crate) struct RawRegistry<'n> {
    pub(crate) name: Option<String>,
    pub(crate) title: Option<String>,
    pub(crate) summary: Option<String>,
    pub(crate) released: Option<String>,
    pub(crate) links: RawLinks,
    pub(crate) terms: RawTerms,
    pub(crate) glossary: IndexMap<String, String>,
    pub(crate) events: Vec<Part<'n, RawEvent>>,
    pub(crate) tables: Vec<Part<'n, IndexMap<String, RawColumn>>>,
    pub(crate) databases: IndexMap<String, Option<Vec<String>>>,
    pub(crate) functions: IndexMap<String, String>,
    pub(crate) sections: IndexMap<String, RawSection>,
    pub(crate) pings: Vec<Part<'n, RawPing>>,
}

/// The value of `links`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct RawLinks {
    pub code: Option<String>,
    pub pr: Option<String>,
}

/// The value of `terms`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct RawTerms {
    pub fe_event: Option<RawTerm>,
    pub be_capture: Option<RawTerm>,
    pub value: Option<RawTerm>,
}

/// A value of `terms`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct RawTerm {
    pub name: Option<String>,
    pub meaning: Option<String>,
}

/// A value of `sections`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct RawSection {
    pub intro: String,
}

/// A value of `events`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct RawEvent {
    pub description: Option<String>,
    pub renamed_from: OneOrMany,
    pub search: Option<String>,
    pub args: Option<IndexMap<String, RawArgument>>,
}

/// A value of `args`.
#[derive(Debug)]
pub struct RawArgument {
    pub ty: Option<String>,
    pub values: Option<Vec<String>>,
    pub list: Option<Box<RawArgument>>,
    pub object: Option<IndexMap<String, RawArgument>>,
    pub optional: bool,
    pub renamed_from: OneOrMany,
    pub description: Option<String>,
}

/// A column of a table.
#[derive(Debug)]
pub enum RawColumn {
    Type(String),
    /// The long form, whose texts are read from the syntax tree, because a file may list them.
    Enum,
}

/// An item of `pings`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct RawPing {
    pub id: String,
    pub section: Option<String>,
    pub title: String,
    #[serde(rename = "type")]
    pub kind: String,
    pub purpose: Option<String>,
    pub implementation: Option<String>,
    pub considerations: Option<String>,
    pub aggregation: String,
    pub aggregation_note: Option<String>,
    pub added: String,
    pub broken: Vec<RawBroken>,
    pub removed: Option<String>,
    pub prs: Vec<u64>,
    pub owner: Option<String>,
    pub owners: Vec<String>,
    pub tags: Vec<String>,
    pub review: Option<String>,
    pub expires: Option<String>,
    pub sensitivity: Option<String>,
    pub metrics: Option<Vec<RawMetric>>,
    pub funnels: Option<Vec<RawFunnel>>,
}

/// An item of `broken`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct RawBroken {
    pub versions: String,
    pub reason: Option<String>,
    pub fix: Option<u64>,
}

/// An item of `metrics`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct RawMetric {
    pub code: String,
    pub note: Option<String>,
    pub search: Option<String>,
    pub measure: OneOrMany,
    pub from: Option<String>,
    pub join: Vec<RawJoin>,
    #[serde(rename = "where")]
    pub filter: Option<RawWhere>,
    pub by: Option<RawBy>,
    pub per: Option<String>,
    pub at: Vec<String>,
    pub sql: Option<RawSql>,
    pub database: Option<String>,
    pub columns: Option<IndexMap<String, RawColumn>>,
    pub added: Option<String>,
    pub broken: Vec<RawBroken>,
    pub removed: Option<String>,
    pub prs: Vec<u64>,
}

/// An item of `join`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct RawJoin {
    pub table: String,
    #[serde(rename = "as")]
    pub alias: Option<String>,
    pub kind: Option<String>,
}

/// The value of `where`. Argument values are read from the syntax tree, which preserves their text.
#[derive(Debug)]
pub enum RawWhere {
    Sql(String),
    Arguments(Vec<String>),
}

/// The value of `by`.
#[derive(Debug)]
pub enum RawBy {
    Names(Vec<String>),
    Expressions(IndexMap<String, String>),
}

/// The value of `sql`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct RawSql {
    pub postgres: Option<String>,
    pub sqlite: Option<String>,
}

/// An item of `funnels`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct RawFunnel {
    pub title: Option<String>,
    pub code: String,
    pub note: Option<String>,
    pub steps: Vec<OneOrMany>,
    pub added: Option<String>,
    pub broken: Vec<RawBroken>,
    pub removed: Option<String>,
    pub prs: Vec<u64>,
}

/// A text or a list of texts; empty if missing.
#[derive(Debug, Default)]
pub struct OneOrMany(pub Vec<String>);

/// Parses a percentile: `50`, `99.9`.
pub(crate) fn percentile(text: &str) -> Option<Percentile> {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(decimals) || decimals.len() > 3 {
        return None;
    }
    let whole: u32 = whole.parse().ok().filter(|whole| *whole <= 100)?;
    let decimals: u32 = format!("{decimals:0<3}").parse().ok()?;
    Percentile::from_thousandths(whole * 1000 + decimals)
}

/// Reads the values of the registry. Only the parts that passed the schema check have a value.
pub(crate) fn parse<'n>(root: &'n Node<'n>) -> Result<RawRegistry<'n>, Unreadable> {
    Ok(RawRegistry {
        name: value(root, "name")?,
        title: value(root, "title")?,
        summary: value(root, "summary")?,
        released: value(root, "released")?,
        links: value(root, "links")?,
        terms: value(root, "terms")?,
        glossary: value(root, "glossary")?,
        events: named(root.get("events"))?,
        tables: named(root.get("tables"))?,
        databases: value(root, "databases")?,
        functions: value(root, "functions")?,
        sections: value(root, "sections")?,
        pings: listed(root.get("pings"))?,
    })
}

/// Reads the value of a key, or its default if it is missing or failed the schema check.
fn value<'n, T>(root: &'n Node<'n>, key: &str) -> Result<T, Unreadable>
where
    T: Deserialize<'n> + Default,
{
    match root.get(key) {
        Some(node) if node.sound => Ok(read::<Option<T>>(node)?.unwrap_or_default()),
        _ => Ok(T::default()),
    }
}

/// Reads the values of a mapping, each of which is a part.
fn named<'n, T>(node: Option<&'n Node<'n>>) -> Result<Vec<Part<'n, T>>, Unreadable>
where
    T: Deserialize<'n> + Default,
{
    let entries = node.map_or(&[][..], Node::entries).iter();
    entries
        .map(|entry| part(&entry.key, &entry.value, Some(entry)))
        .collect()
}

/// Reads the items of a list, each of which is a part.
fn listed<'n, T>(node: Option<&'n Node<'n>>) -> Result<Vec<Part<'n, T>>, Unreadable>
where
    T: Deserialize<'n> + Default,
{
    let items = node.map_or(&[][..], Node::items).iter();
    items.map(|node| part("", node, None)).collect()
}

fn part<'n, T>(
    name: &'n str,
    node: &'n Node<'n>,
    entry: Option<&'n Entry<'n>>,
) -> Result<Part<'n, T>, Unreadable>
where
    T: Deserialize<'n> + Default,
{
    let value = match node.sound {
        // A part without a value has only optional keys, which get their defaults.
        true => Some(read::<Option<T>>(node)?.unwrap_or_default()),
        false => None,
    };
    Ok(Part {
        name,
        node,
        entry,
        value,
    })
}

/// Deserializes a value whose type depends on whether it is a scalar, a list or a mapping.
macro_rules! by_form {
    ($type:ty { $($arms:tt)* }) => {
        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Form;

                impl<'de> Visitor<'de> for Form {
                    type Value = $type;

                    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                        f.write_str("text, a list or a mapping")
                    }

                    fn visit_str<E>(self, value: &str) -> Result<Self::Value, E> {
                        Ok(Self::scalar(value.to_owned()))
                    }

                    fn visit_string<E>(self, value: String) -> Result<Self::Value, E> {
                        Ok(Self::scalar(value))
                    }

                    by_form!(@ $type { $($arms)* });
                }

                impl Form {
                    by_form!(@scalar $type { $($arms)* });
                }

                deserializer.deserialize_any(Form)
            }
        }
    };
    (@ $type:ty { scalar: $scalar:expr $(, list: $list:expr)? $(, map: $map:expr)? $(,)? }) => {
        $(
            fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Self::Value, A::Error> {
                let items = Deserialize::deserialize(serde::de::value::SeqAccessDeserializer::new(seq))?;
                Ok($list(items))
            }
        )?
        $(
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                let entries = Deserialize::deserialize(serde::de::value::MapAccessDeserializer::new(map))?;
                Ok($map(entries))
            }
        )?
    };
    (@scalar $type:ty { scalar: $scalar:expr $(, $($rest:tt)*)? }) => {
        fn scalar(text: String) -> $type {
            $scalar(text)
        }
    };
}

by_form!(OneOrMany {
    scalar: |text| OneOrMany(vec![text]),
    list: OneOrMany,
});

by_form!(RawWhere {
    scalar: RawWhere::Sql,
    map: |entries: IndexMap<String, IgnoredAny>| RawWhere::Arguments(entries.into_keys().collect()),
});

by_form!(RawBy {
    scalar: |text| RawBy::Names(vec![text]),
    list: RawBy::Names,
    map: RawBy::Expressions,
});

/// The long form of an argument.
#[derive(Deserialize)]
struct ArgumentFields {
    #[serde(rename = "type")]
    ty: Option<String>,
    #[serde(rename = "enum")]
    values: Option<Vec<String>>,
    list: Option<Box<RawArgument>>,
    object: Option<IndexMap<String, RawArgument>>,
    #[serde(default)]
    optional: bool,
    #[serde(default)]
    renamed_from: OneOrMany,
    description: Option<String>,
}

by_form!(RawArgument {
    scalar: |ty| RawArgument {
        ty: Some(ty),
        values: None,
        list: None,
        object: None,
        optional: false,
        renamed_from: OneOrMany::default(),
        description: None
    },
    map: |fields: ArgumentFields| RawArgument {
        ty: fields.ty,
        values: fields.values,
        list: fields.list,
        object: fields.object,
        optional: fields.optional,
        renamed_from: fields.renamed_from,
        description: fields.description,
    },
});

by_form!(RawColumn {
    scalar: RawColumn::Type,
    map: |_: IndexMap<String, IgnoredAny>| RawColumn::Enum,
});
