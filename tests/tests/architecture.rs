//! The allowed dependencies between crates, as documented in ARCHITECTURE.md.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use cargo_metadata::DependencyKind;
use pings_tests::packages::metadata;

/// Each crate and the workspace crates that it may depend on, without dev-dependencies.
const ARROWS: &[(&str, &[&str])] = &[
    ("pings-types", &[]),
    ("pings-rows", &["pings-types"]),
    ("pings-model", &["pings-types"]),
    ("pings-registry", &["pings-model"]),
    ("pings-diff", &["pings-model"]),
    ("pings-sql", &["pings-model"]),
    (
        "pings-codegen",
        &["pings-model", "pings-sql", "pings-types"],
    ),
    (
        "pings-findings",
        &["pings-diff", "pings-model", "pings-registry"],
    ),
    (
        "pings-build",
        &["pings-codegen", "pings-model", "pings-registry"],
    ),
    ("pings-database", &["pings-model", "pings-sql"]),
    ("pings-payload", &["pings-model", "pings-types"]),
    (
        "pings-runtime",
        &[
            "pings-database",
            "pings-build",
            "pings-diff",
            "pings-findings",
            "pings-model",
            "pings-payload",
            "pings-sql",
            "pings-types",
        ],
    ),
    (
        "pings-store",
        &[
            "pings-database",
            "pings-model",
            "pings-payload",
            "pings-sql",
        ],
    ),
    ("pings-scan", &["pings-model", "pings-registry"]),
    (
        "pings-cli",
        &[
            "pings-build",
            "pings-codegen",
            "pings-diff",
            "pings-findings",
            "pings-model",
            "pings-payload",
            "pings-registry",
            "pings-runtime",
            "pings-scan",
            "pings-sql",
            "pings-store",
        ],
    ),
    (
        "code-insights-demo",
        &[
            "code-insights-events",
            "pings-model",
            "pings-registry",
            "pings-runtime",
        ],
    ),
    ("code-insights-events", &["pings-types"]),
    (
        "code-insights-captures",
        &["code-insights-events", "pings-rows"],
    ),
    (
        "xtask",
        &[
            "pings-build",
            "pings-codegen",
            "pings-diff",
            "pings-findings",
            "pings-model",
            "pings-registry",
        ],
    ),
];

/// Crates that must not be part of the first build on a new machine, nor of the pure crates.
const HEAVY: &[&str] = &["sqlx", "sqlx-core", "tokio"];

#[test]
fn arrows_are_those_of_the_architecture() {
    let metadata = metadata();
    let members: BTreeSet<&str> = metadata
        .workspace_packages()
        .iter()
        .map(|package| package.name.as_str())
        .collect();
    let arrows: BTreeMap<&str, BTreeSet<&str>> = ARROWS
        .iter()
        .map(|(name, may)| (*name, may.iter().copied().collect()))
        .collect();
    for package in metadata.workspace_packages() {
        let name = package.name.as_str();
        let known: BTreeSet<&str> = package
            .dependencies
            .iter()
            .filter(|dependency| dependency.kind != DependencyKind::Development)
            .map(|dependency| dependency.name.as_str())
            .filter(|dependency| members.contains(dependency))
            .collect();
        // Packages in `tests/` may depend on the crates that they test.
        if package.manifest_path.as_str().contains("/tests/") {
            continue;
        }
        let may = arrows
            .get(name)
            .unwrap_or_else(|| panic!("{name} is not in the architecture: add its arrows"));
        let extra: Vec<_> = known.difference(may).collect();
        assert!(extra.is_empty(), "{name} must not know {extra:?}");
    }
}

#[test]
fn xtask_and_the_pure_crates_build_without_a_database() {
    let metadata = metadata();
    let resolve = metadata.resolve.as_ref().expect("a resolved graph");
    let name = |id: &cargo_metadata::PackageId| metadata[id].name.as_str();
    for root in [
        "xtask",
        "pings-build",
        "pings-codegen",
        "pings-diff",
        "pings-findings",
        "pings-registry",
        "pings-types",
        "code-insights-events",
    ] {
        let start = resolve
            .nodes
            .iter()
            .find(|node| name(&node.id) == root)
            .unwrap_or_else(|| panic!("no {root}"));
        let mut seen = BTreeSet::new();
        let mut next = vec![&start.id];
        while let Some(id) = next.pop() {
            if !seen.insert(id) {
                continue;
            }
            let node = resolve
                .nodes
                .iter()
                .find(|node| node.id == *id)
                .expect("a node");
            next.extend(
                node.deps
                    .iter()
                    .filter(|dep| {
                        dep.dep_kinds
                            .iter()
                            .any(|kind| kind.kind != DependencyKind::Development)
                    })
                    .map(|dep| &dep.pkg),
            );
        }
        let heavy: Vec<_> = seen
            .iter()
            .map(|id| name(id))
            .filter(|name| HEAVY.contains(name))
            .collect();
        assert!(heavy.is_empty(), "{root} must not depend on {heavy:?}");
    }
}

/// Modules that access anything outside of the process.
const OUTSIDE: &[&str] = &[
    "std::env",
    "std::fs",
    "std::io",
    "std::net",
    "std::process",
    "std::time",
];

/// The pure crates read no file, no clock and no environment. Their tests and the code that they
/// generate may do so.
#[test]
fn pure_crates_do_not_touch_the_outside_world() {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates");
    let mut seen = 0;
    for name in [
        "pings-types",
        "pings-model",
        "pings-registry",
        "pings-sql",
        "pings-codegen",
        "pings-payload",
        "pings-diff",
        "pings-findings",
    ] {
        let mut folders = vec![crates.join(name).join("src")];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(&folder).expect("a folder") {
                let path = entry.expect("an entry").path();
                let is_for_others = ["tests", "support", "package"]
                    .iter()
                    .any(|part| path.ends_with(part));
                if path.is_dir() && !is_for_others {
                    folders.push(path);
                } else if path.extension().is_some_and(|extension| extension == "rs")
                    && !path.ends_with("tests.rs")
                {
                    let text = fs::read_to_string(&path).expect("a source file");
                    let touched: Vec<_> = OUTSIDE
                        .iter()
                        .filter(|outside| text.contains(**outside))
                        .collect();
                    assert!(touched.is_empty(), "{} touches {touched:?}", path.display());
                    seen += 1;
                }
            }
        }
    }
    assert!(seen > 60, "only {seen} files");
}
