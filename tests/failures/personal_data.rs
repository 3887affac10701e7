//! Personal data in an argument
//!
//! The product logged text that users had typed, and the text was sent to the vendor. Here the
//! texts in a payload are those that the registry declares: other values of an enum become
//! `@other`, and a metric that is grouped by free text is withheld.

use pings_runtime::{EventLog, Import};
use pings_sql::Dialect;
use pings_tests::place::Place;

use crate::support::captures::payload;
use crate::support::command::Folder;
use crate::support::desk;
use crate::support::exhibit::{Exhibit, Stage, exhibit};
use crate::support::log::by_hand;

const EVENTS: &str = r#"{"name":"TicketOpened","user_id":1,"argument":{"channel":"mail","attachments":0,"subject":"Jane's invoice"},"timestamp":"2021-01-26T10:00:00Z","version":"2.4.0"}
{"name":"TicketOpened","user_id":2,"argument":{"channel":"jane@example.com","attachments":0,"subject":"hello"},"timestamp":"2021-01-26T11:00:00Z","version":"2.4.0"}
"#;

const KEPT: &str =
    "SELECT count(*) AS n FROM event_logs WHERE CAST(argument AS text) LIKE '%jane@example.com%'";

pub(crate) async fn exhibits() -> Vec<Exhibit> {
    let text = desk::edited(&[
        (
            "      attachments: integer\n",
            "      attachments: integer\n      subject: string\n",
        ),
        (
            "      - { code: TicketsWithFiles",
            "      - { code: Subjects, of: TicketOpened, by: [subject] }\n      - { code: TicketsWithFiles",
        ),
    ]);
    let folder = Folder::new(&text);
    folder.succeeds("check");
    let told = folder.complains("check -D warnings");
    let registry = desk::registry(&text);
    let mut shown = Vec::new();
    for dialect in Dialect::ALL {
        let Some(place) = Place::new(dialect).await else {
            continue;
        };
        let (log, _) = EventLog::init(&place.url()).await.expect("an event log");
        let imported = Import::new(&log).read(EVENTS.as_bytes(), |_| {}).await;
        assert_eq!(imported.expect("an import").imported, 2);
        log.close().await;
        let kept = by_hand(&mut place.connect().await, KEPT).await;
        assert_eq!(kept, 1, "{dialect:?}");
        let sent = payload(&place, &registry).await;
        let all = sent.to_string().to_lowercase();
        assert!(
            !all.contains("jane") && !all.contains("hello"),
            "{dialect:?}: {all}"
        );
        let metrics =
            ["TicketOpened", "Subjects"].map(|code| format!("{code:?}: {}", sent["metrics"][code]));
        shown.push(metrics.join(",\n"));
    }
    shown.dedup();
    let [shown] = shown.as_slice() else {
        panic!("both databases say the same: {shown:?}")
    };
    vec![
        exhibit(Stage::Check, "A warning, with `-D warnings` an error:")
            .block("diff", &desk::difference(desk::REGISTRY, &text))
            .block("text", &told),
        exhibit(
            Stage::Running,
            "It is merged all the same, and users write what they like:",
        )
        .block("json", EVENTS)
        .words("What leaves the instance, on PostgreSQL and on SQLite:")
        .block("json", shown),
        exhibit(
            Stage::Never,
            "The event log, in the instance's own database, keeps all texts that were logged. A ping with `sensitivity: identifying` sends them if the administrator of the instance has switched that on.",
        ),
    ]
}
