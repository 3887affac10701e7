//! Who may know whom, as ARCHITECTURE.md draws it.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand};

/// Each crate and the crates of this workspace that it may depend on, tests apart.
const ARROWS: &[(&str, &[&str])] = &[
    ("pings-model", &[]),
    ("pings-registry", &["pings-model"]),
    ("pings-sql", &["pings-model"]),
    ("pings-codegen", &["pings-model", "pings-sql"]),
    (
        "pings-build",
        &["pings-codegen", "pings-model", "pings-registry"],
    ),
    ("code-insights-events", &[]),
    ("code-insights-captures", &[]),
    ("xtask", &["pings-build", "pings-codegen", "pings-registry"]),
];

/// What must stay out of the first build on a fresh machine, and out of the pure crates.
const HEAVY: &[&str] = &["sqlx", "sqlx-core", "tokio"];

fn metadata() -> Metadata {
    // Only this platform's crates are sure to be here already.
    let rustc = Command::new("rustc")
        .arg("-vV")
        .output()
        .expect("rustc runs");
    let rustc = String::from_utf8_lossy(&rustc.stdout).into_owned();
    let host = rustc
        .lines()
        .find_map(|line| line.strip_prefix("host: "))
        .expect("a host");
    MetadataCommand::new()
        .manifest_path(concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.toml"))
        .other_options(
            ["--all-features", "--offline", "--filter-platform", host].map(str::to_owned),
        )
        .exec()
        .expect("cargo metadata")
}

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
        // Members of tests/ may know whom they test.
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
        "pings-registry",
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
