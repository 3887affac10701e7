//! The codes of a ping, as links to the code that logs them.

use pings_model::{Event, EventId, Funnel, Metric, Ping, Registry, Source};

use super::life;
use super::windows::{all_windows, windows};
use crate::markdown::{inline, link, plain};
use crate::text::comma_separated;

/// Returns `Event Code: …` in one line, or as a list if there are funnels, notes, or versions that
/// differ from those of the ping.
pub(super) fn codes(registry: &Registry, ping: &Ping) -> String {
    let label = match ping.metrics.len() {
        1 => "Event Code",
        _ => "Event Codes",
    };
    let is_line = ping.metrics.iter().all(|metric| {
        metric.note.is_none()
            && metric.own_life.is_empty()
            && !matches!(metric.source, Source::Funnel(_))
    });
    let all = all_windows(ping);
    let codes = ping.metrics.iter().map(|metric| {
        let code = code(registry, metric);
        match metric.windows.len() < all.len() {
            true => format!("{code} (by {})", windows(&metric.windows)),
            false => code,
        }
    });
    if is_line {
        return format!("{label}: {}", comma_separated(codes));
    }
    let items: String = codes.map(|code| format!("\n  - {code}")).collect();
    format!("{label}:{items}")
}

/// Returns a code with its versions and its note, or a funnel with its steps.
fn code(registry: &Registry, metric: &Metric) -> String {
    let mut out = match &metric.source {
        Source::Funnel(funnel) => {
            let title = metric.title.as_ref().unwrap_or(&metric.code);
            format!(
                "For the \"{}\" funnel: {}",
                plain(title),
                steps(registry, funnel)
            )
        }
        Source::Events(events) => {
            // A metric with the same name as its event is found where the event is found.
            let namesake = events.of.iter().map(|event| registry.event(*event));
            let search = namesake
                .filter(|event| event.name == metric.code)
                .find_map(|event| event.search.as_deref());
            found_at(registry, &metric.code, metric.search.as_deref().or(search))
        }
        Source::Capture(_) | Source::Sql(_) | Source::Value(_) => {
            found_at(registry, &metric.code, metric.search.as_deref())
        }
    };
    let own = life::own(registry, &metric.own_life);
    if !own.is_empty() {
        out.push_str(&format!(" ({own})"));
    }
    let note = inline(metric.note.as_deref().unwrap_or_default());
    if !note.is_empty() {
        out.push(' ');
        out.push_str(&note);
    }
    out
}

/// Returns steps in the form `(1) […](…), (2.1) […](…) OR (2.2) […](…)`.
fn steps(registry: &Registry, funnel: &Funnel) -> String {
    comma_separated(funnel.steps.iter().zip(1..).map(|(alternatives, step)| {
        let name = |event: &EventId| event_link(registry, registry.event(*event));
        match alternatives.as_slice() {
            [event] => format!("({step}) {}", name(event)),
            events => events
                .iter()
                .zip(1..)
                .map(|(event, alternative)| format!("({step}.{alternative}) {}", name(event)))
                .collect::<Vec<_>>()
                .join(" OR "),
        }
    }))
}

/// Returns a link such as `[ViewInsights](…) (once [ViewInsightsPage](…))`.
fn event_link(registry: &Registry, event: &Event) -> String {
    let address = registry
        .links()
        .found_at(&event.name, event.search.as_deref());
    let named = |name: &String| link(&plain(name), address.as_deref());
    let name = named(&event.name);
    if event.renamed_from.is_empty() {
        return name;
    }
    let before = comma_separated(event.renamed_from.iter().map(named));
    format!("{name} (once {before})")
}

/// Returns a name as a link to its occurrences in the source code.
fn found_at(registry: &Registry, name: &str, search: Option<&str>) -> String {
    link(
        &plain(name),
        registry.links().found_at(name, search).as_deref(),
    )
}
