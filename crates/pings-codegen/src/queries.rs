//! The metrics with the data that all generated files share: names, columns, queries.

use pings_model::{EventDimension, Metric, Ping, PingType, Registry, Source, ident};
use pings_sql::{Column, Dialect, Parameters, Query, Role};

use crate::events::Plan;

/// A metric with its names and queries.
#[derive(Clone, Debug)]
pub(crate) struct MetricQuery<'a> {
    pub(crate) ping: &'a Ping,
    pub(crate) metric: &'a Metric,
    /// The unique name of its module and its SQL files.
    pub(crate) name: String,
    pub(crate) columns: Vec<Column>,
    /// For each column, the type of its declared values, if the column is an argument with declared
    /// values.
    pub(crate) choices: Vec<Option<String>>,
    pub(crate) postgres: Query,
    pub(crate) sqlite: Query,
}

impl MetricQuery<'_> {
    pub(crate) fn sql(&self, dialect: Dialect) -> &str {
        match dialect {
            Dialect::Postgres => &self.postgres.text,
            Dialect::Sqlite => &self.sqlite.text,
        }
    }

    /// Returns whether the query takes a window.
    pub(crate) fn takes_window(&self) -> bool {
        self.postgres.parameters == Parameters::Window
    }

    /// Returns whether the result is a row for each group instead of a single row.
    pub(crate) fn has_groups(&self) -> bool {
        self.columns
            .iter()
            .any(|column| column.role == Role::Dimension)
    }

    pub(crate) fn group(&self) -> Group {
        match self.ping.kind {
            PingType::BeCapture => Group::Captures,
            PingType::FeEvent => Group::Events,
        }
    }

    /// Returns whether the query reads the product's own tables.
    pub(crate) fn is_capture(&self) -> bool {
        matches!(self.metric.source, Source::Capture(_) | Source::Sql(_))
    }
}

/// The two groups of queries, by their source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Group {
    /// Queries of captured pings.
    Captures,
    /// Queries of event pings.
    Events,
}

impl Group {
    pub(crate) const ALL: [Self; 2] = [Self::Captures, Self::Events];

    /// Returns the name of the module that contains the queries.
    pub(crate) fn module(self) -> &'static str {
        match self {
            Self::Captures => "captures",
            Self::Events => "events",
        }
    }
}

/// Returns the queries of a registry, in page order.
pub(crate) fn queries(registry: &Registry) -> Vec<MetricQuery<'_>> {
    let names = file_names(registry.metrics().map(|(_, metric)| metric.code.as_str()));
    let plan = Plan::new(&registry.events);
    registry
        .metrics()
        .zip(names)
        .map(|((ping, metric), name)| {
            let columns = pings_sql::columns(metric);
            let query = |dialect| pings_sql::query(registry, ping, metric, dialect);
            MetricQuery {
                ping,
                metric,
                name,
                choices: choices(&plan, metric, columns.len()),
                columns,
                postgres: query(Dialect::Postgres),
                sqlite: query(Dialect::Sqlite),
            }
        })
        .collect()
}

/// Returns the type of the declared values of each column. The dimensions of an event metric are its
/// first columns.
fn choices(plan: &Plan<'_>, metric: &Metric, columns: usize) -> Vec<Option<String>> {
    let dimensions = match &metric.source {
        Source::Events(metric) => metric.by.as_slice(),
        _ => &[],
    };
    let mut choices: Vec<Option<String>> = dimensions
        .iter()
        .map(|dimension| match dimension {
            EventDimension::Argument(argument) => plan.choices_of(argument).map(str::to_owned),
            EventDimension::Event | EventDimension::Bucket(..) => None,
        })
        .collect();
    choices.resize(columns, None);
    choices
}

/// Returns the names as unique identifiers in snake case.
///
/// In a checked registry, no two names have the same identifier. Duplicates get a number
/// nevertheless, so that the generated code is valid in any case.
pub(crate) fn unique_names<'a>(names: impl Iterator<Item = &'a str>) -> Vec<String> {
    numbered(names.map(|name| ident::snake_name(name).unwrap_or_else(|| "unnamed".to_owned())))
}

/// Returns module names that are valid file names on every system: in lower case, of limited
/// length, and different from the device names that Windows reserves, with or without an extension.
fn file_names<'a>(names: impl Iterator<Item = &'a str>) -> Vec<String> {
    const LONGEST: usize = 100;
    numbered(names.map(|name| {
        let mut name = ident::snake_name(name).unwrap_or_else(|| "unnamed".to_owned());
        name.truncate(LONGEST);
        if is_device(&name) {
            name.push('_');
        }
        name
    }))
}

/// Returns whether Windows interprets a file name as a device.
fn is_device(name: &str) -> bool {
    let numbered = ["com", "lpt"]
        .iter()
        .filter_map(|prefix| name.strip_prefix(prefix))
        .any(|number| matches!(number.as_bytes(), [b'0'..=b'9']));
    numbered || ["aux", "con", "nul", "prn"].contains(&name)
}

/// Returns the names, with a number appended to each duplicate.
fn numbered(names: impl Iterator<Item = String>) -> Vec<String> {
    let mut taken = std::collections::BTreeSet::new();
    names
        .map(|wanted| {
            let numbered = (2..).map(|number| format!("{wanted}_{number}"));
            let mut free = std::iter::once(wanted.clone())
                .chain(numbered)
                .filter(|name| !taken.contains(name));
            let name = free.next().unwrap_or_default();
            taken.insert(name.clone());
            name
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{file_names, unique_names};

    #[test]
    fn modules_have_names_that_windows_has_for_files() {
        let long = "x".repeat(300);
        let names = [
            "Con", "NUL", "prn", "aux", "com1", "LPT9", "con_", "console", "com10", "Com", &long,
        ];
        let files = file_names(names.into_iter());
        let safe = [
            "con_", "nul_", "prn_", "aux_", "com1_", "lpt9_", "con__2", "console", "com10", "com",
        ];
        assert_eq!(files[..10], safe);
        assert_eq!(files[10].len(), 100);
    }

    #[test]
    fn no_two_names_are_alike() {
        let names = [
            "InsightHover",
            "insight_hover",
            "type",
            "+",
            "-",
            "insightHover2",
        ];
        assert_eq!(
            unique_names(names.into_iter()),
            [
                "insight_hover",
                "insight_hover_2",
                "type_",
                "unnamed",
                "unnamed_2",
                "insight_hover2"
            ]
        );
    }
}
