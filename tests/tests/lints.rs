//! Runs each lint on a registry in which it finds something, and on one in which it does not.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use pings_model::{Level, Lint};
use pings_registry::{Checked, Finding, Levels, Source, render_finding};

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

fn folder(lint: Lint) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("registries/lint")
        .join(lint.name())
}

fn checked(text: &str, levels: &Levels) -> Checked {
    pings_registry::check(text, levels).unwrap_or_else(|mistakes| panic!("{mistakes:#?}"))
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Returns the findings with the messages that a user sees.
fn shown(name: &str, text: &str) -> Vec<(Finding, String)> {
    let source = Source { name, text };
    let mut levels = Levels::default();
    levels.set_today("2026-11-30").expect("a date");
    checked(text, &levels)
        .findings
        .into_iter()
        .filter(|finding| finding.suppressed.is_none())
        .map(|finding| {
            let message = render_finding(source, &finding, false);
            (finding, message)
        })
        .collect()
}

/// Compares the messages for each lint with its snapshot.
#[test]
fn every_lint_finds_what_it_is_for() {
    for lint in Lint::ALL {
        let folder = folder(*lint);
        let shown = shown("found.yaml", &read(&folder.join("found.yaml")));
        let lints: BTreeSet<_> = shown.iter().map(|(it, _)| it.diagnostic.rule).collect();
        assert_eq!(lints, BTreeSet::from([*lint]), "{shown:#?}");
        assert!(
            shown.iter().all(|(it, _)| it.level == lint.level()),
            "{lint:?} has another level"
        );
        let messages: Vec<_> = shown.into_iter().map(|(_, message)| message).collect();
        insta::with_settings!({
            snapshot_path => &folder,
            prepend_module_to_snapshot => false,
            omit_expression => true,
        }, {
            insta::assert_snapshot!("found", messages.join("\n\n"));
        });
    }
}

#[test]
fn no_lint_finds_anything_in_what_is_fine() {
    for lint in Lint::ALL {
        let shown = shown("fine.yaml", &read(&folder(*lint).join("fine.yaml")));
        let messages: Vec<_> = shown.iter().map(|(_, message)| message.as_str()).collect();
        assert!(
            messages.is_empty(),
            "{}: {}",
            lint.name(),
            messages.join("\n\n")
        );
    }
}

/// A folder of fixtures without a lint would be left over from a lint that was renamed or removed.
#[test]
fn every_folder_is_of_a_lint() {
    let folders = Path::new(env!("CARGO_MANIFEST_DIR")).join("registries/lint");
    let found: BTreeSet<String> = fs::read_dir(folders)
        .expect("the fixtures")
        .map(|entry| {
            entry
                .expect("a folder")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    let lints: BTreeSet<String> = Lint::ALL
        .iter()
        .map(|lint| lint.name().to_owned())
        .collect();
    assert_eq!(found, lints);
}

/// The registry of this project has no findings except those that it suppresses with a reason.
#[test]
fn the_registry_of_this_project_is_clean() {
    let path = Path::new(ROOT).join("pings.yaml");
    let messages: Vec<_> = shown("pings.yaml", &read(&path))
        .into_iter()
        .map(|(_, message)| message)
        .collect();
    assert!(messages.is_empty(), "{}", messages.join("\n\n"));
}

fn levels(said: &[(&str, Level)]) -> Levels {
    let mut levels = Levels::default();
    for (name, level) in said {
        levels.set(name, *level).expect("a lint");
    }
    levels
}

#[test]
fn levels_come_from_whoever_asks_then_the_registry_then_the_lint() {
    let plain = read(&folder(Lint::UnusedEvent).join("found.yaml"));
    let levelled = |level: &str| {
        plain.replacen(
            "events:",
            &format!("lints: {{ unused-event: {level} }}\nevents:"),
            1,
        )
    };
    let level = |text: &str, said: &[(&str, Level)]| {
        let findings = checked(text, &levels(said)).findings;
        findings.first().map(|finding| finding.level)
    };
    assert_eq!(level(&plain, &[]), Some(Level::Warn));
    assert_eq!(level(&levelled("deny"), &[]), Some(Level::Deny));
    assert_eq!(level(&levelled("allow"), &[]), None);
    assert_eq!(
        level(&levelled("allow"), &[("unused-event", Level::Deny)]),
        Some(Level::Deny)
    );
    assert_eq!(
        level(&plain, &[("warnings", Level::Deny)]),
        Some(Level::Deny)
    );
    assert_eq!(level(&plain, &[("warnings", Level::Allow)]), None);
    let allowed = [("warnings", Level::Deny), ("unused-event", Level::Allow)];
    assert_eq!(level(&plain, &allowed), None);
    let twice = [
        ("unused-event", Level::Allow),
        ("unused-event", Level::Warn),
    ];
    assert_eq!(level(&plain, &twice), Some(Level::Warn));
}

/// Without a day, the result is the same on every day.
#[test]
fn lints_of_dates_need_a_day() {
    let text = read(&folder(Lint::OverdueReview).join("found.yaml"));
    assert!(checked(&text, &Levels::default()).findings.is_empty());
    let mut levels = Levels::default();
    for text in ["", "today", "2026-02-29", "2026-1-1"] {
        assert!(levels.set_today(text).is_err(), "{text}");
    }
}

#[test]
fn a_lint_that_is_not_there_is_told_with_the_nearest() {
    let unknown = Levels::default()
        .set("unused-events", Level::Deny)
        .expect_err("no such lint");
    assert_eq!(
        unknown.to_string(),
        "there is no lint `unused-events`\nhelp: did you mean `unused-event`?"
    );
}

/// Codes are not compared pairwise, so that ten times as many codes take about ten times as long.
#[test]
fn near_codes_among_many_are_found_quickly() {
    let registry = |codes: usize| {
        let mut text = String::from(
            "format: 1\nname: many\ntitle: Many\nevents:\n  Happened:\npings:\n  - id: all\n    title: All\n    type: fe_event\n    \
             purpose: To have many.\n    owner: team/many\n    aggregation: weekly\n    added: \"1.0\"\n    metrics:\n",
        );
        for n in 0..codes {
            let letters: String = format!("{n:05}")
                .bytes()
                .map(|digit| {
                    [
                        "bak", "cel", "dim", "fon", "gup", "hyr", "jas", "ket", "liv", "mow",
                    ][usize::from(digit - b'0')]
                })
                .collect();
            text.push_str(&format!(
                "      - {{ code: Thing_{letters}, of: Happened }}\n"
            ));
        }
        text + "      - { code: Thing_bakbakbakbakbax, of: Happened }\n"
    };
    let text = registry(10_000);
    let parsed = std::time::Instant::now();
    pings_registry::parse(&text).expect("a registry");
    let parsed = parsed.elapsed();
    let linted = std::time::Instant::now();
    let findings = checked(&text, &Levels::default()).findings;
    let linted = linted.elapsed();
    assert_eq!(findings.len(), 1, "{findings:#?}");
    assert!(linted < parsed * 4, "{linted:?} beside {parsed:?}");
}
