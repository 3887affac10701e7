//! An event that is never fired
//!
//! An event was declared, documented and counted, but the product never fired it. Its chart showed
//! zero, which looked like an unpopular feature. Here a scan of the source fails if an event that
//! is counted has no call site.

use crate::support::command::Folder;
use crate::support::desk;
use crate::support::exhibit::{Exhibit, Stage, exhibit};

pub(crate) async fn exhibits() -> Vec<Exhibit> {
    let folder = Folder::new(desk::REGISTRY);
    folder.write(
        "server/src/main.rs",
        "fn main() {\n    recorder.record(&Event::TicketSolved, actor);\n    recorder.record_named(\"ArticleViewed\");\n    // TODO: fire TicketOpened\n}\n",
    );
    let scanned = folder.complains("scan server --ci");

    folder.succeeds("init");
    folder.succeeds("record ArticleViewed --product-version 2.4.0 --user 7");
    let live = folder.succeeds("check --database sqlite://pings.db");
    let silent: Vec<&str> = live
        .split_inclusive('\n')
        .filter(|line| line.contains("`Ticket") || line.contains("pings scan"))
        .collect();
    assert!(
        live.contains("nothing was ever logged for `TicketOpened`"),
        "{live}"
    );
    assert!(!live.contains("for `ArticleThenTicket`"), "{live}");
    vec![
        exhibit(Stage::Check, "`pings scan --ci` fails; a comment fires nothing:")
            .block("text", &scanned),
        exhibit(Stage::Check, "A live event log shows it too, once the product runs: `pings check --database sqlite://pings.db` warns. It does not fail, for a code may be young:")
            .block("text", &silent.concat()),
    ]
}
