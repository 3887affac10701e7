//! Tests what `pings report` says about windows other than the week.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops where something fails"
)]

use std::path::Path;
use std::process::Command;

const REGISTRY: &str = r#"
format: 1
name: builds
title: Builds
events:
  Built:
    args: { seconds: integer }
pings:
  - id: builds
    title: Builds
    type: fe_event
    window: [week, days_28]
    added: "1.0"
    owner: team/ci
    purpose: To see how much is built.
    broken: [{ versions: "1.5", reason: counts twice }]
    metrics:
      - { code: Built }
      - code: Slow
        of: Built
        where: { seconds: { min: 60 } }
        window: days_28
        broken: [{ versions: "1.6", reason: counts hours }]
      - { code: Any, of: any }
"#;

fn call(folder: &Path, arguments: &str) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_pings"))
        .args(arguments.split_whitespace())
        .current_dir(folder)
        .env_remove("PINGS_DATABASE")
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    let (out, err) = (text(output.stdout), text(output.stderr));
    assert!(output.status.success(), "{arguments}: {out}{err}");
    format!("{out}{err}")
}

#[test]
fn a_report_names_what_is_wrong_with_a_window() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    std::fs::write(path.join("pings.yaml"), REGISTRY).unwrap();
    let lines = [
        ("Built", "2021-01-05", "1.4"),
        ("Built", "2021-01-12", "1.5.1"),
        ("Built", "2021-01-19", "1.6"),
        ("Built", "2021-01-26", "1.7"),
        ("Buildt", "2021-02-02", "1.7"),
        ("Built", "2021-02-02", "1.7"),
        ("Built", "2021-02-09", "1.7"),
    ];
    let lines = lines.map(|(name, day, version)| {
        format!(
            "{{\"name\":\"{name}\",\"argument\":{{\"seconds\":60}},\
             \"timestamp\":\"{day}T10:00:00Z\",\"version\":\"{version}\"}}"
        )
    });
    std::fs::write(path.join("events.ndjson"), lines.join("\n")).unwrap();
    call(path, "init");
    let said = call(path, "import events.ndjson");
    let note = "1 event is not counted by name, because the registry has no event `Buildt`";
    assert!(said.contains(note), "{said}");
    for (week, expected) in [
        // The 28 days began before the first event.
        (
            "2021-W03",
            &[
                "  28 days from 2020-12-28 is not trusted, broken in 1.5: counts twice",
                "  Built, 28 days from 2020-12-28  not counted: recording began after the start of the window, 2020-12-28T00:00:00Z",
            ][..],
        ),
        (
            "2021-W04",
            &[
                "  28 days from 2021-01-04 is not trusted, broken in 1.5: counts twice",
                "  Built                          1",
                "  Built, 28 days from 2021-01-04  4",
            ],
        ),
        (
            "2021-W06",
            &[
                "  Slow, 28 days from 2021-01-18 is not trusted, broken in 1.6: counts hours",
                "  Any, 28 days from 2021-01-18    5",
            ],
        ),
    ] {
        let report = call(path, &format!("report --week {week}"));
        for line in expected {
            let has_line = report.lines().any(|it| {
                it.split_whitespace().collect::<Vec<_>>()
                    == line.split_whitespace().collect::<Vec<_>>()
            });
            assert!(has_line, "{line}\n{report}");
        }
        let is_counted_twice = report.contains("counts twice");
        assert_eq!(is_counted_twice, week != "2021-W06", "{report}");
    }
}
