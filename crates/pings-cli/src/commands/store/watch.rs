//! `pings store watch`

use std::process::ExitCode;
use std::time::Duration;

use pings_model::Registry;
use pings_payload::Week;
use pings_runtime::Address;
use pings_store::{LeftOut, Watch};
use serde_json::Value as Json;
use time::OffsetDateTime;
use ureq::Agent;
use ureq::tls::{RootCerts, TlsConfig};

use super::opened::open_by;
use super::remarks;
use crate::arguments::store::Watch as Arguments;
use crate::arguments::{Common, WatchFormat};
use crate::commands::inputs::registry;
use crate::failure::{Failure, Outcome};
use crate::output::{self, BAD, BOLD, GOOD, styled};

/// The exit code if there are alarms.
const ALARMS: u8 = 3;

/// The time limit for the webhook.
const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) async fn run(common: &Common, database: &str, arguments: &Arguments) -> Outcome {
    let registry = registry(common)?;
    let week = arguments.week.as_deref().map(str::parse::<Week>);
    let week = week.transpose()?;
    let store = open_by(database, &registry).await?;
    let watch = store
        .watch(&registry, week, OffsetDateTime::now_utc())
        .await?;
    let left_out = store.left_out(Some(&registry), Some((watch.week, watch.week)));
    let left_out = left_out.await?;
    store.close().await;
    match arguments.format {
        WatchFormat::Human => {
            let mut lines = told(&registry, &watch);
            lines.extend(remarks::left_out(&left_out));
            output::say(&lines.join("\n"));
        }
        WatchFormat::Json => output::say_json(&written(&registry, &watch, &left_out)),
        WatchFormat::Prometheus => output::say(metrics(&registry, &watch, &left_out).trim_end()),
    }
    if let Some(webhook) = arguments.webhook.as_ref().filter(|it| !it.is_empty())
        && !watch.alarms.is_empty()
    {
        post(webhook, &written(&registry, &watch, &left_out)).await?;
    }
    Ok(ExitCode::from(match watch.alarms.is_empty() {
        true => 0,
        false => ALARMS,
    }))
}

fn told(registry: &Registry, watch: &Watch) -> Vec<String> {
    let mut lines = vec![format!(
        "{}  {}",
        styled(BOLD, registry.title()),
        watch.week
    )];
    if watch.newest.is_none() {
        lines.push("  The store has no payloads yet.".to_owned());
    } else if watch.alarms.is_empty() {
        lines.push(format!("  {}", styled(GOOD, "No alarms.")));
    }
    for alarm in &watch.alarms {
        let kind = styled(BAD, alarm.kind.name());
        lines.push(format!(
            "  {kind}  {}",
            output::plain(&alarm.message(watch))
        ));
    }
    lines
}

fn written(registry: &Registry, watch: &Watch, left_out: &LeftOut) -> Json {
    let mut json = watch.json(registry);
    left_out.add_to(&mut json);
    json
}

/// Returns the alarms as metrics for the textfile collector of Prometheus.
fn metrics(registry: &Registry, watch: &Watch, left_out: &LeftOut) -> String {
    let label = |text: &str| {
        let text = text.replace('\\', "\\\\").replace('"', "\\\"");
        text.replace('\n', "\\n")
    };
    let name = label(registry.name());
    let mut out = String::from(
        "# HELP pings_watch_alarm Instances that show a change, by kind and code.\n\
         # TYPE pings_watch_alarm gauge\n",
    );
    for alarm in &watch.alarms {
        let code = label(alarm.code.as_deref().unwrap_or_default());
        let group = label(alarm.group.as_deref().unwrap_or_default());
        let version = alarm.version.map(|it| it.to_string()).unwrap_or_default();
        out.push_str(&format!(
            "pings_watch_alarm{{registry=\"{name}\",kind=\"{}\",code=\"{code}\",group=\"{group}\",\
             version=\"{version}\",week=\"{}\"}} {}\n",
            alarm.kind.name(),
            alarm.week,
            alarm.affected
        ));
    }
    let week = watch.week.start().unix_timestamp();
    let run = OffsetDateTime::now_utc().unix_timestamp();
    for (metric, help, value) in [
        ("alarms", "The number of alarms.", watch.alarms.len() as i64),
        (
            "week_timestamp_seconds",
            "The start of the examined week.",
            week,
        ),
        ("run_timestamp_seconds", "When the watch ran.", run),
    ] {
        out.push_str(&format!(
            "# HELP pings_watch_{metric} {help}\n# TYPE pings_watch_{metric} gauge\n\
             pings_watch_{metric}{{registry=\"{name}\"}} {value}\n"
        ));
    }
    out.push_str(
        "# HELP pings_watch_left_out Instances that reported the week and do not count, by reason.\n\
         # TYPE pings_watch_left_out gauge\n",
    );
    for (reason, count) in left_out.reasons() {
        let reason = label(reason);
        out.push_str(&format!(
            "pings_watch_left_out{{registry=\"{name}\",reason=\"{reason}\"}} {count}\n"
        ));
    }
    out
}

/// Posts the alarms to a webhook.
async fn post(webhook: &Address, alarms: &Json) -> Result<(), Failure> {
    let (target, body) = (webhook.clone(), alarms.to_string());
    let posted = tokio::task::spawn_blocking(move || {
        let tls = TlsConfig::builder().root_certs(RootCerts::PlatformVerifier);
        let agent: Agent = Agent::config_builder()
            .timeout_global(Some(PATIENCE))
            .tls_config(tls.build())
            .build()
            .into();
        let request = agent.post(target.exposed());
        let request = request.header("Content-Type", "application/json");
        request.send(&body).map(|_| ())
    });
    let failed = |error: String| {
        let error = error.replace(webhook.exposed(), &webhook.to_string());
        Failure::Ours(format!("the webhook {webhook} was not reached: {error}"))
    };
    match posted.await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => Err(failed(error.to_string())),
        Err(error) => Err(failed(error.to_string())),
    }
}
