//! Groups of instances by a property of the instance: its version, its size, or an attribute.

use std::collections::HashMap;

use pings_database::{Bind, Cell, Error, Result};
use pings_model::{Registry, ValueType, Version};
use pings_payload::Week;

use crate::analysis::trust::Versions;
use crate::reader::Reader;
use crate::registry::origin::canonical_exact;

/// The property by which instances are grouped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InstancesBy {
    /// The version that ran in the week.
    Version,
    /// The number of events of the week, in powers of ten.
    Size,
    /// An attribute that was imported.
    Attribute(String),
}

impl InstancesBy {
    /// Returns the property with a name. Every other name is that of an attribute.
    #[must_use]
    pub fn of(name: &str) -> Self {
        match name {
            "version" => Self::Version,
            "size" => Self::Size,
            attribute => Self::Attribute(attribute.to_owned()),
        }
    }

    /// Returns the name of the property.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Version => "version",
            Self::Size => "size",
            Self::Attribute(name) => name,
        }
    }
}

/// A group of instances. Versions and sizes are in ascending order.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cohort {
    /// The instances at which only this version ran.
    Version(Version),
    /// The instances at which several versions ran.
    Mixed,
    /// The instances with fewer events than this power of ten, and no less than a tenth of it.
    Size(u32),
    /// The instances whose attribute has this value.
    Attribute(String),
    /// The instances without a known version or without the attribute.
    None,
}

impl Cohort {
    /// Returns the name of the group, such as `3.36.0`, `mixed`, `10-99` or `enterprise`. Instances
    /// without the property have none.
    #[must_use]
    pub fn name(&self) -> Option<String> {
        match self {
            Self::Version(version) => Some(canonical_exact(*version)),
            Self::Mixed => Some("mixed".to_owned()),
            Self::Size(0) => Some("0".to_owned()),
            Self::Size(digits) => {
                let end = 10_u64.saturating_pow(*digits);
                Some(format!("{}-{}", end / 10, end - 1))
            }
            Self::Attribute(value) => Some(value.clone()),
            Self::None => None,
        }
    }

    /// Returns the group of an instance with these versions.
    fn of_versions(versions: &Versions) -> Self {
        match (versions.only(), versions.known.as_slice()) {
            (Some(only), _) => Self::Version(only),
            (None, []) => Self::None,
            (None, _) => Self::Mixed,
        }
    }

    /// Returns the group of an instance with this number of events.
    fn of_events(events: u64) -> Self {
        Self::Size(events.checked_ilog10().map_or(0, |digits| digits + 1))
    }
}

/// The groups of the instances of a week.
pub(crate) enum Cohorts {
    /// There are no groups.
    All,
    Version,
    /// The number of events of each instance in the week.
    Size(HashMap<i64, u64>),
    /// The value of the attribute of each instance.
    Attribute(HashMap<i64, String>),
}

impl Cohorts {
    /// Loads the property for the instances of the store. Sizes are loaded for each week.
    pub(crate) async fn load(tx: &mut Reader, by: Option<&InstancesBy>) -> Result<Self> {
        Ok(match by {
            None => Self::All,
            Some(InstancesBy::Version) => Self::Version,
            Some(InstancesBy::Size) => Self::Size(HashMap::new()),
            Some(InstancesBy::Attribute(name)) => Self::Attribute(attribute(tx, name).await?),
        })
    }

    /// Loads what the groups of a week need.
    pub(crate) async fn turn_to(
        &mut self,
        tx: &mut Reader,
        registry: &Registry,
        week: Week,
    ) -> Result<()> {
        if let Self::Size(sizes) = self {
            *sizes = events(tx, registry, week).await?;
        }
        Ok(())
    }

    /// Returns the group of an instance whose value comes from these versions.
    pub(crate) fn of(&self, instance: i64, versions: Option<&Versions>) -> Option<Cohort> {
        Some(match self {
            Self::All => return None,
            Self::Version => versions.map_or(Cohort::None, Cohort::of_versions),
            Self::Size(sizes) => Cohort::of_events(sizes.get(&instance).copied().unwrap_or(0)),
            Self::Attribute(values) => values
                .get(&instance)
                .map_or(Cohort::None, |value| Cohort::Attribute(value.clone())),
        })
    }
}

/// Returns the number of events of each instance in a week.
async fn events(tx: &mut Reader, registry: &Registry, week: Week) -> Result<HashMap<i64, u64>> {
    let sql = "SELECT payloads.instance, CAST(sum(payload_versions.events) AS bigint) \
        FROM counted_payloads AS payloads \
        JOIN payload_versions ON payload_versions.payload = payloads.id \
        WHERE payloads.registry = $1 AND payloads.week = $2 \
        GROUP BY payloads.instance";
    let week = week.to_string();
    let binds = [Bind::Text(registry.name()), Bind::Text(&week)];
    let rows = tx.rows(sql, &binds, &[ValueType::Integer; 2]).await?;
    let sizes = rows.iter().filter_map(|row| {
        let events = row[1].integer()?.unsigned_abs();
        Some((row[0].integer()?, events))
    });
    Ok(sizes.collect())
}

/// Returns the values of an attribute, by the instance.
async fn attribute(tx: &mut Reader, name: &str) -> Result<HashMap<i64, String>> {
    let sql = "SELECT DISTINCT name FROM attributes ORDER BY name";
    let names = tx.rows(sql, &[], &[ValueType::Text]).await?;
    let names: Vec<&str> = names.iter().filter_map(|row| row[0].text()).collect();
    if !names.contains(&name) {
        let known = [&["version", "size"], names.as_slice()].concat().join(", ");
        return Err(Error::input(format!(
            "instances have no attribute `{name}`\nhelp: instances can be grouped by {known}; import \
             attributes with `pings store attributes FILE.csv`"
        )));
    }
    let sql = "SELECT instances.id, attributes.value FROM attributes \
        JOIN instances ON instances.uuid = attributes.instance WHERE attributes.name = $1";
    let types = [ValueType::Integer, ValueType::Text];
    let rows = tx.rows(sql, &[Bind::Text(name)], &types).await?;
    let values = rows.into_iter().filter_map(|row| match &row[..] {
        [Cell::Integer(instance), Cell::Text(value)] => Some((*instance, value.clone())),
        _ => None,
    });
    Ok(values.collect())
}

#[cfg(test)]
mod tests {
    use super::Cohort;

    #[test]
    fn sizes_are_powers_of_ten() {
        let names = [0, 1, 9, 10, 99, 100, 12_345].map(|it| Cohort::of_events(it).name().unwrap());
        assert_eq!(
            names,
            [
                "0",
                "1-9",
                "1-9",
                "10-99",
                "10-99",
                "100-999",
                "10000-99999"
            ]
        );
    }
}
