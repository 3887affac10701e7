//! Checks what crates.io and its readers need from each crate that is published.

use std::fs;
use std::path::{Component, Path, PathBuf};

use cargo_metadata::{DependencyKind, Metadata, Package};
use pings_tests::packages::metadata;

/// Macros that read a file while a crate is compiled.
const INPUTS: [&str; 3] = ["include_str!(", "include_bytes!(", "include!("];

/// Returns the crates that are published, with their folders.
fn published(metadata: &Metadata) -> Vec<(&Package, PathBuf)> {
    let packages = metadata.workspace_packages().into_iter();
    let published = packages.filter(|package| package.publish.is_none());
    published
        .map(|package| {
            let folder = package.manifest_path.parent().expect("a folder");
            (package, folder.as_std_path().to_owned())
        })
        .collect()
}

#[test]
fn exactly_the_crates_named_pings_are_published() {
    let metadata = metadata();
    for package in metadata.workspace_packages() {
        let name = package.name.as_str();
        let is_ours = name == "pings" || name.starts_with("pings-");
        let expected = is_ours && name != "pings-tests";
        assert_eq!(package.publish.is_none(), expected, "`publish` of {name}");
    }
    let steps = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../xtask/src/test.rs"));
    let steps = steps.expect("the steps of `cargo xtask test`");
    for package in metadata.workspace_packages() {
        let excluded = steps.contains(&format!("\"{}\"", package.name));
        assert_eq!(
            package.publish.is_some(),
            excluded,
            "`cargo package --exclude` of {}",
            package.name
        );
    }
}

#[test]
fn published_crates_describe_themselves() {
    for (package, folder) in published(metadata()) {
        let name = &package.name;
        let description = package.description.as_deref().unwrap_or_default();
        let is_sentence = description.ends_with('.')
            && description.starts_with(char::is_uppercase)
            && !description[..description.len() - 1].contains(". ");
        assert!(is_sentence, "the description of {name} is not one sentence");
        assert!(
            (20..=120).contains(&description.len()),
            "{name}: {description}"
        );
        assert!(
            (1..=5).contains(&package.keywords.len()),
            "keywords of {name}"
        );
        assert!(!package.categories.is_empty(), "categories of {name}");
        assert!(package.repository.is_some(), "repository of {name}");
        assert!(package.rust_version.is_some(), "rust-version of {name}");
        assert_eq!(
            package.metadata["docs"]["rs"]["all-features"], true,
            "package.metadata.docs.rs of {name}"
        );
        let readme = folder.join(package.readme.as_ref().expect("a README"));
        let readme = fs::read_to_string(readme).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(
            readme.lines().any(|line| line == format!("# {name}")),
            "the README of {name} has its name as the title"
        );
    }
}

#[test]
fn published_crates_contain_their_licenses() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    for file in ["LICENSE-APACHE", "LICENSE-MIT"] {
        let text = fs::read(root.join(file)).expect("the license");
        for (package, folder) in published(metadata()) {
            let copy = fs::read(folder.join(file));
            let copy = copy.unwrap_or_else(|error| panic!("{file} of {}: {error}", package.name));
            assert!(copy == text, "{file} of {} differs", package.name);
        }
    }
}

#[test]
fn published_crates_name_the_versions_of_crates_of_the_workspace() {
    let metadata = metadata();
    for (package, _) in published(metadata) {
        let others = package.dependencies.iter().filter(|dependency| {
            dependency.path.is_some() && dependency.kind != DependencyKind::Development
        });
        for dependency in others {
            let requirement = dependency.req.to_string();
            assert_eq!(
                requirement,
                format!("^{}", package.version),
                "the version of {} in {}",
                dependency.name,
                package.name
            );
        }
    }
}

#[test]
fn published_crates_compile_from_files_of_their_own_folder() {
    let mut seen = 0;
    for (package, folder) in published(metadata()) {
        for file in sources(&folder) {
            let text = fs::read_to_string(&file).expect("a source file");
            for input in inputs(&text) {
                let path = resolved(&file.parent().expect("a folder").join(input));
                assert!(
                    path.starts_with(&folder),
                    "{} of {} includes {input}",
                    file.display(),
                    package.name
                );
                seen += 1;
            }
        }
    }
    assert!(seen > 40, "only {seen} included files");
}

/// Returns the Rust files of a crate.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                files.push(path);
            }
        }
    }
    files
}

/// Returns the paths of the files that a source file includes.
fn inputs(text: &str) -> impl Iterator<Item = &str> {
    INPUTS.iter().flat_map(|macro_call| {
        text.split(macro_call).skip(1).filter_map(|rest| {
            let path = rest.trim_start().strip_prefix('"')?;
            Some(path.split_once('"')?.0)
        })
    })
}

/// Returns the path without `..`.
fn resolved(path: &Path) -> PathBuf {
    let mut resolved = PathBuf::new();
    for component in path.components() {
        match component {
            Component::ParentDir => {
                resolved.pop();
            }
            other => resolved.push(other),
        }
    }
    resolved
}
