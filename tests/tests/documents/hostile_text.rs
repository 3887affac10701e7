//! Untrusted text must not control a terminal, hide other text, or act as a formula in a
//! spreadsheet.

use std::fs;
use std::path::Path;
use std::process::Command;

use pings_runtime::EventLog;
use pings_sql::Dialect;
use pings_tests::peer::{Peer, Reply};
use pings_tests::place::Place;
use serde_json::{Value as Json, json};

const REGISTRY: &str = r#"
format: 1
name: desk
title: Desk
events:
  Opened:
    args:
      kind: { enum: ["=HYPERLINK(1)", "+1", "-2+3", "@SUM(1)", "plain"] }
pings:
  - id: opened
    title: Opened
    type: fe_event
    aggregation: weekly
    added: "1"
    metrics: [{ code: Opened, by: [kind], measure: [count, unique_users] }]
"#;

/// Contains a terminal title, a bell, styles, an 8-bit control character, a right-to-left override,
/// an invisible character, line breaks, and a formula.
const HOSTILE: &str = "=x\u{1b}]0;owned\u{7}\u{1b}[31m\u{1b}[8m\u{9b}31m\u{202e}RTL\u{200b}\u{7f}\r\nerror: forged\n\t=1|<b>`";

/// The output of a command.
struct Said {
    out: String,
    all: String,
}

fn call(folder: &Path, styled: bool, arguments: &[&str]) -> Said {
    let mut command = Command::new(env!("CARGO_BIN_EXE_command"));
    command.args(arguments).current_dir(folder);
    command.env_remove("NO_COLOR").env_remove("CLICOLOR_FORCE");
    if styled {
        command.env("CLICOLOR_FORCE", "1");
    }
    let output = command.output().expect("pings runs");
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    let (out, err) = (text(output.stdout), text(output.stderr));
    Said {
        all: format!("{out}{err}"),
        out,
    }
}

/// Runs a command in a terminal. Returns `None` if no terminal can be created.
fn on_terminal(folder: &Path, arguments: &[&str]) -> Option<String> {
    let quoted = |text: &&str| format!("'{}'", text.replace('\'', r"'\''"));
    let words: Vec<String> = arguments.iter().map(quoted).collect();
    let line = format!("'{}' {}", env!("CARGO_BIN_EXE_command"), words.join(" "));
    let output = Command::new("script")
        .args(["-qec", &line, "/dev/null"])
        .current_dir(folder)
        .env("TERM", "xterm")
        .output()
        .ok()?;
    Some(String::from_utf8_lossy(&output.stdout).replace("\r\n", "\n"))
}

/// Removes the program's own styles from a text.
fn unstyled(text: &str) -> String {
    let mut parts = text.split("\u{1b}[");
    let mut unstyled = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = part
            .find(|c: char| !c.is_ascii_digit() && c != ';')
            .unwrap_or(0);
        let is_style = part[end..].starts_with('m') && part[..end].split(';').all(|it| it != "8");
        match is_style {
            true => unstyled.push_str(&part[end + 1..]),
            false => unstyled.push_str(&format!("\u{1b}[{part}")),
        }
    }
    unstyled
}

fn assert_steady(arguments: &[&str], text: &str) {
    let steers =
        |c: char| c.is_control() && c != '\n' || "\u{202e}\u{200b}\u{2066}\u{feff}".contains(c);
    let text = unstyled(text);
    assert!(!text.chars().any(steers), "{arguments:?}: {text:?}");
    assert!(
        !text.lines().any(|line| line.starts_with("error: forged")),
        "{arguments:?}: {text}"
    );
}

fn check(folder: &Path, arguments: &[&str]) -> Said {
    let piped = call(folder, false, arguments);
    assert!(
        !piped.all.contains('\u{1b}'),
        "{arguments:?}: {:?}",
        piped.all
    );
    assert_steady(arguments, &piped.all);
    assert_steady(arguments, &call(folder, true, arguments).all);
    if let Some(shown) = on_terminal(folder, arguments) {
        // Progress bars move the cursor, and are written before any answer.
        let shown = shown
            .replace("\r\u{1b}[2K", "")
            .replace("\u{1b}[?25l", "")
            .replace("\u{1b}[?25h", "");
        assert_steady(arguments, &shown.replace('\r', ""));
    }
    piped
}

fn check_json(folder: &Path, arguments: &[&str]) -> Json {
    let arguments = [arguments, &["--format", "json"]].concat();
    let said = call(folder, false, &arguments);
    assert_steady(&arguments, &said.all);
    serde_json::from_str(&said.out)
        .unwrap_or_else(|error| panic!("{arguments:?}: {error}: {}", said.all))
}

/// Quotes a text as an SQL literal for both databases.
fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

#[tokio::test(flavor = "multi_thread")]
async fn names_of_others_steer_no_terminal() {
    for dialect in Dialect::ALL {
        let Some(place) = Place::new(dialect).await else {
            continue;
        };
        let folder = place.folder();
        fs::write(folder.join("pings.yaml"), REGISTRY).unwrap();
        EventLog::init(&place.url()).await.unwrap();
        let mut database = place.connect().await;
        for (name, argument, version) in [
            ("Opened", json!({ "kind": HOSTILE }), "1.2.0"),
            (
                "Opened",
                json!({ "kind": "=HYPERLINK(1)", HOSTILE: 1 }),
                "1.2.0",
            ),
            ("Opened", json!({ "kind": 7 }), HOSTILE),
            (HOSTILE, json!({ "a": HOSTILE }), "1.2.0"),
        ] {
            let values = [name, "u", HOSTILE, &argument.to_string(), version].map(literal);
            let [name, source, visitor, argument, version] = values;
            for at in ["2021-01-26T10:00:00Z", "2021-01-27T10:00:00Z"] {
                let sql = format!(
                    "INSERT INTO event_logs (name, source, anonymous_user_id, argument, version, timestamp) \
                     VALUES ({name}, {source}, {visitor}, {argument}, {version}, '{at}')"
                );
                database.execute(&sql).await;
            }
        }
        let lines = [
            json!({ "name": HOSTILE, "timestamp": "2021-01-26T10:00:00Z", "version": "1" }),
            json!({ "name": "Opened", "timestamp": HOSTILE, "version": "1" }),
            json!({ "name": "Opened", HOSTILE: 1, "timestamp": "2021-01-26T10:00:00Z" }),
        ];
        let lines: Vec<String> = lines.iter().map(Json::to_string).collect();
        fs::write(
            folder.join("events.ndjson"),
            format!("{}\n{{{HOSTILE}", lines.join("\n")),
        )
        .unwrap();
        let source = format!("log(\"Opened\"); log(\"{HOSTILE}\"); // {HOSTILE}\n");
        fs::create_dir_all(folder.join("src")).unwrap();
        fs::write(folder.join("src/a\u{1b}]0;x\u{7}\u{202e}.ts"), source).unwrap();
        let at = ["--database", place.address()];
        let on_log = |arguments: &[&'static str]| {
            let arguments: Vec<&str> = [arguments, &at].concat();
            check(folder, &arguments)
        };
        let _ = on_log(&["import", "events.ndjson"]);
        let report = on_log(&["report", "--week", "2021-W04"]);
        assert!(report.out.contains("Opened"), "{}", report.out);
        let live = on_log(&["check", "--weeks", "500"]);
        assert!(live.all.contains("RTL"), "a name is shown: {}", live.all);
        for arguments in [
            &["preview", "--week", "2021-W04"][..],
            &["consent"],
            &["explain", "Opened"],
        ] {
            on_log(arguments);
        }
        for arguments in [
            &["explain", HOSTILE][..],
            &["record", HOSTILE],
            &["scan", "src"],
            &["sql", HOSTILE],
            &["report", "--week", HOSTILE],
        ] {
            check(folder, &[arguments, &at].concat());
        }
        let arg = format!("kind={HOSTILE}");
        check(
            folder,
            &[&["record", "Opened", "--arg", &arg][..], &at].concat(),
        );
        for arguments in [
            &["report", "--week", "2021-W04"][..],
            &["check", "--weeks", "500"],
        ] {
            check_json(folder, &[arguments, &at].concat());
        }

        // The answers of a peer.
        let peer = Peer::new(vec![
            Reply::Status(
                500,
                "",
                "\u{1b}]0;owned\u{7}\u{9b}31m\u{202e}RTL\r\nerror: forged",
            ),
            Reply::Status(302, "Location: https://h/\u{9b}31m\u{202e}\r\n", ""),
            Reply::Status(
                400,
                "",
                r#"{"ok":false,"error":"\u001b]0;x\u0007\u202e\nerror: forged"}"#,
            ),
        ]);
        for _ in 0..3 {
            check(
                folder,
                &["send", "--once", "--store", peer.address(), at[0], at[1]],
            );
            on_log(&["outbox", "list"]);
        }
        check_json(folder, &["outbox", "list", at[0], at[1]]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_instances_send_is_no_formula_and_steers_no_terminal() {
    let Ok(registry) = pings_registry::parse(REGISTRY) else {
        panic!("the registry has mistakes");
    };
    let fingerprint = pings_payload::fingerprint(&registry);
    for dialect in Dialect::ALL {
        let Some(place) = Place::new(dialect).await else {
            continue;
        };
        let folder = place.folder();
        fs::write(folder.join("pings.yaml"), REGISTRY).unwrap();
        let payload = |number: u32, registry: &str, code: &str, kinds: &[&str]| {
            let rows: Vec<Json> = kinds
                .iter()
                .map(|kind| json!({ "kind": kind, "count": 1, "unique_users": 1 }))
                .collect();
            json!({
                "format": 1, "registry": registry, "fingerprint": fingerprint,
                "instance": format!("00000000-0000-4000-8000-{number:012}"), "version": "1.2.0",
                "week": "2021-W04", "start": "2021-01-25T00:00:00Z", "end": "2021-02-01T00:00:00Z",
                "revision": 1, "versions": { "1.2.0": 3 },
                "metrics": { code: { "by": ["kind"], "rows": rows } },
            })
        };
        let payloads = [
            payload(
                1,
                "desk",
                "Opened",
                &["=HYPERLINK(1)", "+1", "-2+3", "@SUM(1)", "plain"],
            ),
            payload(2, "desk", "Opened", &[HOSTILE]),
            payload(3, "desk", HOSTILE, &[HOSTILE]),
            payload(4, HOSTILE, "Opened", &["plain"]),
        ];
        let lines: Vec<String> = payloads.iter().map(Json::to_string).collect();
        fs::write(folder.join("sent.ndjson"), lines.join("\n")).unwrap();
        let at = ["--database", place.address()];
        check(folder, &["store", "registry", "pings.yaml", at[0], at[1]]);
        let imported = check(folder, &["store", "import", "sent.ndjson", at[0], at[1]]);
        assert!(imported.all.contains("sent.ndjson"), "{}", imported.all);
        let series = [
            "store", "series", "Opened", "--until", "2021-W04", "--weeks", "1", "--by", "kind",
        ];
        let read: [&[&str]; 5] = [
            &["store", "registry"],
            &series,
            &["store", "impact", "Opened", "--versions", "1+"],
            &["store", "doctor"],
            &["store", "rebuild"],
        ];
        for arguments in read {
            check(folder, &[arguments, &at].concat());
            if arguments[1] != "rebuild" {
                check_json(folder, &[arguments, &at].concat());
            }
        }
        let csv = check(folder, &[&series[..], &["--format", "csv"], &at].concat()).out;
        assert!(csv.contains(",'=HYPERLINK(1),"), "{csv}");
        for line in csv.lines() {
            for cell in line.split(',') {
                let cell = cell.trim_start_matches('"');
                assert!(!cell.starts_with(['=', '+', '-', '@']), "{line}");
            }
        }
    }
}
