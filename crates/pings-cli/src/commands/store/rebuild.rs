//! `pings store rebuild`

use std::process::ExitCode;

use serde_json::json;

use super::opened::open;
use crate::arguments::Common;
use crate::failure::Outcome;
use crate::output::counted;
use crate::output::{self, BAD, styled};
use crate::progress;

pub(crate) async fn run(common: &Common, database: &str) -> Outcome {
    let store = open(database, false).await?;
    let bar = progress::bar("Rebuilding");
    let rebuilt = store
        .rebuild(|done, total| {
            bar.set_length(total);
            bar.set_position(done);
        })
        .await?;
    bar.finish_and_clear();
    store.close().await;
    let unreadable = rebuilt.first_unreadable.iter();
    if common.is_json() {
        output::say_json(&json!({
            "payloads": rebuilt.payloads,
            "numbers": rebuilt.numbers,
            "unreadable": rebuilt.unreadable,
            "first_unreadable": unreadable
                .map(|it| json!({ "payload": it.payload, "reason": it.reason }))
                .collect::<Vec<_>>(),
        }));
    } else {
        for it in unreadable {
            output::complain(&format!(
                "{}: payload {}: {}",
                styled(BAD.bold(), "error"),
                it.payload,
                output::plain(&it.reason)
            ));
        }
        let mut what = format!(
            "{} from {}",
            counted(rebuilt.numbers, "number", "numbers"),
            counted(rebuilt.payloads, "payload", "payloads")
        );
        if rebuilt.unreadable > 0 {
            let count = counted(rebuilt.unreadable, "of them", "of them");
            what += &format!("; {count} cannot be read");
        }
        output::done("Rebuilt", &what);
    }
    Ok(ExitCode::from(u8::from(rebuilt.unreadable > 0)))
}
