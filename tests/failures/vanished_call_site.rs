//! A call site that vanished
//!
//! Refactoring removed call sites, which was not noticed for months. Here `pings scan` fails if an
//! event of the registry has no call site. It can also find the past releases in which an event had
//! no call site.

use crate::support::command::Folder;
use crate::support::desk;
use crate::support::exhibit::{Exhibit, Stage, exhibit};

const WHOLE: &str = "log('TicketOpened')\nlog('TicketSolved')\nlog('ArticleViewed')\n";
const REFACTORED: &str = "log('TicketOpened')\nlog('TicketSolved')\n// log('ArticleViewed')\n";

pub(crate) async fn exhibits() -> Vec<Exhibit> {
    let folder = Folder::new(desk::REGISTRY);
    folder.git(&["init", "-q"]);
    let release = |tag: &str, client: &str| {
        folder.write("client/page.ts", client);
        folder.git(&["add", "-A"]);
        folder.git(&["commit", "-q", "--allow-empty", "-m", tag]);
        folder.git(&["tag", tag]);
    };
    release("v2.4.0", WHOLE);
    folder.succeeds("scan client --ci");
    release("v2.5.0", REFACTORED);
    let now = folder.complains("scan client --ci");
    release("v2.5.1", REFACTORED);
    release("v2.6.0", WHOLE);
    let tags = folder.complains("scan --tags v* --ci");
    assert!(tags.contains("\"2.5.0-2.5.1\""), "{tags}");
    vec![
        exhibit(Stage::Check, "In the pull request that drops it, `pings scan client --ci` fails; a comment fires nothing:")
            .block("diff", &desk::difference(WHOLE, REFACTORED))
            .block("text", &now),
        exhibit(Stage::Check, "If the scan was not run at the time, the tags of the repository are the evidence. `pings scan --tags 'v*'` lists the versions without the call, ready to be declared:")
            .block("text", &tags),
    ]
}
