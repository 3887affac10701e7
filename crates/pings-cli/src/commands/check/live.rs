//! `pings check --database`: compares the registry with the data in databases.

mod messages;

use std::process::ExitCode;

use pings_model::Registry;
use pings_runtime::live_check::{Finding, Level, Live, Subject};
use pings_runtime::{Access, Database};
use serde_json::{Value as Json, json};
use time::OffsetDateTime;

use crate::arguments::{Check, CheckFormat, Common, Live as Flags};
use crate::commands::inputs::registry;
use crate::commands::product;
use crate::failure::{Failure, Outcome};
use crate::output::counted;
use crate::output::{self, BAD, CAREFUL, styled};
use crate::progress;
use messages::Said;

/// Returns whether the command line names a database.
pub(crate) fn is_wanted(common: &Common, flags: &Flags) -> bool {
    common.names_database || !flags.product_database.is_empty()
}

pub(crate) async fn run(common: &Common, check: &Check) -> Outcome {
    let flags = &check.live;
    if matches!(check.format, CheckFormat::Sarif) {
        return Err(Failure::Input(
            "the comparison with databases does not support `--format sarif`\n\
             help: use one of human, json, github"
                .to_owned(),
        ));
    }
    let registry = registry(common)?;
    let live = Live {
        weeks: flags.weeks,
        rows: flags.rows,
        ..Live::new(&registry, OffsetDateTime::now_utc())
    };
    let mut findings = Vec::new();
    let mut seen = None;
    if common.names_database {
        let url = common.database.database()?;
        let database = Database::open(&url, Access::Read).await?;
        output::warn_of(&database);
        let spinner = progress::spinner("Reading");
        let checked = live
            .event_log(&database, &mut |rows| spinner.set_position(rows))
            .await;
        spinner.finish_and_clear();
        database.close().await;
        let checked = checked?;
        findings.extend(checked.findings);
        seen = Some(checked.seen);
    }
    for flag in &flags.product_database {
        let database = product::opened(&registry, flag).await?;
        let found = match &flag.name {
            Some(name) => live.product_named(name, &database).await,
            None => live.product(&database).await,
        };
        database.close().await;
        findings.extend(found?);
    }
    let said: Vec<(&Finding, Said)> = findings
        .iter()
        .map(|finding| (finding, messages::said(finding)))
        .collect();
    let errors = count(&findings, Level::Error);
    match check.format {
        CheckFormat::Json => {
            let all: Vec<Json> = said
                .iter()
                .map(|(finding, said)| json(finding, said))
                .collect();
            let mut answer = json!({ "ok": errors == 0, "findings": all });
            if let Some(seen) = &seen {
                answer["read"] = json!({
                    "rows": seen.rows, "since": seen.since, "all_recent": seen.is_whole,
                });
            }
            output::say_json(&answer);
        }
        CheckFormat::Github => github(common, &registry, &said),
        CheckFormat::Human | CheckFormat::Sarif => human(&said),
    }
    if !common.is_json() {
        let read = seen.map_or_else(String::new, |seen| {
            let whole = if seen.is_whole {
                "all"
            } else {
                "the newest rows; there are more"
            };
            format!(
                "; {} since {} ({whole})",
                counted(seen.rows, "row was read", "rows were read"),
                &seen.since[..10]
            )
        });
        let warnings = count(&findings, Level::Warning);
        output::done(
            "Compared",
            &format!(
                "{} with the databases: {}, {}{read}",
                common.registry.display(),
                counted(errors, "error", "errors"),
                counted(warnings, "warning", "warnings"),
            ),
        );
    }
    Ok(ExitCode::from(u8::from(errors > 0)))
}

fn count(findings: &[Finding], level: Level) -> u64 {
    findings.iter().filter(|it| it.level() == level).count() as u64
}

fn level(finding: &Finding) -> &'static str {
    match finding.level() {
        Level::Error => "error",
        Level::Warning => "warning",
    }
}

fn human(said: &[(&Finding, Said)]) {
    for (finding, said) in said {
        let style = match finding.level() {
            Level::Error => BAD,
            Level::Warning => CAREFUL,
        };
        let head = format!("{}[{}]", level(finding), finding.kind());
        let mut text = format!(
            "{}: {}",
            styled(style.bold(), &head),
            output::plain(&said.message)
        );
        for help in &said.help {
            text.push_str(&format!("\n  = help: {}", output::plain(help)));
        }
        output::say(&text);
    }
}

fn github(common: &Common, registry: &Registry, said: &[(&Finding, Said)]) {
    let text = std::fs::read_to_string(&common.registry).unwrap_or_default();
    let file = pings_build::from_root(&common.registry);
    let source = pings_registry::Source {
        name: &file,
        text: &text,
    };
    for (finding, said) in said {
        let line = messages::name(finding).map_or(1, |name| line_of(source, registry, name));
        let message = std::iter::once(&said.message)
            .chain(&said.help)
            .map(String::as_str)
            .collect::<Vec<_>>()
            .join("\n");
        let at = (file.as_str(), line, 1);
        output::say(&output::annotation(
            level(finding),
            at,
            finding.kind(),
            &message,
        ));
    }
}

/// Returns the first line of the registry that declares an event, a table or a metric of that name.
fn line_of(source: pings_registry::Source<'_>, registry: &Registry, name: &str) -> usize {
    let outline = pings_registry::outline(source.text);
    let parts = outline.map_or_else(Vec::new, |outline| {
        let of_events = outline.events.into_iter().chain(outline.tables);
        let mut parts: Vec<_> = of_events.flat_map(|section| section.parts).collect();
        parts.extend(outline.pings.into_iter().flat_map(|section| section.parts));
        parts
    });
    let ping = registry.metric(name).map(|(ping, _)| ping.id.as_str());
    let part = parts
        .iter()
        .find(|part| part.name == name || Some(part.name.as_str()) == ping);
    part.map_or(1, |part| source.line_and_column(part.head.start).0)
}

fn json(finding: &Finding, said: &Said) -> Json {
    json!({
        "kind": finding.kind(),
        "level": level(finding),
        "about": match finding.subject() { Subject::Log => "event_log", Subject::Product => "product" },
        "name": messages::name(finding),
        "message": said.message,
        "help": said.help,
    })
}
