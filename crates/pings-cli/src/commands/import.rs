//! `pings import`

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::Path;
use std::process::ExitCode;

use pings_model::{Registry, Source};
use pings_registry::nearest;
use pings_runtime::{Import, Imported};
use serde_json::{Value as Json, json};

use crate::arguments::{Common, Import as Arguments};
use crate::commands::inputs::{event_log, registry};
use crate::config::Config;
use crate::failure::{Failure, Outcome};
use crate::output::counted;
use crate::output::{self, BAD, styled};
use crate::progress;

/// The maximum number of bad lines that are shown.
const SHOWN: usize = 20;

pub(crate) async fn run(common: &Common, arguments: &Arguments) -> Outcome {
    let config = Config::load(common)?;
    if !config.gathers(common).await {
        return Ok(ExitCode::SUCCESS);
    }
    let registry = registry(common)?;
    let (lines, length) = open(&arguments.file)?;
    let log = event_log(common).await?;
    config.observe(&log, &registry).await?;
    let import = Import::new(&log);
    let import = if arguments.strict {
        import.strict()
    } else {
        import
    };
    let bar = progress::bar("Importing");
    bar.set_length(length);
    let done = import.read(lines, |bytes| bar.set_position(bytes)).await?;
    bar.finish_and_clear();
    log.close().await;
    let unknown = unknown(&registry, &done);
    if common.is_json() {
        output::say_json(&as_json(&done, &unknown));
    } else {
        say(arguments, &registry, &done, &unknown);
    }
    Ok(ExitCode::from(u8::from(done.bad > 0)))
}

fn open(path: &Path) -> Result<(Box<dyn BufRead>, u64), Failure> {
    if path.as_os_str() == "-" {
        return Ok((Box::new(BufReader::new(io::stdin())), 0));
    }
    let failed = |error| Failure::Input(format!("cannot read {}: {error}", path.display()));
    let file = File::open(path).map_err(failed)?;
    let length = file.metadata().map_err(failed)?.len();
    Ok((Box::new(BufReader::with_capacity(1 << 16, file)), length))
}

/// Returns the imported events that are not in the registry, with their counts. Events that
/// captures log are known.
fn unknown<'i>(registry: &Registry, done: &'i Imported) -> Vec<(&'i str, u64)> {
    let is_known = |name: &str| {
        let is_event = registry
            .events()
            .iter()
            .any(|event| event.wire_names().any(|known| known == name));
        is_event || registry.metric(name).is_some()
    };
    done.names
        .iter()
        .filter(|(name, _)| !is_known(name))
        .map(|(name, count)| (name.as_str(), *count))
        .collect()
}

fn say(arguments: &Arguments, registry: &Registry, done: &Imported, unknown: &[(&str, u64)]) {
    for mistake in done.mistakes.iter().take(SHOWN) {
        output::complain(&format!(
            "{}: {}:{}: {}",
            styled(BAD.bold(), "error"),
            arguments.file.display(),
            mistake.line,
            output::plain(&mistake.reason)
        ));
    }
    let shown = done.mistakes.len().min(SHOWN) as u64;
    if done.bad > shown {
        output::complain(&format!(
            "… and {}",
            counted(done.bad - shown, "more invalid line", "more invalid lines")
        ));
    }
    let mut what = counted(done.imported, "event", "events");
    if done.duplicates > 0 {
        what += &format!(
            ", {} imported before",
            counted(done.duplicates, "was", "were")
        );
    }
    if done.bad > 0 {
        what += &format!(", {}", counted(done.bad, "invalid line", "invalid lines"));
        what += if arguments.strict {
            "; nothing was imported"
        } else {
            "; the other lines were imported"
        };
    }
    output::done("Imported", &what);
    if !done.ignored.is_empty() {
        let names: Vec<&str> = done.ignored.iter().map(String::as_str).collect();
        output::complain(&format!(
            "note: these members are not columns of an event log and were ignored: {}",
            output::plain(&names.join(", "))
        ));
    }
    let counted_as_any = registry.metrics().any(|(_, metric)| match &metric.source {
        Source::Events(metric) => metric.selection.any_name,
        _ => false,
    });
    let by = match counted_as_any {
        true => " by name",
        false => "",
    };
    for (name, count) in unknown {
        let known = registry.events().iter().map(|event| event.name.as_str());
        let help = nearest(name, known).map_or(String::new(), |near| {
            format!("\nhelp: did you mean `{near}`?")
        });
        output::complain(&format!(
            "note: {} not counted{by}, because the registry has no event `{}`{help}",
            counted(*count, "event is", "events are"),
            output::plain(name)
        ));
    }
}

fn as_json(done: &Imported, unknown: &[(&str, u64)]) -> Json {
    let mistakes: Vec<Json> = done
        .mistakes
        .iter()
        .map(|mistake| json!({ "line": mistake.line, "reason": mistake.reason }))
        .collect();
    json!({
        "imported": done.imported,
        "duplicates": done.duplicates,
        "bad": done.bad,
        "mistakes": mistakes,
        "ignored": done.ignored,
        "unknown_events": unknown.iter().map(|(name, count)| json!({ "name": name, "count": count })).collect::<Vec<_>>(),
    })
}
