//! A sentinel number that is summed
//!
//! When a number was not available, instances sent -1, and the values were summed. Here a failed
//! metric has an error instead of a value, a metric that does not exist is absent, and a week
//! without values has no value.

use pings_sql::Dialect;
use pings_tests::databases::LogLine;
use pings_tests::vendor::payload;
use serde_json::{Value, json};

use crate::support::command::Folder;
use crate::support::desk;
use crate::support::exhibit::{Exhibit, Stage, exhibit};
use crate::support::log::{database, generated, line};

pub(crate) async fn exhibits() -> Vec<Exhibit> {
    vec![in_a_payload(), in_an_argument().await]
}

fn in_a_payload() -> Exhibit {
    let mut body = payload(1, 3, 1, 42);
    body["metrics"] = json!({ "A": { "count": -1 } });
    let folder = Folder::new(desk::REGISTRY);
    folder.write("week.json", &body.to_string());
    let told = folder.complains("store import week.json");
    exhibit(
        Stage::Store,
        "A count of -1 is none, and the payload is refused:",
    )
    .block("json", &format!("\"metrics\": {}", body["metrics"]))
    .block("text", &told)
}

async fn in_an_argument() -> Exhibit {
    let optional = "      attachments: { type: integer, optional: true }\n";
    let text = desk::edited(&[("      attachments: integer\n", optional)]);
    let registry = desk::registry(&text);
    let opened = |argument: &str| LogLine {
        argument: Some(argument.to_owned()),
        ..line("2021-01-26 12:00:00", "TicketOpened", 1, "")
    };
    let two = r#"{"channel":"mail","attachments":2}"#;
    for (unknown, sum) in [
        (r#"{"channel":"mail","attachments":-1}"#, 1),
        (r#"{"channel":"mail"}"#, 2),
    ] {
        for dialect in Dialect::ALL {
            let Some(mut database) = database(dialect, &[opened(two), opened(unknown)]).await
            else {
                continue;
            };
            let rows = generated(&mut database, &registry, "TicketsWithFiles", "2021-W04").await;
            assert_eq!(rows[0]["sum"], Value::from(sum), "{dialect:?} {unknown}");
        }
    }
    exhibit(Stage::Never, "A -1 that means an unknown number is an integer like any other: for two tickets, one with 2 attachments and one with -1, the sum is 1. If the argument is optional and left out, the sum is 2:")
        .block("diff", &desk::difference(desk::REGISTRY, &text))
}
