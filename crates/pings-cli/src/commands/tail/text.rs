//! Events and values as lines for a terminal.

use pings_model::{Absence, Event, Registry};
use pings_payload::rfc3339;
use pings_runtime::Week;
use pings_runtime::follow::{Change, Followed, Moved, Standing};
use serde_json::Value as Json;

use super::received::Received;
use super::{change, faults};
use crate::output::{self, BAD, BOLD, CAREFUL, DIM, styled};

/// The width of a time such as `2021-01-25T12:00:00Z`.
const TIME: usize = 20;

/// The maximum width of the column of names.
const WIDEST: usize = 32;

/// The maximum number of characters of a value.
const LONGEST: usize = 60;

/// The maximum number of arguments.
const MOST: usize = 20;

/// The widths of the columns.
pub(super) struct Text {
    names: usize,
    codes: usize,
}

impl Text {
    /// Makes the columns wide enough for these events, or for all events of the registry if there
    /// are none.
    pub(super) fn new(registry: &Registry, events: &[&Event]) -> Self {
        let widest =
            |lengths: &mut dyn Iterator<Item = usize>| lengths.max().unwrap_or(0).min(WIDEST);
        let length = |event: &Event| event.name.chars().count();
        let names = match events {
            [] => widest(&mut registry.events().iter().map(length)),
            events => widest(&mut events.iter().map(|event| length(event))),
        };
        let codes = registry.metrics();
        let codes = widest(&mut codes.map(|(_, metric)| metric.code.chars().count()));
        Self { names, codes }
    }

    /// Returns the line of an event, and the lines of what the registry says about it.
    pub(super) fn event(&self, followed: &Followed<'_>) -> String {
        let mut lines = vec![self.heading(followed)];
        let mut below = |text: String| lines.push(output::hanging(&" ".repeat(TIME + 2), &text));
        for fault in &followed.assessment.faults {
            let text = output::plain(&faults::in_a_line(fault));
            below(styled(CAREFUL, &text));
        }
        judgement(followed, &mut below);
        lines.join("\n")
    }

    /// Returns the line of an event that an endpoint received, and the lines of what became of it.
    pub(super) fn received(&self, received: &Received, followed: &Followed<'_>) -> String {
        let mut lines = vec![self.heading(followed)];
        let mut below = |text: String| lines.push(output::hanging(&" ".repeat(TIME + 2), &text));
        let message = received.message.as_deref().unwrap_or_default();
        match received.outcome.as_str() {
            "refused" => {
                let reason = received.reason.as_deref().unwrap_or("no reason given");
                let text = output::plain(&format!("refused, {reason}: {message}"));
                below(styled(BAD, &text));
            }
            "duplicate" => below(styled(DIM, "logged before, and not again")),
            "spilled" => {
                below(styled(
                    CAREFUL,
                    "waits in the spill folder, because the database is down",
                ));
                judgement(followed, &mut below);
            }
            _ => judgement(followed, &mut below),
        }
        lines.join("\n")
    }

    fn heading(&self, followed: &Followed<'_>) -> String {
        let arrival = &followed.arrival;
        let at = arrival.at.map_or_else(|| "–".to_owned(), rfc3339);
        let name = format!("{:1$}", cut(&arrival.name), self.names);
        let heading = format!(
            "{}  {}  {:7}  {:3}  {:6}  ",
            styled(DIM, &format!("{at:TIME$}")),
            styled(BOLD, &name),
            arrival.actor,
            cut(&arrival.source),
            cut(&arrival.version),
        );
        output::hanging(&heading, &arguments(&arrival.argument))
    }

    /// Returns the line of a value.
    pub(super) fn change(&self, change: &Change<'_>, running: Week) -> String {
        let week = match change.week.cmp(&running) {
            std::cmp::Ordering::Less => format!("{} (over)", change.week),
            std::cmp::Ordering::Equal => change.week.to_string(),
            std::cmp::Ordering::Greater => format!("{} (future)", change.week),
        };
        let code = format!("{:1$}", change.metric.code, self.codes);
        let heading = format!(
            "{}  {}  ",
            styled(DIM, &format!("{week:TIME$}")),
            styled(BOLD, &code)
        );
        output::hanging(&heading, &change::text(change))
    }
}

/// Adds the metrics that an event moves, and whether their values are trusted.
fn judgement(followed: &Followed<'_>, below: &mut impl FnMut(String)) {
    let assessment = &followed.assessment;
    if assessment.is_capture {
        below(styled(DIM, "the result of a capture"));
    } else if !assessment.is_unknown() {
        below(styled(DIM, &moved(&assessment.metrics)));
    }
    for text in doubts(&assessment.metrics, &followed.arrival.version) {
        below(styled(BAD, &output::plain(&text)));
    }
}

/// Returns the metrics that an event moves.
fn moved(metrics: &[Moved<'_>]) -> String {
    let codes: Vec<&str> = metrics
        .iter()
        .map(|moved| moved.metric.code.as_str())
        .collect();
    match codes.as_slice() {
        [] => "no metric counts it".to_owned(),
        codes => format!("moves {}", codes.join(", ")),
    }
}

/// Returns why the values of metrics are not trusted or not reported, with a line for each ping, or
/// for each metric that declares versions itself.
fn doubts(metrics: &[Moved<'_>], version: &str) -> Vec<String> {
    let mut doubts = Vec::new();
    for moved in metrics {
        let life = moved.ping.life(moved.metric);
        let name = match moved.metric.own_life.is_empty() {
            true => &moved.ping.id,
            false => &moved.metric.code,
        };
        let doubt = match moved.standing {
            Standing::Trusted | Standing::UnknownVersion => continue,
            Standing::Broken(broken) => {
                let reason = broken.reason.as_deref().unwrap_or("no reason given");
                let versions = broken.versions;
                format!("`{name}` is not trusted, broken in {versions}: {reason}")
            }
            Standing::Absent(Absence::NotYetAdded) => {
                let added = life.added();
                format!("`{name}` is not reported at {version}: added in {added}")
            }
            Standing::Absent(Absence::Removed) => {
                let removed = life
                    .removed()
                    .map_or(String::new(), |it| format!(" in {it}"));
                format!("`{name}` is not reported at {version}: removed{removed}")
            }
            Standing::Unreleased => {
                format!("not trusted: {version} is newer than the newest release")
            }
        };
        if !doubts.contains(&doubt) {
            doubts.push(doubt);
        }
    }
    doubts
}

/// Returns arguments as `name=value`.
fn arguments(argument: &str) -> String {
    let Ok(Json::Object(object)) = serde_json::from_str(argument) else {
        return cut(argument.trim());
    };
    let mut all: Vec<String> = object
        .iter()
        .take(MOST)
        .map(|(name, value)| format!("{}={}", cut(name), shown(value)))
        .collect();
    if object.len() > MOST {
        all.push("…".to_owned());
    }
    all.join(" ")
}

/// Returns a value. A text is quoted if its end would not be clear.
fn shown(value: &Json) -> String {
    match value {
        Json::String(text) if !text.is_empty() && !text.contains([' ', '"', '=']) => cut(text),
        Json::String(text) => format!("\"{}\"", cut(text)),
        other => cut(&other.to_string()),
    }
}

/// Returns the beginning of a text without characters that steer the terminal.
fn cut(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", output::plain(&text[..end])),
        None => output::plain(text),
    }
}

#[cfg(test)]
mod tests {
    use super::arguments;

    #[test]
    fn arguments_are_short_and_steer_no_terminal() {
        for (argument, shown) in [
            ("{}", ""),
            (
                r#"{"b":true,"a":"x","c":null,"d":[1]}"#,
                "b=true a=x c=null d=[1]",
            ),
            (
                r#"{"a":"","b":"x y","c":"\u001b[2J\n"}"#,
                "a=\"\" b=\"x y\" c=\u{fffd}[2J\u{fffd}",
            ),
            ("not JSON\u{7}", "not JSON\u{fffd}"),
        ] {
            assert_eq!(arguments(argument), shown, "{argument}");
        }
        let long = format!(r#"{{"a":"{}"}}"#, "é".repeat(61));
        assert_eq!(arguments(&long), format!("a={}…", "é".repeat(60)));
        let many: Vec<String> = (10..40).map(|n| format!("\"a{n}\":1")).collect();
        let many = arguments(&format!("{{{}}}", many.join(",")));
        assert!(many.ends_with("a29=1 …"), "{many}");
    }
}
