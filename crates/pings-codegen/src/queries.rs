//! Every metric with what its generated forms share: names, columns, queries.

use pings_model::{Metric, Ping, PingType, Registry, Source, ident};
use pings_sql::{Column, Dialect, Parameters, Query, Role};

/// A metric on its way into files.
#[derive(Clone, Debug)]
pub(crate) struct MetricQuery<'a> {
    pub(crate) ping: &'a Ping,
    pub(crate) metric: &'a Metric,
    /// Names its module and its SQL files; no two metrics share it.
    pub(crate) name: String,
    pub(crate) columns: Vec<Column>,
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

    /// Whether it asks about a window.
    pub(crate) fn takes_window(&self) -> bool {
        self.postgres.parameters == Parameters::Window
    }

    /// Whether its result is a row for each group, rather than one row.
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

    /// Whether it reads the product's own tables.
    pub(crate) fn is_capture(&self) -> bool {
        matches!(self.metric.source, Source::Capture(_) | Source::Sql(_))
    }
}

/// The two kinds of queries, by what they read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Group {
    /// Of pings that are captured.
    Captures,
    /// Of pings that are events.
    Events,
}

impl Group {
    pub(crate) const ALL: [Self; 2] = [Self::Captures, Self::Events];

    /// The module that its queries stand in.
    pub(crate) fn module(self) -> &'static str {
        match self {
            Self::Captures => "captures",
            Self::Events => "events",
        }
    }
}

/// The queries of a registry, in page order.
pub(crate) fn queries(registry: &Registry) -> Vec<MetricQuery<'_>> {
    let names = file_names(registry.metrics().map(|(_, metric)| metric.code.as_str()));
    registry
        .metrics()
        .zip(names)
        .map(|((ping, metric), name)| {
            let query = |dialect| pings_sql::query(registry, ping, metric, dialect);
            MetricQuery {
                ping,
                metric,
                name,
                columns: pings_sql::columns(metric),
                postgres: query(Dialect::Postgres),
                sqlite: query(Dialect::Sqlite),
            }
        })
        .collect()
}

/// The names as identifiers in snake case, no two alike.
///
/// A checked registry has no two that fold to one; a number tells them apart
/// all the same, so that what is generated is sound of itself.
pub(crate) fn unique_names<'a>(names: impl Iterator<Item = &'a str>) -> Vec<String> {
    numbered(names.map(|name| ident::snake_name(name).unwrap_or_else(|| "unnamed".to_owned())))
}

/// Names of modules that every system can have as names of files: in lower case, not too long, and
/// none that Windows keeps for devices, with or without an extension.
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

/// Whether Windows takes a file of that name for a device.
fn is_device(name: &str) -> bool {
    let numbered = ["com", "lpt"]
        .iter()
        .filter_map(|prefix| name.strip_prefix(prefix))
        .any(|number| matches!(number.as_bytes(), [b'0'..=b'9']));
    numbered || ["aux", "con", "nul", "prn"].contains(&name)
}

/// The names, with a number where one is taken.
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
