//! The dependencies between crates are those of the table in ARCHITECTURE.md.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand};

/// Crates that must not be part of the first build on a new machine, or of the pure crates.
const HEAVY: &[&str] = &["sqlx", "sqlx-core", "tokio"];

fn metadata() -> Metadata {
    // Only the crates for this platform are certain to be downloaded.
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
        .other_options(["--offline", "--filter-platform", host].map(str::to_owned))
        .exec()
        .expect("cargo metadata")
}

/// Returns the folder of each crate with code of the product.
pub fn folders(root: &Path) -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = fs::read_dir(root.join("crates"))
        .expect("the folder of the crates")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.join("Cargo.toml").exists())
        .collect();
    folders.push(root.join("xtask"));
    folders.sort();
    folders
}

/// The workspace crates that a crate depends on, and those that only its tests depend on.
#[derive(Debug, Default, PartialEq, Eq)]
struct Arrows {
    code: BTreeSet<String>,
    tests: BTreeSet<String>,
}

/// The first row of the table of arrows.
const HEADER: &str = "| crate | depends on | its tests also depend on |";

/// Reads the table of arrows in the text of ARCHITECTURE.md.
fn documented(text: &str) -> BTreeMap<String, Arrows> {
    let names = |cell: &str| -> BTreeSet<String> {
        let parts = cell.split(',').map(|name| name.trim().trim_matches('`'));
        parts
            .filter(|name| !name.is_empty())
            .map(str::to_owned)
            .collect()
    };
    text.lines()
        .skip_while(|line| *line != HEADER)
        .skip(2)
        .take_while(|line| line.starts_with('|'))
        .map(|line| {
            let cells: Vec<&str> = line.split('|').map(str::trim).collect();
            let [_, name, code, tests, _] = cells[..] else {
                panic!("not a row of the table of arrows: {line}");
            };
            let arrows = Arrows {
                code: names(code),
                tests: names(tests),
            };
            (name.trim_matches('`').to_owned(), arrows)
        })
        .collect()
}

#[test]
fn arrows_are_those_of_the_architecture() {
    let metadata = metadata();
    let members: BTreeSet<&str> = metadata
        .workspace_packages()
        .iter()
        .map(|package| package.name.as_str())
        .collect();
    let mut known: BTreeMap<String, Arrows> = BTreeMap::new();
    for package in metadata.workspace_packages() {
        // Packages in `tests/` may depend on the crates that they test. Those in `examples/` are
        // products.
        let path = package.manifest_path.as_str();
        if path.contains("/tests/") || path.contains("/examples/") {
            continue;
        }
        let arrows = known.entry(package.name.to_string()).or_default();
        for dependency in &package.dependencies {
            if members.contains(dependency.name.as_str()) {
                let list = match dependency.kind {
                    DependencyKind::Development => &mut arrows.tests,
                    _ => &mut arrows.code,
                };
                list.insert(dependency.name.clone());
            }
        }
    }
    let text = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../ARCHITECTURE.md"));
    let documented = documented(&text.expect("ARCHITECTURE.md"));
    assert!(
        !documented.is_empty(),
        "ARCHITECTURE.md has the row {HEADER}"
    );
    for name in known.keys().chain(documented.keys()) {
        assert_eq!(
            known.get(name),
            documented.get(name),
            "the crates that {name} depends on (left) differ from the table in ARCHITECTURE.md"
        );
    }
}

#[test]
fn the_table_of_arrows_is_read() {
    let text = format!(
        "{HEADER}\n| --- | --- | --- |\n| `a` | | |\n| `b` | `a`, `c` | `d` |\n\n| `e` | | |"
    );
    let read = documented(&text);
    let set = |names: &[&str]| names.iter().map(ToString::to_string).collect();
    assert_eq!(read.len(), 2);
    assert_eq!(read["a"], Arrows::default());
    assert_eq!(
        read["b"],
        Arrows {
            code: set(&["a", "c"]),
            tests: set(&["d"])
        }
    );
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
