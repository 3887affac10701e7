//! `pings capture`

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::time::Duration;

use pings_model::{Ping, Registry};
use pings_runtime::{
    Captured, Captures, EventLog, FailureKind, Planned, Product, Switch, Value, Week,
};
use serde_json::{Number, Value as Json, json};
use time::OffsetDateTime;

use crate::arguments::{Capture, Common};
use crate::commands::inputs::{UNKNOWN, event_log, optional_version, registry, week};
use crate::commands::product::products;
use crate::commands::report::window_name;
use crate::config::Config;
use crate::failure::{Failure, Outcome};
use crate::output::{self, Align, BAD, DIM, Table, styled};
use crate::progress;

pub(crate) async fn run(common: &Common, capture: &Capture) -> Outcome {
    let config = Config::load(common)?;
    if !config.gathers(common).await {
        return Ok(ExitCode::SUCCESS);
    }
    let whole = registry(common)?;
    let now = OffsetDateTime::now_utc();
    let version = optional_version(capture.product_version.as_deref())?;
    let week = week(capture.week.as_deref(), capture.running, now)?;
    if !capture.running && !week.is_complete(now) {
        return Err(Failure::Input(format!(
            "{week} is not over yet\nhelp: weekly captures are taken after the end of the week; use `pings capture --running` for the running week"
        )));
    }
    let (registry, log) = agreed(common, capture, &config, &whole, week).await?;
    let product = products(&whole, &capture.product_database, &config).await?;
    if product.is_empty() {
        return Err(Failure::Input(
            "the database of the product is not known\n\
             help: use `--product-database URL`, or set PINGS_PRODUCT_DATABASE"
                .to_owned(),
        ));
    }
    let captures = Captures {
        product: Product::from(&product),
        registry: &registry,
        version,
        limit: Duration::from_secs(capture.limit),
        week,
        now,
    };
    if captures.metrics().next().is_none() {
        let all = Captures {
            registry: &whole,
            ..captures.clone()
        };
        if all.metrics().next().is_none() {
            return Err(Failure::Input(format!(
                "{} has no captures at this version",
                common.registry.display()
            )));
        }
        say_none(&config, &all);
        return Ok(ExitCode::SUCCESS);
    }
    let failed = match &log {
        Some(log) => take(common, log, &captures, &registry, capture).await?,
        None => plan(common, &captures).await,
    };
    if let Some(log) = log {
        log.close().await;
    }
    product.close().await;
    Ok(ExitCode::from(u8::from(failed > 0)))
}

/// Returns the registry reduced to the metrics that may be captured.
async fn agreed(
    common: &Common,
    capture: &Capture,
    config: &Config,
    whole: &Registry,
    week: Week,
) -> Result<(Registry, Option<EventLog>), Failure> {
    if capture.dry_run {
        // A plan reads no rows and needs no event log.
        let is_covered = |ping: &Ping| config.consent.covers(ping.sensitivity);
        return Ok((whole.clone().retain_pings(is_covered), None));
    }
    let log = event_log(common).await?;
    let agreement = config.observe(&log, whole).await?;
    Ok((agreement.captures(whole, week), Some(log)))
}

/// Prints the reasons why no capture is taken although the registry has captures at this version.
fn say_none(config: &Config, all: &Captures<'_>) {
    let mut switched_off = BTreeMap::new();
    let mut waiting = Vec::new();
    for (ping, metric) in all.metrics() {
        let switch = Switch::of(ping.sensitivity);
        if config.consent.is_on(switch) {
            waiting.push(metric.code.as_str());
        } else {
            let codes: &mut Vec<&str> = switched_off.entry(switch).or_default();
            codes.push(&metric.code);
        }
    }
    for (switch, codes) in switched_off {
        output::complain(&format!(
            "note: switched off ({}): {}",
            config.why(switch),
            codes.join(", ")
        ));
    }
    if !waiting.is_empty() {
        output::complain(&format!(
            "note: these metrics were not agreed to before {} began: {}\n\
             help: `pings consent` shows the start times and the metrics that wait for consent",
            all.week,
            waiting.join(", ")
        ));
    }
    output::complain("note: no capture was taken");
}

async fn take(
    common: &Common,
    log: &EventLog,
    captures: &Captures<'_>,
    registry: &Registry,
    capture: &Capture,
) -> Result<usize, Failure> {
    let bar = progress::bar("Capturing");
    let now = OffsetDateTime::now_utc;
    let count = captures.count(now());
    bar.set_length(count as u64);
    let version = capture
        .product_version
        .as_deref()
        .filter(|it| !it.is_empty())
        .unwrap_or(UNKNOWN);
    let taken = match capture.retake {
        true => captures.retake(log, version, now, |_| bar.inc(1)).await?,
        false => captures.take(log, version, now, |_| bar.inc(1)).await?,
    };
    bar.finish_and_clear();
    let failed = taken
        .iter()
        .filter(|captured| captured.outcome.is_err() && !captured.is_skipped())
        .count();
    let skipped = taken.iter().filter(|it| it.is_skipped()).count();
    let standing = count.saturating_sub(taken.len());
    if common.is_json() {
        let all: Vec<Json> = taken.iter().map(captured_json).collect();
        output::say_json(
            &json!({ "registry": registry.name(), "captures": all, "standing": standing }),
        );
        return Ok(failed);
    }
    if standing > 0 {
        let count = output::counted(standing as u64, "weekly capture", "weekly captures");
        output::complain(&format!(
            "note: {count} of {} were already taken, or are being taken by another process\n\
             help: use --retake to repeat them, which changes a past week",
            captures.week
        ));
    }
    let mut table = Table::new(&[Align::Left, Align::Right, Align::Left], 0);
    for captured in &taken {
        let text = match &captured.outcome {
            Ok(value) if captured.is_retaken => format!("{}  retaken", short(value)),
            Ok(value) => short(value),
            Err(reason) if captured.is_skipped() => {
                styled(DIM, &output::plain(&format!("skipped: {reason}")))
            }
            Err(reason) => styled(BAD, &output::plain(&format!("failed: {reason}"))),
        };
        let window = captured
            .window
            .map(|window| format!(", {}", window_name(&window)));
        table.row(vec![
            format!("{}{}", captured.code, window.unwrap_or_default()),
            styled(DIM, &output::seconds(captured.took)),
            text,
        ]);
    }
    output::say(&table.lines().join("\n"));
    let all = taken.len() - skipped;
    let summary = format!("{} of {all} captures", all - failed);
    output::done(
        "Captured",
        &match failed {
            0 => summary,
            _ => format!("{summary}; the failed captures are logged as failed"),
        },
    );
    Ok(failed)
}

fn captured_json(captured: &Captured) -> Json {
    let mut json =
        json!({ "code": captured.code, "milliseconds": captured.took.as_secs_f64() * 1e3 });
    if let Some(week) = captured.week {
        json["week"] = week.to_string().into();
    }
    if let Some(window) = captured.window {
        let [start, end] = window.borders();
        json["window"] = window.period().as_str().into();
        json["start"] = start.into();
        json["end"] = end.into();
    }
    if captured.is_retaken {
        json["retaken"] = true.into();
    }
    match &captured.outcome {
        Ok(value) => json["value"] = json!(value),
        Err(reason) if captured.is_skipped() => json["skipped"] = reason.message.as_str().into(),
        Err(reason) => json["error"] = reason.message.as_str().into(),
    }
    json
}

/// Returns a value in one line.
fn short(value: &Value) -> String {
    let measures = match value {
        Value::One(measures) => measures,
        Value::Rows { rows, .. } => return output::counted(rows.len() as u64, "group", "groups"),
        Value::Steps(steps) => return output::counted(steps.len() as u64, "step", "steps"),
    };
    let measure = |(name, number): &(String, Option<Number>)| {
        let number = output::number(&Json::from(number.clone()));
        format!("{} {number}", output::measure(name))
    };
    measures.iter().map(measure).collect::<Vec<_>>().join("  ")
}

async fn plan(common: &Common, captures: &Captures<'_>) -> usize {
    let bar = progress::bar("Planning");
    bar.set_length(captures.metrics().count() as u64);
    let planned = captures.plan(|_| bar.inc(1)).await;
    bar.finish_and_clear();
    let is_skipped = |reason: &pings_runtime::Failure| reason.kind == FailureKind::Unsupported;
    let failed = planned
        .iter()
        .filter(|planned| planned.plan.as_ref().is_err_and(|it| !is_skipped(it)))
        .count();
    if common.is_json() {
        let all: Vec<Json> = planned.iter().map(planned_json).collect();
        output::say_json(&json!({ "plans": all }));
        return failed;
    }
    for planned in &planned {
        output::say(&format!(
            "{}  {}",
            planned.code,
            styled(DIM, &output::seconds(planned.took))
        ));
        match &planned.plan {
            Ok(lines) => lines
                .iter()
                .for_each(|line| output::say(&format!("  {line}"))),
            Err(reason) if is_skipped(reason) => output::say(&format!(
                "  {}",
                styled(DIM, &output::plain(&format!("skipped: {reason}")))
            )),
            Err(reason) => output::say(&format!(
                "  {}",
                styled(BAD, &output::plain(&format!("failed: {reason}")))
            )),
        }
    }
    let summary = format!(
        "{} of {} captures; nothing was logged",
        planned.len() - failed,
        planned.len()
    );
    output::done("Planned", &summary);
    failed
}

fn planned_json(planned: &Planned) -> Json {
    let mut json =
        json!({ "code": planned.code, "milliseconds": planned.took.as_secs_f64() * 1e3 });
    match &planned.plan {
        Ok(lines) => json["plan"] = json!(lines),
        Err(reason) => json["error"] = reason.message.as_str().into(),
    }
    json
}
