//! `pings store migrate`

use std::process::ExitCode;

use pings_store::Store;
use serde_json::json;

use super::opened::open;
use crate::arguments::Common;
use crate::arguments::store::Migrate;
use crate::failure::{Failure, Outcome};
use crate::output::{self, counted};
use crate::progress;

pub(crate) async fn run(common: &Common, migrate: &Migrate) -> Outcome {
    if migrate.from == migrate.to {
        return Err(Failure::Input(
            "both stores have the same address".to_owned(),
        ));
    }
    let from = open(migrate.from.exposed(), false).await?;
    let to: Store = open(migrate.to.exposed(), true).await?;
    let bar = progress::bar("Copying");
    let copied = from.copy_to(&to, |done| bar.set_position(done)).await?;
    bar.finish_and_clear();
    from.close().await;
    to.close().await;
    if common.is_json() {
        output::say_json(&json!({ "contents": copied.contents, "repeated": copied.repeated }));
    } else {
        let mut what = counted(copied.contents, "payload", "payloads");
        if copied.repeated > 0 {
            what += &format!(", {} of them before", copied.repeated);
        }
        output::done("Copied", &what);
    }
    Ok(ExitCode::SUCCESS)
}
