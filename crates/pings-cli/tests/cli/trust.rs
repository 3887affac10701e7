//! Snapshots of the commands with which a vendor reads a store: series, impact and doctor.
//!
//! There are twelve instances over ten weeks. Version 2.1 counts too little, and 2.2 fixes that.
//! One instance stops reporting, one fails in a week, and no instance is trusted in the seventh
//! week.

#![allow(clippy::unwrap_used, reason = "a test stops where something fails")]

use std::process::{Command, Output};

use serde_json::{Value as Json, json};
use tempfile::TempDir;

pub(crate) const REGISTRY: &str = "\
format: 1
name: notes
title: Notes
events:
  NoteSaved:
    description: Somebody saved a note.
    args:
      kind: { enum: [text, drawing] }
  NoteOpened: { description: Somebody opened a note. }
pings:
  - id: notes_saved
    section: Notes
    title: Notes saved
    type: fe_event
    aggregation: weekly
    added: \"2.0\"
    broken:
      - { versions: \"2.1\", reason: does not count drawings, fix: 12 }
    metrics:
      - { code: NoteSaved, by: [kind], measure: [count, unique_users] }
  - id: notes_opened
    section: Notes
    title: Notes opened
    type: fe_event
    aggregation: weekly
    added: \"2.0\"
    metrics:
      - { code: NoteOpened }
";

/// A registry with seven tags, an optional dimension, and a funnel.
pub(crate) const TAGS: &str = "\
format: 1
name: notes
title: Notes
events:
  NoteTagged:
    description: Somebody tagged a note.
    args:
      tag: { enum: [c++, \"@me\", work in progress, WWW, to read before the next meeting, rust, idea], optional: true }
  NoteShared: { description: Somebody shared a note. }
pings:
  - id: notes_tagged
    section: Notes
    title: Notes tagged
    type: fe_event
    aggregation: weekly
    added: \"2.0\"
    broken:
      - { versions: \"2.1\", reason: forgets tags }
    metrics:
      - { code: NoteTagged, by: [tag], measure: [count, unique_users] }
  - id: notes_to_share
    section: Notes
    title: From tagging to sharing
    type: fe_event
    aggregation: weekly
    added: \"2.0\"
    funnels:
      - { code: TagThenShare, steps: [NoteTagged, NoteShared] }
";

/// Returns the payload of an instance for [`TAGS`].
pub(crate) fn tagged(fingerprint: &str, instance: u32, week: u32, versions: &Json) -> Json {
    let tags = json!([
        "c++",
        "@me",
        "work in progress",
        "WWW",
        "to read before the next meeting",
        "rust",
        null,
        "idea",
    ]);
    let rows = tags.as_array().unwrap().iter().zip(1..).map(|(tag, place)| {
        json!({ "tag": tag, "count": (9 - place) * 7 + instance + week % 3, "unique_users": place.min(6) })
    });
    let reached = [9 + week % 4, 3 + week % 2];
    let steps = ["NoteTagged", "NoteShared"].iter().zip(reached);
    let steps = steps.map(
        |(event, reached)| json!({ "events": [event], "count": 14, "users": 12, "reached": reached }),
    );
    sent(
        fingerprint,
        instance,
        week,
        versions,
        &json!({
            "NoteTagged": { "by": ["tag"], "rows": rows.collect::<Vec<_>>() },
            "TagThenShare": { "steps": steps.collect::<Vec<_>>() },
        }),
    )
}

/// Returns the versions of an instance in a week, or `None` if the instance does not report.
fn versions(instance: u32, week: u32) -> Option<Json> {
    let upgrade = 3 + instance % 2;
    match week {
        8.. if instance == 5 => None,
        _ if week < upgrade => Some(json!({ "2.0.3": 9 })),
        _ if week == upgrade => Some(json!({ "2.0.3": 4, "2.1.0": 5 })),
        0..=6 => Some(json!({ "2.1.0": 9 })),
        _ => Some(json!({ "2.2.0": 9 })),
    }
}

fn payload(fingerprint: &str, instance: u32, week: u32, versions: &Json) -> Json {
    let is_broken = versions.get("2.1.0").is_some();
    let row = |kind: &str, count: u32| json!({ "kind": kind, "count": count, "unique_users": count.min(3) });
    let mut rows = vec![row("text", 10 + instance + week % 3)];
    if !is_broken {
        rows.push(row("drawing", 60 + instance * 2));
    }
    let saved = match (instance, week) {
        (2, 1) => json!({ "error": "time_limit" }),
        (3, 8) => json!({ "by": ["kind"], "rows": [] }),
        _ => json!({ "by": ["kind"], "rows": rows }),
    };
    let opened = json!({ "count": 80 + instance * 5 + week % 4 });
    let metrics = json!({ "NoteSaved": saved, "NoteOpened": opened });
    sent(fingerprint, instance, week, versions, &metrics)
}

/// Returns a payload with these values.
fn sent(fingerprint: &str, instance: u32, week: u32, versions: &Json, metrics: &Json) -> Json {
    json!({
        "format": 1, "registry": "notes", "fingerprint": fingerprint,
        "instance": format!("00000000-0000-4000-8000-{instance:012}"),
        "week": format!("2021-W{:02}", week + 1),
        "start": day(week), "end": day(week + 1),
        "revision": 1, "versions": versions,
        "metrics": metrics,
    })
}

/// The Monday of a week of 2021, counted from 0.
fn day(week: u32) -> String {
    let january = 4 + 7 * week;
    match january {
        0..=31 => format!("2021-01-{january:02}T00:00:00Z"),
        32..=59 => format!("2021-02-{:02}T00:00:00Z", january - 31),
        _ => format!("2021-03-{:02}T00:00:00Z", january - 59),
    }
}

pub(crate) struct Vendor(pub(crate) TempDir);

impl Vendor {
    pub(crate) fn new(registry: &str, instances: u32) -> Self {
        Self::with(registry, instances, payload)
    }

    /// Creates a store whose instances send the payloads that `payload` returns.
    pub(crate) fn with(
        registry: &str,
        instances: u32,
        payload: impl Fn(&str, u32, u32, &Json) -> Json,
    ) -> Self {
        let vendor = Self(tempfile::tempdir().unwrap());
        let write = |name: &str, text: String| {
            std::fs::write(vendor.0.path().join(name), text).unwrap();
        };
        write("pings.yaml", registry.to_owned());
        let learned = vendor.call("store registry pings.yaml --format json");
        let learned: Json = serde_json::from_str(&learned).unwrap();
        let fingerprint = learned["learned"][0]["fingerprint"].as_str().unwrap();
        let mut lines = Vec::new();
        for instance in 0..instances {
            for week in 0..10 {
                if let Some(versions) = versions(instance, week) {
                    lines.push(payload(fingerprint, instance, week, &versions).to_string());
                }
            }
        }
        write("sent.ndjson", lines.join("\n"));
        vendor.call("store import sent.ndjson");
        vendor
    }

    fn command(&self, arguments: &str) -> Output {
        Command::new(env!("CARGO_BIN_EXE_pings"))
            .args(arguments.split_whitespace())
            .current_dir(self.0.path())
            .env_remove("PINGS_STORE_DATABASE")
            .env("COLUMNS", "100")
            .output()
            .unwrap()
    }

    /// Runs a command that must succeed, and returns its output.
    pub(crate) fn call(&self, arguments: &str) -> String {
        let output = self.command(arguments);
        let told = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success(), "pings {arguments}: {told}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// Returns the picture of a series.
    pub(crate) fn picture(&self, arguments: &str) -> String {
        self.call(&format!("store series {arguments} --plot series.svg"));
        std::fs::read_to_string(self.0.path().join("series.svg")).unwrap()
    }

    /// Runs a command that must fail, and returns its error message.
    pub(crate) fn complaint(&self, arguments: &str) -> String {
        let output = self.command(arguments);
        assert_eq!(output.status.code(), Some(1), "pings {arguments}");
        String::from_utf8(output.stderr).unwrap()
    }

    /// Returns commands with their outputs.
    pub(crate) fn session(&self, commands: &[&str]) -> String {
        let told = commands
            .iter()
            .map(|command| format!("$ pings {command}\n{}", self.call(command)));
        told.collect::<Vec<_>>().join("\n")
    }
}

#[test]
fn a_series_says_what_to_believe() {
    let vendor = Vendor::new(REGISTRY, 12);
    insta::assert_snapshot!(
        "series",
        vendor.session(&[
            "store series NoteSaved",
            "store series NoteSaved --by kind",
            "store series NoteSaved --all --weeks 5",
            "store series NoteSaved --weeks 4 --format csv",
            "store series NoteSaved --weeks 1 --format json",
        ])
    );
}

/// 2.2 was never released: the weeks of its instances are not trusted.
#[test]
fn a_series_names_versions_that_were_never_released() {
    let bounded = |newest: &str| {
        let released = format!("title: Notes\nreleased: \"{newest}\"\nevents");
        REGISTRY.replacen("title: Notes\nevents", &released, 1)
    };
    let vendor = Vendor::new(&bounded("2.1"), 12);
    insta::assert_snapshot!(
        "unreleased",
        vendor.session(&[
            "store series NoteSaved --weeks 5",
            "store series NoteSaved --weeks 3 --format csv",
            "store series NoteSaved --weeks 1 --format json",
            "explain NoteSaved --at 2.2.0",
            "explain NoteOpened --at 2.1.7",
        ])
    );
    // A picture shows these weeks like weeks of a broken version.
    let broken = REGISTRY.replace("versions: \"2.1\"", "versions: \"2.1-2.2\"");
    std::fs::write(vendor.0.path().join("broken.yaml"), broken).unwrap();
    let picture = vendor.picture("NoteSaved --weeks 3");
    let broken = vendor.picture("NoteSaved --weeks 3 --registry broken.yaml");
    assert_eq!(picture, broken);
    let explained = vendor.call("explain NoteSaved --at 2.2.0 --format json");
    let explained: Json = serde_json::from_str(&explained).unwrap();
    assert_eq!(explained["trust"], json!({ "state": "unreleased" }));
    for (registry, note) in [
        (
            bounded("2.0"),
            "versions after 2.0 would no longer be trusted",
        ),
        (
            REGISTRY.to_owned(),
            "versions that were never released would be trusted",
        ),
    ] {
        std::fs::write(vendor.0.path().join("older.yaml"), registry).unwrap();
        let output = vendor.command("store registry older.yaml");
        let told = String::from_utf8(output.stderr).unwrap();
        let note = format!("is older than the registry that the store uses: {note}\n");
        assert!(output.status.success() && told.contains(&note), "{told}");
    }
}

#[test]
fn who_reads_by_another_registry_than_the_views_is_told() {
    let vendor = Vendor::new(REGISTRY, 1);
    let told = |registry: &str| {
        std::fs::write(vendor.0.path().join("other.yaml"), registry).unwrap();
        let output = Command::new(env!("CARGO_BIN_EXE_pings"))
            .args(["store", "series", "NoteSaved", "--registry", "other.yaml"])
            .current_dir(vendor.0.path())
            .env_remove("PINGS_STORE_DATABASE")
            .output()
            .unwrap();
        String::from_utf8(output.stderr).unwrap()
    };
    // Prose does not affect the numbers, so there is no note.
    assert_eq!(
        told(&REGISTRY.replace("title: Notes\n", "title: All notes\n")),
        ""
    );
    let wider = told(&REGISTRY.replace("versions: \"2.1\"", "versions: \"2.1-2.2\""));
    assert!(
        wider.contains("the store's views use another registry of `notes`"),
        "{wider}"
    );
    let stranger = told(&REGISTRY.replace("name: notes", "name: strangers"));
    assert!(
        stranger.contains("the store has no registry of `strangers`"),
        "{stranger}"
    );
}

#[test]
fn a_picture_has_gaps_where_nobody_is_to_be_believed() {
    let vendor = Vendor::new(REGISTRY, 12);
    insta::assert_snapshot!("picture", vendor.picture("NoteSaved --by kind"));
}

#[test]
fn many_groups_and_steps_are_told_apart() {
    let vendor = Vendor::with(TAGS, 8, tagged);
    insta::assert_snapshot!(
        "groups",
        vendor.session(&[
            "store series NoteTagged --by tag --weeks 3",
            "store series TagThenShare --weeks 3",
        ])
    );
    insta::assert_snapshot!("picture_groups", vendor.picture("NoteTagged --by tag"));
    insta::assert_snapshot!("picture_funnel", vendor.picture("TagThenShare"));
}

#[test]
fn a_mean_does_not_fall_where_instances_drop_out() {
    let vendor = Vendor::new(REGISTRY, 12);
    insta::assert_snapshot!(
        "mean",
        vendor.session(&[
            "store series NoteSaved --mean",
            "store series NoteSaved --mean --by kind",
            "store series NoteSaved --mean --weeks 4 --format csv",
            "store series NoteSaved --mean --weeks 1 --format json",
        ])
    );
    let picture = vendor.picture("NoteSaved --mean");
    assert!(picture.contains("per trusted instance"), "{picture}");
    let said = vendor.complaint("store series NoteSaved --mean --all");
    assert!(said.contains("cannot be used with"), "{said}");
}

#[test]
fn a_picture_is_svg_and_is_called_so() {
    let vendor = Vendor::new(REGISTRY, 1);
    let said = vendor.complaint("store series NoteSaved --plot series.png");
    assert_eq!(
        said,
        "error: `--plot series.png` does not end in .svg, the only supported format\n\
         help: use --plot series.svg\n"
    );
    assert!(!vendor.0.path().join("series.png").exists());
}

#[test]
fn an_impact_says_what_a_breakage_touched() {
    let vendor = Vendor::new(REGISTRY, 12);
    insta::assert_snapshot!(
        "impact",
        vendor.session(&[
            "store impact NoteSaved",
            "store impact NoteSaved --versions 2.0-2.0.9",
            "store impact NoteOpened",
        ])
    );
}

#[test]
fn a_doctor_says_what_is_not_declared() {
    let undeclared = REGISTRY
        .lines()
        .filter(|line| !line.contains("broken:") && !line.contains("drawings"))
        .map(|line| format!("{line}\n"))
        .collect::<String>();
    let vendor = Vendor::new(&undeclared, 12);
    insta::assert_snapshot!("doctor", vendor.session(&["store doctor"]));
    let small = Vendor::new(&undeclared, 6);
    insta::assert_snapshot!("doctor_small", small.session(&["store doctor"]));
}
