//! `pings store doctor`

use std::process::ExitCode;

use pings_model::{Registry, Version};
use pings_payload::{Week, fingerprint};
use pings_store::{Break, Entry, Findings, GoesBy, Silence, Symptom, Twins};
use serde_json::json;

use super::opened::open_told;
use super::remarks;
use crate::arguments::Common;
use crate::arguments::store::Doctor as Arguments;
use crate::commands::inputs::registry;
use crate::failure::Outcome;
use crate::output::counted;
use crate::output::{self, Align, BAD, BOLD, CAREFUL, DIM, GOOD, Table, styled};

/// The maximum number of findings of a kind that are shown.
const SHOWN: usize = 10;

pub(crate) async fn run(common: &Common, database: &str, arguments: &Arguments) -> Outcome {
    let registry = registry(common)?;
    let (store, goes_by) = open_told(database, &registry).await?;
    let findings = store.doctor(&registry).await?;
    let waiting = store.waiting().await?;
    let left_out = store.left_out(Some(&registry), findings.weeks).await?;
    store.close().await;
    let ours = fingerprint(&registry);
    let unknown = waiting
        .iter()
        .filter(|it| it.registry == registry.name() && it.fingerprint != ours);
    let unknown: u64 = unknown.map(|it| it.payloads).sum();
    if unknown > 0 {
        output::complain(&format!(
            "note: did not check {} of unknown registries\n\
             help: `pings store registry` lists the registries; register the pings.yaml of that release with `pings store registry FILE`",
            counted(unknown, "payload", "payloads"),
        ));
    }
    let is_unknown = goes_by == GoesBy::None || unknown > 0;
    if common.is_json() {
        let mut json = findings.json();
        left_out.add_to(&mut json);
        output::say_json(&json);
    } else {
        let mut lines = told(&registry, &findings);
        lines.extend(remarks::left_out(&left_out));
        output::say(&lines.join("\n"));
    }
    if arguments.ci && is_unknown && findings.is_empty() {
        output::complain("note: the exit code is 1, because not all payloads could be checked");
    }
    Ok(ExitCode::from(u8::from(
        arguments.ci && (is_unknown || !findings.is_empty()),
    )))
}

fn told(registry: &Registry, findings: &Findings) -> Vec<String> {
    let Some((first, last)) = findings.weeks else {
        return vec!["The store has no payloads yet.".to_owned()];
    };
    let mut lines = vec![format!(
        "{}  {}, {first} to {last}",
        styled(BOLD, registry.title()),
        counted(findings.instances as u64, "instance", "instances"),
    )];
    if findings.is_empty() {
        lines.push(match findings.instances {
            0..Findings::JUDGED_FROM => few(findings.instances),
            _ => format!("  {}", styled(GOOD, "No broken metrics found.")),
        });
    }
    for entry in &findings.broken {
        lines.push(String::new());
        lines.extend(entry_lines(registry, entry));
    }
    lines.extend(changed(findings));
    lines.extend(conflicts(findings));
    lines.extend(twins(&findings.twins));
    lines.extend(silent(&findings.silent));
    lines
}

/// Returns the note for a fleet that is too small to judge.
fn few(instances: usize) -> String {
    let from = Findings::JUDGED_FROM;
    let what = format!("Too few instances: a version is judged from {from} instances on");
    let have = format!("that adopted it, but there are only {instances}.");
    format!("  {} {have}", styled(CAREFUL, &what))
}

fn entry_lines(registry: &Registry, entry: &Entry) -> Vec<String> {
    let title = registry.pings().iter().find(|ping| ping.id == entry.ping);
    let title = title.map_or("", |ping| ping.title.as_str());
    let mut lines = Vec::new();
    for found in &entry.breaks {
        let code = match found.group_name() {
            Some(group) => format!("{}, {}:", found.code, output::plain(&group)),
            None => format!("{}:", found.code),
        };
        lines.push(format!("{} {}", styled(BAD, &code), what(found)));
        lines.extend(evidence(found));
    }
    lines.push(format!(
        "  {}",
        styled(
            DIM,
            &match &entry.code {
                Some(code) => format!(
                    "to declare it, add to `broken:` of the metric {code} of {} ({title}):",
                    entry.ping
                ),
                None => format!(
                    "to declare it, add to `broken:` of {} ({title}):",
                    entry.ping
                ),
            }
        )
    ));
    lines.extend(entry.yaml.lines().map(|line| format!("      {line}")));
    lines
}

fn what(found: &Break) -> String {
    let since = found.versions.first();
    let what = match found.symptom {
        Symptom::NotSent => "is no longer sent".to_owned(),
        Symptom::Fails => "can no longer be measured".to_owned(),
        Symptom::Nothing => "drops to zero".to_owned(),
        Symptom::Less => format!(
            "drops to {:.0} % of its previous value",
            found.factor * 100.0
        ),
        Symptom::More => format!(
            "rises to {:.0} % of its previous value",
            found.factor * 100.0
        ),
    };
    match found.versions.last() {
        Some(last) if last == since => format!("{what} in {since}, and recovers afterwards"),
        Some(last) => format!("{what} from {since} to {last}, and recovers afterwards"),
        None => format!("{what} from {since} on, and has not recovered"),
    }
}

fn evidence(found: &Break) -> Vec<String> {
    let it = &found.evidence;
    let before: Vec<String> = match it.before.as_slice() {
        [first, .., last] => vec![first.to_string(), last.to_string()],
        few => few.iter().map(Version::to_string).collect(),
    };
    let number = |value: f64| output::number(&json!((value * 10.0).round() / 10.0));
    let moved = (it.others - 1.0) * 100.0;
    vec![
        format!(
            "  {} of {} that adopted {} show this, compared with {} before, {} to {}",
            it.agreeing,
            counted(it.instances as u64, "instance", "instances"),
            it.after,
            before.join(" to "),
            it.weeks.0,
            it.weeks.1,
        ),
        format!(
            "  {} per week: {} before, {} after; their other metrics changed by {moved:+.0} %",
            output::measure(&found.measure),
            number(it.value_before),
            number(it.value_after),
        ),
    ]
}

fn changed(findings: &Findings) -> Vec<String> {
    let mut lines = Vec::new();
    for change in findings.changed.iter().take(SHOWN) {
        let codes = change.codes.iter().map(|(code, before, after)| {
            let number = |value: f64| output::number(&json!(value));
            format!("{code} {} → {}", number(*before), number(*after))
        });
        lines.push(format!(
            "  {} of {}, revision {}: {}",
            change.week,
            change.instance,
            change.revision,
            codes.collect::<Vec<_>>().join(", ")
        ));
    }
    headed(
        match findings.changed.len() {
            1 => "week changed afterwards, and not only by late events:",
            _ => "weeks changed afterwards, and not only by late events:",
        },
        lines,
        findings.changed.len(),
    )
}

fn conflicts(findings: &Findings) -> Vec<String> {
    let shown = findings.conflicts.iter().take(SHOWN);
    let lines = shown.map(|it| format!("  {}: {}", it.instance, weeks(&it.weeks)));
    headed(
        "sent twice with different contents; is there a copy of the instance?",
        lines.collect(),
        findings.conflicts.len(),
    )
}

fn twins(twins: &[Twins]) -> Vec<String> {
    let lines = twins.iter().take(SHOWN).map(|it| {
        let [one, other] = &it.instances;
        format!("  {one} and {other}: {}", weeks(&it.weeks))
    });
    headed(
        match twins.len() {
            1 => {
                "pair of instances reports identical weeks; was an event log moved without `pings migrate`?"
            }
            _ => {
                "pairs of instances report identical weeks; were event logs moved without `pings migrate`?"
            }
        },
        lines.collect(),
        twins.len(),
    )
}

/// Returns the number of weeks, and the first and last week.
fn weeks(weeks: &[Week]) -> String {
    let names: Vec<String> = weeks.iter().map(ToString::to_string).collect();
    match names.as_slice() {
        [first, .., last] => format!(
            "{}, {first} to {last}",
            counted(names.len() as u64, "week", "weeks")
        ),
        few => few.join(", "),
    }
}

fn silent(silences: &[Silence]) -> Vec<String> {
    use Align::{Left, Right};
    let mut table = Table::new(&[Left, Left, Left, Right], 2);
    for silence in silences.iter().take(SHOWN) {
        table.row(vec![
            silence.instance.clone(),
            format!("last {}", silence.last),
            silence
                .version
                .map_or(String::new(), |version| format!("at {version}")),
            format!(
                "{} per week",
                counted(silence.events.round() as u64, "event", "events")
            ),
        ]);
    }
    headed(
        "stopped reporting, largest first:",
        table.lines(),
        silences.len(),
    )
}

/// Returns lines below a heading, with the number of omitted lines. Without lines, there is no
/// heading either.
fn headed(head: &str, mut lines: Vec<String>, all: usize) -> Vec<String> {
    if lines.is_empty() {
        return lines;
    }
    if let Some(more) = all.checked_sub(lines.len()).filter(|more| *more > 0) {
        lines.push(format!("  {more} more: use --format json to show them"));
    }
    let head = format!("{} {head}", styled(CAREFUL, &all.to_string()));
    [vec![String::new(), head], lines].concat()
}
