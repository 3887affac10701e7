//! The web package compiles, runs, and stays small, for registries with any names.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use pings_codegen::{Extras, Libraries, Origin, product};
use pings_registry::parse;
use pings_tests::fixture::Fixture;
use pings_tests::web::{browser, npm, packages, run};
use tempfile::TempDir;
use xtask::services::chromium;

/// A registry with names that JavaScript reserves, or that cannot be identifiers.
const NAMES: &str = include_str!("../../registries/web/names.yaml");

/// Writes the web package of a registry, and returns its folder.
fn written(folder: &Path, registry: &str) -> PathBuf {
    let origin = Origin {
        registry_path: "pings.yaml",
        registry_text: registry,
        values: None,
        command: "pings generate",
    };
    let registry = parse(registry).expect("a registry");
    let extras = Extras {
        web: true,
        ..Extras::default()
    };
    let tree = product(&registry, &origin, Libraries::Published, extras);
    for (path, text) in tree.files() {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    }
    let name = registry.name().replace('_', "-");
    folder.join(format!("packages/{name}-web"))
}

#[test]
fn the_client_passes_its_own_tests_within_its_sizes() {
    if packages().is_none() {
        return;
    }
    run(&mut npm("test"));
    // Visible with `--nocapture`.
    println!("{}", run(&mut npm("size")));
}

#[test]
fn the_client_runs_in_chromium() {
    let (Some(_), Some(browser)) = (packages(), browser()) else {
        return;
    };
    run(npm("test:browser").env(chromium::PROGRAM, browser));
}

#[test]
fn packages_of_any_registry_compile_and_record() {
    let Some(packages) = packages() else {
        return;
    };
    let folder = TempDir::with_prefix("pings-web-").expect("a folder");
    let texts = Fixture::all()
        .iter()
        .map(Fixture::registry)
        .collect::<Vec<_>>();
    let texts = texts.iter().map(String::as_str).chain([NAMES]);
    let mut sources = Vec::new();
    for (number, text) in texts.enumerate() {
        let package = written(&folder.path().join(number.to_string()), text);
        let registry = parse(text).expect("a registry");
        let events: Vec<&str> = registry
            .events()
            .iter()
            .map(|it| it.name.as_str())
            .collect();
        // Every function takes its arguments as one object, and records the event of that name.
        let script = format!(
            "import * as pings from './index.js'
import {{ recorded }} from './testing.js'
const own = new Set(['record', 'start'])
const functions = Object.entries(pings).filter(([name]) => !own.has(name))
for (const [, record] of functions) record({{}})
const names = recorded().map(event => event.name).sort()
const expected = {expected}.sort()
if (JSON.stringify(names) !== JSON.stringify(expected)) throw new Error(`recorded ${{names}}`)
",
            expected = serde_json::to_string(&events).expect("JSON"),
        );
        fs::write(package.join("check.mjs"), script).expect("a file");
        run(Command::new("node").arg(package.join("check.mjs")));
        let module = package.join("check.ts");
        let source = "import * as pings from './index.js'
import { listen } from './dom.js'
import { recorded, type RecordedEvent } from './testing.js'
export const all: typeof pings = pings
listen()
export const events: readonly RecordedEvent[] = recorded()
export type Names = pings.EventName
";
        fs::write(&module, source).expect("a file");
        sources.push(module);
    }
    // One run of the compiler for all of them; declarations are checked as well.
    run(Command::new("node")
        .arg(packages.join("typescript/bin/tsc"))
        .args([
            "--strict",
            "--isolatedModules",
            "--noEmit",
            "--target",
            "es2020",
        ])
        .args(["--module", "es2020", "--moduleResolution", "bundler"])
        .args(["--lib", "es2020,dom", "--types", ""])
        .args(&sources));
}
