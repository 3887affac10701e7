//! The public page: what it contains, and how it looks in a browser.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;
use pings_tests::web::{browser, packages, run};
use serde_json::{Value as Json, json};
use tempfile::TempDir;
use xtask::services::chromium;

const REGISTRY: &str = "\
format: 1
name: notes
title: \"Notes <script>alert(1)</script>\\u202e averyveryveryveryveryveryveryveryveryveryverylongword\"
events:
  NoteSaved: { args: { kind: { enum: ['<b>text</b>', =drawing, rare] } } }
  NoteOpened: {}
  NoteNamed: {}
pings:
  - id: saved
    title: Notes <b>saved</b>
    type: fe_event
    purpose: '<script>alert(2)</script> To see what people write.'
    aggregation: weekly
    added: '1.0'
    metrics: [{ code: NoteSaved, by: [kind] }]
  - id: opened
    title: Notes opened
    type: fe_event
    aggregation: weekly
    added: '1.0'
    broken: [{ versions: '1.1', reason: counts twice }]
    metrics: [{ code: NoteOpened }]
  - id: named
    title: Notes by name
    type: fe_event
    aggregation: weekly
    added: '1.0'
    sensitivity: identifying
    metrics: [{ code: NoteNamed }]
";

const PUBLISH: [&str; 5] = [
    "store",
    "publish",
    "NoteSaved by kind",
    "NoteOpened",
    "--out",
];

/// Runs `pings`, and returns whether it succeeded, with its output.
fn pings(folder: &Path, arguments: &[&str]) -> (bool, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_command"))
        .args(arguments)
        .current_dir(folder)
        .env("NO_COLOR", "1")
        .output()
        .expect("the command");
    let text = [output.stdout, output.stderr].concat();
    (
        output.status.success(),
        String::from_utf8_lossy(&text).into_owned(),
    )
}

fn payload(fingerprint: &str, instance: u64, week: u64) -> Json {
    let day = 4 + 7 * week;
    let [start, end] = [day, day + 7].map(|day| match day {
        0..=31 => format!("2021-01-{day:02}T00:00:00Z"),
        _ => format!("2021-02-{:02}T00:00:00Z", day - 31),
    });
    // A few instances have a version that is broken for one code, and two use a rare kind.
    let version = if instance % 20 == 7 { "1.1.0" } else { "1.0.0" };
    let mut rows = vec![
        json!({ "kind": "<b>text</b>", "count": 3 + instance % 5 }),
        json!({ "kind": "=drawing", "count": 1 + instance % 3 }),
    ];
    if instance < 2 {
        rows.push(json!({ "kind": "rare", "count": 1_003 }));
    }
    json!({
        "format": 1, "registry": "notes", "fingerprint": fingerprint,
        "instance": format!("00000000-0000-4000-8000-{instance:012}"),
        "week": format!("2021-W{:02}", week + 1), "start": start, "end": end,
        "revision": 1, "versions": { version: 9 },
        "metrics": {
            "NoteSaved": { "by": ["kind"], "rows": rows },
            "NoteOpened": { "count": 5 + instance % 7 },
        },
    })
}

/// Returns the files of a folder.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let files = fs::read_dir(folder).expect("a folder").map(|file| {
        let file = file.expect("a file");
        let text = fs::read(file.path()).expect("a text");
        (file.file_name().to_string_lossy().into_owned(), text)
    });
    files.collect()
}

/// Returns the rows of a Parquet file as CSV.
fn parquet(file: &Path) -> Vec<String> {
    let reader = SerializedFileReader::new(fs::File::open(file).expect("a file")).expect("Parquet");
    let rows = reader.get_row_iter(None).expect("rows").map(|row| {
        let fields = row.expect("a row").into_columns().into_iter();
        let texts = fields.map(|(_, field)| match field {
            Field::Null => String::new(),
            Field::Str(text) => text,
            Field::Double(value) => value.to_string(),
            other => other.to_string(),
        });
        texts.collect::<Vec<_>>().join(",")
    });
    rows.collect()
}

#[test]
fn published_numbers_tell_nothing_about_few_instances() {
    let folder = TempDir::with_prefix("pings-public-").expect("a folder");
    let root = folder.path();
    fs::write(root.join("pings.yaml"), REGISTRY).expect("it writes");
    let (_, learned) = pings(
        root,
        &["store", "registry", "pings.yaml", "--format", "json"],
    );
    let learned: Json = serde_json::from_str(&learned).expect("JSON");
    let fingerprint = learned["learned"][0]["fingerprint"]
        .as_str()
        .expect("a text");
    let all = (0..5).flat_map(|week| (0..60).map(move |instance| (instance, week)));
    // One instance leaves after the second week.
    let sent = all.filter(|(instance, week)| *instance != 30 || *week < 2);
    let lines = sent.map(|(instance, week)| payload(fingerprint, instance, week).to_string());
    let lines: Vec<String> = lines.collect();
    fs::write(root.join("sent.ndjson"), lines.join("\n")).expect("it writes");
    let (ok, said) = pings(root, &["store", "import", "sent.ndjson"]);
    assert!(ok, "{said}");

    let (ok, said) = pings(root, &[&PUBLISH[..], &["one"]].concat());
    assert!(ok, "{said}");
    let (ok, said) = pings(root, &[&PUBLISH[..], &["two"]].concat());
    assert!(ok, "{said}");
    assert_eq!(files(&root.join("one")), files(&root.join("two")));
    let (ok, said) = pings(root, &[&PUBLISH[..], &["one", "--check"]].concat());
    assert!(ok, "{said}");

    let text = |name: &str| fs::read_to_string(root.join("one").join(name)).expect("a file");
    let opened: Json = serde_json::from_str(&text("note_opened.json")).expect("JSON");
    let weeks = opened["weeks"].as_array().expect("weeks");
    // 57 of 60 instances are trusted. When one left, nine others are left out for it.
    let counted = weeks.iter().map(|it| it["instances"].as_u64());
    assert_eq!(counted.collect::<Vec<_>>(), [57, 57, 47, 47, 47].map(Some));
    let total: u64 = (0..60).filter(|it| it % 20 != 7).map(|it| 5 + it % 7).sum();
    assert_eq!(weeks[0]["total"], total);
    assert_eq!(weeks[0]["reporting"], 60);
    // Two instances use the rare kind, so that another kind is folded with it.
    let saved: Json = serde_json::from_str(&text("note_saved.json")).expect("JSON");
    let groups = saved["weeks"][0]["groups"].as_array().expect("groups");
    assert_eq!(groups.len(), 2);
    assert_eq!(groups[0]["kind"], "<b>text</b>");
    assert_eq!(groups[1]["others"], true);
    // The first line is a comment.
    let csv = text("note_saved.csv");
    let (_, csv) = csv.split_once('\n').expect("a comment");
    let mut csv = csv::Reader::from_reader(csv.as_bytes());
    let lines = csv
        .records()
        .map(|it| it.expect("a line").iter().collect::<Vec<_>>().join(","));
    assert_eq!(
        lines.collect::<Vec<_>>(),
        parquet(&root.join("one/note_saved.parquet"))
    );
    let everything: String = files(&root.join("one"))
        .into_values()
        .map(|it| String::from_utf8_lossy(&it).into_owned())
        .collect();
    for hidden in [
        "1003",
        "2006",
        "rare",
        "drawing",
        "00000000-0000",
        "<script",
        "\u{202e}",
    ] {
        assert!(!everything.contains(hidden), "{hidden}");
    }
    assert!(everything.contains("Notes &lt;b&gt;saved&lt;/b&gt;"));

    for (arguments, reason) in [
        (vec!["NoteNamed"], "`sensitivity: identifying`"),
        (vec!["NoteOpened", "NoteOpened count"], "published twice"),
        (vec!["NoteOpened by kind"], "it has no dimensions"),
        (
            vec!["NoteOpened unique_users"],
            "its measures that add up are count",
        ),
        (vec!["NoteOpend"], "did you mean `NoteOpened`?"),
        (vec!["NoteOpened", "--least", "4"], "5.."),
    ] {
        let (ok, said) = pings(root, &[vec!["store", "publish"], arguments].concat());
        assert!(!ok && said.contains(reason), "{reason}: {said}");
    }

    let (Some(packages), Some(browser)) = (packages(), browser()) else {
        return;
    };
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("public/pages.test.mjs");
    let web = packages.parent().expect("the folder of the package");
    let output = run(Command::new("node")
        .current_dir(web)
        .arg("--test")
        .arg("--test-reporter=spec")
        .arg(script)
        .env(chromium::PROGRAM, browser)
        .env("PUBLIC", root.join("one")));
    println!("{output}");
}
