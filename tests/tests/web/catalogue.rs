//! The catalogue in a browser.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use pings_catalogue::catalogue;
use pings_codegen::Origin;
use pings_registry::parse;
use pings_tests::web::{browser, packages, run};
use tempfile::TempDir;
use xtask::services::chromium;

/// Writes the catalogue of a registry to a folder, and returns how many bytes it has.
fn write(registry: &str, folder: &Path) -> usize {
    let origin = Origin {
        registry_path: "pings.yaml",
        registry_text: registry,
        values: None,
        command: "pings catalogue",
    };
    let registry = parse(registry).expect("a registry");
    let site = catalogue(&registry, &origin, None);
    for (path, text) in site.files() {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    }
    site.files().map(|(_, text)| text.len()).sum()
}

/// Returns a registry with many pings that each count an event.
fn large(pings: usize) -> String {
    let mut text = "format: 1\nname: large\ntitle: Large\nevents:\n".to_owned();
    for number in 0..pings {
        let _ = writeln!(
            text,
            "  Event{number}: {{ args: {{ kind: {{ enum: [a, b] }} }} }}"
        );
    }
    text.push_str("pings:\n");
    for number in 0..pings {
        let _ = writeln!(
            text,
            "  - {{ id: ping_{number}, section: S{}, title: Ping {number}, type: fe_event, aggregation: weekly, purpose: To know how often this happens., \
             added: '1.{}', owner: team {}, metrics: [{{ code: Code{number}, of: [Event{number}], by: [kind] }}] }}",
            number / 100,
            number % 50,
            number % 20,
        );
    }
    text
}

#[test]
fn people_find_pings_in_the_catalogue() {
    let (Some(packages), Some(browser)) = (packages(), browser()) else {
        return;
    };
    let folder = TempDir::with_prefix("pings-catalogue-").expect("a folder");
    let (small, many) = (folder.path().join("small"), folder.path().join("large"));
    write(include_str!("../../../pings.yaml"), &small);
    // 10,000 pings take a minute without optimization.
    let pings = match std::env::var("PINGS_LOAD").as_deref() {
        Ok("full") => 10_000,
        _ => 1_000,
    };
    let registry = large(pings);
    let start = Instant::now();
    let size = write(&registry, &many);
    let time = start.elapsed();
    println!("{pings} pings: {} MB in {time:?}", size / 1_000_000);
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("catalogue/pages.test.mjs");
    // `packages` is the folder `node_modules`.
    let web = packages.parent().expect("the folder of the package");
    let output = run(Command::new("node")
        .current_dir(web)
        .arg("--test")
        .arg("--test-reporter=spec")
        .arg(script)
        .env(chromium::PROGRAM, browser)
        .env("CATALOGUE", small)
        .env("LARGE", many));
    println!("{output}");
}
