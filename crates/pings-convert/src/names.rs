//! Makes names final: names become identifiers in generated code, so no two may become the same one.

use std::collections::{HashMap, HashSet};

use pings_model::ident::{snake_name, type_name};

use crate::context::Context;
use crate::draft::{Argument, Event, Metric, Ping, Type};
use crate::loss::Effect;
use crate::place::Place;

/// The longest name of an event, argument, value or code, in bytes.
const LONGEST: usize = 200;

/// Makes all names final.
pub(crate) fn finish(cx: &mut Context<'_>) {
    let renamed = events(cx);
    let mut missing = HashMap::new();
    let mut draft = std::mem::take(&mut cx.draft);
    for (name, event) in &mut draft.events {
        let lost = arguments(cx, name, event);
        if !lost.is_empty() {
            missing.insert(name.clone(), lost);
        }
    }
    let mut pings = std::mem::take(&mut draft.pings);
    cx.draft = draft;
    for ping in &mut pings {
        let mut metrics = std::mem::take(&mut ping.metrics);
        metrics.retain_mut(|metric| metric_of(cx, ping, metric, &renamed, &missing));
        ping.metrics = metrics;
    }
    pings.retain(|ping| !ping.metrics.is_empty());
    cx.draft.pings = pings;
    codes(cx);
    ids(cx);
    unused(cx);
}

/// The final names of events whose name changed. An event without a name is dropped.
type Renamed = HashMap<String, Option<String>>;

/// Gives each event a name of its own.
fn events(cx: &mut Context<'_>) -> Renamed {
    let mut renamed = HashMap::new();
    let mut taken: HashMap<String, String> = HashMap::new();
    let mut old_names: HashSet<String> = cx.draft.events.keys().cloned().collect();
    let events = std::mem::take(&mut cx.draft.events);
    for (name, mut event) in events {
        event
            .renamed_from
            .retain(|old| old != "$lost" && old_names.insert(old.clone()));
        let Some(identifier) = type_name(&name).filter(|_| is_usable(&name) && name != "$lost")
        else {
            renamed.insert(name, None);
            continue;
        };
        let Some(other) = taken.get(&identifier) else {
            taken.insert(identifier, name.clone());
            cx.draft.events.insert(name, event);
            continue;
        };
        let numbered = (2_u64..).map(|number| format!("{name}_{number}"));
        let mut free = numbered.filter_map(|new| Some((type_name(&new)?, new)));
        let Some((identifier, new)) = free
            .find(|(identifier, new)| !taken.contains_key(identifier) && !old_names.contains(new))
        else {
            continue;
        };
        let reason = format!(
            "the event becomes `{new}`: `{other}` would have the same name in generated code"
        );
        cx.changed(event.place.clone(), &name, reason);
        taken.insert(identifier, new.clone());
        renamed.insert(name, Some(new.clone()));
        cx.draft.events.insert(new, event);
    }
    renamed
}

fn is_usable(name: &str) -> bool {
    !name.trim().is_empty() && name.len() <= LONGEST
}

/// Removes arguments and values that cannot be named, and returns the names of those arguments.
fn arguments(cx: &mut Context<'_>, name: &str, event: &mut Event) -> HashSet<String> {
    let mut level = Level {
        event: name,
        place: &event.place.clone(),
        lost: HashSet::new(),
        taken: HashSet::new(),
    };
    event.args = members(cx, &mut level, "", std::mem::take(&mut event.args));
    level.lost
}

/// The arguments of an event whose names are final.
struct Level<'e> {
    event: &'e str,
    place: &'e Place,
    /// The paths of the arguments that were removed.
    lost: HashSet<String>,
    /// The identifiers of the arguments, from their paths.
    taken: HashSet<String>,
}

/// Returns the members of an object, without those that cannot be named. `before` is the path of the
/// object, with a dot.
fn members(
    cx: &mut Context<'_>,
    level: &mut Level<'_>,
    before: &str,
    args: Vec<Argument>,
) -> Vec<Argument> {
    let mut kept: Vec<(String, Argument)> = Vec::new();
    for mut arg in args {
        let path = format!("{before}{}", arg.name);
        values(cx, level.event, level.place, &path, &mut arg.ty);
        let is_key = is_usable(&arg.name)
            && !arg.name.contains(['"', '\\'])
            && !arg.name.starts_with('@')
            && path.len() <= LONGEST;
        let identifier = snake_name(&path).filter(|_| is_key);
        if let (Type::Object(inner), Some(identifier)) = (&mut arg.ty, &identifier) {
            *inner = members(cx, level, &format!("{path}."), std::mem::take(inner));
            if !inner.is_empty() && kept.iter().all(|(_, it)| it.name != arg.name) {
                // No argument has this path, but a later one must not be read as the object.
                kept.push((format!("{identifier}."), arg));
                continue;
            }
            let reason = "left out: an object without members, or declared twice";
            cx.parts(Effect::Changed, level.place, level.event, &[&path], reason);
            level.lost.insert(path);
            continue;
        }
        let same = kept
            .iter_mut()
            .find(|(other, _)| identifier.as_ref() == Some(other));
        let (effect, reason) = match (identifier, same) {
            (Some(identifier), None) if level.taken.insert(identifier.clone()) => {
                kept.push((identifier, arg));
                continue;
            }
            (Some(_), Some((_, other))) if other.ty == arg.ty && other.name != arg.name => {
                other.renamed_from.push(arg.name.clone());
                (
                    Effect::Note,
                    "read as an older name of an argument that has the same name in generated code",
                )
            }
            (Some(_), _) => (
                Effect::Changed,
                "left out: an argument of another type has the same name in generated code",
            ),
            (None, _) => (
                Effect::Changed,
                "left out: an argument cannot have this name",
            ),
        };
        cx.parts(effect, level.place, level.event, &[&path], reason);
        level.lost.insert(path);
    }
    kept.into_iter().map(|(_, arg)| arg).collect()
}

/// Removes values that cannot be declared. They count as `@other`.
fn values(cx: &mut Context<'_>, subject: &str, place: &Place, name: &str, ty: &mut Type) {
    let (Type::Enum(values) | Type::List(values)) = ty else {
        return;
    };
    let mut lost = Vec::new();
    let mut seen = HashSet::new();
    values.retain(|value| {
        if !seen.insert(value.clone()) {
            return false;
        }
        let is_kept = is_usable(value) && !value.contains(|c: char| c.is_control());
        if !is_kept {
            lost.push(value.clone());
        }
        is_kept
    });
    if values.is_empty() {
        *ty = Type::String;
    }
    let reason = "count as `@other`: values that are blank, long, or have control characters";
    let lost: Vec<String> = lost
        .iter()
        .map(|value| format!("{name}: {value}"))
        .collect();
    cx.parts(Effect::Changed, place, subject, &lost, reason);
}

/// Gives a metric the final names of its events and arguments, and returns whether it is left.
fn metric_of(
    cx: &mut Context<'_>,
    ping: &Ping,
    metric: &mut Metric,
    renamed: &Renamed,
    missing: &HashMap<String, HashSet<String>>,
) -> bool {
    let mut is_left = true;
    if let Some(state) = &mut metric.state {
        values(cx, &ping.name, &ping.place, "value", state);
        is_left = *state != Type::String;
    }
    let lost = |event: &str, name: &String| {
        let lost = missing.get(event);
        lost.is_some_and(|lost| lost.contains(name))
    };
    for selected in &mut metric.of {
        match renamed.get(&selected.event) {
            Some(Some(new)) => selected.event.clone_from(new),
            Some(None) => is_left = false,
            None => {}
        }
        let mut filter = selected.filter.iter();
        is_left &= !filter.any(|it| lost(&selected.event, &it.argument));
    }
    let is_lost = |name: &String| metric.of.iter().any(|it| lost(&it.event, name));
    is_left &= !metric.value.as_ref().is_some_and(is_lost);
    let by = metric
        .by
        .iter()
        .filter(|name| !is_lost(name))
        .cloned()
        .collect();
    metric.by = by;
    if !is_left {
        let reason = "an event or an argument of the metric cannot have its name in a registry: use letters a to z and digits, and at most 200 bytes";
        cx.dropped(ping.place.clone(), &ping.name, reason);
    }
    is_left
}

/// Gives each metric a code of its own. Codes that differ only in case or separators are confused.
fn codes(cx: &mut Context<'_>) {
    let folded = |code: &str| -> String {
        let letters = code.chars().filter(|c| c.is_alphanumeric());
        letters.flat_map(char::to_lowercase).collect()
    };
    let mut taken = HashSet::new();
    let mut pings = std::mem::take(&mut cx.draft.pings);
    for ping in &mut pings {
        for metric in &mut ping.metrics {
            if !is_usable(&metric.code) || snake_name(&metric.code).is_none() {
                metric.code = "metric".to_owned();
            }
            // Values are logged under their code, and would count as the event.
            let is_event = |code: &str| ping.is_value && cx.draft.events.contains_key(code);
            if !is_event(&metric.code) && taken.insert(folded(&metric.code)) {
                continue;
            }
            let numbered = (2_u64..).map(|number| format!("{}_{number}", metric.code));
            if let Some(new) = numbered
                .into_iter()
                .find(|code| !is_event(code) && taken.insert(folded(code)))
            {
                let reason =
                    format!("the code becomes `{new}`, because another code looks the same");
                cx.changed(ping.place.clone(), &ping.name, reason);
                metric.code = new;
            }
        }
    }
    cx.draft.pings = pings;
}

/// Gives each ping an id of its own.
fn ids(cx: &mut Context<'_>) {
    let mut taken = HashSet::new();
    for ping in cx.draft.pings.iter_mut().chain(&mut cx.draft.templates) {
        let snake = snake_name(&ping.name).unwrap_or_default();
        let snake = snake.trim_matches('_');
        let base = match snake.starts_with(|c: char| c.is_ascii_lowercase()) {
            true => snake.to_owned(),
            false => format!("ping_{snake}").trim_end_matches('_').to_owned(),
        };
        let numbered = (2_u64..).map(|number| format!("{base}_{number}"));
        let mut names = std::iter::once(base.clone()).chain(numbered);
        if let Some(id) = names.find(|id| taken.insert(id.clone())) {
            ping.name = id;
        }
    }
}

/// Removes events that no metric measures, for example of legacy trackers.
fn unused(cx: &mut Context<'_>) {
    let metrics = cx.draft.pings.iter().flat_map(|ping| &ping.metrics);
    let used: HashSet<String> = metrics
        .flat_map(|metric| metric.of.iter().map(|it| it.event.clone()))
        .collect();
    let mut unused = Vec::new();
    cx.draft.events.retain(|name, event| {
        let is_used = used.contains(name);
        if !is_used
            && !cx
                .losses
                .iter()
                .any(|loss| loss.effect == Effect::Dropped && loss.subject == *name)
        {
            unused.push((event.place.clone(), name.clone()));
        }
        is_used
    });
    for (place, name) in unused {
        cx.note(
            place,
            &name,
            "no metric counts the event, so it is left out",
        );
    }
}
