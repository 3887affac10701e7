//! Attributes of instances, which the vendor imports: the plan, the region.

use std::collections::{BTreeMap, BTreeSet};

use pings_database::{Bind, Cell, Error, Result, Transaction};
use pings_model::ValueType;
use pings_payload::Uuid;

use crate::store::{Backend, Store};

/// The maximum length of a name, in bytes.
const NAME: usize = 40;

/// The maximum length of a value, in bytes.
const VALUE: usize = 200;

/// Names that mean something else where instances are grouped.
const TAKEN: [&str; 6] = ["version", "size", "instance", "week", "step", "value"];

/// Attributes of instances.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Attributes {
    /// The names of the attributes.
    pub names: Vec<String>,
    /// The values of each instance, in the order of the names. An empty text removes the attribute.
    pub values: BTreeMap<Uuid, Vec<String>>,
}

/// An attribute that instances have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribute {
    /// The name.
    pub name: String,
    /// The number of instances that have the attribute.
    pub instances: u64,
    /// How many of them have sent a payload.
    pub known: u64,
    /// The number of different values.
    pub values: u64,
}

impl Attributes {
    /// Creates attributes with these names and no instances.
    ///
    /// # Errors
    ///
    /// Returns an error that describes a name that cannot be used.
    pub fn new(names: Vec<String>) -> std::result::Result<Self, String> {
        let mut seen = BTreeSet::new();
        for name in &names {
            let is_word = name
                .bytes()
                .all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'_');
            let starts = name
                .bytes()
                .next()
                .is_some_and(|it| it.is_ascii_lowercase());
            if !(is_word && starts && name.len() <= NAME) {
                return Err(format!(
                    "`{name}` is not the name of an attribute: use lower-case letters, digits and `_`, at most {NAME}"
                ));
            }
            if TAKEN.contains(&name.as_str()) {
                return Err(format!("an attribute cannot be named `{name}`"));
            }
            if !seen.insert(name) {
                return Err(format!("the attribute `{name}` occurs twice"));
            }
        }
        match names.is_empty() {
            true => Err("there is no attribute".to_owned()),
            false => Ok(Self {
                names,
                values: BTreeMap::new(),
            }),
        }
    }

    /// Adds the values of an instance, in the order of the names.
    ///
    /// # Errors
    ///
    /// Returns an error that describes a value that cannot be used, or a repeated instance.
    pub fn add(&mut self, instance: Uuid, values: Vec<String>) -> std::result::Result<(), String> {
        for (name, value) in self.names.iter().zip(&values) {
            if value.len() > VALUE {
                return Err(format!(
                    "the value of `{name}` is longer than {VALUE} bytes"
                ));
            }
            if value.chars().any(char::is_control) {
                return Err(format!("the value of `{name}` has a control character"));
            }
        }
        match self.values.insert(instance, values) {
            Some(_) => Err(format!("the instance {instance} occurs twice")),
            None => Ok(()),
        }
    }
}

impl Store {
    /// Sets attributes of instances. Other attributes, and those of other instances, are kept.
    ///
    /// # Errors
    ///
    /// Returns an error if the database fails.
    pub async fn set_attributes(&self, attributes: &Attributes) -> Result<()> {
        #[cfg(feature = "clickhouse")]
        if let Backend::ClickHouse(connection) = &self.backend {
            let Attributes { names, values } = attributes;
            return connection.set_attributes(names, values).await;
        }
        let mut tx = self.write().await?;
        for (place, name) in attributes.names.iter().enumerate() {
            // All values of an attribute are written again at once, which takes three statements.
            let mut all = values(&mut tx, name).await?;
            for (instance, values) in &attributes.values {
                let value = values.get(place).map(|value| value.trim());
                match value.filter(|value| !value.is_empty()) {
                    Some(value) => all.insert(instance.to_string(), value.to_owned()),
                    None => all.remove(&instance.to_string()),
                };
            }
            let sql = "DELETE FROM attributes WHERE name = $1";
            tx.run(sql, &[Bind::Text(name)]).await?;
            let rows = all
                .iter()
                .flat_map(|(instance, value)| [instance, name, value].map(|text| Bind::Text(text)));
            let rows: Vec<Bind<'_>> = rows.collect();
            let columns = ["instance", "name", "value"];
            tx.insert("attributes", &columns, &rows).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// Returns the attributes that instances have, by name.
    ///
    /// # Errors
    ///
    /// Returns an error if the database fails.
    pub async fn attributes(&self) -> Result<Vec<Attribute>> {
        let mut tx = self.read().await?;
        let sql = "SELECT name, count(*), count(instances.id), count(DISTINCT value) FROM attributes \
            LEFT JOIN instances ON instances.uuid = attributes.instance GROUP BY name ORDER BY name";
        let integer = ValueType::Integer;
        let types = [ValueType::Text, integer, integer, integer];
        let rows = tx.rows(sql, &[], &types).await?;
        tx.end().await?;
        let attributes = rows.into_iter().filter_map(|row| {
            let count = |place: usize| row[place].integer().map(i64::unsigned_abs);
            Some(Attribute {
                name: row[0].text()?.to_owned(),
                instances: count(1)?,
                known: count(2)?,
                values: count(3)?,
            })
        });
        Ok(attributes.collect())
    }

    /// Removes an attribute of all instances.
    ///
    /// # Errors
    ///
    /// Returns an error if no instance has the attribute, or if the database fails.
    pub async fn remove_attribute(&self, name: &str) -> Result<u64> {
        let removed = match &self.backend {
            Backend::Sql(_) => {
                let mut tx = self.write().await?;
                let sql = "DELETE FROM attributes WHERE name = $1";
                let removed = tx.run(sql, &[Bind::Text(name)]).await?;
                tx.commit().await?;
                removed
            }
            #[cfg(feature = "clickhouse")]
            Backend::ClickHouse(connection) => connection.remove_attribute(name).await?,
        };
        match removed {
            0 => Err(Error::missing(format!(
                "no instance has the attribute `{name}`"
            ))),
            removed => Ok(removed),
        }
    }
}

/// Returns the values of an attribute, by the id of the instance.
async fn values(tx: &mut Transaction, name: &str) -> Result<BTreeMap<String, String>> {
    let sql = "SELECT instance, value FROM attributes WHERE name = $1";
    let rows = tx
        .rows(sql, &[Bind::Text(name)], &[ValueType::Text; 2])
        .await?;
    let values = rows
        .into_iter()
        .filter_map(|row| match <[Cell; 2]>::try_from(row) {
            Ok([Cell::Text(instance), Cell::Text(value)]) => Some((instance, value)),
            _ => None,
        });
    Ok(values.collect())
}
