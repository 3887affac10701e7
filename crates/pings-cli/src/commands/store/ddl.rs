//! `pings store ddl`

use std::process::ExitCode;

use serde_json::json;

use crate::arguments::Common;
use crate::arguments::store::Ddl;
use crate::failure::Outcome;
use crate::output;

pub(crate) fn run(common: &Common, ddl: &Ddl) -> Outcome {
    let statements = pings_store::clickhouse_ddl(ddl.cluster.as_deref(), ddl.replicated);
    if common.is_json() {
        output::say_json(&json!({ "statements": statements }));
    } else {
        for statement in statements {
            output::say(&format!("{statement};\n"));
        }
    }
    Ok(ExitCode::SUCCESS)
}
