//! The catalogue in a browser.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use pings_catalogue::{CallSite, CallSites, History, Options, Released, catalogue};
use pings_codegen::{Origin, Tree};
use pings_registry::parse;
use pings_tests::web::{browser, packages, run};
use tempfile::TempDir;
use xtask::services::chromium;

/// Writes the catalogue of a registry to a folder, and returns how many bytes it has.
fn write(registry: &str, folder: &Path) -> usize {
    let parsed = parse(registry).expect("a registry");
    let site = catalogue(&parsed, &origin(registry), &Options::default());
    put(&site, folder);
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

/// A text that tries to be markup, runs from right to left, and has no place to break.
fn hostile() -> String {
    let text = "\u{202e}<script>alert(1)</script>\" onclick=\"alert(2) --> ]]> [x](javascript:alert(3)) \
                ![i](https://example.com/i.png) עברית `code <b>";
    format!("{text}{}", "long".repeat(60))
}

/// Returns a registry with hostile text in each field, its history, and call sites with such names.
fn hostile_site(folder: &Path) {
    let text = serde_json::to_string(&hostile()).expect("a text");
    // Names are in one line of code, so they have no spaces.
    let long = "Very".repeat(60);
    let registry = |added: &str| {
        format!(
            r#"
format: 1
name: hostile
title: {text}
summary: {text}
links: {{ code: "javascript:alert('{{code}}')", pr: "https://example.com/\"><b>{{pr}}" }}
terms:
  fe_event: {{ name: {text}, meaning: {text} }}
  be_capture: {{ name: {text}, meaning: {text} }}
glossary: {{ {text}: {text} }}
sections: {{ {text}: {{ intro: {text} }} }}
events:
  "<b>Clicked{long}</b>":
    description: {text}
    renamed_from: ["<i>once</i>"]
    args:
      kind: {{ enum: [{text}, "<u>other</u>", {long}], description: {text} }}
  {long}: {{}}
tables:
  thing: {{ id: integer, state: {{ enum: [{text}, "<u>other</u>"] }} }}
  table_{long}: {{ id: integer }}
pings:
  - id: clicks
    section: {text}
    title: {text}
    type: fe_event
    purpose: {text}
    implementation: {text}
    considerations: {text}
    aggregation: weekly
    aggregation_note: {text}
    added: "{added}"
    broken: [ {{ versions: "1.2-1.3", reason: {text}, fix: 12 }} ]
    owner: {text}
    tags: [{text}]
    metrics:
      - {{ code: Clicks{long}, of: "<b>Clicked{long}</b>", by: [kind], note: {text} }}
  - id: things
    section: {text}
    title: {long}
    type: be_capture
    aggregation: total
    added: "1.0"
    owner: {long}
    metrics:
      - {{ code: Things, from: thing, by: {{ state: thing.state }}, where: "thing.state <> '<u>other</u>'" }}
      - {{ code: Others, from: table_{long} }}
"#
        )
    };
    let (old, new) = (registry("1.0"), registry("1.1"));
    let parsed = |text: &str| parse(text).expect("a registry");
    let (before, now) = (parsed(&old), parsed(&new));
    let version = |text: &str| text.parse().expect("a version");
    let history = History {
        releases: vec![Released {
            tag: "v1.0<b>".to_owned(),
            version: version("1.0"),
            date: "<i>2026</i>".to_owned(),
            pings: 2,
            changes: Some(pings_diff::diff(&now, &before)),
        }],
        unreleased: pings_diff::diff(&before, &now),
        unread: vec![(hostile(), hostile())],
    };
    let site = |line| CallSite {
        path: hostile(),
        line,
    };
    let sites = CallSites {
        events: vec![(1..20).map(site).collect(), Vec::new()],
        releases: vec![(version("1.0"), vec![1, 0])],
        source_url: Some("https://example.com/{path}#{line}".to_owned()),
    };
    let options = Options {
        base: None,
        history: Some(&history),
        call_sites: Some(&sites),
    };
    put(&catalogue(&now, &origin(&new), &options), folder);
}

fn origin(registry: &str) -> Origin<'_> {
    Origin {
        registry_path: "pings.yaml",
        registry_text: registry,
        values: None,
        command: "pings catalogue",
    }
}

/// Writes the files of a site to a folder.
fn put(site: &Tree, folder: &Path) {
    for (path, text) in site.files() {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    }
}

#[test]
fn people_find_pings_in_the_catalogue() {
    let (Some(packages), Some(browser)) = (packages(), browser()) else {
        return;
    };
    let folder = TempDir::with_prefix("pings-catalogue-").expect("a folder");
    let (small, many) = (folder.path().join("small"), folder.path().join("large"));
    write(include_str!("../../../pings.yaml"), &small);
    let hostile = folder.path().join("hostile");
    hostile_site(&hostile);
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
        .env("HOSTILE", hostile)
        .env("LARGE", many));
    println!("{output}");
}
