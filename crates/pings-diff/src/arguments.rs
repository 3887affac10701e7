//! Comparison of the arguments of an event.

use std::collections::HashSet;

use pings_model::{Argument, ArgumentType, Event, Path};

use crate::change::{Change, Kind, Subject};
use crate::context::Context;
use crate::{location, order, prose};

pub(crate) fn compare(
    cx: &mut Context<'_>,
    at: usize,
    event: &Event,
    old: &[Argument],
    new: &[Argument],
) {
    if old == new {
        return;
    }
    for argument in old {
        if successor(argument, old, new).is_none() {
            removed(cx, event, argument, old, new);
        }
    }
    for argument in new {
        let known = old.iter().find(|other| {
            successor(other, old, new).is_some_and(|successor| successor.name == argument.name)
        });
        match known {
            Some(was) => changed(cx, at, event, was, argument),
            None => {
                let (path, subject) = place(event, argument);
                let (name, event) = (&argument.name, &event.name);
                let message = if argument.optional {
                    format!("argument `{name}` of `{event}` was added")
                } else {
                    format!(
                        "required argument `{name}` of `{event}` was added; rows that were logged without it count under null"
                    )
                };
                let help = "outdated clients log the event without it: set `optional: true` until all clients are updated";
                cx.report(Change::new(Kind::ArgumentAdded, path, subject, message).help(help));
            }
        }
    }
}

/// Returns the new form of an argument: the argument with the same key, or a new argument that was
/// renamed from it. When two arguments are merged, one of them counts as removed, not as renamed.
fn successor<'n>(
    argument: &Argument,
    old: &[Argument],
    new: &'n [Argument],
) -> Option<&'n Argument> {
    let is_new = |it: &Argument| !old.iter().any(|other| other.name == it.name);
    new.iter().find(|it| it.name == argument.name).or_else(|| {
        new.iter()
            .find(|it| it.renamed_from.contains(&argument.name) && is_new(it))
    })
}

/// Reports keys that now count as an argument and keys that no longer do.
fn keys(cx: &mut Context<'_>, event: &Event, old: &Argument, new: &Argument) {
    if old.name != new.name {
        let (path, subject) = place(event, new);
        let message = format!(
            "argument `{}` of `{}` was renamed to `{}`, and its old key still counts",
            old.name, event.name, new.name
        );
        cx.report(
            Change::new(Kind::ArgumentRenamed, path, subject, message)
                .was(&old.name)
                .is(&new.name),
        );
    }
    if old.renamed_from == new.renamed_from {
        return;
    }
    let at = || {
        let (path, subject) = place(event, new);
        (path.key("renamed_from"), subject)
    };
    for key in &old.renamed_from {
        if !new.keys().any(|known| known == key) {
            let (path, subject) = at();
            let message = format!(
                "rows logged under `{key}` no longer count as `{}` of `{}`",
                new.name, event.name
            );
            let help = format!("keep `{key}` in `renamed_from`: old instances still log it");
            cx.report(Change::new(Kind::ArgumentAliasRemoved, path, subject, message).help(help));
        }
    }
    for key in &new.renamed_from {
        if !old.keys().any(|known| known == key) {
            let (path, subject) = at();
            let message = format!(
                "rows logged under `{key}` also count as `{}` of `{}`",
                new.name, event.name
            );
            cx.report(Change::new(
                Kind::ArgumentAliasAdded,
                path,
                subject,
                message,
            ));
        }
    }
    let is = new.renamed_from.iter().map(String::as_str);
    order::compare(
        cx,
        "previous keys",
        old.renamed_from.iter().map(String::as_str),
        is,
        at,
    );
}

fn place(event: &Event, argument: &Argument) -> (Path, Subject) {
    let (path, mut subject) = location::of_event(event);
    subject.argument = Some(argument.name.clone());
    let (within, name) = match event.at(&argument.name) {
        Some((within, found)) => (within, &found.name),
        None => (Vec::new(), &argument.name),
    };
    let object = within
        .iter()
        .fold(path.key("args"), |path, key| path.key(key).key("object"));
    (object.key(name), subject)
}

fn removed(
    cx: &mut Context<'_>,
    event: &Event,
    gone: &Argument,
    old: &[Argument],
    new: &[Argument],
) {
    let likely = new
        .iter()
        .find(|it| it.ty == gone.ty && !old.iter().any(|other| other.name == it.name));
    let help = match likely {
        Some(it) => format!(
            "if `{}` is its new key, add `renamed_from: [{}]` there, so that the old key still counts",
            it.name, gone.name
        ),
        None => "keep the argument with `optional: true`: logged rows contain it".to_owned(),
    };
    let (path, mut subject) = location::of_event(event);
    subject.argument = Some(gone.name.clone());
    let message = format!("argument `{}` of `{}` was removed", gone.name, event.name);
    let change = Change::new(Kind::ArgumentRemoved, path.key("args"), subject, message);
    cx.report(change.was(type_text(&gone.ty)).help(help));
}

fn changed(cx: &mut Context<'_>, at_event: usize, event: &Event, old: &Argument, new: &Argument) {
    let Argument {
        name: _,
        renamed_from: _,
        description,
        ty,
        optional,
        values_file: _,
    } = old;
    let name = &new.name;
    let at = || place(event, new);
    keys(cx, event, old, new);
    if *ty != new.ty {
        type_changed(cx, at_event, event, old, new);
    }
    // An object is optional if its members are.
    let is_object = matches!(new.ty, ArgumentType::Object(_));
    if *optional != new.optional && !is_object {
        let (path, subject) = at();
        let event = &event.name;
        cx.report(if new.optional {
            let message = format!("`{name}` became an optional argument of `{event}`");
            Change::new(Kind::ArgumentOptional, path, subject, message)
        } else {
            let message = format!("`{name}` became a required argument of `{event}`");
            let help = "outdated clients log the event without it: keep `optional: true`";
            Change::new(Kind::ArgumentRequired, path, subject, message).help(help)
        });
    }
    prose::optional(
        cx,
        "description",
        description.as_deref(),
        new.description.as_deref(),
        at,
    );
}

fn type_changed(
    cx: &mut Context<'_>,
    at_event: usize,
    event: &Event,
    old: &Argument,
    new: &Argument,
) {
    let what = format!("argument `{}` of `{}`", new.name, event.name);
    if let (ArgumentType::Object(was), ArgumentType::Object(is)) = (&old.ty, &new.ty) {
        let named = |members: &[Argument]| -> Vec<Argument> {
            members.iter().map(|it| member_of(new, it)).collect()
        };
        return compare(cx, at_event, event, &named(was), &named(is));
    }
    if let (ArgumentType::Enum(was), ArgumentType::Enum(is))
    | (ArgumentType::List(was), ArgumentType::List(is)) = (&old.ty, &new.ty)
    {
        return values(cx, event, new, was, is);
    }
    let (kind, message, help) = match (&old.ty, &new.ty) {
        (ArgumentType::Integer, ArgumentType::Number)
        | (ArgumentType::Enum(_) | ArgumentType::Version, ArgumentType::String) => (
            Kind::ArgumentWidened,
            format!("{what} accepts more values than before"),
            "values that were counted under `@other` may now be counted as themselves",
        ),
        (ArgumentType::Number, ArgumentType::Integer)
        | (ArgumentType::String, ArgumentType::Enum(_) | ArgumentType::Version) => (
            Kind::ArgumentNarrowed,
            format!("{what} accepts fewer values than before"),
            "logged rows may contain other values: keep the type, and add another argument for a new code",
        ),
        _ => (
            Kind::ArgumentTypeChanged,
            format!("{what} has an incompatible type"),
            "logged rows contain values of the old type: keep the type, and add another argument for a new code",
        ),
    };
    let (kind, message, help) = match kind {
        Kind::ArgumentWidened => used(cx, at_event, new, &what).unwrap_or((kind, message, help)),
        _ => (kind, message, help),
    };
    let at = place(event, new);
    cx.changed(
        kind,
        at,
        message,
        type_text(&old.ty),
        type_text(&new.ty),
        help,
    );
}

/// Returns a member of an object under its path, which metrics use as its name.
fn member_of(object: &Argument, member: &Argument) -> Argument {
    let path = |key: &String| format!("{}.{key}", object.name);
    Argument {
        name: path(&member.name),
        renamed_from: member.renamed_from.iter().map(path).collect(),
        ..member.clone()
    }
}

/// Returns the change for a widened argument that a metric uses as a dimension or measures.
fn used(
    cx: &mut Context<'_>,
    event: usize,
    argument: &Argument,
    what: &str,
) -> Option<(Kind, String, &'static str)> {
    if let Some(code) = cx.told_by(event, &argument.name) {
        let message =
            format!("{what} accepts more values than before, and metric `{code}` is grouped by it");
        let help = "one group becomes several groups of undeclared values: add another argument for a new code";
        return Some((Kind::DimensionWidened, message, help));
    }
    let code = cx.measured_by(event, &argument.name)?;
    let message =
        format!("{what} accepts more values than before, and metric `{code}` measures it");
    let help = "values that counted as missing are now measured: keep the type, and add another argument for a new code";
    Some((Kind::ValueWidened, message, help))
}

fn values(cx: &mut Context<'_>, event: &Event, argument: &Argument, was: &[String], is: &[String]) {
    let what = format!("argument `{}` of `{}`", argument.name, event.name);
    let at = || {
        let (path, subject) = place(event, argument);
        match argument.ty {
            ArgumentType::List(_) => (path.key("list"), subject),
            _ => (path, subject),
        }
    };
    let key = match argument.values_file {
        Some(_) => "values",
        None => "enum",
    };
    let [old, new] = [was, is].map(|values| values.iter().collect::<HashSet<_>>());
    for value in was.iter().filter(|value| !new.contains(value)) {
        let (path, subject) = at();
        let message = format!("value `{value}` of {what} was removed");
        let help = format!(
            "keep `{value}`: rows that contain it would count under `@other`; give a value with another meaning another name"
        );
        cx.report(Change::new(Kind::EnumValueRemoved, path.key(key), subject, message).help(help));
    }
    for value in is.iter().filter(|value| !old.contains(value)) {
        let (path, subject) = at();
        let message = format!("value `{value}` of {what} was added");
        cx.report(Change::new(
            Kind::EnumValueAdded,
            path.key(key),
            subject,
            message,
        ));
    }
    let (was, is) = (
        was.iter().map(String::as_str),
        is.iter().map(String::as_str),
    );
    order::compare(cx, "values", was, is, at);
}

fn type_text(ty: &ArgumentType) -> String {
    match ty {
        ArgumentType::String => "string".to_owned(),
        ArgumentType::Integer => "integer".to_owned(),
        ArgumentType::Number => "number".to_owned(),
        ArgumentType::Boolean => "boolean".to_owned(),
        ArgumentType::Version => "version".to_owned(),
        ArgumentType::Object(members) => {
            let names: Vec<&str> = members.iter().map(|it| it.name.as_str()).collect();
            format!("object: {{ {} }}", names.join(", "))
        }
        ArgumentType::Enum(values) => format!("enum: [{}]", values.join(", ")),
        ArgumentType::List(values) => format!("list: {{ enum: [{}] }}", values.join(", ")),
    }
}
