//! The captures crate: the SQL of the queries, typed rows, and functions that run the queries.

mod manifest;
mod metric;
mod readme;
mod root;

use pings_model::Registry;
use pings_sql::Dialect;

use crate::queries::{Group, MetricQuery};
use crate::{Origin, Tree, header, package, sql};

/// The suffix of the crate's name after the name of the registry.
pub(crate) const KIND: &str = "captures";

/// The modules that are the same for every registry.
const SUPPORT: [(&str, &str); 4] = [
    ("fetch.rs", include_str!("support/fetch.rs")),
    ("query.rs", include_str!("support/query.rs")),
    ("row.rs", include_str!("support/row.rs")),
    ("window.rs", include_str!("support/window.rs")),
];

/// Returns the files of the crate.
pub(crate) fn files(registry: &Registry, queries: &[MetricQuery<'_>], origin: &Origin<'_>) -> Tree {
    let name = package::name(registry, KIND);
    let folder = format!("crates/{name}");
    let mut tree = Tree::default();
    tree.own(format!("{folder}/sql"));
    tree.own(format!("{folder}/src"));

    let mut file = |path: &str, text: String| tree.insert(format!("{folder}/{path}"), text);
    file("Cargo.toml", manifest::manifest(&name, registry, origin));
    file("build.rs", package::build_script(origin));
    file(
        "README.md",
        readme::readme(&name, registry, queries, origin),
    );
    file("src/lib.rs", root::root(queries, origin));
    for (path, text) in SUPPORT {
        let text = format!("{}\n{text}", header::rust(origin));
        file(&format!("src/{path}"), text);
    }
    for group in groups(queries) {
        let module = group.module();
        file(
            &format!("src/{module}.rs"),
            root::group(group, queries, origin),
        );
    }
    let mut printed = metric::Printed::default();
    for query in queries {
        let path = format!("src/{}/{}.rs", query.group().module(), query.name);
        file(&path, metric::module(query, origin, &mut printed));
        for dialect in Dialect::ALL {
            file(
                &sql::path(query, dialect),
                sql::file(query, dialect, origin),
            );
        }
    }
    tree
}

/// Returns the groups that contain queries.
fn groups(queries: &[MetricQuery<'_>]) -> impl Iterator<Item = Group> {
    Group::ALL
        .into_iter()
        .filter(|group| queries.iter().any(|query| query.group() == *group))
}

/// The support files, which are also compiled here so that their tests run.
#[cfg(test)]
#[allow(
    dead_code,
    reason = "the code is tested here and used in the generated crates"
)]
mod support {
    mod query;
    mod window;
}
