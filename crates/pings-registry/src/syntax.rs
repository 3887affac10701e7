//! The serde types of the registry as written, before names are resolved.
//!
//! The schema check runs first, so serde only reads values with the expected form: other parts are
//! skipped and leave an empty entry. Missing keys were already reported and are read as empty.

use std::fmt;

use indexmap::IndexMap;
use pings_model::Percentile;
use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::read_tree::without_mark;
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
    /// The long form, with the texts in `enum`.
    Enum(Option<Vec<String>>),
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

/// Reads the registry together with the syntax tree of the same text.
pub(crate) fn parse<'n>(
    text: &str,
    root: &'n Node<'n>,
) -> Result<RawRegistry<'n>, serde_yaml::Error> {
    RootSeed(root).deserialize(serde_yaml::Deserializer::from_str(without_mark(text)))
}

struct RootSeed<'n>(&'n Node<'n>);

impl<'de, 'n> DeserializeSeed<'de> for RootSeed<'n> {
    type Value = RawRegistry<'n>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de, 'n> Visitor<'de> for RootSeed<'n> {
    type Value = RawRegistry<'n>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a registry")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut raw = RawRegistry {
            name: None,
            title: None,
            summary: None,
            released: None,
            links: RawLinks::default(),
            terms: RawTerms::default(),
            events: Vec::new(),
            tables: Vec::new(),
            databases: IndexMap::new(),
            functions: IndexMap::new(),
            sections: IndexMap::new(),
            pings: Vec::new(),
        };
        for entry in self.0.entries() {
            let node = &entry.value;
            let Some(key) = map.next_key::<String>()? else {
                break;
            };
            match key.as_str() {
                "events" if !node.entries().is_empty() => {
                    raw.events = map.next_value_seed(MapSeed::new(node))?;
                }
                "tables" if !node.entries().is_empty() => {
                    raw.tables = map.next_value_seed(MapSeed::new(node))?;
                }
                "pings" if !node.items().is_empty() => {
                    raw.pings = map.next_value_seed(ListSeed::new(node))?;
                }
                "name" if node.sound => raw.name = map.next_value()?,
                "title" if node.sound => raw.title = map.next_value()?,
                "summary" if node.sound => raw.summary = map.next_value()?,
                "released" if node.sound => raw.released = map.next_value()?,
                "links" if node.sound => {
                    raw.links = map.next_value::<Option<RawLinks>>()?.unwrap_or_default();
                }
                "terms" if node.sound => {
                    raw.terms = map.next_value::<Option<RawTerms>>()?.unwrap_or_default();
                }
                "functions" if node.sound => {
                    raw.functions = map
                        .next_value::<Option<IndexMap<String, String>>>()?
                        .unwrap_or_default();
                }
                "databases" if node.sound => {
                    raw.databases = map
                        .next_value::<Option<IndexMap<String, Option<Vec<String>>>>>()?
                        .unwrap_or_default();
                }
                "sections" if node.sound => {
                    raw.sections = map
                        .next_value::<Option<IndexMap<String, RawSection>>>()?
                        .unwrap_or_default();
                }
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(raw)
    }
}

/// Reads a mapping whose values are parts.
struct MapSeed<'n, T>(&'n Node<'n>, std::marker::PhantomData<T>);

/// Reads a list whose items are parts.
struct ListSeed<'n, T>(&'n Node<'n>, std::marker::PhantomData<T>);

impl<'n, T> MapSeed<'n, T> {
    fn new(node: &'n Node<'n>) -> Self {
        Self(node, std::marker::PhantomData)
    }
}

impl<'n, T> ListSeed<'n, T> {
    fn new(node: &'n Node<'n>) -> Self {
        Self(node, std::marker::PhantomData)
    }
}

impl<'de, 'n, T: Deserialize<'de> + Default> DeserializeSeed<'de> for MapSeed<'n, T> {
    type Value = Vec<Part<'n, T>>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de, 'n, T: Deserialize<'de> + Default> Visitor<'de> for MapSeed<'n, T> {
    type Value = Vec<Part<'n, T>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a mapping")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut parts = Vec::with_capacity(self.0.entries().len());
        for entry in self.0.entries() {
            if map.next_key::<IgnoredAny>()?.is_none() {
                break;
            }
            let value = if entry.value.sound {
                // A part without a value has only optional keys, which get their defaults.
                Some(map.next_value::<Option<T>>()?.unwrap_or_default())
            } else {
                map.next_value::<IgnoredAny>()?;
                None
            };
            parts.push(Part {
                name: &entry.key,
                node: &entry.value,
                entry: Some(entry),
                value,
            });
        }
        Ok(parts)
    }
}

impl<'de, 'n, T: Deserialize<'de>> DeserializeSeed<'de> for ListSeed<'n, T> {
    type Value = Vec<Part<'n, T>>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de, 'n, T: Deserialize<'de>> Visitor<'de> for ListSeed<'n, T> {
    type Value = Vec<Part<'n, T>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut parts = Vec::with_capacity(self.0.items().len());
        for node in self.0.items() {
            let value = if node.sound {
                seq.next_element()?
            } else {
                seq.next_element::<IgnoredAny>()?;
                None
            };
            parts.push(Part {
                name: "",
                node,
                entry: None,
                value,
            });
        }
        Ok(parts)
    }
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

                    fn visit_bool<E>(self, value: bool) -> Result<Self::Value, E> {
                        Ok(Self::scalar(value.to_string()))
                    }

                    fn visit_u64<E>(self, value: u64) -> Result<Self::Value, E> {
                        Ok(Self::scalar(value.to_string()))
                    }

                    fn visit_i64<E>(self, value: i64) -> Result<Self::Value, E> {
                        Ok(Self::scalar(value.to_string()))
                    }

                    fn visit_f64<E>(self, value: f64) -> Result<Self::Value, E> {
                        Ok(Self::scalar(value.to_string()))
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

/// The long form of a column.
#[derive(Deserialize)]
struct ColumnFields {
    #[serde(rename = "enum")]
    values: Option<Vec<String>>,
}

by_form!(RawColumn {
    scalar: RawColumn::Type,
    map: |fields: ColumnFields| RawColumn::Enum(fields.values),
});
