//! `pings store forget`

use std::process::ExitCode;

use serde_json::json;
use time::OffsetDateTime;

use super::opened::open;
use crate::arguments::Common;
use crate::arguments::store::Forget;
use crate::failure::{Failure, Outcome};
use crate::output;
use crate::output::counted;

pub(crate) async fn run(common: &Common, database: &str, arguments: &Forget) -> Outcome {
    let store = open(database, false).await?;
    let receipt = store
        .forget(arguments.instance, OffsetDateTime::now_utc())
        .await
        .map_err(|error| {
            Failure::with_help(
                error,
                "show the id with `pings instance show` on the instance",
            )
        })?;
    store.close().await;
    if common.is_json() {
        output::say_json(&json!({
            "instance": receipt.instance.to_string(),
            "forgotten_at": receipt.forgotten_at,
            "registries": receipt.registries,
            "weeks": receipt.weeks,
            "payloads": receipt.payloads,
            "conflicts": receipt.conflicts,
            "numbers": receipt.numbers,
            "attributes": receipt.attributes,
            "not_rewritten": receipt.not_rewritten,
        }));
    } else {
        let what = format!(
            "{} at {}: {}, {} and {} of {}",
            receipt.instance,
            receipt.forgotten_at,
            counted(receipt.payloads, "payload", "payloads"),
            counted(
                receipt.conflicts,
                "conflicting content",
                "conflicting contents"
            ),
            counted(receipt.numbers, "number", "numbers"),
            counted(receipt.weeks, "week", "weeks"),
        );
        output::done("Forgot", &what);
    }
    if !receipt.not_rewritten.is_empty() {
        output::complain(&format!(
            "note: the database role may not rewrite {}, so their files may still contain erased bytes\n\
             help: run `VACUUM (FULL)` of these tables as their owner, and of pg_statistic as the owner of the database",
            receipt.not_rewritten.join(", ")
        ));
    }
    Ok(ExitCode::SUCCESS)
}
