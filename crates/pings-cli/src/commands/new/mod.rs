//! `pings new`

mod draft;
mod interview;
mod lints;
mod similar;
mod type_aliases;
mod write;
mod yaml;

use std::io::{self, IsTerminal};
use std::process::ExitCode;

use pings_build::Failure as NoRegistry;
use pings_model::{ArgumentType, EventId, Registry, ident};
use pings_registry::{Checked, Levels, Source, insert, keeps};
use serde_json::{Value as Json, json};

use crate::arguments::{Common, New};
use crate::failure::{Failure, Outcome};
use crate::output::{self, BOLD, DIM, styled};
use draft::Draft;

pub(crate) fn run(common: &Common, new: &New) -> Outcome {
    let loaded = match pings_build::load(&common.registry) {
        Ok(loaded) => loaded,
        Err(failure) => return Err(Failure::of_registry(failure)),
    };
    let registry = &loaded.registry;
    let asks = io::stdin().is_terminal() && io::stderr().is_terminal() && !common.is_json();
    let draft = if asks {
        let mut input = io::stdin().lock();
        interview::ask(registry, new, &mut input, &mut anstream::stderr())?
    } else {
        Draft::of_flags(registry, new)?
    };
    let near = similar::to(registry, &draft.event, &draft.title);
    if !asks && !common.is_json() {
        similar::show(&near, &mut anstream::stderr());
    }

    let event = draft.is_new_event(registry).then(|| yaml::event(&draft));
    let ping = yaml::ping(&draft);
    let text = insert(&loaded.text, event.as_ref(), &ping)
        .map_err(|error| Failure::Input(error.to_string()))?;
    let file = common.registry.display().to_string();
    let name = format!("{file} with the changes");
    let files = |file: &str| pings_build::file_beside(&common.registry, file);
    let Checked {
        registry: checked,
        findings,
    } = pings_registry::check_with(&text, &Levels::default(), &files).map_err(|diagnostics| {
        Failure::Registry(Box::new(NoRegistry::Mistakes {
            name: name.clone(),
            text: text.clone(),
            diagnostics,
        }))
    })?;
    lints::allow(
        &loaded.text,
        Source {
            name: &name,
            text: &text,
        },
        &findings,
        &files,
    )?;
    if !keeps(registry, &checked) {
        return Err(Failure::Input(format!(
            "nothing can be added to {file} without changing existing text; nothing was written\n\
             help: change texts that end with blank lines (`|+`) at the end of `events` or `pings`, because added text cuts them off"
        )));
    }
    let added: Vec<String> = event
        .iter()
        .chain([&ping])
        .map(|it| it.lines.join("\n"))
        .collect();
    if asks && !new.dry_run {
        let (mut input, mut out) = (io::stdin().lock(), anstream::stderr());
        if !interview::agrees(&added, &file, &mut input, &mut out)? {
            return Ok(ExitCode::SUCCESS);
        }
    }
    if !new.dry_run {
        write::replace(&common.registry, &loaded.text, &text)?;
    }
    say(common, &draft, &checked, &added, &near, !new.dry_run);
    Ok(ExitCode::SUCCESS)
}

fn say(
    common: &Common,
    draft: &Draft,
    registry: &Registry,
    added: &[String],
    near: &[similar::Similar],
    is_written: bool,
) {
    let event = registry
        .events()
        .iter()
        .position(|it| it.name == draft.event);
    let event = EventId(event.unwrap_or_default());
    let rust = pings_codegen::rust_event(registry, event).unwrap_or_default();
    let rust = format!("pings.record(&{rust}, actor);");
    let typescript = typescript(registry, event);
    if common.is_json() {
        output::say_json(&json!({
            "event": draft.event,
            "ping": draft.id,
            "code": draft.code,
            "close": near.iter().map(similar::Similar::json).collect::<Vec<_>>(),
            "added": added,
            "written": is_written,
            "rust": rust,
            "typescript": typescript,
        }));
        return;
    }
    if is_written {
        output::done(
            "Added",
            &format!("{} to {}", draft.id, common.registry.display()),
        );
    } else {
        output::say(&format!("{}\n", added.join("\n\n")));
        output::done("Checked", "the changes; nothing was written");
    }
    output::say(&format!(
        "{}\n  {}  {rust}\n  {}  {typescript}",
        styled(BOLD, "Fire it:"),
        styled(DIM, "Rust      "),
        styled(DIM, "TypeScript"),
    ));
}

/// Returns the call of the generated function in TypeScript, with the first value of each choice.
fn typescript(registry: &Registry, event: EventId) -> String {
    let events = registry.events();
    let functions = ident::function_names(events.iter().map(|event| event.name.as_str()));
    let function = functions.get(event.0).map_or("", String::as_str);
    let fields: Vec<String> = registry
        .event(event)
        .args
        .iter()
        .map(|argument| {
            let value = match &argument.ty {
                ArgumentType::String => argument.name.clone(),
                ArgumentType::Integer => "1".to_owned(),
                ArgumentType::Number => "1.5".to_owned(),
                ArgumentType::Boolean => "true".to_owned(),
                ArgumentType::Version => "\"5.2.0\".to_owned()".to_owned(),
                // `pings new` declares no objects and no lists.
                ArgumentType::Object(_) => "{}".to_owned(),
                ArgumentType::List(_) => "[]".to_owned(),
                ArgumentType::Enum(values) => quoted(values.first().map_or("", String::as_str)),
            };
            let name = &argument.name;
            let is_identifier = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
                && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
            match (is_identifier, &argument.ty) {
                (true, ArgumentType::String) => name.clone(),
                (true, _) => format!("{name}: {value}"),
                (false, ArgumentType::String) => format!("{}: text", quoted(name)),
                (false, _) => format!("{}: {value}", quoted(name)),
            }
        })
        .collect();
    match fields.is_empty() {
        true => format!("{function}()"),
        false => format!("{function}({{ {} }})", fields.join(", ")),
    }
}

/// Returns a string literal of TypeScript.
fn quoted(text: &str) -> String {
    let json = Json::from(text).to_string();
    let is_plain = !json.contains('\\') && !text.contains('\'');
    if is_plain { format!("'{text}'") } else { json }
}
