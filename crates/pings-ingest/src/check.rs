//! Checks events against the registry.

use pings_model::{Argument, ArgumentType, Event, Registry, Version};
use pings_runtime::live_check::{ArgumentFault, argument_faults};
use pings_runtime::{Losses, Received};
use serde_json::{Map, Value as Json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use uuid::{Uuid, Variant};

use crate::batch::RawEvent;
use crate::clock::{Clock, Moment};
use crate::names::{Names, Suggestions};
use crate::refusal::{Reason, Refusal};

/// The name under which a client reports what it lost.
const LOSSES: &str = "$lost";

/// The maximum number of characters of a text argument.
const LONGEST_TEXT: usize = 1024;

/// The maximum length of a version and of a visitor's id.
const LONGEST_WORD: usize = 64;

/// The largest count in a report of losses. A client loses at most a few thousand events an hour.
const MOST_LOSSES: u64 = 1_000_000;

/// An event that may be recorded.
#[derive(Debug)]
pub(crate) struct Checked {
    /// The id as the client wrote it.
    pub(crate) raw_id: String,
    pub(crate) id: Uuid,
    pub(crate) kind: Kind,
}

#[derive(Debug)]
pub(crate) enum Kind {
    Event {
        name: String,
        /// A JSON object.
        argument: String,
        version: String,
        anonymous_id: String,
        moment: Moment,
    },
    Losses(Losses),
}

/// Checks an event.
pub(crate) fn check(
    event: RawEvent,
    registry: &Registry,
    names: &Names,
    suggestions: &Suggestions<'_>,
    newest: Option<Version>,
    clock: Clock,
) -> Result<Checked, Refusal> {
    let RawEvent { id, members } = event;
    match checked(&id, members, registry, names, suggestions, newest, clock) {
        Ok((uuid, kind)) => Ok(Checked {
            raw_id: id,
            id: uuid,
            kind,
        }),
        Err((reason, message)) => Err(Refusal {
            id,
            reason,
            message,
        }),
    }
}

type Fault = (Reason, String);

fn fault<T>(reason: Reason, message: impl Into<String>) -> Result<T, Fault> {
    Err((reason, message.into()))
}

fn checked(
    id: &str,
    mut members: Map<String, Json>,
    registry: &Registry,
    names: &Names,
    suggestions: &Suggestions<'_>,
    newest: Option<Version>,
    clock: Clock,
) -> Result<(Uuid, Kind), Fault> {
    let Some(uuid) = version_7(id) else {
        return fault(
            Reason::InvalidId,
            "`id` is not a UUIDv7, in lower case with hyphens",
        );
    };
    let name = text(&mut members, "name")?;
    let version = text(&mut members, "version")?;
    let at = text(&mut members, "at")?;
    let arguments = match members.shift_remove("args") {
        None | Some(Json::Null) => Map::new(),
        Some(Json::Object(arguments)) => arguments,
        Some(_) => return fault(Reason::MalformedEvent, "`args` is not an object"),
    };
    let Ok(at) = OffsetDateTime::parse(&at, &Rfc3339) else {
        return fault(Reason::InvalidTime, "`at` is not an RFC 3339 time");
    };
    let remembered = Received::REMEMBERED;
    if clock.age(made_at(uuid)) > remembered || clock.age(at) > remembered {
        let days = remembered.whole_days();
        return fault(
            Reason::TooOld,
            format!("the event is older than {days} days"),
        );
    }
    if name == LOSSES {
        return Ok((uuid, Kind::Losses(losses(uuid, &arguments)?)));
    }
    let Some(event) = names.find(registry, &name) else {
        return fault(Reason::UnknownEvent, unknown(suggestions.event(&name)));
    };
    check_version(&version, newest)?;
    let anonymous_id = match members.shift_remove("anonymous_id") {
        None | Some(Json::Null) => String::new(),
        Some(Json::String(id)) if is_word(&id) => id,
        Some(_) => {
            let message = format!(
                "`anonymous_id` is not a text of at most {LONGEST_WORD} letters, digits and hyphens"
            );
            return fault(Reason::InvalidAnonymousId, message);
        }
    };
    if let Some(found) = argument_faults(event, &arguments).into_iter().next() {
        return Err(argument_fault(event, &found, &arguments));
    }
    check_texts(event, &event.args, &arguments)?;
    let moment = clock.moment(at);
    Ok((
        uuid,
        Kind::Event {
            name,
            argument: Json::Object(arguments).to_string(),
            version,
            anonymous_id,
            moment,
        },
    ))
}

/// Checks the version of the client. A page is never newer than the product that serves it, and a
/// version from nowhere would decide which metrics a report has.
fn check_version(text: &str, newest: Option<Version>) -> Result<(), Fault> {
    let is_plain = text.len() <= LONGEST_WORD && text.bytes().all(|byte| byte.is_ascii_graphic());
    match Version::of_build(text) {
        Ok(version) if is_plain => match newest {
            Some(newest) if version > newest => fault(
                Reason::InvalidVersion,
                format!("`version` is newer than the product, which is {newest}"),
            ),
            _ => Ok(()),
        },
        _ => fault(
            Reason::InvalidVersion,
            "`version` is not a version, such as 5.2.1",
        ),
    }
}

/// Parses a UUIDv7 in its usual form. Another form of the same id would be another text in the
/// answer of the next request.
fn version_7(id: &str) -> Option<Uuid> {
    let uuid: Uuid = id.parse().ok()?;
    let is_usual = uuid.hyphenated().to_string() == id;
    (is_usual && uuid.get_version_num() == 7 && uuid.get_variant() == Variant::RFC4122)
        .then_some(uuid)
}

/// Returns the time in a UUIDv7.
fn made_at(id: Uuid) -> OffsetDateTime {
    let milliseconds = (id.as_u128() >> 80) as i128;
    // 48 bits of milliseconds may be later than the calendar of `time` ends.
    OffsetDateTime::from_unix_timestamp_nanos(milliseconds * 1_000_000)
        .unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

fn text(members: &mut Map<String, Json>, member: &str) -> Result<String, Fault> {
    match members.shift_remove(member) {
        Some(Json::String(text)) => Ok(text),
        Some(_) => fault(Reason::MalformedEvent, format!("`{member}` is not a text")),
        None => fault(Reason::MalformedEvent, format!("`{member}` is missing")),
    }
}

fn is_word(text: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    (1..=LONGEST_WORD).contains(&text.len()) && text.bytes().all(is_part)
}

fn unknown(near: Option<&str>) -> String {
    match near {
        Some(near) => format!("the registry has no event with this name; did you mean `{near}`?"),
        None => "the registry has no event with this name".to_owned(),
    }
}

fn argument_fault(event: &Event, found: &ArgumentFault, sent: &Map<String, Json>) -> Fault {
    let of = &event.name;
    match found {
        ArgumentFault::NoObject => (
            Reason::MalformedEvent,
            format!("the arguments of `{of}` are not an object"),
        ),
        ArgumentFault::Missing(argument) => {
            // A misspelled argument is missing under its own name.
            let is_declared = |key: &&String| {
                let mut keys = event.args.iter().flat_map(Argument::keys);
                keys.any(|known| known == key.as_str())
            };
            let extra = sent.keys().filter(|key| !is_declared(key)).count();
            let hint = match extra {
                0 => String::new(),
                1 => ", and one argument is not declared".to_owned(),
                more => format!(", and {more} arguments are not declared"),
            };
            (
                Reason::MissingArgument,
                format!("`{argument}` of `{of}` is missing{hint}"),
            )
        }
        ArgumentFault::WrongKind {
            argument, declared, ..
        } => (
            Reason::WrongType,
            format!("`{argument}` of `{of}` must be {declared}"),
        ),
        ArgumentFault::UndeclaredValue { argument, near } => {
            let hint = match near {
                Some(near) => format!("; did you mean `{near}`?"),
                None => String::new(),
            };
            (
                Reason::UndeclaredValue,
                format!("`{argument}` of `{of}` has a value that is not declared{hint}"),
            )
        }
        ArgumentFault::UndeclaredKey { .. } => {
            let names: Vec<String> = event
                .args
                .iter()
                .map(|it| format!("`{}`", it.name))
                .collect();
            let declared = match names.is_empty() {
                true => "it has none".to_owned(),
                false => format!("it has {}", names.join(", ")),
            };
            (
                Reason::UnknownArgument,
                format!("`{of}` has no argument with this name; {declared}"),
            )
        }
    }
}

/// Checks the texts, which the registry does not bound. Values of enums are bounded.
fn check_texts(event: &Event, args: &[Argument], sent: &Map<String, Json>) -> Result<(), Fault> {
    for declared in args {
        let mut values = declared.keys().filter_map(|key| sent.get(key));
        if let ArgumentType::Object(members) = &declared.ty {
            if let Some(object) = values.find_map(Json::as_object) {
                check_texts(event, members, object)?;
            }
            continue;
        }
        if !matches!(declared.ty, ArgumentType::String | ArgumentType::Version) {
            continue;
        }
        for text in values.filter_map(Json::as_str) {
            let name = format!("`{}` of `{}`", declared.name, event.name);
            if text.chars().nth(LONGEST_TEXT).is_some() {
                return fault(
                    Reason::TextTooLong,
                    format!("{name} is longer than {LONGEST_TEXT} characters"),
                );
            }
            if text.contains('\0') {
                return fault(
                    Reason::WrongType,
                    format!("{name} contains a NUL character, which databases cannot store"),
                );
            }
        }
    }
    Ok(())
}

/// Reads a report of losses. The losses that this endpoint refused are counted where it refuses.
fn losses(id: Uuid, counts: &Map<String, Json>) -> Result<Losses, Fault> {
    let count = |kind: &str| match counts.get(kind) {
        None | Some(Json::Null) => Ok(0),
        Some(value) => match value.as_u64() {
            Some(count) if count <= MOST_LOSSES => Ok(count as u32),
            _ => fault(
                Reason::WrongType,
                format!("`{kind}` of `{LOSSES}` must be a count up to {MOST_LOSSES}"),
            ),
        },
    };
    Ok(Losses {
        id,
        dropped: count("ceiling")?,
        rejected: count("rejected")?,
        invalid: count("invalid")?,
    })
}
