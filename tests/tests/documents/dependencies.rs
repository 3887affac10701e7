//! Applies the rules of `deny.toml` that need neither cargo-deny nor a network: the licenses and
//! sources of all dependencies, and the crates of which only one version may exist.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use pings_tests::packages::metadata;

/// Returns a file of the repository.
fn read(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Returns the allowed licenses of `deny.toml`.
fn allowed() -> BTreeSet<String> {
    let deny = read("deny.toml");
    let (_, list) = deny.split_once("\nallow = [\n").expect("an allow list");
    let (list, _) = list.split_once("\n]").expect("its end");
    let names = list.lines().map(|line| line.trim().trim_end_matches(','));
    names
        .map(|name| name.trim_matches('"').to_owned())
        .collect()
}

/// Returns whether an SPDX expression is allowed. `OR` binds weaker than `AND`.
fn is_allowed(expression: &str, allowed: &BTreeSet<String>) -> bool {
    let expression = expression.replace('/', " OR ");
    let any = parts(&expression, " OR ");
    if any.len() > 1 {
        return any.iter().any(|part| is_allowed(part, allowed));
    }
    let all = parts(&expression, " AND ");
    if all.len() > 1 {
        return all.iter().all(|part| is_allowed(part, allowed));
    }
    let name = expression.trim();
    match name
        .strip_prefix('(')
        .and_then(|inner| inner.strip_suffix(')'))
    {
        Some(inner) => is_allowed(inner, allowed),
        None => allowed.contains(name),
    }
}

/// Splits an expression at an operator that is not in parentheses.
fn parts<'e>(expression: &'e str, operator: &str) -> Vec<&'e str> {
    let mut parts = Vec::new();
    let (mut start, mut depth) = (0, 0);
    for (at, character) in expression.char_indices() {
        match character {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ if depth == 0 && at >= start && expression[at..].starts_with(operator) => {
                parts.push(&expression[start..at]);
                start = at + operator.len();
            }
            _ => {}
        }
    }
    parts.push(&expression[start..]);
    parts
}

#[test]
fn dependencies_have_allowed_licenses() {
    let allowed = allowed();
    for expression in [
        "(MIT OR GPL-3.0) AND ISC",
        "GPL-3.0/MIT",
        "GPL-3.0 OR MIT AND ISC",
    ] {
        assert!(is_allowed(expression, &allowed), "{expression}");
    }
    for expression in [
        "GPL-3.0",
        "MIT AND GPL-3.0",
        "(MIT OR ISC) AND GPL-3.0",
        "MPL-2.0",
        "",
    ] {
        assert!(!is_allowed(expression, &allowed), "{expression}");
    }
    let metadata = metadata();
    let refused: Vec<_> = metadata
        .packages
        .iter()
        .filter(|package| package.source.is_some())
        .filter(|package| !is_allowed(package.license.as_deref().unwrap_or_default(), &allowed))
        .map(|package| {
            format!(
                "{} {}: {:?}",
                package.name, package.version, package.license
            )
        })
        .collect();
    assert!(refused.is_empty(), "not in deny.toml: {refused:#?}");
}

#[test]
fn dependencies_come_from_crates_io() {
    let lock = read("Cargo.lock");
    let sources = lock
        .lines()
        .filter_map(|line| line.strip_prefix("source = "));
    let sources: BTreeSet<_> = sources.collect();
    let registry = "\"registry+https://github.com/rust-lang/crates.io-index\"";
    assert_eq!(sources, BTreeSet::from([registry]));
    assert!(read("deny.toml").contains(registry.trim_matches('"').trim_start_matches("registry+")));
}

#[test]
fn the_crates_of_deny_toml_exist_once() {
    let (deny, lock) = (read("deny.toml"), read("Cargo.lock"));
    let once: Vec<_> = deny
        .lines()
        .filter_map(|line| line.trim().strip_prefix("{ crate = \""))
        .filter_map(|line| line.strip_suffix("\", deny-multiple-versions = true },"))
        .collect();
    assert!(once.len() > 5, "{once:?}");
    for name in once {
        let versions = lock.matches(&format!("\nname = \"{name}\"\n")).count();
        assert_eq!(versions, 1, "versions of {name} in Cargo.lock");
    }
}
