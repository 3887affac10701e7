//! A typo in a name
//!
//! A reference or an old name contained a typo, and a metric was zero from then on. Here each name
//! is declared once, and all references are checked against the declarations.

use serde_json::Value;

use crate::support::command::Folder;
use crate::support::desk;
use crate::support::exhibit::{Exhibit, Stage, exhibit};

pub(crate) async fn exhibits() -> Vec<Exhibit> {
    vec![
        of_a_key(),
        of_a_reference(),
        in_an_old_name(),
        in_a_log(),
        in_a_new_old_name(),
    ]
}

fn of_a_key() -> Exhibit {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/pings.schema.json");
    let schema = std::fs::read_to_string(path).expect("the schema");
    let schema: Value = serde_json::from_str(&schema).expect("JSON");
    let schema = jsonschema::validator_for(&schema).expect("a schema");
    let complaints = |text: &str| -> Vec<String> {
        let value: Value = serde_yaml::from_str(text).expect("YAML");
        let errors = schema.iter_errors(&value);
        errors
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect()
    };
    let text = desk::edited(&[(
        "    renamed_from: [TicketClosed]",
        "    rename_from: [TicketClosed]",
    )]);
    assert_eq!(complaints(desk::REGISTRY), [""; 0]);
    let told = complaints(&text);
    assert!(!told.is_empty());
    exhibit(Stage::Typing, "A key. An editor that completes YAML by the schema underlines it; here a validator of JSON Schema:")
        .block("diff", &desk::difference(desk::REGISTRY, &text))
        .block("text", &told.join("\n"))
}

fn of_a_reference() -> Exhibit {
    let text = desk::edited(&[("by: [channel]", "by: [chanel]")]);
    exhibit(
        Stage::Check,
        "A reference. Everything that is referred to is declared:",
    )
    .block("text", &desk::mistakes(&text))
}

fn in_an_old_name() -> Exhibit {
    let text = desk::edited(&[("[TicketClosed]", "[TicketClosd]")]);
    let told = desk::changes(desk::REGISTRY, &text);
    assert!(told.contains("breaking"), "{told}");
    exhibit(
        Stage::Check,
        "An old name that was right before; `pings diff` fails:",
    )
    .block("text", &told)
}

/// Checks a misspelt old name against an event log that has the correct name.
fn in_a_log() -> Exhibit {
    let folder = Folder::new(&desk::edited(&[("[TicketClosed]", "[TicketClosd]")]));
    let now = time::OffsetDateTime::now_utc().date();
    let at = format!("{now}T00:00:00Z");
    folder.write(
        "events.ndjson",
        &format!("{{\"name\":\"TicketClosed\",\"user_id\":1,\"timestamp\":\"{at}\",\"version\":\"2.0.0\"}}\n"),
    );
    folder.succeeds("init");
    folder.succeeds("import events.ndjson");
    let live = folder.succeeds("check --database sqlite://pings.db");
    let unknown: Vec<&str> = live.split_inclusive('\n').take(2).collect();
    let unknown = unknown.concat().replace(&at, "2021-01-26T10:00:00Z");
    assert!(unknown.contains("`TicketClosd`"), "{live}");
    exhibit(
        Stage::Check,
        "An old name against a live event log; `pings check --database` warns:",
    )
    .block("text", &unknown)
}

fn in_a_new_old_name() -> Exhibit {
    let with_typo = desk::edited(&[(
        "  ArticleViewed:\n",
        "  ArticleViewed:\n    renamed_from: [ArticleRed]\n",
    )]);
    desk::registry(&with_typo);
    let told = desk::changes(desk::REGISTRY, &with_typo);
    assert!(!told.contains("breaking"), "{told}");
    exhibit(Stage::Never, "An old name of the time before the registry, given for the first time. No text says that it was another; only a live log does, as above.")
        .block("text", &told)
}
