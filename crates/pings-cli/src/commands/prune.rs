//! `pings prune`

use std::process::ExitCode;

use pings_model::Registry;
use pings_runtime::{Progress, Reporter, Week, counts_all_events};
use serde_json::json;
use time::OffsetDateTime;

use super::delivery;
use crate::arguments::{Common, Prune};
use crate::commands::inputs::{event_log, moment, registry};
use crate::failure::{Failure, Outcome};
use crate::output;
use crate::output::counted;
use crate::progress;

pub(crate) async fn run(common: &Common, prune: &Prune) -> Outcome {
    let before = moment(&prune.before)?;
    if before > OffsetDateTime::now_utc() {
        return Err(Failure::Input(format!(
            "{} is in the future, so all events would be removed\nhelp: use a date in the past",
            prune.before
        )));
    }
    let registry = registry(common)?;
    if !prune.lose_totals {
        check_totals(common, &registry)?;
    }
    delivery::assemble(common).await?;
    let log = event_log(common).await?;
    let bar = progress::bar("Reading");
    let reporter = Reporter::new(&log, &registry);
    reporter
        .catch_up(&mut |progress| {
            if let Progress::Reading { done, total } = progress {
                bar.set_length(total);
                bar.set_position(done);
            }
        })
        .await?;
    bar.finish_and_clear();
    let spinner = progress::spinner("Pruning");
    let pruned = reporter
        .prune(before, |rows| spinner.set_position(rows))
        .await?;
    spinner.finish_and_clear();
    log.close().await;
    // The week that contains the date is complete only if it begins on that date.
    let mut first = Week::containing(before);
    if first.start() < before {
        first = Week::containing(first.end());
    }
    if common.is_json() {
        output::say_json(&json!({ "rows": pruned.rows, "first_week": first.to_string() }));
    } else {
        output::done(
            "Pruned",
            &format!(
                "{}; weeks from {first} on can be reported",
                counted(pruned.rows, "event", "events")
            ),
        );
    }
    Ok(ExitCode::SUCCESS)
}

/// Returns an error if captures count events of any age, because their values would shrink.
fn check_totals(common: &Common, registry: &Registry) -> Result<(), Failure> {
    let totals: Vec<&str> = registry
        .metrics()
        .filter(|(ping, metric)| {
            ping.life(metric).removed().is_none() && counts_all_events(registry, ping, metric)
        })
        .map(|(_, metric)| metric.code.as_str())
        .collect();
    match totals.as_slice() {
        [] => Ok(()),
        codes => Err(Failure::Input(format!(
            "{} in {} counts events of any age and cannot be captured after pruning\n\
             help: pass --lose-totals to prune anyway",
            codes.join(", "),
            common.registry.display()
        ))),
    }
}
