//! Tests `pings new` with all registries of the tests.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops where something fails"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use proptest::prelude::*;
use proptest::test_runner::TestCaseError;
use serde_json::Value as Json;
use tempfile::TempDir;

struct Place(TempDir);

impl Place {
    fn new(text: &str) -> Self {
        let place = Self(tempfile::tempdir().unwrap());
        fs::write(place.0.path().join("pings.yaml"), text).unwrap();
        place
    }

    /// Creates a place for a registry with this name, with the lists of values that it names.
    fn of(name: &str, text: &str) -> Self {
        let place = Self::new(text);
        let folder = ok().join(name);
        for entry in fs::read_dir(folder).into_iter().flatten() {
            let list = entry.unwrap().path();
            if list.extension().is_some_and(|it| it == "txt") {
                let copy = place.0.path().join(list.file_name().unwrap());
                fs::copy(&list, copy).unwrap();
            }
        }
        place
    }

    fn text(&self) -> String {
        fs::read_to_string(self.0.path().join("pings.yaml")).unwrap()
    }

    /// Returns the exit code, standard output and standard error.
    fn call(&self, arguments: &[&str]) -> (i32, String, String) {
        let output = Command::new(env!("CARGO_BIN_EXE_pings"))
            .args(arguments)
            .current_dir(self.0.path())
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        let (out, err) = (text(output.stdout), text(output.stderr));
        assert!(!err.contains("panicked"), "{err}");
        (output.status.code().unwrap(), out, err)
    }
}

/// Returns the folder of the valid registries.
fn ok() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/registries/ok")
}

/// Returns every valid registry with its name.
fn registries() -> Vec<(String, String)> {
    let mut all: Vec<(String, String)> = fs::read_dir(ok())
        .unwrap()
        .filter_map(|entry| {
            let folder = entry.unwrap().path();
            let name = folder.file_name()?.to_string_lossy().into_owned();
            Some((name, fs::read_to_string(folder.join("pings.yaml")).ok()?))
        })
        .collect();
    all.push((
        "pings.yaml".to_owned(),
        fs::read_to_string(ok().join("../../../pings.yaml")).unwrap(),
    ));
    all.sort();
    assert!(all.len() > 12, "only {} registries", all.len());
    all
}

/// Returns whether the new text contains all old lines, unchanged and in order.
fn keeps_lines(old: &str, new: &str) -> bool {
    let mut new = new.split('\n').map(|line| line.trim_end_matches('\r'));
    // A file without a trailing line break gets one, so the empty last piece is not compared.
    let mut old = old
        .trim_end_matches(['\r', '\n'])
        .split('\n')
        .map(|line| line.trim_end_matches('\r'));
    old.all(|line| new.any(|other| other == line))
}

const FLAGS: [&str; 15] = [
    "new",
    "--event",
    "LampDropped",
    "--description",
    "A user dropped the lamp.",
    "--arg",
    "floor=wood,stone",
    "--arg",
    "height?=number",
    "--title",
    "Dropped lamps",
    "--purpose",
    "To see how many break: all of them?",
    "--added",
    "97.1",
];

#[test]
fn a_ping_is_added_to_every_registry_and_nothing_else_changes() {
    for (name, text) in registries() {
        for text in [
            text.clone(),
            text.replace('\n', "\r\n"),
            text.trim_end().to_owned(),
        ] {
            let place = Place::of(&name, &text);
            let mut flags = FLAGS.to_vec();
            flags.extend([
                "--by",
                "floor",
                "--measure",
                "count,unique-users",
                "--id",
                "dropped_lamps",
            ]);
            let (code, _, err) = place.call(&flags);
            assert_eq!(code, 0, "{name}: {err}");
            let new = place.text();
            assert!(keeps_lines(&text, &new), "{name}:\n{new}");
            let is_crlf = text.contains("\r\n");
            assert_eq!(new.contains("\r\n"), is_crlf, "{name}");
            assert_eq!(
                new.matches('\n').count() == new.matches("\r\n").count(),
                is_crlf,
                "{name}"
            );
            let (code, out, err) = place.call(&["check"]);
            assert_eq!(code, 0, "{name}: {out}{err}\n{new}");
            // A second call uses the event that exists now.
            let (code, _, err) = place.call(&[
                "new",
                "--event",
                "LampDropped",
                "--title",
                "Again",
                "--purpose",
                "P",
                "--added",
                "97.2",
                "--id",
                "again",
                "--code",
                "Again",
            ]);
            assert_eq!(code, 0, "{name}: {err}");
            assert_eq!(place.call(&["check"]).0, 0, "{name}");
            assert!(keeps_lines(&new, &place.text()), "{name}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_said_nothing_is_lost(
        which in any::<prop::sample::Index>(),
        event in "[A-Za-z][A-Za-z0-9 ._:/-]{0,20}",
        title in "\\PC{1,40}",
        purpose in "(\\PC|\n){1,80}",
        value in "[a-zA-Z0-9:#_ -]{1,8}",
    ) {
        let all = registries();
        let (name, text) = &all[which.index(all.len())];
        let place = Place::of(name, text);
        let files = || fs::read_dir(place.0.path()).unwrap().count();
        let before = files();
        let arg = format!("--arg=kind={value},other_value");
        let flags = [
            format!("--event={event}"), format!("--title={title}"), format!("--purpose={purpose}"),
            arg, "--by=kind".to_owned(), "--id=brand_new".to_owned(), "--added=98".to_owned(),
        ];
        let mut arguments = vec!["new"];
        arguments.extend(flags.iter().map(String::as_str));
        let (code, _, err) = place.call(&arguments);
        let new = place.text();
        match code {
            0 => {
                prop_assert!(keeps_lines(text, &new), "{name}:\n{new}");
                let (code, out, err) = place.call(&["check"]);
                prop_assert_eq!(code, 0, "{}: {}{}\n{}", name, out, err, new);
                let (_, out, _) = place.call(&["explain", "brand_new", "--format", "json"]);
                let json: Json = serde_json::from_str(&out).map_err(|it| TestCaseError::fail(it.to_string()))?;
                prop_assert_eq!(json["title"].as_str(), Some(title.trim()));
            }
            // Refused input, such as a blank title, changes nothing.
            1 => prop_assert_eq!(text, &new, "{}", err),
            other => prop_assert!(false, "{other}: {err}"),
        }
        prop_assert_eq!(files(), before);
    }
}

#[test]
fn what_is_added_is_shown_with_the_lines_that_fire_it() {
    let text = include_str!("../help_desk/pings.yaml");
    let place = Place::new(text);
    let flags = [
        "new",
        "--event",
        "TicketOpens",
        "--arg",
        "channel=mail,chat",
        "--arg",
        "subject=string",
        "--arg",
        "first?=boolean",
        "--title",
        "Tickets that were opened",
        "--purpose",
        "To count them.",
        "--added",
        "2.5",
    ];
    let (code, out, err) = place.call(&[&flags[..], &["--dry-run"]].concat());
    assert_eq!(code, 0, "{err}");
    assert_eq!(place.text(), text, "a dry run writes nothing");
    insta::assert_snapshot!("new", format!("{out}{err}"));

    let (code, out, _) = place.call(&[&flags[..], &["--format", "json"]].concat());
    let json: Json = serde_json::from_str(&out).unwrap();
    assert_eq!(code, 0);
    assert_eq!(json["written"], true);
    assert_eq!(json["close"][0]["name"], "TicketOpened");
    assert_eq!(
        json["rust"],
        "pings.record(&Event::TicketOpens { channel: TicketOpensChannel::Mail, subject: text, first: Some(true) }, actor);"
    );
    assert_eq!(
        json["typescript"],
        "ticketOpens({ channel: 'mail', subject, first: true })"
    );
    let (code, ..) = place.call(&["check"]);
    assert_eq!(code, 0);
}

#[test]
fn what_is_wrong_is_told_and_not_written() {
    let text = include_str!("../help_desk/pings.yaml");
    let place = Place::new(text);
    let (code, _, err) = place.call(&["new", "--event", "A", "--title", "A"]);
    assert_eq!(code, 1);
    assert!(
        err.contains("missing: --purpose TEXT, --added VERSION"),
        "{err}"
    );
    let rest = ["--title", "A", "--purpose", "P", "--added", "2"];
    for (flags, wrong) in [
        (
            &["--event", "A", "--arg", "a"][..],
            "is not of the form NAME=TYPE",
        ),
        (
            &["--event", "A", "--arg", "n=int"],
            "error: `n=int`: there is no type `int`\nhelp: did you mean `integer`? use `n=int,`",
        ),
        (
            &["--event", "A", "--arg", "b?= boolaen"],
            "did you mean `boolean`?",
        ),
        (
            &["--event", "TicketOpened", "--arg", "a=string"],
            "is already registered",
        ),
        (&["--event", "TicketOpened"], "error[duplicate-code]"),
        (&["--event", "A", "--by", "kind"], "error[unknown-argument]"),
        (
            &["--event", "A", "--id", "Not Snake"],
            "error[invalid-name]",
        ),
    ] {
        let (code, _, err) = place.call(&[&["new"][..], flags, &rest].concat());
        assert!(code == 1 && err.contains(wrong), "{flags:?}: {err}");
        assert_eq!(place.text(), text);
    }
    let (code, _, err) = place.call(&[
        "new",
        "--event",
        "A",
        "--title",
        "A",
        "--purpose",
        "P",
        "--added",
        "soon",
    ]);
    assert!(
        code == 1 && err.contains("`soon` is not a version"),
        "{err}"
    );
}

#[test]
fn an_argument_is_summed() {
    let text = include_str!("../help_desk/pings.yaml");
    let rest = ["--title", "A", "--purpose", "P", "--added", "2.5"];
    for (flags, written) in [
        (
            &[
                "--event",
                "A",
                "--arg",
                "files=integer",
                "--measure",
                "sum",
                "--value",
                "files",
            ][..],
            "- { code: A, measure: sum, value: files }",
        ),
        (
            &[
                "--event",
                "TicketOpened",
                "--id",
                "files",
                "--code",
                "Files",
                "--measure",
                "count,stats,distinct",
                "--value",
                "attachments",
            ],
            "- { code: Files, of: [TicketOpened], measure: [count, stats, distinct], value: attachments }",
        ),
    ] {
        let place = Place::new(text);
        let (code, _, err) = place.call(&[&["new"][..], flags, &rest].concat());
        assert_eq!(code, 0, "{err}");
        assert!(place.text().contains(written), "{}", place.text());
        assert_eq!(place.call(&["check"]).0, 0);
    }
    let place = Place::new(text);
    let flags = [
        "new",
        "--event",
        "A",
        "--arg",
        "n=integer",
        "--measure",
        "sum",
    ];
    let (code, _, err) = place.call(&[&flags[..], &rest].concat());
    let wrong = "the measure `sum` needs an argument\nhelp: name it with `--value NAME`";
    assert!(code == 1 && err.contains(wrong), "{err}");
    assert_eq!(place.text(), text);
}

#[test]
fn a_ping_that_a_lint_refuses_is_not_written() {
    let text = include_str!("../help_desk/pings.yaml");
    let flags = [
        "new",
        "--event",
        "A",
        "--arg",
        "n=integer",
        "--by",
        "n",
        "--title",
        "A",
        "--purpose",
        "P",
        "--added",
        "2.5",
    ];
    let place = Place::new(text);
    let (code, _, err) = place.call(&flags);
    assert_eq!(code, 1);
    for part in [
        "error[number-as-a-dimension]: `n` is an unbounded number",
        "pings.yaml with the changes:",
        "the lint `number-as-a-dimension` refuses the new ping; nothing was written",
        "--measure sum --value NAME",
    ] {
        assert!(err.contains(part), "{part}: {err}");
    }
    assert_eq!(place.text(), text);
    // The levels of the registry count.
    let allowed = format!("{text}\nlints:\n  number-as-a-dimension: allow\n");
    let place = Place::new(&allowed);
    let (code, _, err) = place.call(&flags);
    assert_eq!(code, 0, "{err}");
    assert_eq!(place.call(&["check"]).0, 0);
}

#[test]
fn one_value_is_meant_where_a_comma_says_so() {
    for (given, written) in [
        ("kind=mail,", "kind: { enum: [mail] }"),
        ("kind=mail", "kind: { enum: [mail] }"),
        ("kind?=int,", "kind: { enum: [int], optional: true }"),
        ("kind=int,bool", "kind: { enum: [int, bool] }"),
    ] {
        let place = Place::new(include_str!("../help_desk/pings.yaml"));
        let flags = [
            "new",
            "--event",
            "A",
            "--arg",
            given,
            "--title",
            "A",
            "--purpose",
            "P",
            "--added",
            "2",
        ];
        let (code, _, err) = place.call(&flags);
        assert_eq!(code, 0, "{given}: {err}");
        assert!(place.text().contains(written), "{given}: {}", place.text());
    }
}

#[test]
fn no_text_is_cut_off() {
    let text = "format: 1\nname: a\ntitle: A\npings:\n  - id: a\n    title: A\n    type: fe_event\n    aggregation: weekly\n    added: \"1\"\n    metrics: [{ code: A }]\nevents:\n  A:\n    description: |+\n      Kept.\n\n\n";
    let place = Place::new(text);
    let (code, _, err) = place.call(&FLAGS);
    assert!(
        code == 1 && err.contains("without changing existing text"),
        "{err}"
    );
    assert_eq!(place.text(), text);
}
