//! A dimension value that means something else
//!
//! From one release to the next, the product computed the value `high` of a dimension differently.
//! The series continued under the same name, and jumped. Here the diff compares how the values of a
//! dimension are computed.

use crate::support::command::Folder;
use crate::support::desk;
use crate::support::exhibit::{Exhibit, Stage, exhibit};

pub(crate) async fn exhibits() -> Vec<Exhibit> {
    let text = desk::edited(&[("WHEN 'high' THEN 'high'", "WHEN 'urgent' THEN 'high'")]);
    let told = desk::changes(desk::REGISTRY, &text);
    assert!(told.contains("breaking"), "{told}");

    let folder = Folder::new(desk::REGISTRY);
    let others = "log('TicketSolved')\nlog('ArticleViewed')\n";
    let before = "log('TicketOpened', { channel: byForm ? 'mail' : 'chat' })\n";
    let after = "log('TicketOpened', { channel: 'chat' })\n";
    for client in [before, after] {
        folder.write("client/ticket.ts", &format!("{client}{others}"));
        folder.succeeds("scan client --ci");
    }
    vec![
        exhibit(Stage::Check, "`pings diff` fails:")
            .block("diff", &desk::difference(desk::REGISTRY, &text))
            .block("text", &told),
        exhibit(Stage::Never, "Where the client itself logs another of the declared values than it did, the registry is the same, and no check knows better:")
            .block("diff", &desk::difference(before, after)),
    ]
}
