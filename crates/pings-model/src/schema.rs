//! The schema of `pings.yaml` as data: every key, the values it accepts and its meaning.
//!
//! Both the schema check of a registry and the JSON Schema are built from this table, so they
//! always accept the same keys.

mod event;
mod life;
mod lints;
mod metric;
mod ping;
mod registry;
mod shape;
mod table;
mod values;

pub use registry::REGISTRY;
pub use shape::{Key, LARGEST_GROUP, OWN_KEYS, Record, Shape};

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{REGISTRY, Record, Shape};

    /// Adds the records of a shape, by name.
    fn collect(shape: &'static Shape, records: &mut BTreeMap<&str, &'static Record>) {
        match shape {
            Shape::Record(record) => add(record, records),
            Shape::List(item) | Shape::Items(item) | Shape::OneOrMany(item) => {
                collect(item, records);
            }
            Shape::Map(_, value) => collect(value, records),
            Shape::Either(one, other) => {
                collect(one, records);
                collect(other, records);
            }
            _ => {}
        }
    }

    fn add(record: &'static Record, records: &mut BTreeMap<&str, &'static Record>) {
        match records.insert(record.name, record) {
            Some(known) => assert!(std::ptr::eq(known, record), "two records `{}`", record.name),
            None => record
                .keys
                .iter()
                .for_each(|key| collect(&key.shape, records)),
        }
    }

    /// The definitions of the JSON Schema have these names.
    #[test]
    fn no_two_records_have_the_same_name() {
        let mut records = BTreeMap::new();
        add(&REGISTRY, &mut records);
        assert!(records.len() > 10, "{records:?}");
    }
}
