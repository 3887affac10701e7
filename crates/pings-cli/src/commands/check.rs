//! `pings check`

pub(crate) mod live;

use std::process::ExitCode;

use pings_build::Failure as NoRegistry;
use pings_registry::{Diagnostic, Source};
use serde_json::{Value as Json, json};

use crate::arguments::Common;
use crate::failure::{Failure, Outcome};
use crate::look;

pub(crate) fn run(common: &Common) -> Outcome {
    match pings_build::load(&common.registry) {
        Ok(loaded) => {
            let registry = &loaded.registry;
            let (pings, codes) = (registry.pings.len(), registry.metrics().count());
            let (events, tables) = (registry.events.len(), registry.tables.len());
            if common.is_json() {
                look::say_json(&json!({
                    "ok": true, "registry": registry.name,
                    "pings": pings, "codes": codes, "events": events, "tables": tables,
                }));
            } else {
                let file = common.registry.display();
                look::done(
                    "Checked",
                    &format!(
                        "{file}: {pings} pings with {codes} codes, {events} events, {tables} tables"
                    ),
                );
            }
            Ok(ExitCode::SUCCESS)
        }
        Err(NoRegistry::Mistakes {
            name,
            text,
            diagnostics,
        }) if common.is_json() => {
            let source = Source {
                name: &name,
                text: &text,
            };
            let mistakes: Vec<Json> = diagnostics.iter().map(|it| mistake(source, it)).collect();
            look::say_json(&json!({ "ok": false, "mistakes": mistakes }));
            Ok(ExitCode::from(1))
        }
        Err(failure) => Err(Failure::Registry(Box::new(failure))),
    }
}

fn mistake(source: Source<'_>, diagnostic: &Diagnostic) -> Json {
    let (line, column) = source.line_and_column(diagnostic.span.start);
    json!({
        "rule": diagnostic.rule.name(),
        "message": diagnostic.message,
        "file": source.name,
        "line": line,
        "column": column,
        "help": diagnostic.help,
    })
}
