//! `pings consent`

use std::collections::BTreeSet;
use std::process::ExitCode;

use pings_model::Registry;
use pings_payload::rfc3339;
use pings_runtime::{
    Agreement, Entry, EventLog, Pending, Period, State, Switch, agree as record_agreement, foresee,
};
use serde_json::{Value as Json, json};
use time::OffsetDateTime;

use crate::arguments::{Agree, Common, ConsentCommand};
use crate::commands::inputs::{event_log, metric, registry};
use crate::config::Config;
use crate::failure::{Failure, Outcome};
use crate::output::counted;
use crate::output::{self, Align, BAD, BOLD, DIM, GOOD, Table, styled};

/// The start of a period that has no recorded start.
const ALWAYS: &str = "the beginning";

pub(crate) async fn run(common: &Common, command: Option<ConsentCommand>) -> Outcome {
    let config = Config::load(common)?;
    let registry = registry(common)?;
    let log = event_log(common).await?;
    match command {
        None => show(common, &config, &registry, &log).await?,
        Some(ConsentCommand::Agree(wanted)) => {
            agree(common, &config, &registry, &log, &wanted).await?;
        }
    }
    log.close().await;
    Ok(ExitCode::SUCCESS)
}

async fn show(
    common: &Common,
    config: &Config,
    registry: &Registry,
    log: &EventLog,
) -> Result<(), Failure> {
    let agreement = foresee(log, registry, config, OffsetDateTime::now_utc()).await?;
    let mut left = Entry::all(log).await?;
    left.retain(|entry| entry.state == State::Sent);
    if common.is_json() {
        output::say_json(&as_json(config, registry, &agreement, &left));
        return Ok(());
    }
    output::say(&switches(config, &agreement));
    say_left(&left);
    say_waiting(registry, &agreement);
    Ok(())
}

/// Returns the switches as a table.
fn switches(config: &Config, agreement: &Agreement) -> String {
    let mut table = Table::new(&[Align::Left; 4], 0);
    let head = ["switch", "value", "since", "decided by"];
    table.row(head.map(|text| styled(BOLD, text)).into());
    for switch in Switch::ALL {
        let is_on = config.consent.is_on(switch);
        let style = if is_on { GOOD } else { BAD };
        let since = agreement.now(switch).map_or_else(String::new, since);
        table.row(vec![
            switch.to_string(),
            styled(style, switch.value(is_on)),
            since,
            styled(DIM, &config.decided_by(switch).to_string()),
        ]);
    }
    table.lines().join("\n")
}

fn since(period: &Period) -> String {
    period.since.map_or_else(|| ALWAYS.to_owned(), rfc3339)
}

fn say_left(left: &[Entry]) {
    let weeks: BTreeSet<_> = left.iter().map(|entry| entry.week).collect();
    let text = match (weeks.first(), weeks.last()) {
        (Some(first), Some(last)) => {
            let at = left
                .iter()
                .filter_map(|entry| entry.tried_at.as_deref())
                .max();
            format!(
                "{} sent, {first} to {last}, the newest at {}; `pings outbox list` shows them",
                counted(weeks.len() as u64, "week was", "weeks were"),
                at.unwrap_or("an unknown time")
            )
        }
        _ => "Nothing was sent".to_owned(),
    };
    output::say(&format!("\n{}", output::paragraph(&text)));
}

fn say_waiting(registry: &Registry, agreement: &Agreement) {
    let waiting = agreement.pending(registry);
    if waiting.is_empty() {
        return;
    }
    let count = counted(waiting.len() as u64, "metric waits", "metrics wait");
    output::say(&format!("\n{count} for consent:"));
    let mut table = Table::new(&[Align::Left; 3], 2);
    for Pending { ping, code, gained } in &waiting {
        let what = match gained {
            Some(gained) => format!("sends more than was agreed to: {}", gained.join(", ")),
            None => "new".to_owned(),
        };
        table.row(vec![code.clone(), styled(DIM, ping), what]);
    }
    output::say(&table.lines().join("\n"));
    output::complain("help: agree with `pings consent agree CODE…` or `pings consent agree --all`");
}

async fn agree(
    common: &Common,
    config: &Config,
    registry: &Registry,
    log: &EventLog,
    wanted: &Agree,
) -> Result<(), Failure> {
    let agreement = config.observe(log, registry).await?;
    let waiting = agreement.pending(registry);
    let waiting: BTreeSet<String> = waiting.into_iter().map(|it| it.code).collect();
    let codes = if wanted.all {
        waiting
    } else {
        for code in &wanted.codes {
            check(config, registry, code)?;
        }
        wanted
            .codes
            .iter()
            .filter(|code| waiting.contains(*code))
            .cloned()
            .collect()
    };
    let now = OffsetDateTime::now_utc();
    record_agreement(log, registry, &codes, now).await?;
    if common.is_json() {
        output::say_json(&json!({ "agreed": codes, "since": rfc3339(now) }));
        return Ok(());
    }
    if codes.is_empty() {
        output::done("Agreed", "to nothing: no such metric is waiting");
        return Ok(());
    }
    let count = counted(codes.len() as u64, "metric", "metrics");
    output::done("Agreed", &format!("to {count}, from the next week on"));
    Ok(())
}

/// Checks that a metric exists and that its ping is switched on.
fn check(config: &Config, registry: &Registry, code: &str) -> Result<(), Failure> {
    let (ping, _) = metric(registry, code)?;
    let switch = Switch::of(ping.sensitivity);
    if config.consent.is_on(switch) {
        return Ok(());
    }
    Err(Failure::Input(format!(
        "`{code}` is switched off with its ping `{}` ({})\n\
         help: turn `{switch}` on, which agrees to all metrics that it covers",
        ping.id,
        config.why(switch)
    )))
}

fn as_json(config: &Config, registry: &Registry, agreement: &Agreement, left: &[Entry]) -> Json {
    let period = |switch: Switch, period: &Period| {
        json!({
            "value": switch.value(period.is_on),
            "since": period.since.map(rfc3339),
            "decided_by": period.decided_by,
            "fingerprint": period.fingerprint,
        })
    };
    let switches = Switch::ALL.map(|switch| {
        let now = agreement.now(switch);
        let history = agreement.history(switch).iter();
        json!({
            "switch": switch.name(),
            "value": switch.value(config.consent.is_on(switch)),
            "decided_by": config.decided_by(switch).to_string(),
            "since": now.and_then(|period| period.since).map(rfc3339),
            "fingerprint": now.map(|period| period.fingerprint.as_str()),
            "first_week": agreement.first_week(switch).map(|week| week.to_string()),
            "history": history.map(|it| period(switch, it)).collect::<Vec<_>>(),
        })
    });
    let agreed = registry.metrics().filter_map(|(ping, metric)| {
        let agreed = agreement.agreed_metric(ping, metric)?;
        Some(json!({
            "code": metric.code,
            "ping": ping.id,
            "carries": agreed.carries,
            "since": agreed.since.map(rfc3339),
            "agreed_by": agreed.agreed_by,
            "fingerprint": agreed.fingerprint,
        }))
    });
    let waiting = agreement.pending(registry);
    let waiting = waiting.iter().map(
        |Pending { ping, code, gained }| json!({ "code": code, "ping": ping, "gained": gained }),
    );
    let left = left.iter().map(|entry| {
        json!({
            "week": entry.week.to_string(),
            "revision": entry.revision,
            "sent_at": entry.tried_at,
            "bytes": entry.body.len(),
        })
    });
    json!({
        "switches": switches,
        "agreed": agreed.collect::<Vec<_>>(),
        "waiting": waiting.collect::<Vec<_>>(),
        "left": left.collect::<Vec<_>>(),
    })
}
