//! The captures crate: the SQL of the queries, typed rows, and functions that run the queries.

mod choices;
mod manifest;
mod metric;
mod readme;
mod root;

use pings_model::Registry;
use pings_sql::Dialect;

use crate::queries::{Choices, Group, MetricQuery};
use crate::{Origin, Tree, events, header, package, sql};

/// The suffix of the crate's name after the name of the registry.
pub(crate) const KIND: &str = "captures";

/// The place of the events, which have the types of arguments with declared values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EventsPlace {
    /// A crate next to the captures crate.
    Crate,
    /// The module `events` next to the module of the captures.
    Module,
}

/// Returns the files of the crate.
pub(crate) fn files(
    registry: &Registry,
    queries: &[MetricQuery<'_>],
    events: EventsPlace,
    origin: &Origin<'_>,
) -> Tree {
    // The report has the values that the product set.
    let queries: Vec<_> = queries.iter().filter(|query| !query.is_value()).collect();
    let queries = &*queries;
    let events_crate = package::name(registry, events::KIND);
    let has_choices = queries
        .iter()
        .flat_map(|query| &query.choices)
        .any(|choices| matches!(choices, Some(Choices::OfEvents(_))));
    let path_of_events = match events {
        EventsPlace::Crate => format!("::{}", events_crate.replace('-', "_")),
        EventsPlace::Module => "super::super::events".to_owned(),
    };
    let path_of_events = has_choices.then_some(path_of_events.as_str());
    let name = package::name(registry, KIND);
    let folder = format!("crates/{name}");
    let mut tree = Tree::default();
    tree.own(format!("{folder}/sql"));
    tree.own(format!("{folder}/src"));

    let mut file = |path: &str, text: String| tree.insert(format!("{folder}/{path}"), text);
    let needed = has_choices.then_some(events_crate.as_str());
    file(
        "Cargo.toml",
        manifest::manifest(&name, needed, registry, origin),
    );
    file("build.rs", package::build_script(origin));
    file(
        "README.md",
        readme::readme(&name, registry, queries, origin),
    );
    file("src/lib.rs", root::root(queries, path_of_events, origin));
    for group in groups(queries) {
        let module = group.module();
        file(
            &format!("src/{module}.rs"),
            root::group(group, queries, origin),
        );
    }
    let [of_module, of_sql] = [header::rust(origin), header::sql(origin)];
    let mut printed = metric::Printed::default();
    for query in queries {
        let path = format!("src/{}/{}.rs", query.group().module(), query.name);
        file(&path, metric::module(query, &of_module, &mut printed));
        for dialect in Dialect::ALL {
            if let Some(text) = sql::file(query, dialect, &of_sql) {
                file(&sql::path(query, dialect), text);
            }
        }
    }
    tree
}

/// Returns the groups that contain queries.
fn groups(queries: &[&MetricQuery<'_>]) -> impl Iterator<Item = Group> {
    Group::ALL
        .into_iter()
        .filter(|group| queries.iter().any(|query| query.group() == *group))
}
