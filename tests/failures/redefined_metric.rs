//! A metric redefined under its old name
//!
//! A metric was improved by excluding events that should never have been counted. Since then, its
//! series has two meanings, and readers cannot tell where the meaning changes. Here such a change
//! fails, and the message says what to do instead.

use crate::support::desk;
use crate::support::exhibit::{Exhibit, Stage, exhibit};

pub(crate) async fn exhibits() -> Vec<Exhibit> {
    let text = desk::edited(&[(
        "measure: sum, value: attachments }",
        "measure: sum, value: attachments, where: { draft: false } }",
    )]);
    let told = desk::changes(desk::REGISTRY, &text);
    assert!(told.contains("breaking"), "{told}");
    let anew = desk::edited(&[(
        "measure: sum, value: attachments }",
        "measure: sum, value: attachments }\n      - { code: TicketsSentWithFiles, of: TicketOpened, measure: sum, value: attachments, where: { draft: false } }",
    )]);
    let fine = desk::changes(desk::REGISTRY, &anew);
    assert!(!fine.contains("breaking"), "{fine}");
    vec![
        exhibit(Stage::Check, "`pings diff` fails:")
            .block("diff", &desk::difference(desk::REGISTRY, &text))
            .block("text", &told)
            .words("The same as a new code passes:")
            .block("text", &fine),
    ]
}
