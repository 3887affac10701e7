//! `pings record`

use std::num::IntErrorKind;
use std::process::ExitCode;
use std::time::Duration;

use pings_model::{Argument, ArgumentType, Event, Registry, Version};
use pings_registry::nearest;
use pings_runtime::live_check::argument_faults;
use pings_runtime::{Actor, Durability, EventLog, Options, Outage, Recorder, Rejected, UserId};
use serde_json::{Map, Value as Json, json};

use super::explain;
use crate::arguments::{Common, Record};
use crate::commands::inputs::{UNKNOWN, moment, optional_version, registry, unknown, url};
use crate::config::Config;
use crate::failure::{Failure, Outcome};
use crate::output;
use crate::output::counted;

pub(crate) async fn run(common: &Common, record: &Record) -> Outcome {
    let config = Config::load(common)?;
    if !config.gathers(common).await {
        return Ok(ExitCode::SUCCESS);
    }
    let registry = registry(common)?;
    let event = event(&registry, &record.event)?;
    let argument = argument(event, &record.args)?;
    let at = record.at.as_deref().map(moment).transpose()?;
    let version = optional_version(record.product_version.as_deref())?;
    let has_form = version.is_none_or(|version| registry.version_form().fits(version));
    let url = url(common)?;
    let user = record.user.as_deref().map_or(UserId::Number(0), user_id);
    // A missing event log is an error, but a database that is down or locked is not.
    let is_down = match EventLog::open(&url).await {
        Ok(log) => {
            output::warn_of(log.database());
            output::note_migration(log.database(), log.migrated());
            let observed = config.observe(&log, &registry).await;
            let users = log.shape().users;
            log.close().await;
            users.check_id(user)?;
            match observed {
                Err(error) if error.is_temporary() => true,
                observed => observed.map(|_| false)?,
            }
        }
        Err(error) if error.is_input() => return Err(error.into()),
        Err(_) => true,
    };
    let outage = match &record.spill {
        Some(folder) => Outage::Spill(folder.clone()),
        None => Outage::default_for(&url),
    };
    let options = Options {
        outage,
        consent: Some(config.consent),
        ..Options::new(
            record
                .product_version
                .as_deref()
                .filter(|it| !it.is_empty())
                .unwrap_or(UNKNOWN),
        )
    };
    let options = match is_down {
        // Opening the event log already waited for the database.
        true => Options {
            patience: Duration::from_secs(1),
            ..options
        },
        false => options,
    };
    let recorder = Recorder::start(&url, options)?;
    let actor = match &record.anonymous {
        None => Actor::user(user),
        Some(visitor) => Actor::anonymous(visitor),
    };
    let actor = actor.source(&record.source).url(&record.url);
    let kept = recorder
        .record_named(&event.name, &argument, actor, at)
        .await;
    let reason = recorder.last_error();
    let counters = recorder.clone();
    let stopped = recorder.shutdown().await;
    for damage in counters.damages() {
        output::complain(&format!("warning: {damage}"));
    }
    let (own, earlier): (Vec<Rejected>, Vec<Rejected>) =
        counters.rejected().into_iter().partition(|it| it.is_own);
    for rejected in &earlier {
        output::complain(&format!("warning: {}", refusal(rejected)));
    }
    let kept = match (kept?, stopped?) {
        // The database refused the event in the end, after it had waited in the file.
        (Durability::Spilled, Durability::Logged) if !own.is_empty() => {
            let refusals: Vec<String> = own.iter().map(refusal).collect();
            return Err(Failure::Input(refusals.join("\n")));
        }
        (Durability::Spilled, Durability::Logged) => Durability::Logged,
        (kept, _) => kept,
    };
    if common.is_json() {
        let mut json = json!({
            "event": event.name,
            "argument": serde_json::from_str::<Json>(&argument).unwrap_or_default(),
            "kept": match kept { Durability::Logged => "logged", Durability::Spilled => "spilled", Durability::SwitchedOff => "switched_off" },
        });
        if !earlier.is_empty() {
            let rejected = earlier
                .iter()
                .map(|it| json!({ "events": it.events, "file": it.file }));
            json["rejected"] = rejected.collect();
        }
        output::say_json(&json);
        return Ok(ExitCode::SUCCESS);
    }
    if record
        .product_version
        .as_deref()
        .unwrap_or_default()
        .is_empty()
    {
        output::complain(
            "note: the event has no version, so the store will not trust the numbers of its week\n\
             help: set --product-version 1.4.0, or PINGS_PRODUCT_VERSION",
        );
    }
    if !has_form {
        output::complain(
            "note: the registry mentions no version of this form, so the version does not leave the \
             instance, and the store will not trust the numbers of the week\n\
             help: mention the form in the registry, such as `released: \"2.2.0.5\"`",
        );
    }
    match kept {
        Durability::Logged => output::done("Recorded", &format!("{} {argument}", event.name)),
        Durability::SwitchedOff => {}
        Durability::Spilled => {
            output::done("Kept", &format!("{} {argument}", event.name));
            output::complain(&format!(
                "note: the database does not accept events now: {}\n\
                 help: the event waits in a file and is logged by the next `pings record`",
                reason.unwrap_or_default()
            ));
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The message about events that waited in a file, and that the database refuses.
fn refusal(rejected: &Rejected) -> String {
    let Rejected {
        events,
        file,
        reason,
        ..
    } = rejected;
    let kept = match events {
        1 => "it is kept",
        _ => "they are kept",
    };
    format!(
        "the database refuses {} that waited in a file: {reason}\n\
         help: change the constraint or trigger; {kept} in {}",
        counted(*events as u64, "event", "events"),
        file.display()
    )
}

/// Returns a number if the text is a number, and otherwise the text.
fn user_id(text: &str) -> UserId<'_> {
    match text.parse::<i64>() {
        // `007` and `+7` are texts, because a product may use texts as ids.
        Ok(number) if number.to_string() == text => UserId::Number(number),
        _ => UserId::Text(text),
    }
}

/// Returns the event that has or had that name.
fn event<'r>(registry: &'r Registry, name: &str) -> Result<&'r Event, Failure> {
    let found = registry
        .events()
        .iter()
        .find(|event| event.wire_names().any(|known| known == name));
    match found {
        Some(event) if event.name != name => {
            output::complain(&format!("note: `{name}` was renamed to `{}`", event.name));
            Ok(event)
        }
        Some(event) => Ok(event),
        None => Err(unknown(
            "event",
            name,
            registry.events().iter().map(|event| event.name.as_str()),
        )),
    }
}

/// Returns the arguments as JSON, or an error that lists everything that is wrong with them.
fn argument(event: &Event, args: &[String]) -> Result<String, Failure> {
    let mut object = Map::new();
    let mut mistakes = Vec::new();
    for arg in args {
        let Some((name, text)) = arg.split_once('=') else {
            mistakes.push(format!(
                "`--arg {}` has no `=`\nhelp: use --arg NAME=VALUE",
                output::plain(arg)
            ));
            continue;
        };
        let known = event
            .args
            .iter()
            .find(|it| it.keys().any(|key| key == name));
        let name = known.map_or(name, |argument| argument.name.as_str());
        match known {
            None => mistakes.push(unknown_argument(event, name)),
            Some(_) if object.contains_key(name) => {
                mistakes.push(format!("duplicate argument `{name}`"))
            }
            Some(argument) => match value(argument, text) {
                Some(value) => drop(object.insert(name.to_owned(), value)),
                None if argument.ty == ArgumentType::Integer && is_whole(text) => {
                    mistakes.push(format!(
                        "`{name}` is `{}`, and JSON keeps whole numbers up to 2^53 - 1",
                        output::plain(text)
                    ));
                }
                None => mistakes.push(format!(
                    "`{name}` is `{}`, but must be {}",
                    output::plain(text),
                    explain::expected(&argument.ty)
                )),
            },
        }
    }
    let given = |argument: &Argument| {
        args.iter()
            .filter_map(|arg| arg.split('=').next())
            .any(|name| argument.keys().any(|key| key == name))
    };
    for argument in event.args.iter().filter(|it| !it.optional && !given(it)) {
        mistakes.push(format!(
            "`{}` is missing\nhelp: add --arg {}=…, {}",
            argument.name,
            argument.name,
            explain::expected(&argument.ty)
        ));
    }
    if mistakes.is_empty() {
        Ok(Json::Object(object).to_string())
    } else {
        Err(Failure::Input(format!(
            "{}: {}",
            event.name,
            mistakes.join("\nerror: ")
        )))
    }
}

fn unknown_argument(event: &Event, name: &str) -> String {
    let names = event.args.iter().map(|argument| argument.name.as_str());
    let object = name.split('.').next().filter(|object| {
        let mut arguments = event.args.iter();
        arguments.any(|it| it.name == *object && matches!(it.ty, ArgumentType::Object(_)))
    });
    let help = match (object, nearest(name, names.clone()), names.clone().count()) {
        (Some(object), ..) => {
            format!("`{object}` is an object, which is written as JSON: --arg '{object}={{…}}'")
        }
        (None, Some(near), _) => format!("did you mean `{near}`?"),
        (None, None, 0) => "the event has no arguments".to_owned(),
        (None, None, _) => format!("its arguments are {}", names.collect::<Vec<_>>().join(", ")),
    };
    let name = output::plain(name);
    format!("the event has no argument `{name}`\nhelp: {help}")
}

/// Whether a text is a whole number, however many bits it needs.
fn is_whole(text: &str) -> bool {
    let overflows =
        |kind: &IntErrorKind| matches!(kind, IntErrorKind::PosOverflow | IntErrorKind::NegOverflow);
    match text.parse::<i64>() {
        Ok(_) => true,
        Err(error) => overflows(error.kind()),
    }
}

fn value(argument: &Argument, text: &str) -> Option<Json> {
    const EXACT: i64 = (1 << 53) - 1;
    match &argument.ty {
        ArgumentType::String => Some(text.into()),
        ArgumentType::Enum(values) => values.iter().any(|it| it == text).then(|| text.into()),
        ArgumentType::Object(_) | ArgumentType::List(_) => {
            let value: Json = serde_json::from_str(text).ok()?;
            if value.is_null() {
                return None;
            }
            let value = Map::from_iter([(argument.name.clone(), value)]);
            let event = Event {
                name: String::new(),
                description: None,
                renamed_from: Vec::new(),
                search: None,
                args: vec![argument.clone()],
            };
            let is_valid = argument_faults(&event, &value).is_empty();
            value.into_values().next().filter(|_| is_valid)
        }
        ArgumentType::Version => Version::reduced(text).map(|_| text.into()),
        ArgumentType::Boolean => text.parse::<bool>().ok().map(Json::from),
        ArgumentType::Integer => {
            let number: i64 = text.parse().ok()?;
            (-EXACT..=EXACT).contains(&number).then(|| number.into())
        }
        ArgumentType::Number => {
            let number: f64 = text.parse().ok()?;
            number.is_finite().then(|| number.into())
        }
    }
}
