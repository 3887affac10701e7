//! A renamed event
//!
//! A refactoring renamed events in the web client. The SQL still counted the old names, and all
//! numbers of that release were lost. Here the client and the queries take the names from the
//! registry, and a renamed event declares its old name, so that its series continues.

use pings_sql::Dialect;
use pings_tests::databases::LogLine;
use serde_json::Value;

use crate::support::command::Folder;
use crate::support::exhibit::{Exhibit, Stage, exhibit};
use crate::support::log::{database, generated, line};
use crate::support::{compile, desk};

/// Edits that rename the event and all references to it.
const RENAME: &[(&str, &str)] = &[
    ("  TicketOpened:\n", "  CaseOpened:\n"),
    (
        "{ code: TicketOpened,",
        "{ code: TicketOpened, of: CaseOpened,",
    ),
    ("of: TicketOpened", "of: CaseOpened"),
    (
        "[ArticleViewed, TicketOpened,",
        "[ArticleViewed, CaseOpened,",
    ),
];

const CALL_SITE: &str = "\
use help_desk_events::{Channel, Event};

fn main() {
    let event = Event::TicketOpened { channel: Channel::Mail, attachments: 1, draft: None };
    println!(\"{}\", event.name());
}
";

pub(crate) async fn exhibits() -> Vec<Exhibit> {
    vec![
        in_the_client(),
        in_part_of_the_registry(),
        without_the_old_name(),
        at_the_call_site(),
        with_the_old_name().await,
    ]
}

/// Shows the original failure, in which only the client changed.
fn in_the_client() -> Exhibit {
    let client = "logEvent('ArticleViewed')\nlogEvent('CaseOpened', { channel: 'mail' })\nlogEvent('TicketSolved')\n";
    let folder = Folder::new(desk::REGISTRY);
    folder.write("client/ticket.ts", client);
    let told = folder.complains("scan client --ci");
    exhibit(
        Stage::Check,
        "The client fires another name than the registry has; `pings scan client --ci` fails:",
    )
    .block("ts", client)
    .block("text", &told)
}

fn in_part_of_the_registry() -> Exhibit {
    let text = desk::edited(&RENAME[..1]);
    exhibit(
        Stage::Check,
        "The registry renames it in one place, and still measures the old one:",
    )
    .block("diff", &desk::difference(desk::REGISTRY, &text))
    .block("text", &desk::first(&desk::mistakes(&text)))
}

fn without_the_old_name() -> Exhibit {
    let text = desk::edited(RENAME);
    let told = desk::changes(desk::REGISTRY, &text);
    assert!(told.contains("breaking"), "{told}");
    exhibit(Stage::Check, "It is renamed everywhere in the registry, and does not say what it was called. That is a registry like any other, but `pings diff` fails:")
        .block("text", &desk::first(&told))
}

fn at_the_call_site() -> Exhibit {
    assert_eq!(
        compile::check(&compile::product(desk::REGISTRY, CALL_SITE)),
        Ok(())
    );
    let told = compile::check(&compile::product(&desk::edited(RENAME), CALL_SITE));
    exhibit(
        Stage::Build,
        "Rust that fires it under the old name does not compile:",
    )
    .block("text", &told.expect_err("it does not compile"))
}

/// Shows the numbers of a week in which the product was upgraded on Thursday.
async fn with_the_old_name() -> Exhibit {
    let mut edits = RENAME.to_vec();
    edits[0].1 = "  CaseOpened:\n    renamed_from: TicketOpened\n";
    let text = desk::edited(&edits);
    let log: Vec<LogLine> = [
        ("2021-01-26 12:00:00", "TicketOpened"),
        ("2021-01-27 12:00:00", "TicketOpened"),
        ("2021-01-28 12:00:00", "CaseOpened"),
    ]
    .into_iter()
    .zip(1..)
    .map(|((at, name), user)| LogLine {
        argument: Some(r#"{"channel":"mail","attachments":1}"#.to_owned()),
        ..line(at, name, user, "")
    })
    .collect();
    for (text, count) in [(&desk::edited(RENAME), 1), (&text, 3)] {
        for dialect in Dialect::ALL {
            let Some(mut database) = database(dialect, &log).await else {
                continue;
            };
            let rows = generated(
                &mut database,
                &desk::registry(text),
                "TicketOpened",
                "2021-W04",
            )
            .await;
            let [mail] = rows.as_slice() else {
                panic!("one group: {rows:?}")
            };
            assert_eq!(mail["channel"], Value::from("mail"), "{dialect:?}");
            assert_eq!(mail["count"], Value::from(count), "{dialect:?}");
            assert_eq!(mail["unique_users"], Value::from(count), "{dialect:?}");
        }
    }
    let told = desk::changes(desk::REGISTRY, &text);
    assert!(!told.contains("breaking"), "{told}");
    exhibit(Stage::Running, "With the old name beside the new one, nothing is lost. Of three tickets, two of them logged before the upgrade, the week counts three; without the old name, one. The diff agrees:")
        .block("diff", &desk::difference(&desk::edited(RENAME), &text))
        .block("text", &told)
}
