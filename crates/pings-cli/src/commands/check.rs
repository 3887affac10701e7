//! `pings check`

pub(crate) mod live;

use std::path::Path;
use std::process::ExitCode;

use anstream::{AutoStream, ColorChoice};
use pings_build::{Failure as NoRegistry, Linted};
use pings_registry::{Levels, Lines, Message, Source, render_in};
use serde_json::json;
use time::OffsetDateTime;

use crate::arguments::{Check, CheckFormat, Common};
use crate::failure::{Failure, Outcome};
use crate::output;
use pings_findings::check::{Item, Places, annotations, items, log};

pub(crate) fn run(common: &Common, check: &Check) -> Outcome {
    let mut levels = Levels::default();
    for (lint, level) in &check.lints.0 {
        let set = levels.set(lint, *level);
        set.map_err(|unknown| Failure::Input(unknown.to_string()))?;
    }
    let today = || OffsetDateTime::now_utc().date().to_string();
    let set = levels.set_today(&check.today.clone().unwrap_or_else(today));
    set.map_err(|invalid| Failure::Input(invalid.to_string()))?;
    match pings_build::lint(&common.registry, &levels) {
        Ok(linted) => Ok(checked(common, check.format, &linted)),
        Err(NoRegistry::Mistakes {
            name,
            text,
            diagnostics,
        }) if matches!(check.format, CheckFormat::Github | CheckFormat::Sarif) => {
            let name = pings_build::from_root(Path::new(&name));
            let source = Source {
                name: &name,
                text: &text,
            };
            let mistakes: Vec<Item<'_>> = diagnostics.iter().map(Item::mistake).collect();
            let places = Places::of(source);
            say(check.format, &places, &mistakes);
            Ok(ExitCode::from(1))
        }
        Err(failure) => Err(Failure::of_registry(failure)),
    }
}

/// Reports the findings of the lints and the size of the registry.
fn checked(common: &Common, format: CheckFormat, linted: &Linted) -> ExitCode {
    let name = common.registry.display().to_string();
    let source = Source {
        name: &name,
        text: &linted.loaded.text,
    };
    let registry = &linted.loaded.registry;
    let (pings, codes) = (registry.pings().len(), registry.metrics().count());
    let (events, tables) = (registry.events().len(), registry.tables().len());
    let is_denied = linted.findings.iter().any(pings_build::is_denied);
    let found = || {
        linted
            .findings
            .iter()
            .map(Item::finding)
            .collect::<Vec<_>>()
    };
    match format {
        CheckFormat::Human => {
            show(source, linted);
            let summary = pings_build::summary(&linted.findings);
            if is_denied {
                output::error(&format!("{name} has {}", summary.unwrap_or_default()));
            } else {
                let found = summary.map_or_else(String::new, |summary| format!("; {summary}"));
                let contents = pings_build::contents(registry);
                output::done("Checked", &format!("{name}: {contents}{found}"));
            }
        }
        CheckFormat::Json => output::say_json(&json!({
            "ok": !is_denied, "registry": registry.name(),
            "pings": pings, "codes": codes, "events": events, "tables": tables,
            "findings": items(&Places::of(source), &found()),
        })),
        CheckFormat::Github | CheckFormat::Sarif => {
            let name = pings_build::from_root(&common.registry);
            let source = Source {
                name: &name,
                ..source
            };
            say(format, &Places::of(source), &found());
        }
    }
    ExitCode::from(u8::from(is_denied))
}

/// Prints the findings of the lints for a terminal.
fn show(source: Source<'_>, linted: &Linted) {
    let colour = AutoStream::choice(&std::io::stderr()) != ColorChoice::Never;
    let lines = Lines::of(source.text);
    for finding in linted.findings.iter().filter(|it| it.suppressed.is_none()) {
        let message = render_in(source.name, &lines, &Message::from(finding), colour);
        output::complain(&format!("{message}\n"));
    }
}

/// Prints the findings in a format for other programs.
fn say(format: CheckFormat, places: &Places<'_>, found: &[Item<'_>]) {
    if matches!(format, CheckFormat::Sarif) {
        output::say_json(&log(places, found));
    } else {
        for line in annotations(places, found) {
            output::say(&line);
        }
    }
}
